"""What the carrier of the media tells: lost connections, signs of life, the recorder and what it has recorded."""

from collections.abc import Sequence

from remote_bid.people.required import refuse
from remote_bid.timeline.context import Event, Turn
from remote_bid.video.commands import NoteLost, NoteRecorder, NoteSegment, NoteSupervisor
from remote_bid.video.events import (
    RecorderFailed,
    RecorderReady,
    SeatLost,
    SegmentRecorded,
    SupervisorFound,
    SupervisorLost,
)
from remote_bid.video.rules.guards import CARRIER, require_system
from remote_bid.video.rules.state import Call
from remote_bid.video.terms import CallRole, Standing


def note_lost(call: Call, command: NoteLost, turn: Turn) -> Sequence[Event]:
    require_system(turn, CARRIER)
    place = call.places.get(command.seat)
    return [SeatLost(seat=command.seat)] if place and place.standing is Standing.IN else []


def note_supervisor(call: Call, command: NoteSupervisor, turn: Turn) -> Sequence[Event]:
    """Signs of life count while the supervisor is in; whoever leaves takes them along."""
    require_system(turn, CARRIER)
    chair = call.chairs().get(command.seat)
    if chair is None or chair.role is not CallRole.SUPERVISOR:
        refuse("not_allowed", "该席位不是监督席位。", "This is no supervisor's seat.")
    place = call.places[chair.seat]
    if place.alive == command.alive or (command.alive and place.standing is not Standing.IN):
        return []
    return [SupervisorFound(seat=chair.seat) if command.alive else SupervisorLost(seat=chair.seat)]


def note_recorder(call: Call, command: NoteRecorder, turn: Turn) -> Sequence[Event]:
    require_system(turn, CARRIER)
    if call.closed or (call.recorder, call.recorder_cause) == (command.healthy, command.cause):
        return []
    return [RecorderReady() if command.healthy else RecorderFailed(cause=command.cause)]


def note_segment(call: Call, command: NoteSegment, turn: Turn) -> Sequence[Event]:
    """Recordings are finished when a call is over, so told of afterwards too; none is told otherwise later."""
    require_system(turn, CARRIER)
    before = call.segments.get(command.segment.path)
    if before is not None and before != command.segment:
        refuse("told_otherwise", "该录制片段已另有记载。", "This segment was told of with another hash.")
    if command.segment.seat not in call.places:
        refuse("no_such_seat", "没有这个席位。", "There is no such seat.")
    return [] if before else [SegmentRecorded(segment=command.segment)]
