"""What falls due: the commands that the clock hands in, and when."""

from remote_bid.evaluation.commands import (
    CountBallots,
    EndEvaluationPause,
    LapseQuestion,
    NoticeEvaluationOutage,
    OpenElection,
    Proceed,
    VoidEvaluation,
)
from remote_bid.evaluation.rules.electing import all_voted, leader_wanted
from remote_bid.evaluation.rules.pausing import outage_at, void_at
from remote_bid.evaluation.rules.proceeding import next_step
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.rules.ticking import ticks_due
from remote_bid.timeline.context import Due


def due(evaluation: Evaluation) -> list[Due]:
    """All deadlines of the present step."""
    if evaluation.order is None or evaluation.over:
        return []
    found, voided = ticks_due(evaluation), void_at(evaluation)
    if voided is not None:
        found.append(Due(voided, VoidEvaluation()))
    if evaluation.suspension is not None:
        ends_at = evaluation.suspension.ends_at
        return [*found, *([Due(ends_at, EndEvaluationPause())] if ends_at else [])]
    return found + _running(evaluation)


def _running(evaluation: Evaluation) -> list[Due]:
    """What the clocks bring while they run."""
    found = [Due(asked.answer_by, LapseQuestion(number=asked.number)) for asked in evaluation.open_questions()]
    found += _election(evaluation)
    step, outage = next_step(evaluation), outage_at(evaluation)
    if step is not None:
        found.append(Due(step.at, Proceed()))
    return [*found, Due(outage, NoticeEvaluationOutage(), overtakes=True)] if outage else found


def _election(evaluation: Evaluation) -> list[Due]:
    since = evaluation.phase_since
    if leader_wanted(evaluation) and since is not None:
        return [Due(since, OpenElection())]
    election = evaluation.election
    if election is None or since is None:
        return []
    return [Due(since if all_voted(evaluation) else election.ends_at, CountBallots())]
