"""What may be asked of an opening session."""

import msgspec

from remote_bid.opening.terms import Member
from remote_bid.people.certificates import Signed
from remote_bid.tender.terms import Tender
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, Tick


class ScheduleOpening(Command, frozen=True):
    """The agency's host opens a session for a tender and names its people."""

    tender: Tender
    members: list[Member]


class OfferCustodianKey(Command, frozen=True):
    """A custodian offers its fresh key."""

    signed: Signed


class PublishPolicy(Command, frozen=True):
    """The tenderer publishes what seals bind to."""

    signed: Signed


class ProposeTimetable(Command, frozen=True):
    """The tenderer signs when everything happens."""

    signed: Signed


class CountersignTimetable(Command, frozen=True):
    """The supervisor signs the same timetable, which makes it valid."""

    signed: Signed


class OfferedPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sealed part: its statements, and the name under which its envelope was uploaded."""

    upload: str
    submission: Signed
    deal: Signed


class SubmitBid(Command, frozen=True):
    """A bidder hands in a bid, or a newer version of it, on one lot."""

    lot: str
    parts: list[OfferedPart]


class PassDrill(Command, frozen=True):
    """A bidder has seen that its device still opens its stored bid, by the bid's id."""

    bid: str


class BeginDrill(Command, frozen=True):
    """A custodian asks for a dummy sealed to one of its offered keys."""

    kid: str


class AnswerDrill(Command, frozen=True):
    """The custodian tells what the dummy holds."""

    signed: Signed


class ProposeStrike(Command, frozen=True):
    """The tenderer wants a custodian taken out."""

    signed: Signed


class CountersignStrike(Command, frozen=True):
    """The supervisor signs the same, which makes it valid."""

    signed: Signed


class DealAgain(Command, frozen=True):
    """A bidder deals the shares of its bid anew, to the custodians of now; nothing is uploaded again."""

    bid: str
    deals: list[Signed]


class WithdrawBid(Command, frozen=True):
    """A bidder takes its bid back before the deadline."""

    signed: Signed


class CheckIn(Command, frozen=True):
    """Anybody of the session is present."""

    signed: Signed


class OpenLobby(Command, frozen=True):
    """The clock's: the lobby opens."""


class CloseBids(Command, frozen=True):
    """The clock's: the submission deadline is here."""


class HoldOpening(Command, frozen=True):
    """The clock's: the close was not cosigned in time."""


class OpenRelease(Command, frozen=True):
    """The host asks the bidders for their halves."""


class ReleaseKey(Command, frozen=True):
    """A bidder releases its half of one submission's key."""

    signed: Signed


class CloseWindow(Command, frozen=True):
    """The clock's: the bidders' window is over."""


class PublishKey(Command, frozen=True):
    """A custodian publishes its key."""

    signed: Signed


class EntrustKey(Command, frozen=True):
    """A custodian hands over its key of a part that is opened here but not read out."""

    signed: Signed


class SettleBids(Command, frozen=True):
    """The clock's: open every envelope and decide what became of every bid."""


class ReadOut(Command, frozen=True):
    """The host reads out one bid, by its submission id."""

    bid: str


class SignRecord(Command, frozen=True):
    """Host, supervisor or bidder signs the opening record."""

    signed: Signed


class CloseOpening(Command, frozen=True):
    """The host, or the clock when the time for signing is over, closes the session."""


OpeningCommand = (
    ScheduleOpening
    | OfferCustodianKey
    | PublishPolicy
    | ProposeTimetable
    | CountersignTimetable
    | SubmitBid
    | PassDrill
    | BeginDrill
    | AnswerDrill
    | ProposeStrike
    | CountersignStrike
    | DealAgain
    | WithdrawBid
    | CheckIn
    | OpenLobby
    | Tick
    | CloseBids
    | HoldOpening
    | RecordCheckpoint
    | OpenRelease
    | ReleaseKey
    | CloseWindow
    | PublishKey
    | EntrustKey
    | SettleBids
    | ReadOut
    | SignRecord
    | CloseOpening
)
