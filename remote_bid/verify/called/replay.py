"""Step 6: every entry of a call decided again and folded by the same rules, the gate's openings and closings too."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from remote_bid.timeline.context import Command, Event, Happened, Refused
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated
from remote_bid.verify.again import turn_of
from remote_bid.verify.called.case import CallCase, of
from remote_bid.verify.case import Case, Failed, about, entry_name
from remote_bid.video import commands as c
from remote_bid.video import events as e
from remote_bid.video.rules import Call, decide, evolve
from remote_bid.video.terms import Ending

_MARKS = (CheckpointCosigned, LogKeyRotated)


def replay(case: Case) -> None:
    """Each is what the rules decide; folded, they lead to a call that is over and public."""
    found = of(case)
    found.call, expected = Call(session=case.session), list[Event]()
    for shown in case.main:
        event = case.whole(shown)
        if event is None:
            raise Failed(entry_name(shown), "a call that is public hides nothing else")
        expected = _judged(found, shown, event, expected)
    if expected:
        raise Failed("timeline.json", f"it ends before {type(expected[0]).__name__}")
    if not found.call.published:
        raise Failed("timeline.json", "the call is not public")
    case.report.holds(6, "acts", f"{len(case.main)} entries, the gate followed its rule")


def _judged(case: CallCase, shown: Shown, event: Event, expected: list[Event]) -> list[Event]:
    """What is still to come of the turn."""
    if isinstance(event, e.TokenRefused):
        case.report.withheld(6, entry_name(shown), "TokenRefused: who tried is not public")
        return expected
    happened = case.happening(shown, event)
    if not isinstance(event, _MARKS):
        decided = expected or _decided(case, shown, event, happened)
        if not decided or decided[0] != event:
            said = type(decided[0]).__name__ if decided else "nothing"
            raise Failed(entry_name(shown), f"the rules decide otherwise: {said}")
        expected = decided[1:]
    with about(entry_name(shown)):
        case.call = evolve(case.call, happened)
    return expected


def _decided(case: CallCase, shown: Shown, event: Event, happened: Happened) -> list[Event]:
    command = _COMMANDS.get(type(event))
    if command is None:
        return []
    try:
        return _plain(decide(case.call, command(event), turn_of(case, happened)), event)
    except Refused as refusal:
        raise Failed(entry_name(shown), f"the rules refuse it: {refusal.en}") from refusal


def _plain(decided: Sequence[Event], event: Event) -> list[Event]:
    """The order of seats is the server's, and means nothing."""
    first = decided[0] if decided else None
    if isinstance(first, e.CallOpened) and isinstance(event, e.CallOpened) and first.seats == event.seats:
        return [replace(first, seats=event.seats), *decided[1:]]
    return list(decided)


def _closed(event: e.CallClosed) -> Command:
    return c.CloseCall() if event.cause is Ending.SUPERVISOR else c.EndCall()


def _opened(event: e.CallOpened) -> Command:
    return c.OpenCall(
        kind=event.kind,
        called=event.called,
        title=event.title,
        bid=event.bid,
        chairs=event.chairs,
        watchers=event.watchers,
        ends_at=event.ends_at,
    )


_COMMANDS: dict[type[Event], Callable[[Any], Command]] = {
    e.CallOpened: _opened,
    e.NoticeAnswered: lambda event: c.AnswerNotice(agrees=event.agrees),
    e.LobbyEntered: lambda event: c.EnterLobby(),
    e.Admitted: lambda event: c.Admit(seat=event.seat),
    e.TokenIssued: lambda event: c.IssueToken(hash=event.hash),
    e.SeatJoined: lambda event: c.UseToken(hash=event.hash),
    e.SeatMuted: lambda event: c.MuteSeat(seat=event.seat),
    e.SeatUnmuted: lambda event: c.UnmuteSeat(seat=event.seat),
    e.SeatRemoved: lambda event: c.RemoveSeat(seat=event.seat),
    e.SeatLeft: lambda event: c.LeaveCall(),
    e.SeatLost: lambda event: c.NoteLost(seat=event.seat),
    e.SupervisorFound: lambda event: c.NoteSupervisor(seat=event.seat, alive=True),
    e.SupervisorLost: lambda event: c.NoteSupervisor(seat=event.seat, alive=False),
    e.RecorderReady: lambda event: c.NoteRecorder(healthy=True),
    e.RecorderFailed: lambda event: c.NoteRecorder(healthy=False, cause=event.cause),
    e.SegmentRecorded: lambda event: c.NoteSegment(segment=event.segment),
    e.CallClosed: _closed,
    e.CallPublished: lambda event: c.PublishCall(),
}
"""By its first event; the gate's follow from others, and never come first."""
