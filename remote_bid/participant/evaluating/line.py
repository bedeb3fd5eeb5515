"""A participant's line to one evaluation."""

import ssl
from pathlib import Path

from remote_bid.evaluation.events import EvaluationEvent
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.evaluation.view import EvaluationView
from remote_bid.participant.client import Line
from remote_bid.participant.copy import CopyOf
from remote_bid.participant.identity import Identity


class EvaluationLine(Line[EvaluationView]):
    """One participant in an evaluation."""

    def __init__(
        self,
        url: str,
        session: str,
        identity: Identity | None,
        journal: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(url, CopyOf(EvaluationView, EvaluationEvent, session, journal), identity, tls)


def ended(view: EvaluationView) -> bool:
    """Whether nothing more is asked of anybody: the report is public, or the session void."""
    return bool(view.published or view.void)


def left(view: EvaluationView) -> bool:
    """Whether the viewer has no part in the session any more."""
    return not view.phase and not ended(view)


def at_work(view: EvaluationView) -> bool:
    """Whether somebody is still waited for."""
    return not ended(view) and view.phase is not EvaluationPhase.CLOSED
