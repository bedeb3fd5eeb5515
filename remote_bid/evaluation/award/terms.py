"""The words of an award, as values."""

from enum import StrEnum

import msgspec

from remote_bid.tender.terms import Heading, Line, Words


class AwardRole(StrEnum):
    """What a person is in an award."""

    TENDERER = "tenderer"
    AWARD_MEMBER = "award_member"
    SUPERVISOR = "supervisor"
    OBSERVER = "observer"


class AwardPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody of an award."""

    person: Line
    name: Heading


class AwardCandidate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bid that the evaluation has recommended, without a rank."""

    bid: str
    name: Heading


class EvaluatedIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which evaluation: its session, the entry that made its report public with its leaf, and the report's hash."""

    session: str
    seq: int
    leaf: str
    report: str


class CastAwardVote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a member has voted for, and why."""

    person: str
    bid: str
    reason: Words


class AwardCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many votes a candidate got in a round."""

    bid: str
    votes: int
