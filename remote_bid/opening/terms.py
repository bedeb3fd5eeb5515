"""The words of the opening, as values."""

from enum import StrEnum

import msgspec

from remote_bid.seal.envelope import Header
from remote_bid.seal.statements import Statement
from remote_bid.tender.sealed_draw import DrawSeed
from remote_bid.tender.terms import Amount, Heading, ReadoutForm, Tender


class Phase(StrEnum):
    """Where an opening stands; the order is the order of the day."""

    SCHEDULED = "SCHEDULED"
    LOBBY = "LOBBY"
    CLOSED_FOR_BIDS = "CLOSED_FOR_BIDS"
    HELD = "HELD"
    COUNT_CHECK = "COUNT_CHECK"
    ROSTER = "ROSTER"
    RELEASE = "RELEASE"
    CUSTODY = "CUSTODY"
    UNSEAL = "UNSEAL"
    DRAW = "DRAW"
    READOUT = "READOUT"
    CONFIRM = "CONFIRM"
    OBJECTION = "OBJECTION"
    RECORD = "RECORD"
    CLOSED = "CLOSED"
    ABORTED = "ABORTED"


ORDER = list(Phase)
_PLACE = {phase: place for place, phase in enumerate(ORDER)}


def reached(phase: Phase, other: Phase) -> bool:
    """Whether `phase` is `other` or comes after it; HELD and ABORTED show no more than the phase they left."""
    if phase in (Phase.HELD, Phase.ABORTED):
        return other is phase or _PLACE[other] <= _PLACE[Phase.CLOSED_FOR_BIDS]
    return _PLACE[phase] >= _PLACE[other]


def under_way(phase: Phase) -> bool:
    """Whether the deadline has counted and the session is not over."""
    return reached(phase, Phase.COUNT_CHECK) and phase not in (Phase.HELD, Phase.CLOSED, Phase.ABORTED)


ABORTABLE = (Phase.COUNT_CHECK, Phase.ROSTER, Phase.RELEASE, Phase.CUSTODY, Phase.UNSEAL)
"""A suspended session may be aborted until every bid is settled: nobody who has seen a price may undo the opening."""


class Role(StrEnum):
    """What a person is in this session."""

    HOST = "host"
    SUPERVISOR = "supervisor"
    WITNESS = "witness"
    TENDERER = "tenderer"
    CUSTODIAN = "custodian"
    BIDDER = "bidder"
    OBSERVER = "observer"


OFFICES = (Role.HOST, Role.SUPERVISOR, Role.TENDERER)
"""Roles that one person holds at a time, and may hand over to a deputy."""


class Outcome(StrEnum):
    """What became of a bid (opening.md, Outcomes)."""

    OPENED = "OPENED"
    DEEMED_REVOKED = "DEEMED_REVOKED"
    DEEMED_WITHDRAWN = "DEEMED_WITHDRAWN"
    REMEDIED = "REMEDIED"


class Cause(StrEnum):
    """Why; each is shown by evidence in the timeline."""

    OPENED = "opened"
    NOT_RELEASED = "not_released"
    BAD_LODGING = "bad_lodging"
    REMEDIED = "remedied"
    BAD_ESCROW = "bad_escrow"
    ESCROW_ABSENT = "escrow_absent"
    BAD_DEAL = "bad_deal"
    GARBAGE = "garbage"
    INVALID_FORM = "invalid_form"
    ENVELOPE_LOST = "envelope_lost"
    AUTHORITY_FAILED = "authority_failed"
    ABORTED = "aborted"


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person of the session other than its bidders; `side` is whom a custodian holds its share for, `deputy_of` the
    person whose office this one may take over.
    """

    person: str
    name: Heading
    role: Role
    side: str = ""
    deputy_of: str = ""


class SealedPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of a bid: what was signed, and the envelope's header. `upload` names it in the safe."""

    part: str
    submission: Statement
    deal: Statement
    header: Header
    upload: str


class LotSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The live bids of one lot at close: how many, and the RFC 9162 root over their submission ids, sorted."""

    lot: str
    count: int
    root: str


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one sealed part, decided by arithmetic. `detail` names the custodian key or the code at fault."""

    outcome: Outcome
    cause: Cause
    detail: str = ""
    form: ReadoutForm | None = None


class AbortCause(StrEnum):
    """Why a lot ends without an award."""

    TOO_FEW_BIDS = "too_few_bids"
    NONE_OPENED = "none_opened"
    SUPERVISOR_DECIDED = "supervisor_decided"
    SUSPENDED_TOO_LONG = "suspended_too_long"


class ExtensionCause(StrEnum):
    """Why the bidders' window may be extended."""

    PLATFORM_FAULT = "platform_fault"
    NETWORK_FAULT = "network_fault"
    CERTIFICATE_SERVICE = "certificate_service"
    EMERGENCY = "emergency"


class RequestRefusal(StrEnum):
    """Why what host or supervisor asked for did not come about."""

    BEYOND_CAP = "beyond_cap"
    WINDOW_OVER = "window_over"
    DECLINED = "declined"


class LotEnd(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lot that ended without an award."""

    lot: str
    cause: AbortCause


class DepositStatus(StrEnum):
    """What is known of a bidder's deposit: nobody guesses what was not noted."""

    NOT_STATED = "not_stated"
    RECEIVED = "received"
    NOT_RECEIVED = "not_received"


class DepositForm(StrEnum):
    """As what a deposit has come: money, or an electronic letter of guarantee."""

    BID_DEPOSIT = "bid_deposit"
    E_GUARANTEE = "e_guarantee"


class Deposit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bidder's deposit on a lot (投标保证金): of what has not come only the status is told; `amount` is in the
    lot's currency.
    """

    status: DepositStatus
    form: DepositForm | None = None
    amount: Amount | None = None
    received_at: str | None = None


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One party of a consortium as it is read out and recorded, the lead first."""

    person: str
    name: str
    work: str


class ReadoutLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bid as it was read out: what its bidder confirms or disputes."""

    bid: str
    name: str
    lot: str
    outcome: Outcome
    cause: Cause
    form: ReadoutForm | None
    deposit: Deposit | None
    """None where the lot asks for none."""
    consortium: list[Party]
    """Empty where one bids alone."""


class LineAnswer(StrEnum):
    """What a bidder said to its own line; silence is recorded as silence."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    SILENT = "silent"


class LotDraw(msgspec.Struct, frozen=True, kw_only=True):
    """What a lot's values are drawn from: its opened bids, the envelopes, the seed made of them; no seed if all are
    empty.
    """

    bids: list[str]
    envelopes: list[DrawSeed]
    seed: str


class DrawLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One drawn coefficient in the opening record, whose envelopes were empty, and whether lots were drawn by hand."""

    lot: str
    coefficient: str
    value: str
    empty: list[str]
    lottery: bool


class ObjectionLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One objection in the opening record; `bid` is the line it disputes, an answer of None was not given."""

    number: int
    name: str
    at: str
    bid: str | None
    text: str
    answer: str | None
    answered_at: str | None


class RecordLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bid in the opening record."""

    bid: str
    lot: str
    name: str
    submitted_at: str
    checked_in_at: str | None
    released_at: str | None
    outcome: Outcome
    cause: Cause
    form: ReadoutForm | None
    deposit: Deposit | None
    consortium: list[Party]
    bids_twice: list[str]
    """Its bidder or parties that take part in another bid on this lot too, which the law forbids."""
    answer: LineAnswer


class OpeningRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The opening record (开标记录表): made from events alone, so anybody makes the same one from the timeline."""

    session: str
    tender: Tender
    members: list[Member]
    deadline: str
    window_closed_at: str
    keys_published: list[str]
    aborted: list[LotEnd]
    draws: list[DrawLine]
    lines: list[RecordLine]
    objections: list[ObjectionLine]
