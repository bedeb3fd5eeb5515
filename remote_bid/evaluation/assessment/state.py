"""A per-bid assessment as its rules see it: folded from its events."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from remote_bid.evaluation.assessment.events import AssessmentClosed, AssessmentOpened, AssessmentSubmitted
from remote_bid.evaluation.assessment.statements import AssessmentOrder, AssessmentSheet
from remote_bid.evaluation.assessment.terms import AssessedPoints, AssessmentRole, Mark
from remote_bid.people.noting import CrlNotedDown
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated

replace = msgspec.structs.replace


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The whole state of one session."""

    session: str
    order: AssessmentOrder | None = None
    order_id: str = ""
    opened_at: datetime | None = None
    ends_at: datetime | None = None
    sheets: dict[AssessmentRole, tuple[str, tuple[Mark, ...]]] = {}
    """By side: the statement's id, and its marks."""
    results: tuple[AssessedPoints, ...] = ()
    closed: bool = False
    cosigned: frozenset[int] = frozenset()
    crls: dict[str, CrlNoted] = {}
    rotations: tuple[str, ...] = ()

    def role_of(self, person: str) -> AssessmentRole:
        """What a person who proved who it is may be here."""
        assessors = {a.person: a.role for a in self.order.assessors} if self.order else {}
        experts = {e.person for e in self.order.experts} if self.order else set()
        return assessors.get(person, AssessmentRole.EXPERT if person in experts else AssessmentRole.OBSERVER)


def evolve(assessment: Assessment, happened: Happened) -> Assessment:
    """The state after one more event. Never refuses."""
    fold: Callable[[Assessment, Any, Happened], Assessment] = FOLDS[type(happened.event)]
    return fold(assessment, happened.event, happened)


def _opened(assessment: Assessment, event: AssessmentOpened, happened: Happened) -> Assessment:
    statement = event.signed.statement
    return replace(
        assessment,
        order=said(statement, AssessmentOrder),
        order_id=statement_id(statement),
        opened_at=happened.at,
        ends_at=instant.when(event.ends_at),
    )


def _submitted(assessment: Assessment, event: AssessmentSubmitted, happened: Happened) -> Assessment:
    statement = event.signed.statement
    sheet = (statement_id(statement), tuple(said(statement, AssessmentSheet).marks))
    return replace(assessment, sheets=assessment.sheets | {event.role: sheet})


def _closed(assessment: Assessment, event: AssessmentClosed, happened: Happened) -> Assessment:
    return replace(assessment, closed=True, results=tuple(event.results))


def _checkpoint(assessment: Assessment, event: CheckpointCosigned, happened: Happened) -> Assessment:
    return replace(assessment, cosigned=assessment.cosigned | {event.covers})


def _crl(assessment: Assessment, event: CrlNotedDown, happened: Happened) -> Assessment:
    return replace(assessment, crls=assessment.crls | {event.crl.authority: event.crl})


def _rotated(assessment: Assessment, event: LogKeyRotated, happened: Happened) -> Assessment:
    return replace(assessment, rotations=(*assessment.rotations, statement_id(event.statement)))


FOLDS: dict[type[Event], Callable[[Assessment, Any, Happened], Assessment]] = {
    AssessmentOpened: _opened,
    AssessmentSubmitted: _submitted,
    AssessmentClosed: _closed,
    CheckpointCosigned: _checkpoint,
    CrlNotedDown: _crl,
    LogKeyRotated: _rotated,
}
"""One fold for every event of the room."""
