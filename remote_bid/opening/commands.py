"""What may be asked of an opening session."""

from typing import Annotated

import msgspec

from remote_bid.people.certificates import Signed
from remote_bid.people.noting import NoteCrl
from remote_bid.tender.terms import Remark
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation, Tick


class ScheduleOpening(Command, frozen=True):
    """The agency's host opens a session for a tender and names its people, over its signature."""

    signed: Signed


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


class DeclareConsortium(Command, frozen=True):
    """The lead of a consortium declares its parties, over the signatures of all of them."""

    signed: Signed


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
    """A bidder releases its half (32 bytes, base64url) of one submission's key."""

    signed: Signed
    s_b: str


class AskRemedy(Command, frozen=True):
    """A bidder that has lost its half asks for the remedy of the tender document: the escrow holders' shares."""

    signed: Signed


class PublishEscrowShare(Command, frozen=True):
    """An escrow holder publishes its share for one bid that asks."""

    signed: Signed


class CloseCustody(Command, frozen=True):
    """The clock's: escrow shares are no longer waited for."""


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


class SealDraw(Command, frozen=True):
    """Tenderer or supervisor hands in its seed for a lot's draw, sealed to the custodians."""

    signed: Signed


class DrawCoefficients(Command, frozen=True):
    """The clock's: draw what the tender leaves to a draw."""


class DrawByLottery(Command, frozen=True):
    """Host and supervisor: what came out when lots were drawn by hand."""

    signed: Signed


class Say(Command, frozen=True):
    """Somebody of the session says something in the hall; `nonce` is new each time, so that a repetition is known."""

    text: Remark
    nonce: Annotated[str, msgspec.Meta(min_length=16, max_length=64)]


class RaiseObjection(Command, frozen=True):
    """A bidder objects."""

    signed: Signed


class AnswerObjection(Command, frozen=True):
    """The host answers an objection."""

    signed: Signed


class ConfirmLine(Command, frozen=True):
    """A bidder confirms or disputes its own line."""

    signed: Signed


class OpenObjections(Command, frozen=True):
    """The clock's: the time for confirming is over."""


class PrepareRecord(Command, frozen=True):
    """The clock's: the time for objections is over."""


class RefuseRecord(Command, frozen=True):
    """Somebody does not sign the opening record, and says why."""

    signed: Signed


class NoteDeposit(Command, frozen=True):
    """The host or the tenderer notes whether a bidder's deposit has come."""

    signed: Signed


class ReadOut(Command, frozen=True):
    """The host reads out one bid, by its submission id."""

    bid: str


class SignRecord(Command, frozen=True):
    """Host, supervisor, witness or bidder signs the opening record."""

    signed: Signed


class CloseOpening(Command, frozen=True):
    """The host, or the clock when the time for signing is over, closes the session."""


class ExtendWindow(Command, frozen=True):
    """Host or supervisor asks to extend the bidders' window; signed by both, it is."""

    signed: Signed


class SuspendOpening(Command, frozen=True):
    """Host or supervisor stops the clocks; the supervisor may countersign what the host has signed."""

    signed: Signed


class ResumeOpening(Command, frozen=True):
    """Host or supervisor asks to let the clocks run again; signed by both, they do."""

    signed: Signed


class AbortOpening(Command, frozen=True):
    """The supervisor ends a session that has been suspended too long."""

    signed: Signed


class DeclineRequest(Command, frozen=True):
    """Host or supervisor will not sign what the other has signed; `statement` is its id."""

    statement: str


class HandOver(Command, frozen=True):
    """Who holds an office hands it over."""

    signed: Signed


class ContinueLot(Command, frozen=True):
    """Host or supervisor asks to go on with a lot that has too few bids; signed by both, it goes on."""

    signed: Signed


class ConfirmKeysDestroyed(Command, frozen=True):
    """A custodian has destroyed its keys of an aborted session."""

    signed: Signed


class EndCountCheck(Command, frozen=True):
    """The clock's: lots with too few bids on which nobody has decided end."""


class EndCustody(Command, frozen=True):
    """The clock's: the custodians' window is over without enough keys."""


class EndPause(Command, frozen=True):
    """The clock's: the host's suspension is over."""


class NoticeOutage(Command, frozen=True):
    """The clock's: what was due was not done for too long."""


class CarryOutAbort(Command, frozen=True):
    """The clock's: a session suspended for too long, or aborted by the supervisor, ends."""


class RecordStamp(Command, frozen=True):
    """The log's: the answer of an authority of time (TimeStampResp, DER) over entry `covers` of the main line."""

    covers: int
    token: str


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
    | DeclareConsortium
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
    | AskRemedy
    | PublishEscrowShare
    | CloseCustody
    | PublishKey
    | EntrustKey
    | SettleBids
    | NoteDeposit
    | ReadOut
    | SignRecord
    | CloseOpening
    | SealDraw
    | DrawCoefficients
    | DrawByLottery
    | Say
    | RaiseObjection
    | AnswerObjection
    | ConfirmLine
    | OpenObjections
    | PrepareRecord
    | RefuseRecord
    | NoteCrl
    | ExtendWindow
    | SuspendOpening
    | ResumeOpening
    | AbortOpening
    | DeclineRequest
    | HandOver
    | ContinueLot
    | ConfirmKeysDestroyed
    | EndCountCheck
    | EndCustody
    | EndPause
    | NoticeOutage
    | CarryOutAbort
    | RecordStamp
    | RecordRotation
)
