"""The words of a per-bid assessment, as values."""

from enum import StrEnum
from typing import Annotated

import msgspec

from remote_bid.evaluation.terms import Alias, Name, Points
from remote_bid.tender.terms import Heading, Line


class AssessmentRole(StrEnum):
    """What a person is in an assessment."""

    AGENCY = "agency"
    TRADING_CENTER = "trading_center"
    SUPERVISOR = "supervisor"
    EXPERT = "expert"
    OBSERVER = "observer"


ASSESSORS = (AssessmentRole.AGENCY, AssessmentRole.TRADING_CENTER, AssessmentRole.SUPERVISOR)


class Assessor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who assesses, for which of the three sides."""

    person: Line
    name: Heading
    role: AssessmentRole


class Assessed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An expert of the evaluation."""

    alias: Alias
    person: Line


class PointItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the centre's point table: what one side may take off for it, at most."""

    item: Name
    title: Heading
    by: AssessmentRole
    most: Points


class Mark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points taken off an expert for one item, and why."""

    alias: Alias
    item: Name
    points: Points
    reason: Line


class AssessedPoints(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left of the full points of an expert."""

    alias: Alias
    points: str


class EvaluationHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which evaluation: its session, and the entry that made its report public, with that entry's leaf."""

    session: str
    seq: int
    leaf: str


AssessedList = Annotated[list[Assessed], msgspec.Meta(min_length=1, max_length=200)]
PointTable = Annotated[list[PointItem], msgspec.Meta(min_length=1, max_length=100)]
