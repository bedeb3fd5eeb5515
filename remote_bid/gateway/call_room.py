"""One call between the desk and whoever carries its media: looked after ten times a second, arranged as a lease."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from remote_bid.timeline.context import Command, Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Who
from remote_bid.video.commands import NoteLost, NoteRecorder, NoteSegment, NoteSupervisor
from remote_bid.video.rules import Call
from remote_bid.video.rules.guards import CARRIER
from remote_bid.video.rules.masking import arranged
from remote_bid.video.stage import (
    Arrange,
    CloseRoom,
    Heard,
    Join,
    Leave,
    Linked,
    NoMedia,
    OpenRoom,
    Path,
    Recorded,
    RecorderState,
    Report,
    Showed,
    Showing,
    Stage,
    Unlinked,
)
from remote_bid.video.terms import ALIVE_MS, CallRole, Segment, Standing

_LOG = structlog.get_logger("call")
_BEAT_S = 0.1
LEASE_S = ALIVE_MS / 1000
_RENEW_S = 0.4
_LOST_S = 5.0
"""Whoever is no supervisor is lost when its page has given no sign for so long."""
_LINK_S = 15.0
"""A connection that does not stand after so long is none."""
_REOPEN_S = 1.0
_CLOSE_S = 20.0
MOST_LISTENERS = 1000

Tell = Callable[[str, Who, dict[str, Any]], Awaitable[None]]
"""Delivers to one person's pages of a session what is no entry: who is shown where, who speaks, what is lost."""


@dataclass(frozen=True)
class Carrier:
    """What a call needs of its house. `ended`: the call of this session is over; `dropped`: a seat's connection is."""

    desk: Desk
    stage: Stage
    tell: Tell
    now_s: Callable[[], float]
    ended: Callable[[str], None]
    dropped: Callable[[str, str], None]


class Room:
    """One call: looked after ten times a second, and whenever something has happened."""

    def __init__(self, carrier: Carrier, session: str) -> None:
        self._carrier, self._session = carrier, session
        self.wake = asyncio.Event()
        self.showing: dict[str, list[Showing]] = {}
        self._reports: list[Report] = []
        self._seen: dict[str, float] = {}
        self._since: dict[str, float] = {}
        """When each seat joined, as long as its connection does not stand."""
        self._carried: set[str] = set()
        self._linked: set[str] = set()
        self._listeners: set[str] = set()
        self._passing: list[Path] | None = None
        self._arranged_at = self._tried_at = -1000.0
        self._open, self._opening = False, asyncio.Lock()
        self._task = asyncio.create_task(self._run(), name=f"call {session}")

    async def stop(self) -> None:
        """Look after it no more, when all that was told is noted."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._told()

    def report(self, report: Report) -> None:
        """The carrier tells something."""
        self._reports.append(report)
        self.wake.set()

    def alive(self, seat: str) -> None:
        """A page gives a sign of life; one that comes after a pause counts at once."""
        now = self._carrier.now_s()
        if now - self._seen.get(seat, -1000.0) >= LEASE_S:
            self.wake.set()
        self._seen[seat] = now

    def listen(self, seat: str) -> None:
        """One more of a hall's many."""
        if len(self._listeners) >= MOST_LISTENERS:
            raise Refused("hall_full", "收听人数已满，请稍后再试。", "Too many are listening already; try again later.")
        self._listeners.add(seat)

    async def join(self, seat: str, offer: str, publishes: bool) -> str:
        """The stage's answer."""
        await self._opened()
        now = self._carrier.now_s()
        self._since[seat] = self._seen[seat] = now
        self._carried.add(seat)
        order = Join(room=self._session, seat=seat, offer=offer, publishes=publishes)
        answer = await self._carrier.stage.join(order)
        self.wake.set()
        return answer

    async def _run(self) -> None:
        while True:
            self.wake.clear()
            try:
                if await self._tended():
                    return
            except Exception:
                _LOG.exception("call not tended", session=self._session)
            try:
                async with asyncio.timeout(_BEAT_S):  # wait_for may lose a cancellation
                    await self.wake.wait()
            except TimeoutError:
                continue

    async def _tended(self) -> bool:
        """True when there is nothing more to look after."""
        call = await self._call()
        if call.closed:
            await self._end()
            return True
        await self._ready()
        await self._told()
        await self._watch(await self._call())
        await self._arrange(await self._call())
        return False

    async def _call(self) -> Call:
        call: Call = (await self._carrier.desk.look(self._session)).state
        return call

    async def _hand_in(self, command: Command) -> None:
        """What a carrier tells is checked as anybody's commands are: an entry that cannot be read again is none."""
        try:
            checked = msgspec.convert(msgspec.to_builtins(command), type=type(command))
            await self._carrier.desk.handle(self._session, checked, CARRIER)
        except Refused as refusal:
            _LOG.warning("not noted", session=self._session, code=refusal.code)
        except msgspec.ValidationError as error:
            _LOG.error("malformed", session=self._session, command=type(command).__name__, why=str(error))

    async def _ready(self) -> None:
        """The room is open at the carrier's; while it cannot be, nothing is recorded, and that is noted."""
        now = self._carrier.now_s()
        if self._open or now - self._tried_at < _REOPEN_S:
            return
        self._tried_at = now
        try:
            await self._opened()
        except NoMedia:
            await self._hand_in(NoteRecorder(healthy=False, cause="no_media"))

    async def _opened(self) -> None:
        async with self._opening:
            if not self._open:
                call = await self._call()
                await self._carrier.stage.open(OpenRoom(room=self._session, slots=max(1, len(call.chairs()) - 1)))
                self._open = True

    async def _end(self) -> None:
        """Recordings are finished and told before the stage has closed; then what it told is noted."""
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._carrier.stage.close(CloseRoom(room=self._session))
        except (NoMedia, TimeoutError):
            _LOG.warning("call not closed by the carrier", session=self._session)
        await self._told()
        self._carrier.ended(self._session)

    async def _told(self) -> None:
        while self._reports:
            await self._take(self._reports.pop(0))

    async def _take(self, report: Report) -> None:
        match report:
            case Linked(seat=seat):
                self._linked.add(seat)
                self._since.pop(seat, None)
            case Unlinked(seat=seat):
                await self._lost(seat)
            case Showed(seat=seat, showing=showing):
                self.showing[seat] = showing
                await self._tell(seat, {"showing": msgspec.to_builtins(showing)})
            case Heard():
                await self._heard(report)
            case Recorded():
                await self._hand_in(NoteSegment(segment=_segment(report)))
            case RecorderState(healthy=healthy, cause=cause):
                self._open = self._open and cause != "worker_lost"
                await self._hand_in(NoteRecorder(healthy=healthy, cause="" if healthy else _worded(cause)))

    async def _lost(self, seat: str) -> None:
        self._forget(seat)
        if seat in (await self._call()).places:
            await self._hand_in(NoteLost(seat=seat))

    def _forget(self, seat: str) -> None:
        for seats in (self._listeners, self._carried, self._linked):
            seats.discard(seat)
        for kept in (self._since, self._seen, self.showing):
            kept.pop(seat, None)
        self._carrier.dropped(self._session, seat)

    async def _heard(self, heard: Heard) -> None:
        """Everybody learns of those whom it hears; how good a line is, its own page and the supervisors'."""
        call = await self._call()
        audible = {(p.listener, p.speaker) for p in self._passing or () if p.kind == "audio"}
        for chair in call.joined():
            levels = {seat: level for seat, level in heard.levels.items() if (chair.seat, seat) in audible}
            watches = chair.role is CallRole.SUPERVISOR
            losses = {seat: loss for seat, loss in heard.losses.items() if watches or seat == chair.seat}
            await self._tell(chair.seat, {"levels": levels, "losses": losses})

    async def _tell(self, seat: str, body: dict[str, Any]) -> None:
        chair = (await self._call()).chairs().get(seat)
        if chair is not None:
            who = Who(person=chair.person, role=chair.role)
            await self._carrier.tell(self._session, who, {"session": self._session, **body})

    def _silent(self, seat: str, most_s: float, at_first: bool = True) -> bool:
        """`at_first`: what counts before there was any sign."""
        now = self._carrier.now_s()
        return now - self._seen.setdefault(seat, -1000.0 if at_first else now) >= most_s

    def _watches(self, seat: str) -> bool:
        """Whether a supervisor's connection stands and its page gives signs of life: before, it could see nothing."""
        return seat in self._linked and not self._silent(seat, LEASE_S)

    def _waits_too_long(self, seat: str) -> bool:
        since = self._since.get(seat)
        return since is not None and self._carrier.now_s() - since >= _LINK_S

    async def _watch(self, call: Call) -> None:
        """Whose signs of life have stopped, or have come back; whoever is not in any more is put out."""
        for chair in call.joined():
            if chair.role is CallRole.SUPERVISOR:
                await self._watch_supervisor(call, chair.seat)
            elif self._silent(chair.seat, _LOST_S, at_first=False) or self._waits_too_long(chair.seat):
                await self._hand_in(NoteLost(seat=chair.seat))
        for seat in [seat for seat in self._listeners if self._silent(seat, _LOST_S)]:
            self._listeners.discard(seat)
        inside = {seat for seat, place in (await self._call()).places.items() if place.standing is Standing.IN}
        for seat in self._carried - inside - self._listeners:
            self._forget(seat)
            await self._carrier.stage.leave(Leave(room=self._session, seat=seat))

    async def _watch_supervisor(self, call: Call, seat: str) -> None:
        lives = self._watches(seat)
        if lives is call.places[seat].alive:
            return
        if not lives:
            await self._pass(_without(self._passing or [], call, seat))
        await self._hand_in(NoteSupervisor(seat=seat, alive=lives))

    async def _arrange(self, call: Call) -> None:
        """Whatever the timeline says: without a supervisor's signs of life nothing passes, even when no entry can be
        made of it.
        """
        if not self._open:
            return
        supervisors = [chair.seat for chair in call.joined() if chair.role is CallRole.SUPERVISOR]
        supervised = any(map(self._watches, supervisors))
        paths = arranged(call, sorted(self._listeners)) if supervised else []
        await self._pass([path for path in paths if {path.speaker, path.listener} <= self._linked])

    async def _pass(self, paths: list[Path]) -> None:
        now = self._carrier.now_s()
        if paths == self._passing and now - self._arranged_at < _RENEW_S:
            return
        self._passing, self._arranged_at = paths, now
        try:
            await self._carrier.stage.arrange(Arrange(room=self._session, paths=paths, lease_s=LEASE_S))
        except NoMedia:
            self._open = False
            await self._hand_in(NoteRecorder(healthy=False, cause="worker_lost"))


def _without(paths: list[Path], call: Call, seat: str) -> list[Path]:
    """What may pass until it is noted that this supervisor is lost: nothing, if it was the only one."""
    others = [
        c for c in call.joined() if c.role is CallRole.SUPERVISOR and c.seat != seat and call.places[c.seat].alive
    ]
    return paths if others else []


def _worded(cause: str) -> str:
    """Why nothing is recorded, as a code: however it is told, that it is not recorded must be noted."""
    return re.sub("[^a-z_]+", "_", cause.lower())[:40] or "unknown"


def _segment(told: Recorded) -> Segment:
    return Segment(
        seat=told.seat,
        kind=told.kind,
        number=told.number,
        path=told.path,
        sha256=told.sha256,
        size=told.size,
        began=told.began,
        seconds=f"{told.seconds:.3f}",
    )
