"""What a bidder does up to the deadline. Side lines: secret until they are disclosed."""

from remote_bid.opening.terms import SealedPart
from remote_bid.people.certificates import Signed
from remote_bid.seal.drill import Dummy
from remote_bid.seal.statements import Statement
from remote_bid.timeline.context import Event


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


class BidderCheckedIn(Event, frozen=True):
    """(side line) A bidder is present."""

    person: str
    name: str
    signed: Signed


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


class SubmissionRefused(Event, frozen=True):
    """(side line) A bid or withdrawal came too late; `refusal` is what its sender was told."""

    person: str
    refusal: Statement
