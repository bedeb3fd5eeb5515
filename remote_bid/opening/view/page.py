"""What a page of an opening holds. What its reader may not see is absent, never null."""

import msgspec
from msgspec import UNSET, UnsetType

from remote_bid.opening.terms import (
    AbortCause,
    Cause,
    Deposit,
    DrawLine,
    LineAnswer,
    Member,
    Outcome,
    Party,
    Phase,
    Role,
    SealedPart,
)
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import Statement
from remote_bid.tender.terms import Pause, ReadoutForm, SuspensionCause, Tender


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a view; what an audience may not see is absent, never null."""


class CheckCodeView(_Part, frozen=True):
    """核对码 of the last cosigned phase change, and the note it is made from."""

    code: str
    phase: Phase
    covers: int
    note: str


class LotCount(_Part, frozen=True):
    """How many live bids a lot has."""

    lot: str
    bids: int


class BidRow(_Part, frozen=True):
    """One bid of the roster."""

    number: int
    lot: str
    name: str | UnsetType = UNSET
    checked_in_at: str | UnsetType = UNSET
    late: bool | UnsetType = UNSET
    released: bool | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET
    form: ReadoutForm | UnsetType = UNSET
    consortium: list[Party] | UnsetType = UNSET
    bids_twice: list[str] | UnsetType = UNSET
    deposit: Deposit | UnsetType = UNSET
    deposit_note: str | UnsetType = UNSET
    """The id of the last note of it."""
    signed_record: bool | UnsetType = UNSET
    answer: LineAnswer | UnsetType = UNSET


class CustodianRow(_Part, frozen=True):
    """One custodian, whether its key is public, and whether all its keys passed a drill."""

    name: str
    side: str
    published: bool
    drilled: bool | UnsetType = UNSET


class SetProof(_Part, frozen=True):
    """That a submission is leaf `index` of the `size` under its lot's root in `close`."""

    index: int
    size: int
    path: list[str]


class OwnBid(_Part, frozen=True):
    """A bidder's own bid: everything it is owed."""

    lot: str
    version: int
    submitted_at: str
    receipts: list[Statement]
    drilled: bool | UnsetType = UNSET
    deal_again: bool | UnsetType = UNSET
    proofs: dict[str, SetProof] | UnsetType = UNSET
    released_at: str | UnsetType = UNSET
    tries_left: int | UnsetType = UNSET
    hindered: bool | UnsetType = UNSET
    """Its half was not taken for a revoked certificate; another certificate may still release it."""
    parts: list[SealedPart] | UnsetType = UNSET
    """For the other parties of a consortium, who have not submitted it themselves."""
    outcome: Outcome | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET


class SuspensionView(_Part, frozen=True):
    """The clocks stand still since then; the host's suspension ends by itself at `ends_at`. From `supervisor_from` on
    the supervisor decides alone; at `aborted_at` the session is aborted, unless every bid is settled.
    """

    number: int
    cause: SuspensionCause
    since: str
    supervisor_from: str
    aborted_at: str | UnsetType = UNSET
    ends_at: str | UnsetType = UNSET


class HostStep(_Part, frozen=True):
    """What waits for the host since then; from when on its deputy, if there is one, and the supervisor may act."""

    since: str
    supervisor_from: str
    deputy_from: str | UnsetType = UNSET


class ObjectionRow(_Part, frozen=True):
    """One objection and its answer; `name` once names are shown, before only an alias. `bid` is a disputed line."""

    number: int
    at: str
    text: str
    alias: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    bid: str | UnsetType = UNSET
    answer: str | UnsetType = UNSET
    answered_at: str | UnsetType = UNSET


class RemedyAsked(_Part, frozen=True):
    """What an escrow holder needs to see before it gives its share: who asks, for which bid, and how it was dealt."""

    request: Signed
    part: SealedPart
    certificates: list[str]


class Me(_Part, frozen=True):
    """The viewer: who, as what, and what is asked of it now (a code that the page words)."""

    person: str
    role: Role
    ask: str
    bids: dict[str, OwnBid] | UnsetType = UNSET
    alias: int | UnsetType = UNSET


class OpeningView(_Part, frozen=True):
    """An opening as one person may see it now. Instants are server time; `ends_at` is what the countdown runs to,
    unless the session is suspended.
    """

    session: str
    phase: Phase
    me: Me
    phase_since: str | UnsetType = UNSET
    ends_at: str | UnsetType = UNSET
    deadline: str | UnsetType = UNSET
    tender: Tender | UnsetType = UNSET
    members: dict[str, Member] | UnsetType = UNSET
    present: list[str] | UnsetType = UNSET
    policies: list[str] | UnsetType = UNSET
    timetable: str | UnsetType = UNSET
    k: int | UnsetType = UNSET
    custodians: dict[str, CustodianRow] | UnsetType = UNSET
    counts: list[LotCount] | UnsetType = UNSET
    bids: dict[str, BidRow] | UnsetType = UNSET
    aborted: dict[str, AbortCause] | UnsetType = UNSET
    released: int | UnsetType = UNSET
    remedies: dict[str, RemedyAsked] | UnsetType = UNSET
    suspended: SuspensionView | UnsetType = UNSET
    pauses: list[Pause] | UnsetType = UNSET
    extensions: int | UnsetType = UNSET
    host_step: HostStep | UnsetType = UNSET
    awaited: dict[str, Signed] | UnsetType = UNSET
    in_office: dict[Role, str] | UnsetType = UNSET
    questioned: list[str] | UnsetType = UNSET
    continued: dict[str, str] | UnsetType = UNSET
    check_code: CheckCodeView | UnsetType = UNSET
    record_hash: str | UnsetType = UNSET
    signed_by: list[str] | UnsetType = UNSET
    refused_by: list[str] | UnsetType = UNSET
    draws: list[DrawLine] | UnsetType = UNSET
    lotteries: list[str] | UnsetType = UNSET
    objections: dict[str, ObjectionRow] | UnsetType = UNSET
    aliases: dict[str, str] | UnsetType = UNSET
    stamps: dict[str, str] | UnsetType = UNSET
    """By entry, when an authority of time has stamped it; empty as long as none has."""
    uncosigned_since: str | UnsetType = UNSET
    """When the first tick or phase change was whose checkpoint is not cosigned yet."""
