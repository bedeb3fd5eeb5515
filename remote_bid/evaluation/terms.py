"""The words of the evaluation, as values. Scores are decimal strings; nobody is named, members go by their alias."""

from enum import StrEnum
from typing import Annotated

import msgspec

from remote_bid.tender.terms import Factor, Heading, Line, ReadoutForm


class EvaluationPhase(StrEnum):
    """Where an evaluation stands; the order is the order of the work. Clarifications have no phase of their own: they
    go on from PRELIMINARY to OUTLIERS.
    """

    SCHEDULED = "SCHEDULED"
    DRAW = "DRAW"
    CHECK_IN = "CHECK_IN"
    UNDERTAKING = "UNDERTAKING"
    LEADER = "LEADER"
    MATERIALS = "MATERIALS"
    PRELIMINARY = "PRELIMINARY"
    DETAILED = "DETAILED"
    OUTLIERS = "OUTLIERS"
    PRICE = "PRICE"
    SUMMARY = "SUMMARY"
    REPORT = "REPORT"
    CLOSED = "CLOSED"
    VOID = "VOID"


EVALUATION_ORDER = list(EvaluationPhase)


def come_to(phase: EvaluationPhase, other: EvaluationPhase) -> bool:
    """Whether `phase` is `other` or comes after it; a void session has come to nothing."""
    if phase is EvaluationPhase.VOID:
        return other is phase
    return EVALUATION_ORDER.index(phase) >= EVALUATION_ORDER.index(other)


class EvaluationRole(StrEnum):
    """What a person is in an evaluation."""

    AGENCY = "agency"
    SUPERVISOR = "supervisor"
    TENDERER_OBSERVER = "tenderer_observer"
    TRADING_CENTER = "trading_center"
    SITE_OPERATOR = "site_operator"
    CUSTODIAN = "custodian"
    AUDITOR = "auditor"
    EXPERT = "expert"
    BIDDER = "bidder"
    OBSERVER = "observer"


SEALERS = (EvaluationRole.SUPERVISOR, EvaluationRole.AGENCY, EvaluationRole.TRADING_CENTER)
"""Whose seeds go into the expert draw, in this order."""

Points = Annotated[str, msgspec.Meta(pattern=r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?\Z")]
"""A score, or how many points there are."""

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
"""What an item or a volume of the score table is called."""

Alias = Annotated[str, msgspec.Meta(pattern=r"^E[0-9]{2,3}\Z")]
"""Under which a member of the committee is known until the report is public."""


class Official(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person of the session who is not on the committee; `site` is where a site operator works, `side` for whom a
    custodian holds its share.
    """

    person: Line
    name: Heading
    role: EvaluationRole
    site: str = ""
    side: str = ""


class Representative(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member of the committee whom the tenderer sends (招标人代表): not drawn."""

    person: Line
    name: Heading


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A guarded area with its seats; one site of the session is the main one."""

    site: Name
    name: Heading
    main: bool = False
    seats: Annotated[list[Line], msgspec.Meta(min_length=1, max_length=200)]


class Need(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many experts of one specialty are drawn."""

    specialty: Line
    count: Annotated[int, msgspec.Meta(ge=1, le=15)]


class ReviewKind(StrEnum):
    """What a preliminary item is about."""

    FORM = "form"
    QUALIFICATION = "qualification"
    RESPONSIVENESS = "responsiveness"


class ReviewItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a bid passes or fails; `clause` is where the tender document asks for it."""

    item: Name
    title: Heading
    kind: ReviewKind
    clause: Heading


class Volume(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A volume of every bid; a blind one is read under a random code."""

    volume: Name
    title: Heading
    blind: bool = False


class ScoreItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is scored, from `least` to `most` in steps, by what stands in one volume."""

    item: Name
    title: Heading
    volume: Name
    least: Points = "0"
    most: Points
    step: Points = "0.01"


class ScoreTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tender's own table: volumes, what they pass or fail, what is scored in them."""

    volumes: Annotated[list[Volume], msgspec.Meta(min_length=1, max_length=20)]
    review: Annotated[list[ReviewItem], msgspec.Meta(min_length=1, max_length=200)]
    items: Annotated[list[ScoreItem], msgspec.Meta(max_length=200)]


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One volume of one bid: SHA-256 and size of the opened file."""

    volume: Name
    hash: str
    size: Annotated[int, msgspec.Meta(ge=0)]


class OpenedBid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bid as the opening has left it: its id, who made it (all parties of a consortium), what was read out."""

    bid: str
    bidder: Line
    name: Heading
    parties: list[Line] = []
    form: ReadoutForm
    flags: list[Heading] = []
    """By which the price formula's deductions and bonuses know it."""
    documents: list[Document] = []


class DrawnValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coefficient, and the value that the opening has drawn for it."""

    coefficient: Heading
    value: Factor


class OpeningHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the bids come from: the opening session, the entry that closed it and that entry's leaf."""

    session: str
    seq: int
    leaf: str


_HOUR = 3_600_000
_MINUTE = 60_000


class Timers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long each step may take, in milliseconds."""

    seal_ms: int = _HOUR
    draw_ms: int = 24 * _HOUR
    check_in_ms: int = 30 * _MINUTE
    undertaking_ms: int = 15 * _MINUTE
    leader_ms: int = 15 * _MINUTE
    """An election, and how long the committee waits for its leader."""
    preliminary_ms: int = 4 * _HOUR
    clarification_ms: int = 2 * _HOUR
    detailed_ms: int = 8 * _HOUR
    outliers_ms: int = 30 * _MINUTE
    summary_ms: int = 15 * _MINUTE
    report_ms: int = _HOUR
    agency_pause_ms: int = 5 * _MINUTE
    """The agency's own suspension ends by itself after so long, unless the supervisor countersigns it."""
    supervisor_ms: int = 2 * _HOUR
    """Suspended so long, the supervisor decides alone whether it goes on."""
    repair_ms: int = 4 * _HOUR
    """Suspended so long, the tenderer decides: it goes on, or a new committee evaluates."""
    void_ms: int = 24 * _HOUR
    outage_ms: int = _MINUTE


class PoolRoot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The candidates of one specialty, filtered: how many, and the RFC 9162 root over their salted leaves."""

    specialty: Line
    size: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    root: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An expert in the pool."""

    person: Line
    name: Heading
    employer: Heading
    specialty: Line
    region: Line


class PoolLeaf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A candidate's place in a pool: its number, its leaf and the path from that to the root."""

    specialty: Line
    index: Annotated[int, msgspec.Meta(ge=0)]
    leaf: str
    path: Annotated[list[str], msgspec.Meta(max_length=32)]


class Departure(StrEnum):
    """Why somebody who was called is not, or no longer, on the committee."""

    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    CONFLICTED = "conflicted"
    ABSENT = "absent"
    RECUSED = "recused"
    REMOVED = "removed"


class GateCheck(StrEnum):
    """What a gate compares with the person who was called."""

    ID_CARD = "id_card"
    FINGERPRINT = "fingerprint"
    FACE = "face"


class GateOutcome(StrEnum):
    """What a gate did with who stood before it: let in, compared and without a phone, or not."""

    ENTERED = "entered"
    TURNED_AWAY = "turned_away"


class BallotLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A counted ballot: the voter's own random tracker (16 bytes, base64url), and whom it chose."""

    tracker: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}\Z")]
    choice: Alias


class Verdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member finds of one bid in one item; a fail names the clause that it fails and says why."""

    bid: str
    item: Name
    passed: bool
    clause: str = ""
    reason: str = ""


class FailedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item that a majority has failed, with the clauses named, and how many did."""

    item: Name
    clauses: list[str]
    against: int


class Rejection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rejected bid (否决投标), with the items that it fails; `low_bid`: its price was found below its cost;
    `above_ceiling`: the price that was read out is above the ceiling price (实施条例 Art. 51), which needs no vote.
    """

    bid: str
    items: list[FailedItem]
    low_bid: bool = False
    above_ceiling: bool = False


class QuestionKind(StrEnum):
    """What a bidder is asked: to clarify, or to show that its abnormally low price is none below cost."""

    CLARIFICATION = "clarification"
    LOW_BID = "low_bid"


class MotionKind(StrEnum):
    """What the committee votes on by a majority of all members."""

    LOW_BID = "low_bid"
    COMPETITION = "competition"


class Score(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points for one item; `target` is a bid, or the code of a blind volume."""

    target: str
    item: Name
    points: Points


class OutlierFound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A score further from the committee's mean than the tender's limit: whose, and which."""

    number: int
    alias: Alias
    target: str
    item: Name


class CodedVolume(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Under which code a bid's blind volume is read."""

    code: str
    volume: Name
    bid: str


class ReportAnswer(StrEnum):
    """What a member said to the report. Refusing without a reason and silence count as agreement, and are recorded."""

    SIGNED = "signed"
    DISSENTED = "dissented"
    REFUSED = "refused"
    SILENT = "silent"


class Result(StrEnum):
    """What comes of an evaluation."""

    RANKED = "ranked"
    ALL_REJECTED = "all_rejected"


class VoidCause(StrEnum):
    """Why an evaluation is void; another committee may evaluate anew."""

    DRAW_FAILED = "draw_failed"
    POOL_EXHAUSTED = "pool_exhausted"
    SUSPENDED_TOO_LONG = "suspended_too_long"
    POSTPONED = "postponed"
    SUPERVISOR_DECIDED = "supervisor_decided"
