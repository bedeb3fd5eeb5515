"""What is signed in a per-bid assessment."""

from typing import Annotated, ClassVar

import msgspec

from remote_bid.evaluation.assessment.terms import AssessedList, Assessor, EvaluationHead, Mark, PointTable
from remote_bid.evaluation.terms import Points
from remote_bid.seal.statements import Payload
from remote_bid.tender.terms import Heading


class AssessmentOrder(Payload, frozen=True):
    """The centre's: which experts are assessed by whom, by which point table, within how long."""

    kind: ClassVar[str] = "assessment_order"
    session: str
    evaluation: EvaluationHead
    title: Heading
    assessors: Annotated[list[Assessor], msgspec.Meta(min_length=3, max_length=3)]
    experts: AssessedList
    table: PointTable
    full: Points
    within_ms: Annotated[int, msgspec.Meta(ge=1)]


class AssessmentSheet(Payload, frozen=True):
    """One side's marks: whom it takes nothing off, it does not name."""

    kind: ClassVar[str] = "assessment_sheet"
    session: str
    person: str
    marks: Annotated[list[Mark], msgspec.Meta(max_length=10_000)]
