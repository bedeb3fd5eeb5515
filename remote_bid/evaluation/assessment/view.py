"""Who sees what of a per-bid assessment: the sides each other's marks when it is closed, an expert its own points."""

from collections.abc import Collection

import msgspec
from msgspec import UNSET, UnsetType

from remote_bid.evaluation.assessment.state import Assessment
from remote_bid.evaluation.assessment.terms import ASSESSORS, AssessedPoints, AssessmentRole, Mark, PointItem
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Fields, Who

_BARE = ("type", "at")
_MARKS = ("CheckpointCosigned", "LogKeyRotated", "CrlNotedDown")
VEILED = frozenset({"AssessmentSubmitted", "AssessmentClosed"})


class AssessmentView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An assessment as one person may see it now."""

    session: str
    person: str
    role: AssessmentRole
    ask: str
    title: str | UnsetType = UNSET
    ends_at: str | UnsetType = UNSET
    experts: list[str] | UnsetType = UNSET
    table: list[PointItem] | UnsetType = UNSET
    submitted: list[AssessmentRole] | UnsetType = UNSET
    marks: dict[str, list[Mark]] | UnsetType = UNSET
    results: list[AssessedPoints] | UnsetType = UNSET
    closed: bool | UnsetType = UNSET


def see(assessment: Assessment, who: Who) -> AssessmentView:
    """The page of one person; who has no part in it sees nothing."""
    role, order = assessment.role_of(who.person), assessment.order
    view = AssessmentView(session=assessment.session, person=who.person, role=role, ask="wait")
    if order is None or role is AssessmentRole.OBSERVER or role != who.role:
        return view
    own = {expert.alias for expert in order.experts if expert.person == who.person}
    view = msgspec.structs.replace(
        view,
        title=order.title,
        closed=assessment.closed or UNSET,
        results=[r for r in assessment.results if role in ASSESSORS or r.alias in own] or UNSET,
    )
    if role not in ASSESSORS:
        return view
    return msgspec.structs.replace(
        view,
        ask="submit_assessment" if not assessment.closed and role not in assessment.sheets else "wait",
        ends_at=instant.text(assessment.ends_at) if assessment.ends_at else UNSET,
        experts=[expert.alias for expert in order.experts],
        table=[item for item in order.table if item.by is role or assessment.closed],
        submitted=sorted(assessment.sheets) or UNSET,
        marks={s: list(m) for s, (_, m) in assessment.sheets.items() if s is role or assessment.closed} or UNSET,
    )


def show(assessment: Assessment, line: str, fields: Fields, who: Who, own: bool) -> Collection[str] | None:
    """The fields of an entry that `who` may read now."""
    if (
        fields["type"] in ("CheckpointCosigned", "LogKeyRotated", "CrlNotedDown")
        or fields["by"]["person"] == who.person
    ):
        return None
    role = assessment.role_of(who.person)
    if role not in ASSESSORS or role != who.role:
        return ()
    if fields["type"] == "AssessmentSubmitted" and not assessment.closed:
        return (*_BARE, "role")
    return None


def curtain(assessment: Assessment) -> object:
    """Changes whenever `show` may."""
    return assessment.closed
