"""In the hearing of all: draw, readout, confirmation, objections, words, the record."""

from remote_bid.opening.terms import Cause, Deposit, OpeningRecord, Outcome, Party
from remote_bid.people.certificates import Signed
from remote_bid.tender.sealed_draw import DrawSeed
from remote_bid.tender.terms import ReadoutForm
from remote_bid.timeline.context import Event


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
