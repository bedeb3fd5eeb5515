"""From the lobby to what became of every bid: count, roster, release, custody, remedy."""

from remote_bid.opening.terms import Cause, Outcome
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import Statement
from remote_bid.tender.terms import ReadoutForm
from remote_bid.timeline.context import Event


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


class CountCheckOpened(Event, frozen=True):
    """These lots have too few bids; until `ends_at` host and supervisor may go on with them on a listed ground."""

    lots: list[str]
    ends_at: str


class LotContinued(Event, frozen=True):
    """A lot goes on with fewer bids than its minimum."""

    lot: str
    ground: str
    signed: Signed


class RosterPublished(Event, frozen=True):
    """The count of each lot; `close` is shown to all."""

    close: Statement


class ReleaseOpened(Event, frozen=True):
    """The bidders' window is open until `ends_at`."""

    ends_at: str


class KeyReleased(Event, frozen=True):
    """(side line) A half that matches its commitment; `receipt` is the server's answer."""

    bid: str
    signed: Signed
    s_b: str
    receipt: Statement


class PartReleased(Event, frozen=True):
    """(side line) The half of a part that is not read out. The public never sees `s_b`."""

    bid: str
    submission: str
    signed: Signed
    receipt: Statement
    s_b: str | None = None


class ReleaseRefused(Event, frozen=True):
    """(side line) A release, or the request for a remedy, came too late; `refusal` is what its sender was told."""

    person: str
    refusal: Statement


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


class RemedyRequested(Event, frozen=True):
    """(side line) A bidder that has lost its half asks the escrow holders for it; `receipt` is the server's answer."""

    bid: str
    signed: Signed
    receipt: Statement


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


class BidSettled(Event, frozen=True):
    """What became of one bid; hidden until it is read out."""

    bid: str
    bidder: str
    lot: str
    outcome: Outcome
    cause: Cause
    detail: str
    form: ReadoutForm | None
