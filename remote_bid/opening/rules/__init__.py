"""The rules of an opening session: pure, no clock, no database, no network.

    SCHEDULED → LOBBY → CLOSED_FOR_BIDS → (COUNT_CHECK) → ROSTER → RELEASE → CUSTODY → UNSEAL
        ↑         │          │     │             │                                        ↓
        └─ HELD ←─┴──────────┘     └─────────────┴──→ ABORTED                           (DRAW)
                                                                                          ↓
                                     CLOSED ← RECORD ← OBJECTION ← CONFIRM ← READOUT ←────┘

ABORTED: every lot has too few bids. HELD: the close was not cosigned within two seconds of the deadline, or the server
was away before it; a new timetable leads back. COUNT_CHECK: a lot with too few bids may go on, on a ground that its
policy lists.

From COUNT_CHECK to RECORD a session may be suspended: that is no phase, the clocks of the phase stand still. Up to
UNSEAL a session that stays suspended is aborted.
"""

from collections.abc import Callable, Sequence
from typing import Any

from remote_bid.opening import commands as c
from remote_bid.opening.rules import (
    aborting,
    closing,
    consorting,
    counting,
    depositing,
    drawing,
    drilling,
    entrusting,
    extending,
    handing_over,
    joint,
    noting,
    objecting,
    pausing,
    preparing,
    recording,
    releasing,
    remedy,
    speaking,
    stamping,
    striking,
    submitting,
    unsealing,
)
from remote_bid.opening.rules.deadlines import due
from remote_bid.opening.rules.folding import evolve
from remote_bid.opening.rules.state import Opening
from remote_bid.people.noting import NoteCrl
from remote_bid.people.required import refuse
from remote_bid.timeline.context import Aside, Command, Event, Turn
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation, Tick

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
    c.DeclareConsortium: consorting.declare,
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
    c.AskRemedy: remedy.ask_remedy,
    c.PublishEscrowShare: remedy.publish_share,
    c.CloseCustody: remedy.close_custody,
    c.PublishKey: unsealing.publish_key,
    c.EntrustKey: entrusting.entrust_key,
    c.SettleBids: unsealing.settle_bids,
    c.NoteDeposit: depositing.note_deposit,
    c.ReadOut: recording.read_out,
    c.SignRecord: recording.sign_record,
    c.CloseOpening: recording.close_opening,
    c.SealDraw: drawing.seal_draw,
    c.DrawCoefficients: drawing.draw_coefficients,
    c.DrawByLottery: drawing.draw_by_lottery,
    c.Say: speaking.say,
    c.RaiseObjection: objecting.raise_objection,
    c.AnswerObjection: objecting.answer_objection,
    c.ConfirmLine: objecting.confirm_line,
    c.OpenObjections: objecting.open_objections,
    c.PrepareRecord: objecting.prepare_record,
    c.RefuseRecord: recording.refuse_record,
    NoteCrl: noting.note_crl,
    c.ExtendWindow: extending.extend,
    c.SuspendOpening: pausing.suspend,
    c.ResumeOpening: pausing.resume,
    c.AbortOpening: aborting.abort,
    c.DeclineRequest: joint.decline,
    c.HandOver: handing_over.hand_over,
    c.ContinueLot: counting.continue_lot,
    c.ConfirmKeysDestroyed: aborting.confirm_destroyed,
    c.EndCountCheck: counting.end_count_check,
    c.EndCustody: pausing.end_custody,
    c.EndPause: pausing.end_pause,
    c.NoticeOutage: pausing.notice_outage,
    c.CarryOutAbort: aborting.carry_out,
    c.RecordStamp: stamping.record_stamp,
    RecordRotation: noting.record_rotation,
}
"""One decision for every command of the room."""


def begin(session: str) -> Opening:
    """A session before its first event."""
    return Opening(session=session)


def decide(opening: Opening, command: Command, turn: Turn) -> Sequence[Event | Aside]:
    """The events that a command brings about, none if it is a repetition, or Refused."""
    events = DECISIONS[type(command)](opening, command, turn)
    if events and opening.suspension is not None:
        _require_taken_meanwhile(opening, command)
    return events


_WHILE_SUSPENDED = (
    c.ReleaseKey,
    c.AskRemedy,
    c.CheckIn,
    c.ExtendWindow,
    c.SuspendOpening,
    c.ResumeOpening,
    c.EndPause,
    c.AbortOpening,
    c.CarryOutAbort,
    c.DeclineRequest,
    c.HandOver,
    c.Say,
    c.RaiseObjection,
    NoteCrl,
    c.RecordStamp,
    RecordCheckpoint,
    RecordRotation,
    Tick,
)
"""What goes on while the clocks stand still."""

_WHILE_ENDING = (c.CarryOutAbort, c.RecordStamp, RecordCheckpoint, RecordRotation, Tick)
"""What goes on while a session is being aborted."""


def _require_taken_meanwhile(opening: Opening, command: Command) -> None:
    if opening.abort_ordered and not isinstance(command, _WHILE_ENDING):
        refuse("aborting", "本场开标正在终止。", "The session is being aborted.")
    if not isinstance(command, _WHILE_SUSPENDED):
        refuse(
            "suspended",
            "本场开标已经中止，恢复后再办理。",
            "The session is suspended; this can be done when it goes on.",
        )
