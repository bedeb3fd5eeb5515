"""The rules of a call: pure, no clock, no database, no network.

    called by an act → notice answered → lobby → admitted → token → in → left | lost | removed … → closed

The gate is no phase: it follows from who is there (gate.py), and every opening and closing is an entry with its cause.
"""

from collections.abc import Callable, Sequence
from typing import Any

from remote_bid.people.required import refuse, require_log
from remote_bid.tender.deployment import Deployment, cosigned_times, rotated
from remote_bid.timeline import instant
from remote_bid.timeline.context import Command, Due, Event, Happened, Turn
from remote_bid.timeline.entry import MAIN
from remote_bid.timeline.marks import LogKeyRotated, RecordCheckpoint, RecordRotation, cosigned
from remote_bid.video import commands as c
from remote_bid.video.events import CallOpened, GateClosed, GateOpened
from remote_bid.video.known import Known
from remote_bid.video.rules import carrying, directing, entering
from remote_bid.video.rules.folding import evolve
from remote_bid.video.rules.gate import obstacle
from remote_bid.video.rules.guards import HOUSE, require_system
from remote_bid.video.rules.state import Call
from remote_bid.video.terms import CallKind, CallRole, Chair

__all__ = ["DECISIONS", "Call", "begin", "decide", "due", "evolve", "obstacle"]

SEATED = {
    CallKind.CLARIFICATION_CALL: {CallRole.SUPERVISOR, CallRole.EXPERT, CallRole.BIDDER, CallRole.AGENCY},
    CallKind.BROADCAST: {CallRole.SUPERVISOR, CallRole.HOST},
}
"""Who may have a seat."""


def begin(session: str) -> Call:
    """A session before its first event."""
    return Call(session=session)


def decide(call: Call, command: Command, turn: Turn) -> Sequence[Event]:
    """The events that a command brings about, and what they do to the gate; none if it is a repetition, or Refused."""
    if call.opened is None and not isinstance(command, c.OpenCall):
        refuse("not_called", "本次通话尚未发起。", "Nothing has called this room yet.")
    events = DECISIONS[type(command)](call, command, turn)
    return [*events, *_gate(call, events, turn)]


def due(call: Call) -> list[Due]:
    """The end, by itself."""
    return [Due(call.ends_at, c.EndCall())] if call.ends_at and not call.closed else []


def _gate(call: Call, events: Sequence[Event], turn: Turn) -> list[Event]:
    before, after = obstacle(call), obstacle(_after(call, events, turn))
    if before is not None and after is None:
        return [GateOpened(cause=before)]
    return [GateClosed(cause=after)] if before is None and after is not None else []


def _after(call: Call, events: Sequence[Event], turn: Turn) -> Call:
    for number, event in enumerate(events, start=1):
        call = evolve(call, Happened(event, MAIN, turn.head + number, turn.at, turn.by, b""))
    return call


def _open(call: Call, command: c.OpenCall, turn: Turn) -> Sequence[Event]:
    require_system(turn, HOUSE)
    if call.opened is not None:
        if call.opened.called != command.called:
            refuse("called_already", "该通话已由另一事项发起。", "Another act has called this room.")
        return []
    _require_chairs(command.kind, command.chairs)
    if instant.when(command.ends_at) <= turn.at:
        refuse("too_late", "通话时间已过。", "The time for the call is over.")
    return [
        CallOpened(
            kind=command.kind,
            called=command.called,
            title=command.title,
            bid=command.bid,
            seats={chair.seat: chair.role for chair in command.chairs},
            chairs=command.chairs,
            watchers=command.watchers,
            ends_at=command.ends_at,
        ),
        *(LogKeyRotated(statement=statement) for statement in _deployment(turn).successors),
    ]


def _require_chairs(kind: CallKind, chairs: Sequence[Chair]) -> None:
    """Everybody once, and a supervisor among them: without one the gate would never open."""
    seats, people = [chair.seat for chair in chairs], [chair.person for chair in chairs]
    roles = {chair.role for chair in chairs}
    twice = len(set(seats)) != len(seats) or len(set(people)) != len(people)
    if twice or not roles <= SEATED[kind] or CallRole.SUPERVISOR not in roles:
        refuse("bad_chairs", "席位安排有误，或没有监督人员。", "A seat is given twice or to nobody of this call.")


def _checkpoint(call: Call, command: RecordCheckpoint, turn: Turn) -> Sequence[Event]:
    require_log(turn)
    cosigned_times(command.note, _deployment(turn))
    return [] if command.covers in call.cosigned else [cosigned(command)]


def _rotate(call: Call, command: RecordRotation, turn: Turn) -> Sequence[LogKeyRotated]:
    return rotated(call.rotations, _deployment(turn), command, turn)


def _deployment(turn: Turn) -> Deployment:
    return turn.known.deployment if isinstance(turn.known, Known) else Deployment()


DECISIONS: dict[type[Command], Callable[[Call, Any, Turn], Sequence[Event]]] = {
    c.OpenCall: _open,
    c.AnswerNotice: entering.answer_notice,
    c.EnterLobby: entering.enter_lobby,
    c.Admit: directing.admit,
    c.IssueToken: entering.issue_token,
    c.UseToken: entering.use_token,
    c.MuteSeat: directing.mute,
    c.UnmuteSeat: directing.unmute,
    c.RemoveSeat: directing.remove,
    c.LeaveCall: entering.leave,
    c.CloseCall: directing.close,
    c.EndCall: directing.end,
    c.PublishCall: directing.publish,
    c.NoteLost: carrying.note_lost,
    c.NoteSupervisor: carrying.note_supervisor,
    c.NoteRecorder: carrying.note_recorder,
    c.NoteSegment: carrying.note_segment,
    RecordCheckpoint: _checkpoint,
    RecordRotation: _rotate,
}
"""One decision for every command of the room."""
