"""What can have happened in an opening session. Those marked (side line) stay secret until they are disclosed."""

from remote_bid.opening.terms import (
    AbortCause,
    Cause,
    Deposit,
    DrawSeed,
    Member,
    OpeningRecord,
    Outcome,
    Party,
    RequestRefusal,
    Role,
    SealedPart,
    SuspensionCause,
)
from remote_bid.people.certificates import Signed
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.drill import Dummy
from remote_bid.seal.statements import Statement
from remote_bid.tender.terms import ReadoutForm, Tender
from remote_bid.timeline.context import Event
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked


class OpeningScheduled(Event, frozen=True):
    """A session begins: its tender and its people, as the host has signed."""

    tender: Tender
    members: list[Member]
    signed: Signed


class CustodianKeyOffered(Event, frozen=True):
    """A custodian's key for one lot and part."""

    person: str
    signed: Signed


class PolicyPublished(Event, frozen=True):
    """What seals bind to from now on."""

    signed: Signed


class TimetableProposed(Event, frozen=True):
    """A timetable that lacks its second signature."""

    signed: Signed


class TimetableSigned(Event, frozen=True):
    """The timetable that holds."""

    signed: Signed


class BidSubmitted(Event, frozen=True):
    """(side line) The server holds this bid; `receipt` is its promise. Certificates are the signers'."""

    bid: str
    bidder: str
    name: str
    lot: str
    version: int
    parts: list[SealedPart]
    certificates: list[str]
    receipt: Statement


class StrikeProposed(Event, frozen=True):
    """A strike that lacks its second signature."""

    signed: Signed


class CustodianStruck(Event, frozen=True):
    """A custodian is no longer one, from the custodians' list of this statement on."""

    signed: Signed


class DealtAgain(Event, frozen=True):
    """(side line) New deals for parts of a bid; they replace those before them."""

    bid: str
    bidder: str
    lot: str
    deals: list[Signed]
    receipt: Statement


class ConsortiumDeclared(Event, frozen=True):
    """(side line) Who bids together with this bidder on this lot; it replaces what was declared before."""

    bidder: str
    lot: str
    signed: Signed
    receipt: Statement


class BidWithdrawn(Event, frozen=True):
    """(side line) The bidder took its bid on this lot back."""

    bidder: str
    lot: str
    signed: Signed


class DrillPassed(Event, frozen=True):
    """(side line) The bidder's own record that its device still opens its stored bid."""

    bid: str
    lot: str


class DrillDealt(Event, frozen=True):
    """A dummy for a custodian to open; shown to it and to those who run the session, to all once it is disclosed."""

    person: str
    dummy: Dummy


class CustodianDrilled(Event, frozen=True):
    """The custodian opened the dummy; shown like it."""

    person: str
    signed: Signed


class BidderCheckedIn(Event, frozen=True):
    """(side line) A bidder is present."""

    person: str
    name: str
    signed: Signed


class MemberCheckedIn(Event, frozen=True):
    """Somebody of the session's people is present."""

    person: str
    signed: Signed


class LobbyOpened(Event, frozen=True):
    """People may check in."""


class BidsClosed(Event, frozen=True):
    """The deadline. `close` stays hidden until a quorum has cosigned this entry in time."""

    close: Statement


class OpeningHeld(Event, frozen=True):
    """The close was not cosigned in time, or the server was away before it: nothing is counted; a new timetable is
    needed.
    """

    cause: str


class RosterPublished(Event, frozen=True):
    """The count of each lot; `close` is shown to all."""

    close: Statement


class LotAborted(Event, frozen=True):
    """A lot ends without an award; with too few bids they stay sealed and are returned."""

    lot: str
    cause: AbortCause


class OpeningAborted(Event, frozen=True):
    """Every lot has ended before anything was opened."""

    cause: AbortCause


class ReleaseOpened(Event, frozen=True):
    """The bidders' window is open until `ends_at`."""

    ends_at: str


class KeyReleased(Event, frozen=True):
    """(side line) A half that matches its commitment; `receipt` is the server's answer."""

    bid: str
    signed: Signed
    s_b: str
    receipt: Statement


class KeyLodged(Event, frozen=True):
    """(side line of the bidder) A half that matches, left with a cosigner in time; `receipt` is the cosigner's."""

    bid: str
    bidder: str
    signed: Signed
    receipt: Statement
    s_b: str


class LodgingFailed(Event, frozen=True):
    """(side line of the bidder) What was lodged for this bid is not its half, or not by its bidder; `why` is a code."""

    bid: str
    bidder: str
    signed: Signed
    receipt: Statement
    why: str


class RemedyRequested(Event, frozen=True):
    """(side line) A bidder that has lost its half asks the escrow holders for it; `receipt` is the server's answer."""

    bid: str
    signed: Signed
    receipt: Statement


class EscrowSharePublished(Event, frozen=True):
    """An escrow holder's share of the half of a bid that asks."""

    person: str
    bid: str
    signed: Signed


class CustodyClosed(Event, frozen=True):
    """The time for escrow shares is over; enough custodians have published."""


class LodgingSeedPublished(Event, frozen=True):
    """The seed of a policy's lodging key, so that everybody repeats what was opened with it."""

    policy: str
    seed: str


class SubmissionRefused(Event, frozen=True):
    """(side line) A bid or withdrawal came too late; `refusal` is what its sender was told."""

    person: str
    refusal: Statement


class ReleaseRefused(Event, frozen=True):
    """(side line) A release, or the request for a remedy, came too late; `refusal` is what its sender was told."""

    person: str
    refusal: Statement


class PartReleased(Event, frozen=True):
    """(side line) The half of a part that is not read out. The public never sees `s_b`."""

    bid: str
    submission: str
    signed: Signed
    receipt: Statement
    s_b: str | None = None


class ReleaseHindered(Event, frozen=True):
    """(side line) A half that matches its commitment, not taken because by `crl` (its hash), the list of `authority` in
    force, the signer's certificate is revoked. The half is not kept; `refusal` is what its sender was told.
    """

    bid: str
    submission: str
    signed: Signed
    authority: str
    crl: str
    refusal: Statement


class WrongKeyTried(Event, frozen=True):
    """(side line) A half that does not match, as its sender has signed; it is not kept."""

    bid: str
    submission: str
    signed: Signed
    left: int


class WindowClosed(Event, frozen=True):
    """The bidders' window is over; which submissions were released and which not."""

    window_closed: Statement


class CustodyOpened(Event, frozen=True):
    """Custodians may publish their keys until `ends_at`."""

    ends_at: str


class KeyPublished(Event, frozen=True):
    """A custodian's key is public."""

    person: str
    signed: Signed


class KeyEntrusted(Event, frozen=True):
    """A custodian's key of a part that is opened here but not read out: for server and supervisor.

    The public never sees `signed`, which holds the key; `custody` is its statement id.
    """

    person: str
    lot: str
    part: str
    kid: str
    custody: str
    signed: Signed | None = None


class BidSettled(Event, frozen=True):
    """What became of one bid; hidden until it is read out."""

    bid: str
    bidder: str
    lot: str
    outcome: Outcome
    cause: Cause
    detail: str
    form: ReadoutForm | None


class DrawSealed(Event, frozen=True):
    """Tenderer or supervisor has sealed its seed for a lot's draw."""

    person: str
    lot: str
    signed: Signed


class DrawOpened(Event, frozen=True):
    """Every bid is settled; what the tender leaves to a draw is drawn."""


class CoefficientDrawn(Event, frozen=True):
    """What was drawn for a lot, and from what; `bids` stay hidden until all is read out. In a lottery there is no seed:
    `lottery` is what host and supervisor signed.
    """

    lot: str
    coefficient: str
    value: str
    seed: str
    bids: list[str]
    envelopes: list[DrawSeed]
    lottery: Signed | None


class LotteryCalled(Event, frozen=True):
    """No draw envelope of this lot could be opened: lots are drawn by hand."""

    lot: str
    envelopes: list[DrawSeed]


class ReadoutOpened(Event, frozen=True):
    """Every bid is settled; the host reads out."""


class DepositNoted(Event, frozen=True):
    """Whether the deposit for a bid has come; it replaces what was noted of it before."""

    bid: str
    deposit: Deposit
    signed: Signed


class BidReadOut(Event, frozen=True):
    """One bid, read out."""

    bid: str
    name: str
    lot: str
    outcome: Outcome
    cause: Cause
    form: ReadoutForm | None
    deposit: Deposit | None
    consortium: list[Party]


class ConfirmationOpened(Event, frozen=True):
    """All is read out; until `ends_at` bidders confirm or dispute their own lines."""

    ends_at: str


class LineConfirmed(Event, frozen=True):
    """A bidder says that its line was read out rightly."""

    bid: str
    signed: Signed


class LineDisputed(Event, frozen=True):
    """A bidder disputes its line: from here on objection `number`."""

    bid: str
    number: int
    name: str
    text: str
    signed: Signed


class ObjectionsOpened(Event, frozen=True):
    """Objections may be raised until `ends_at`, and are answered; `silent` are the bids whose bidders said nothing."""

    ends_at: str
    silent: list[str]


class Said(Event, frozen=True):
    """Somebody said something in the hall; a bidder under its `alias` until names are shown, others have none."""

    alias: int | None
    text: str
    nonce: str


class ObjectionRaised(Event, frozen=True):
    """A bidder objects, under its `alias` until names are shown."""

    number: int
    alias: int
    person: str
    name: str
    text: str
    signed: Signed


class ObjectionAnswered(Event, frozen=True):
    """The host's answer to objection `number`."""

    number: int
    text: str
    signed: Signed


class RecordRefused(Event, frozen=True):
    """A person does not sign the record."""

    person: str
    name: str
    reason: str
    signed: Signed


class RecordPrepared(Event, frozen=True):
    """The opening record, ready to be signed until `ends_at`."""

    record: OpeningRecord
    hash: str
    ends_at: str


class RecordSigned(Event, frozen=True):
    """A person signed the record."""

    person: str
    name: str
    signed: Signed


class OpeningClosed(Event, frozen=True):
    """The session is over; `silent` neither signed the record nor refused to."""

    silent: list[str]


class CrlNotedDown(Event, frozen=True):
    """From now on statements are judged by this list: whose certificate is on it signs no more."""

    crl: CrlNoted


class SignatureAwaited(Event, frozen=True):
    """Host or supervisor has signed what both must sign; the other's signature is awaited."""

    signed: Signed


class RequestRefused(Event, frozen=True):
    """What host or supervisor asked for by this statement (its id) did not come about."""

    statement: str
    cause: RequestRefusal
    signed: Signed | None = None


class WindowExtended(Event, frozen=True):
    """The bidders' window is open until `ends_at`, for all."""

    signed: Signed
    ends_at: str


class OpeningSuspended(Event, frozen=True):
    """The clocks stand still as of `since`; the host's suspension ends by itself at `ends_at`. Unsigned it is the
    server's.
    """

    number: int
    cause: SuspensionCause
    since: str
    ends_at: str | None
    signed: Signed | None


class SuspensionCountersigned(Event, frozen=True):
    """The supervisor has signed the host's suspension too: it does not end by itself."""

    signed: Signed


class OpeningResumed(Event, frozen=True):
    """The clocks run again; the phase's window ends at `ends_at`. Unsigned: the host's time was over."""

    number: int
    ends_at: str | None
    signed: Signed | None


class AbortOrdered(Event, frozen=True):
    """The session will be aborted as soon as every entry is held by a tick. Unsigned: it was suspended too long."""

    cause: AbortCause
    signed: Signed | None


class RoleHandedOver(Event, frozen=True):
    """An office is another person's now."""

    role: Role
    to: str
    signed: Signed


class CountCheckOpened(Event, frozen=True):
    """These lots have too few bids; until `ends_at` host and supervisor may go on with them on a listed ground."""

    lots: list[str]
    ends_at: str


class LotContinued(Event, frozen=True):
    """A lot goes on with fewer bids than its minimum."""

    lot: str
    ground: str
    signed: Signed


class CustodianKeysDestroyed(Event, frozen=True):
    """A custodian has destroyed its keys of an aborted session."""

    person: str
    signed: Signed


class StampTaken(Event, frozen=True):
    """An authority of time has signed at `stamped_at` that entry `covers` was there; `token` is its answer."""

    covers: int
    stamped_at: str
    token: str


OpeningEvent = (
    OpeningScheduled
    | CustodianKeyOffered
    | PolicyPublished
    | TimetableProposed
    | TimetableSigned
    | BidSubmitted
    | StrikeProposed
    | CustodianStruck
    | DealtAgain
    | ConsortiumDeclared
    | BidWithdrawn
    | DrillPassed
    | DrillDealt
    | CustodianDrilled
    | BidderCheckedIn
    | MemberCheckedIn
    | LobbyOpened
    | Ticked
    | BidsClosed
    | OpeningHeld
    | CheckpointCosigned
    | RosterPublished
    | LotAborted
    | OpeningAborted
    | ReleaseOpened
    | KeyReleased
    | PartReleased
    | ReleaseHindered
    | WrongKeyTried
    | KeyLodged
    | LodgingFailed
    | LodgingSeedPublished
    | SubmissionRefused
    | ReleaseRefused
    | RemedyRequested
    | EscrowSharePublished
    | CustodyClosed
    | WindowClosed
    | CustodyOpened
    | KeyPublished
    | KeyEntrusted
    | BidSettled
    | Disclosed
    | ReadoutOpened
    | DepositNoted
    | BidReadOut
    | RecordPrepared
    | RecordSigned
    | OpeningClosed
    | DrawSealed
    | DrawOpened
    | CoefficientDrawn
    | LotteryCalled
    | ConfirmationOpened
    | LineConfirmed
    | LineDisputed
    | ObjectionsOpened
    | Said
    | ObjectionRaised
    | ObjectionAnswered
    | RecordRefused
    | CrlNotedDown
    | SignatureAwaited
    | RequestRefused
    | WindowExtended
    | OpeningSuspended
    | SuspensionCountersigned
    | OpeningResumed
    | AbortOrdered
    | RoleHandedOver
    | CountCheckOpened
    | LotContinued
    | CustodianKeysDestroyed
    | StampTaken
    | LogKeyRotated
)
