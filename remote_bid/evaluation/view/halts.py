"""Standing still, on a page."""

from msgspec import UNSET, UnsetType

from remote_bid.evaluation.rules.pausing import decided_from, supervisor_from
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.view.page import HaltView
from remote_bid.timeline import instant


def suspended(evaluation: Evaluation) -> HaltView | UnsetType:
    """Shown to everybody of the session."""
    now = evaluation.suspension
    if now is None:
        return UNSET
    return HaltView(
        number=now.number,
        cause=now.cause,
        since=instant.text(now.since),
        supervisor_from=instant.text(supervisor_from(evaluation, now)),
        tenderer_from=instant.text(decided_from(evaluation, now)),
        void_at=instant.text(instant.later(now.since, evaluation.ordered.timers.void_ms)),
        ends_at=instant.text(now.ends_at) if now.ends_at else UNSET,
    )
