"""Who hears and sees whom, and how: a table, not a courtesy. What it does not name does not pass."""

from collections.abc import Iterable, Mapping

from remote_bid.video.rules.gate import obstacle
from remote_bid.video.rules.state import Call
from remote_bid.video.stage import Passing, Path
from remote_bid.video.terms import CallKind, CallRole, Chair, TrackKind

_TRACKS: tuple[TrackKind, ...] = ("audio", "video")
_SUPERVISOR, _EXPERT, _BIDDER, _AGENCY = CallRole.SUPERVISOR, CallRole.EXPERT, CallRole.BIDDER, CallRole.AGENCY
_HOST, _LISTENER = CallRole.HOST, CallRole.LISTENER
_RAW, _MASKED = Passing.RAW, Passing.MASKED

TABLES: Mapping[CallKind, Mapping[tuple[CallRole, CallRole], Passing]] = {
    CallKind.CLARIFICATION_CALL: {
        (_EXPERT, _EXPERT): _RAW,
        (_EXPERT, _BIDDER): _MASKED,
        (_EXPERT, _AGENCY): _MASKED,
        (_EXPERT, _SUPERVISOR): _RAW,
        **{
            (speaker, listener): _RAW
            for speaker in (_BIDDER, _AGENCY, _SUPERVISOR)
            for listener in (_EXPERT, _BIDDER, _AGENCY, _SUPERVISOR)
        },
    },
    CallKind.BROADCAST: {
        (_HOST, _LISTENER): _RAW,
        (_HOST, _SUPERVISOR): _RAW,
        (_SUPERVISOR, _HOST): _RAW,
    },
}
"""(speaker, listener) → how the speaker reaches the listener, for each kind of call."""


def passing(kind: CallKind, speaker: CallRole, listener: CallRole, track: TrackKind) -> Passing:
    """How one track passes. A picture is never masked: it is withheld."""
    found = TABLES[kind].get((speaker, listener), Passing.NOTHING)
    return Passing.NOTHING if found is _MASKED and track == "video" else found


def arranged(call: Call, listeners: Iterable[str] = ()) -> list[Path]:
    """Everything that may pass now; nothing while the gate is closed. `listeners` are seats of a hall's many."""
    if call.opened is None or obstacle(call) is not None:
        return []
    kind, speakers = call.opened.kind, call.joined()
    heard_by = [(chair.seat, chair.role) for chair in speakers] + [(seat, _LISTENER) for seat in listeners]
    paths = [
        Path(speaker=chair.seat, listener=seat, kind=track, passing=passing(kind, chair.role, role, track))
        for chair in speakers
        for seat, role in heard_by
        for track in _TRACKS
        if seat != chair.seat and not _silenced(call, chair, track)
    ]
    return [path for path in paths if path.passing is not Passing.NOTHING]


def _silenced(call: Call, chair: Chair, track: TrackKind) -> bool:
    return track == "audio" and call.places[chair.seat].muted
