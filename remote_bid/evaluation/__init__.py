"""The remote evaluation of opened bids: experts are drawn so that anybody can check it, come to guarded seats at
several sites, elect their leader in secret, review and score alone, and sign one report.
"""

from remote_bid.evaluation.commands import CountBallots, EvaluationCommand, OpenElection
from remote_bid.evaluation.events import (
    BallotsCounted,
    CheckInOpened,
    DetailedOpened,
    DrawOrderFound,
    EvaluationClosed,
    EvaluationEvent,
    EvaluationOrdered,
    EvaluationResumed,
    EvaluationSuspended,
    EvaluationVoided,
    ExpertDrawOpened,
    LeaderPhaseOpened,
    MaterialsOpened,
    OutliersClosed,
    OutliersFound,
    PoolsCommitted,
    ReportOpened,
    ReportPublished,
    ReviewCounted,
    ReviewOpened,
    SummaryOpened,
    UndertakingOpened,
)
from remote_bid.evaluation.rules import Evaluation, begin, decide, due, evolve
from remote_bid.evaluation.view import VEILED, EvaluationView, curtain, see, show
from remote_bid.timeline.context import Context, Event
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import LogKeyRotated, Ticked

COSIGNED_HERE = (
    EvaluationOrdered,
    PoolsCommitted,
    ExpertDrawOpened,
    DrawOrderFound,
    CheckInOpened,
    UndertakingOpened,
    LeaderPhaseOpened,
    BallotsCounted,
    MaterialsOpened,
    ReviewOpened,
    ReviewCounted,
    DetailedOpened,
    OutliersFound,
    OutliersClosed,
    SummaryOpened,
    ReportOpened,
    EvaluationClosed,
    ReportPublished,
    EvaluationVoided,
    EvaluationSuspended,
    EvaluationResumed,
    Ticked,
    LogKeyRotated,
)
"""Ticks, phase changes and whatever moves the clocks are cosigned."""


def _standing(evaluation: Evaluation, person: str) -> str:
    return evaluation.role_of(person).value


def _audience(who: Who) -> str:
    return f"{who.role}/{who.person}"


def _overlooks(_who: Who) -> bool:
    """Nobody: that somebody drafts shows on no other page."""
    return False


def _checkpoints(event: Event) -> bool:
    return isinstance(event, COSIGNED_HERE)


def _considers(evaluation: Evaluation, command: EvaluationCommand) -> object:
    """What ballots are opened from: were it another meanwhile, they would be opened again."""
    return evaluation.election if isinstance(command, CountBallots | OpenElection) else None


evaluation: Context[Evaluation, EvaluationView] = Context(
    name="evaluation",
    command=EvaluationCommand,
    event=EvaluationEvent,
    view=EvaluationView,
    begin=begin,
    decide=decide,
    evolve=evolve,
    due=due,
    see=see,
    show=show,
    overlooks=_overlooks,
    curtain=curtain,
    veiled=VEILED,
    standing=_standing,
    audience=_audience,
    checkpoints=_checkpoints,
    considers=_considers,
)
