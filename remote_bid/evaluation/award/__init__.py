"""The award (定标) where evaluation and award are separate: the tenderer's award_committee decides between the
candidates that the evaluation has recommended, by rounds of votes with reasons. A small session of its own.
"""

from remote_bid.evaluation.award.commands import AwardCommand
from remote_bid.evaluation.award.events import AwardEvent
from remote_bid.evaluation.award.rules import begin, decide, due
from remote_bid.evaluation.award.state import Award, evolve
from remote_bid.evaluation.award.view import VEILED, AwardView, curtain, see, show
from remote_bid.timeline.context import Context, Event
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import CheckpointCosigned


def _standing(award: Award, person: str) -> str:
    return award.role_of(person).value


def _audience(who: Who) -> str:
    return f"{who.role}/{who.person}"


def _overlooks(_who: Who) -> bool:
    return False


def _checkpoints(event: Event) -> bool:
    return not isinstance(event, CheckpointCosigned)


award: Context[Award, AwardView] = Context(
    name="award",
    command=AwardCommand,
    event=AwardEvent,
    view=AwardView,
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
)
