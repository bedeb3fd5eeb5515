"""The rules of an evaluation: pure, no clock, no database, no network.

    SCHEDULED → DRAW → CHECK_IN → UNDERTAKING → LEADER → MATERIALS → PRELIMINARY → DETAILED → OUTLIERS
                                                                          ↓                      ↓
                                              CLOSED ← REPORT ←───(all rejected)  SUMMARY ← PRICE
                                                          ↑                          ↓
                                                          └──────────────────────────┘
    VOID: from any phase before CLOSED, when a draw fails, nobody is left to be called, or it stood still too long.

From LEADER to OUTLIERS an election is held whenever the committee has no leader; from PRELIMINARY to OUTLIERS bidders
are asked and motions voted on. Who is replaced leaves its work void, and whoever comes catches up alone: no phase goes
back. Suspension is no phase: the clocks stand still. A site without network makes the clocks wait, not the others.
"""

from collections.abc import Callable, Sequence
from typing import Any

from remote_bid.evaluation import commands as c
from remote_bid.evaluation.rules import (
    arriving,
    asking,
    calling,
    drawing,
    electing,
    gates,
    leaving,
    pausing,
    proceeding,
    reviewing,
    scheduling,
    scoring,
    summing_up,
    ticking,
)
from remote_bid.evaluation.rules.deadlines import due
from remote_bid.evaluation.rules.folding import evolve
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.people.noting import NoteCrl
from remote_bid.people.required import refuse
from remote_bid.timeline.context import Aside, Command, Event, Turn
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation, Tick

__all__ = ["DECISIONS", "Evaluation", "begin", "decide", "due", "evolve"]

DECISIONS: dict[type[Command], Callable[[Evaluation, Any, Turn], Sequence[Event | Aside]]] = {
    c.ScheduleEvaluation: scheduling.schedule,
    c.CommitPools: drawing.commit_pools,
    c.SealSeed: drawing.seal_seed,
    c.PublishDrawKey: drawing.publish_key,
    c.CallExpert: calling.call,
    c.AnswerCall: calling.answer_call,
    c.NoteCall: calling.note_call,
    c.PassGate: arriving.pass_gate,
    c.EnrolGate: gates.enrol,
    c.HearGate: gates.hear,
    c.TakeSeat: arriving.take_seat,
    c.MoveSeat: arriving.move_seat,
    c.SignUndertaking: arriving.sign_undertaking,
    c.DeclareRecusal: leaving.recuse,
    c.RemoveMember: leaving.remove,
    c.OpenElection: electing.open_election,
    c.CastBallot: electing.cast,
    c.CountBallots: electing.count,
    c.OpenReview: reviewing.open_review,
    c.SubmitReview: reviewing.submit,
    c.AskQuestion: asking.ask,
    c.RequestCall: asking.request_call,
    c.AnswerQuestion: asking.answer,
    c.LapseQuestion: asking.lapse,
    c.CastVote: asking.vote,
    c.SaveDraft: scoring.save_draft,
    c.SubmitSheet: scoring.submit_sheet,
    c.AnswerOutlier: scoring.answer_outlier,
    c.ConfirmSummary: summing_up.confirm,
    c.SignReport: summing_up.sign_report,
    c.DissentFromReport: summing_up.dissent,
    c.PublishReport: summing_up.publish,
    c.Proceed: proceeding.proceed,
    c.SuspendEvaluation: pausing.suspend,
    c.ResumeEvaluation: pausing.resume,
    c.DecidePostponement: pausing.decide,
    c.ReportSite: pausing.report_site,
    c.EndEvaluationPause: pausing.end_pause,
    c.NoticeEvaluationOutage: pausing.notice_outage,
    c.VoidEvaluation: pausing.void,
    Tick: ticking.make_tick,
    RecordCheckpoint: ticking.record_checkpoint,
    RecordRotation: ticking.record_rotation,
    NoteCrl: ticking.note_crl,
}
"""One decision for every command of the room."""


def begin(session: str) -> Evaluation:
    """A session before its first event."""
    return Evaluation(session=session)


def decide(evaluation: Evaluation, command: Command, turn: Turn) -> Sequence[Event | Aside]:
    """The events that a command brings about, none if it is a repetition, or Refused."""
    if evaluation.order is None and not isinstance(command, c.ScheduleEvaluation):
        refuse("not_scheduled", "本场评标尚未安排。", "The session has no order yet.")
    events = DECISIONS[type(command)](evaluation, command, turn)
    if events and evaluation.suspension is not None and not isinstance(command, _WHILE_SUSPENDED):
        refuse(
            "suspended",
            "本场评标已经中止，恢复后再办理。",
            "The session is suspended; this can be done when it goes on.",
        )
    return events


_WHILE_SUSPENDED = (
    c.SaveDraft,
    c.AnswerQuestion,
    c.DeclareRecusal,
    c.SuspendEvaluation,
    c.ResumeEvaluation,
    c.DecidePostponement,
    c.ReportSite,
    c.EndEvaluationPause,
    c.VoidEvaluation,
    Tick,
    RecordCheckpoint,
    RecordRotation,
    NoteCrl,
)
"""What goes on while the clocks stand still: nothing that anybody has written is lost."""
