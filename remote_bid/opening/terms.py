"""The words of the opening, as values."""

from enum import StrEnum

import msgspec

from remote_bid.seal.envelope import Header
from remote_bid.seal.statements import Statement
from remote_bid.tender.terms import ReadoutForm, Tender


class Phase(StrEnum):
    """Where an opening stands; the order is the order of the day."""

    SCHEDULED = "SCHEDULED"
    LOBBY = "LOBBY"
    CLOSED_FOR_BIDS = "CLOSED_FOR_BIDS"
    HELD = "HELD"
    ROSTER = "ROSTER"
    RELEASE = "RELEASE"
    CUSTODY = "CUSTODY"
    UNSEAL = "UNSEAL"
    READOUT = "READOUT"
    RECORD = "RECORD"
    CLOSED = "CLOSED"
    ABORTED = "ABORTED"


ORDER = list(Phase)


def reached(phase: Phase, other: Phase) -> bool:
    """Whether `phase` is `other` or comes after it; HELD and ABORTED show no more than the phase they left."""
    if phase in (Phase.HELD, Phase.ABORTED):
        return other is phase or ORDER.index(other) <= ORDER.index(Phase.CLOSED_FOR_BIDS)
    return ORDER.index(phase) >= ORDER.index(other)


class Role(StrEnum):
    """What a person is in this session."""

    HOST = "host"
    SUPERVISOR = "supervisor"
    TENDERER = "tenderer"
    CUSTODIAN = "custodian"
    BIDDER = "bidder"
    OBSERVER = "observer"


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


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person of the session other than its bidders; `side` is whom a custodian holds its share for."""

    person: str
    name: str
    role: Role
    side: str = ""


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


class LotEnd(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lot that ended without an award."""

    lot: str
    cause: AbortCause


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


class OpeningRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The opening record (开标记录表): made from events alone, so anybody makes the same one from the timeline."""

    session: str
    tender: Tender
    members: list[Member]
    deadline: str
    window_closed_at: str
    keys_published: list[str]
    aborted: list[LotEnd]
    lines: list[RecordLine]
