"""Opens the rooms that acts in other sessions have called, and ends them when those sessions are over."""

import asyncio
import random
from collections.abc import Sequence

import msgspec
import structlog

from remote_bid.evaluation.events import CallRequested
from remote_bid.evaluation.rules import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.handover import broadcast_of, broadcast_room, call_of
from remote_bid.opening.events import LobbyOpened
from remote_bid.opening.rules import Opening
from remote_bid.opening.terms import Phase
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import Command, Refused
from remote_bid.timeline.desk import Desk, Folded, Moved
from remote_bid.timeline.entry import Entry
from remote_bid.timeline.log import UnknownSession
from remote_bid.video.commands import EndCall, OpenCall, PublishCall, RemoveSeat
from remote_bid.video.rules import Call
from remote_bid.video.rules.guards import HOUSE
from remote_bid.video.terms import CalledBy, CallRole, Standing

_LOG = structlog.get_logger("calling")
_CALLS = ("LobbyOpened", "CallRequested", "MemberLeft")
"""After these, and at the end of a session, there is something to do."""
_OVER = (Phase.CLOSED, Phase.ABORTED)


class Calling:
    """Watches evaluations and openings; what it does a second time changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._due: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._chance = random.SystemRandom()
        desk.listen(self._on_moved)

    def start(self, sessions: Sequence[Folded]) -> None:
        """Begin; what was called while the server was away is opened now."""
        for folded in sessions:
            if folded.head and isinstance(folded.state, Evaluation | Opening):
                self._due.put_nowait(folded.session.id)
        self._task = asyncio.create_task(self._run(), name="calling")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _on_moved(self, moved: Moved) -> None:
        before, after = moved.before.state, moved.after.state
        if not isinstance(after, Evaluation | Opening):
            return
        if any(entry.type in _CALLS for entry in moved.entries) or _end_of(before) != _end_of(after):
            self._due.put_nowait(moved.after.session.id)

    async def _run(self) -> None:
        while True:
            session = await self._due.get()
            try:
                await self._look_after(await self._desk.look(session))
            except Exception:
                _LOG.exception("calls not looked after", session=session)

    async def _look_after(self, folded: Folded) -> None:
        over, public = _end_of(folded.state)
        for room, command in self._called(folded):
            call = await self._opened(room, command, over)
            if call is None:
                continue
            if isinstance(folded.state, Evaluation):
                await self._remove_gone(room, call, folded.state)
            if over:
                await self._ask(room, EndCall())
            if public:
                await self._ask(room, PublishCall())

    def _called(self, folded: Folded) -> list[tuple[str, OpenCall]]:
        """Every room that this session has called."""
        state = folded.state
        if isinstance(state, Opening):
            lobbies = [entry for entry in folded.main if entry.type == LobbyOpened.__name__][:1]
            return [
                (broadcast_room(entry.leaf), broadcast_of(state, _act(folded, entry), instant.when(entry.fields["at"])))
                for entry in lobbies
            ]
        requests = [entry for entry in folded.main if entry.type == CallRequested.__name__]
        calls = [(state.calls[entry.fields["number"]], entry) for entry in requests]
        return [(called.room, call_of(state, called, _act(folded, entry), self._chance)) for called, entry in calls]

    async def _opened(self, room: str, command: OpenCall, over: bool) -> Call | None:
        """The call, opened now if it was not yet; None if it is too late for that."""
        try:
            folded = await self._desk.look(room)
        except UnknownSession:
            folded = None
        if folded is None or not folded.head:
            if over:
                return None
            try:
                checked = msgspec.convert(msgspec.to_builtins(command), type=OpenCall)
                await self._desk.open(room, "video", checked, HOUSE)
            except (Refused, msgspec.ValidationError) as error:
                _LOG.warning("call not opened", room=room, why=str(error))
                return None
            folded = await self._desk.look(room)
        call: Call = folded.state
        return call

    async def _remove_gone(self, room: str, call: Call, evaluation: Evaluation) -> None:
        """Who has left the committee has left its calls."""
        for chair in call.chairs().values():
            gone = chair.role is CallRole.EXPERT and evaluation.member(chair.person) is None
            if gone and not call.closed and call.places[chair.seat].standing is not Standing.REMOVED:
                await self._ask(room, RemoveSeat(seat=chair.seat))

    async def _ask(self, room: str, command: Command) -> None:
        try:
            await self._desk.handle(room, command, HOUSE)
        except Refused as refusal:
            _LOG.warning("call not told", room=room, code=refusal.code)


def _end_of(state: Evaluation | Opening) -> tuple[bool, bool]:
    """Whether a session is over, and whether it is public."""
    if isinstance(state, Opening):
        return state.phase in _OVER, state.phase in _OVER
    return state.over, state.published or state.phase is EvaluationPhase.VOID


def _act(folded: Folded, entry: Entry) -> CalledBy:
    return CalledBy(session=folded.session.id, seq=entry.seq, leaf=b64(entry.leaf))
