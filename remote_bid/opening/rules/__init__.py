"""The rules of an opening session: pure, no clock, no database, no network.

    SCHEDULED → LOBBY → CLOSED_FOR_BIDS → ROSTER → RELEASE → CUSTODY → UNSEAL → READOUT → RECORD → CLOSED
        ↑                    │      │
        └────── HELD ←───────┘      └──→ ABORTED (every lot has too few bids)

HELD: the close was not cosigned within two seconds of the deadline; a new timetable leads back.
"""

from collections.abc import Callable, Sequence
from typing import Any

from remote_bid.opening import commands as c
from remote_bid.opening.rules import (
    closing,
    drilling,
    entrusting,
    preparing,
    recording,
    releasing,
    striking,
    submitting,
    unsealing,
)
from remote_bid.opening.rules.deadlines import due
from remote_bid.opening.rules.folding import evolve
from remote_bid.opening.rules.state import Opening
from remote_bid.timeline.context import Aside, Command, Event, Turn
from remote_bid.timeline.marks import RecordCheckpoint, Tick

__all__ = ["DECISIONS", "Opening", "begin", "decide", "due", "evolve"]

DECISIONS: dict[type[Command], Callable[[Opening, Any, Turn], Sequence[Event | Aside]]] = {
    c.ScheduleOpening: preparing.schedule,
    c.OfferCustodianKey: preparing.offer_key,
    c.PublishPolicy: preparing.publish_policy,
    c.ProposeTimetable: preparing.propose_timetable,
    c.CountersignTimetable: preparing.countersign_timetable,
    c.SubmitBid: submitting.submit,
    c.PassDrill: drilling.pass_drill,
    c.BeginDrill: drilling.begin_drill,
    c.AnswerDrill: drilling.answer_drill,
    c.ProposeStrike: striking.propose_strike,
    c.CountersignStrike: striking.countersign_strike,
    c.DealAgain: striking.deal_again,
    c.WithdrawBid: submitting.withdraw,
    c.CheckIn: submitting.check_in,
    c.OpenLobby: closing.open_lobby,
    Tick: closing.make_tick,
    c.CloseBids: closing.close_bids,
    c.HoldOpening: closing.hold,
    RecordCheckpoint: closing.record_checkpoint,
    c.OpenRelease: releasing.open_release,
    c.ReleaseKey: releasing.release_key,
    c.CloseWindow: releasing.close_window,
    c.PublishKey: unsealing.publish_key,
    c.EntrustKey: entrusting.entrust_key,
    c.SettleBids: unsealing.settle_bids,
    c.ReadOut: recording.read_out,
    c.SignRecord: recording.sign_record,
    c.CloseOpening: recording.close_opening,
}
"""One decision for every command of the room."""


def begin(session: str) -> Opening:
    """A session before its first event."""
    return Opening(session=session)


def decide(opening: Opening, command: Command, turn: Turn) -> Sequence[Event | Aside]:
    """The events that a command brings about, none if it is a repetition, or Refused."""
    return DECISIONS[type(command)](opening, command, turn)
