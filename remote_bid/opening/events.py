"""What can have happened in an opening session. Those marked (side line) stay secret until they are disclosed."""

from remote_bid.opening.terms import AbortCause, Cause, Member, OpeningRecord, Outcome, SealedPart
from remote_bid.people.certificates import Signed
from remote_bid.seal.drill import Dummy
from remote_bid.seal.statements import Statement
from remote_bid.tender.terms import ReadoutForm, Tender
from remote_bid.timeline.context import Event
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, Ticked


class OpeningScheduled(Event, frozen=True):
    """A session begins: its tender and its people."""

    tender: Tender
    members: list[Member]


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
    """The close was not cosigned in time: nothing is counted; a new timetable is needed."""

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
    receipt: Statement


class PartReleased(Event, frozen=True):
    """(side line) The half of a part that is not read out. The public never sees `signed`, which holds the half."""

    bid: str
    submission: str
    release: str
    receipt: Statement
    signed: Signed | None = None


class WrongKeyTried(Event, frozen=True):
    """(side line) A half that does not match; only its hash is kept."""

    bid: str
    submission: str
    tried: str
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


class ReadoutOpened(Event, frozen=True):
    """Every bid is settled; the host reads out."""


class BidReadOut(Event, frozen=True):
    """One bid, read out."""

    bid: str
    name: str
    lot: str
    outcome: Outcome
    cause: Cause
    form: ReadoutForm | None


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
    """The session is over."""


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
    | WrongKeyTried
    | WindowClosed
    | CustodyOpened
    | KeyPublished
    | KeyEntrusted
    | BidSettled
    | Disclosed
    | ReadoutOpened
    | BidReadOut
    | RecordPrepared
    | RecordSigned
    | OpeningClosed
)
