"""What is signed at the opening."""

from typing import ClassVar

import msgspec

from remote_bid.opening.terms import Deposit, ExtensionCause, LotSet, Member, Role
from remote_bid.seal.statements import Payload, Statement
from remote_bid.tender.terms import Factor, Heading, Pause, Tender, Words


class Schedule(Payload, frozen=True):
    """The host's: what is tendered in this session, and who has which role in it."""

    kind: ClassVar[str] = "schedule"
    session: str
    tender: Tender
    members: list[Member]


class Close(Payload, frozen=True):
    """The server's: no bid after this one. `tick` is the last tick's seq; per lot, the live bids."""

    kind: ClassVar[str] = "close"
    session: str
    timetable: str
    tick: int
    at: str
    lots: list[LotSet]


class Release(Payload, frozen=True):
    """The bidder hands over its half s_B of one submission's key, which goes beside this: `c` is c("B", s_B) over the
    envelope's context. So everybody sees whether the half matched, and who handed it over, and nobody sees the half.
    """

    kind: ClassVar[str] = "release"
    session: str
    submission: str
    close: str
    c: str


class LodgedRelease(Payload, frozen=True):
    """The same, left with a cosigner when the server does not answer: s_B sealed to the policy's lodging key `kid`."""

    kind: ClassVar[str] = "lodged_release"
    session: str
    submission: str
    close: str
    kid: str
    sealed: str


class LodgingReceipt(Payload, frozen=True):
    """The cosigner's: it holds this lodged release since `at`, by its own clock."""

    kind: ClassVar[str] = "lodging_receipt"
    session: str
    submission: str
    lodging: str
    cosigner: str
    at: str


class LodgingsWanted(Payload, frozen=True):
    """The server asks a cosigner for everything that is lodged in a session: nobody else is told."""

    kind: ClassVar[str] = "lodgings_wanted"
    session: str
    close: str
    at: str


class LodgingItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a cosigner's list: its receipt in short."""

    lodging: str
    submission: str
    at: str


class LodgingList(Payload, frozen=True):
    """The cosigner's: all that was lodged with it for this session and close until `at`, in the order of arrival."""

    kind: ClassVar[str] = "lodging_list"
    session: str
    close: str
    cosigner: str
    at: str
    lodgings: list[LodgingItem]


class RemedyRequest(Payload, frozen=True):
    """The bidder has lost its half and asks the escrow holders for their shares, inside the bidders' window."""

    kind: ClassVar[str] = "remedy_request"
    session: str
    submission: str
    close: str


class EscrowShare(Payload, frozen=True):
    """An escrow holder's share (33 bytes) of the half of a bid that asks; empty where what was dealt gives none that
    matches its commitment. The key stays secret: it would open the shares of those who did not ask.
    """

    kind: ClassVar[str] = "escrow_share"
    session: str
    submission: str
    window_closed: str
    kid: str
    share: str


class Refusal(Payload, frozen=True):
    """The server's: it did not take these statements, for this reason, at this time."""

    kind: ClassVar[str] = "refusal"
    session: str
    code: str
    statements: list[str]
    at: str


class Released(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which release statement answers which submission."""

    submission: str
    release: str


class LotWindow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lot's releases: `released`, `missing` and `sealed` together are exactly the lot's leaves in `close`.

    `sealed` are the parts that are not opened here.
    """

    lot: str
    released: list[Released]
    missing: list[str]
    sealed: list[str]


class WindowClosed(Payload, frozen=True):
    """The server's: the bidders' window is over, in every lot that was not aborted. `extensions` are the ids of the
    statements that moved its end, `pauses` the suspensions until then. If a bid is missing, every cosigner either tells
    what was lodged with it, in its signed list, or is named as `away`.
    """

    kind: ClassVar[str] = "window_closed"
    session: str
    close: str
    timetable: str
    at: str
    lots: list[LotWindow]
    extensions: list[str] = msgspec.field(default_factory=list)
    pauses: list[Pause] = msgspec.field(default_factory=list)
    lodgings: list[Statement] = msgspec.field(default_factory=list)
    away: list[str] = msgspec.field(default_factory=list)


class Custody(Payload, frozen=True):
    """A custodian publishes its key for this lot and part, or entrusts it to the server: the 32-byte seed."""

    kind: ClassVar[str] = "custody"
    session: str
    close: str
    window_closed: str
    kid: str
    seed: str


class Lottery(Payload, frozen=True):
    """Host and supervisor: no draw envelope of this lot could be opened, lots were drawn by hand, and this came out."""

    kind: ClassVar[str] = "lottery"
    session: str
    lot: str
    coefficient: Heading
    value: Factor


class DepositNote(Payload, frozen=True):
    """The host or the tenderer: what has come of the deposit for a bid. `prev` is the note that this one corrects."""

    kind: ClassVar[str] = "deposit_note"
    session: str
    bid: str
    prev: str | None
    deposit: Deposit


class Confirmation(Payload, frozen=True):
    """The bidder to its own line as it was read out (SHA-256 over its JCS form): right, or what is wrong with it."""

    kind: ClassVar[str] = "confirmation"
    session: str
    person: str
    bid: str
    line: str
    dispute: Words | None


class Objection(Payload, frozen=True):
    """A bidder objects to the opening."""

    kind: ClassVar[str] = "objection"
    session: str
    person: str
    text: Words


class Answer(Payload, frozen=True):
    """The host answers the statement that objects: an objection, or a confirmation that disputes."""

    kind: ClassVar[str] = "answer"
    session: str
    objection: str
    text: Words


class RecordRefusal(Payload, frozen=True):
    """I have read the opening record with this SHA-256 and do not sign it, for this reason."""

    kind: ClassVar[str] = "record_refusal"
    session: str
    person: str
    record: str
    reason: Words


class Extension(Payload, frozen=True):
    """Host and supervisor extend the bidders' window, for all bidders: the session's extension `number`, from 1."""

    kind: ClassVar[str] = "extension"
    session: str
    close: str
    number: int
    by_ms: int
    cause: ExtensionCause


class Abort(Payload, frozen=True):
    """The supervisor ends a session that has been suspended too long."""

    kind: ClassVar[str] = "abort"
    session: str
    number: int


class Handover(Payload, frozen=True):
    """Who holds an office hands it to its deputy, or the deputy hands it back: the session's handover `number`."""

    kind: ClassVar[str] = "handover"
    session: str
    number: int
    role: Role
    to: str


class BelowMinimum(Payload, frozen=True):
    """Host and supervisor go on with a lot that has too few bids, on a ground that its policy lists."""

    kind: ClassVar[str] = "below_minimum"
    session: str
    close: str
    lot: str
    ground: str


class KeysDestroyed(Payload, frozen=True):
    """A custodian has destroyed its keys of an aborted session: `kids` are their ids, sorted."""

    kind: ClassVar[str] = "keys_destroyed"
    session: str
    kids: list[str]


class RecordSignature(Payload, frozen=True):
    """I have read the opening record with this SHA-256 (over its JCS form)."""

    kind: ClassVar[str] = "record_signature"
    session: str
    person: str
    record: str
