"""The end of a session that comes to nothing: what it held aside is disclosed first, like that of any other."""

from remote_bid.evaluation.events import EvaluationVoided
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.rules.ticking import SLOTS
from remote_bid.evaluation.terms import VoidCause
from remote_bid.people.certificates import Signed
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import disclose


def voided(
    evaluation: Evaluation, turn: Turn, cause: VoidCause, signed: Signed | None = None, after: int = 0
) -> list[Event]:
    """The session is void, after so many other events of this turn."""
    told = [] if evaluation.disclosed else disclose(turn, SLOTS, before=after)
    return [*told, EvaluationVoided(cause=cause, signed=signed)]
