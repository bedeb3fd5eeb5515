"""The one desk at which every command is handed in, and the only writer of the log.

A command is decided on the folded state under the session's lock, and answered when its entries are committed.
"""

import asyncio
import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.signing import Signer
from remote_bid.timeline import instant
from remote_bid.timeline.chain import genesis, link
from remote_bid.timeline.context import (
    CLOCK,
    AnyContext,
    Aside,
    Command,
    Event,
    Facts,
    Happened,
    Refused,
    Turn,
    event_of,
)
from remote_bid.timeline.entry import MAIN, Entry, Who
from remote_bid.timeline.failpoints import moment
from remote_bid.timeline.guard import Guard
from remote_bid.timeline.lease import Fence
from remote_bid.timeline.log import Log, Overtaken, Session
from remote_bid.timeline.marks import Ticked
from remote_bid.timeline.sideline import Lines, with_entry, with_tick
from remote_bid.timeline.trouble import LogAway, LogDamaged, NotTold, OutcomeUnknown

_LOG = structlog.get_logger("desk")
_SETTLE_S = 15.0
"""How long a turn whose outcome is unknown may keep its session waiting for the database to come back."""
_RETRY_S = 0.1


@dataclass(frozen=True)
class Folded:
    """A session as the desk holds it in memory: the room's state, the main line, the side lines."""

    session: Session
    context: AnyContext
    version: int
    state: Any
    main: tuple[Entry, ...]
    lines: Lines

    @property
    def head(self) -> int:
        """Seq of the last main-line entry."""
        return len(self.main)


@dataclass(frozen=True)
class Moved:
    """A session went from `before` to `after` by these `entries`, all of one turn; or, from before its first, by all
    that this process has found when it first looked. `own`: this process decided it.
    """

    before: Folded
    after: Folded
    entries: Sequence[Entry]
    own: bool = True


Listener = Callable[[Moved], None]
Rooms = Mapping[str, tuple[AnyContext, Facts]]
"""Every room of a deployment by its name, with its look-ups."""


class Desk:
    """Handles commands for all sessions of this process."""

    fence: Callable[[], Fence | None] = staticmethod(lambda: None)
    """Under which the clock's commands are decided; the log refuses them once another process leads."""

    timed: Callable[[float], None] = staticmethod(lambda seconds: None)
    """Told how long each command took that brought something to the main line."""

    def __init__(self, log: Log, office: Signer, line_secret: bytes, rooms: Rooms, guard: Guard | None = None) -> None:
        self._guard = guard or Guard(lambda: 0.0, most_s=math.inf)
        self._log, self._office, self._line_secret, self._rooms = log, office, line_secret, rooms
        self._folded: dict[str, Folded] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._listeners: list[Listener] = []
        self._handling: set[asyncio.Future[Sequence[Entry]]] = set()

    def listen(self, listener: Listener) -> None:
        """Call `listener` after every commit of any process, once, in the order of commits of each session."""
        self._listeners.append(listener)

    async def create(self, session: str, room: str) -> bool:
        """Open a session in `room`; False if there is one of this name."""
        return await self._log.create(Session(session, room, b64(secrets.token_bytes(8))))

    async def open(self, session: str, room: str, command: Command, by: Who) -> Sequence[Entry]:
        """Open a session with its first command; a command that would be refused leaves no session behind."""
        context, facts = self._rooms[room]
        first = unfolded(Session(session, room, ""), context)
        turn = self._turn(first, by, datetime.now(UTC), await facts(first.state, command, by))
        if session not in self._folded:
            context.decide(first.state, command, turn)
        await self.create(session, room)
        return await self.handle(session, command, by)

    async def load(self) -> list[Folded]:
        """Every session, folded from the log: at start. A damaged one is left out, and refuses whoever asks for it."""
        loaded = []
        for session in await self._log.sessions():
            try:
                loaded.append(await self.look(session.id))
            except LogDamaged as damaged:
                _LOG.error("damaged", session=session.id, why=damaged.en)
        return loaded

    async def look(self, session: str) -> Folded:
        """The session as this process knows it; UnknownSession if there is none."""
        folded = self._folded.get(session)
        if folded is not None:
            return folded
        await self._log.find(session)
        async with self._lock(session):
            return await self._caught_up(session)

    @property
    def sessions(self) -> int:
        """How many this process holds."""
        return len(self._folded)

    def version(self, session: str) -> int:
        """How far this process knows a session; 0 if it has not looked at it."""
        folded = self._folded.get(session)
        return folded.version if folded is not None else 0

    async def follow(self, session: str) -> Folded:
        """The session with all that any process has committed by now."""
        await self.look(session)
        async with self._lock(session):
            return await self._reread(await self._caught_up(session))

    async def handle(self, session: str, command: Command, by: Who) -> Sequence[Entry]:
        """Decide and commit one command; returns its entries, none if it changed nothing. Raises Refused.

        Once begun it is carried through even if the caller is cancelled.
        """
        handling = asyncio.ensure_future(self._handle(session, command, by))
        self._handling.add(handling)
        handling.add_done_callback(self._handling.discard)
        return await asyncio.shield(handling)

    async def finished(self) -> None:
        """Return when every command that was begun is committed or refused."""
        while self._handling:
            await asyncio.wait(set(self._handling))

    async def _handle(self, session: str, command: Command, by: Who) -> Sequence[Entry]:
        began = time.monotonic()
        answer: Sequence[Entry] | None = None
        while answer is None:
            folded = await self.look(session)
            _, facts = self._rooms[folded.session.room]
            known = await facts(folded.state, command, by)
            async with self._lock(session):
                answer = await self._decided_unless_moved(folded, command, by, known)
        if any(entry.line == MAIN for entry in answer):
            self.timed(time.monotonic() - began)
        return answer

    async def _decided_unless_moved(
        self, looked_at: Folded, command: Command, by: Who, known: Any
    ) -> Sequence[Entry] | None:
        """None if what the facts were gathered for has changed meanwhile."""
        considers = looked_at.context.considers
        while True:
            folded = await self._caught_up(looked_at.session.id)
            if considers(folded.state, command) != considers(looked_at.state, command):
                return None
            try:
                return await self._decided(folded, command, by, known)
            except Overtaken:
                await self._reread(folded)

    async def _decided(self, folded: Folded, command: Command, by: Who, known: Any) -> Sequence[Entry]:
        context = folded.context
        entries: Sequence[Entry] = ()
        refusal: Refused | None = None
        try:
            before = self._guard.monotonic()
            fence = self.fence() if by == CLOCK else None
            async with self._log.turn(folded.session.id, folded.version, fence) as open_turn:
                self._guard.check(folded.session.id, open_turn.at, before)
                turn = self._turn(folded, by, open_turn.at, known)
                events, refusal = _asked(context, folded.state, command, turn)
                entries = _chained(folded, turn, events)
                if entries:
                    await open_turn.append(entries)
        except OutcomeUnknown as unknown:
            await self._settle(folded, entries, unknown)
        if entries:
            moment("tell")
            self._tell(folded, entries, own=True)
        if refusal is not None:
            raise refusal
        return entries

    async def _settle(self, folded: Folded, entries: Sequence[Entry], unknown: OutcomeUnknown) -> None:
        """Return if `entries` were kept after all; raise why not otherwise, Overtaken if another turn was."""
        until = time.monotonic() + _SETTLE_S
        while True:
            try:
                if await self._were_kept(folded, entries):
                    return
                break
            except LogAway:
                if time.monotonic() > until:
                    raise NotTold from unknown
            await asyncio.sleep(_RETRY_S)
        raise unknown.cause from unknown

    async def _were_kept(self, folded: Folded, entries: Sequence[Entry]) -> bool:
        """Whoever gets the lock at the same version knows that they were not and never will be. Else their leaves tell:
        freshly salted, they are the key by which a turn is known.
        """
        try:
            async with self._log.turn(folded.session.id, folded.version):
                return False
        except Overtaken:
            turns = await self._log.read(folded.session.id, folded.version)
            if not turns or [entry.leaf for entry in turns[0][1]] != [entry.leaf for entry in entries]:
                raise
            return True

    def _turn(self, folded: Folded, by: Who, at: datetime, known: Any) -> Turn:
        return Turn(
            session=folded.session.id,
            by=by,
            at=at,
            head=folded.head,
            lines=folded.lines,
            office=self._office,
            line_secret=self._line_secret,
            seed=secrets.token_bytes(32),
            known=known,
        )

    def _tell(self, before: Folded, entries: Sequence[Entry], own: bool) -> Folded:
        after = fold(before, before.version + 1, entries)
        for entry in entries if own else ():
            _LOG.info("committed", session=before.session.id, line=entry.line == MAIN, seq=entry.seq, type=entry.type)
        self._heard(Moved(before, after, entries, own))
        return after

    def _heard(self, moved: Moved) -> None:
        self._folded[moved.after.session.id] = moved.after
        for listener in self._listeners:
            try:
                listener(moved)
            except Exception:
                _LOG.exception("listener failed", session=moved.after.session.id)

    async def _caught_up(self, session: str) -> Folded:
        folded = self._folded.get(session)
        if folded is None:
            known = await self._log.find(session)
            folded = first = unfolded(known, self._rooms[known.room][0])
            found: list[Entry] = []
            for version, entries in await self._log.read(session, 0):
                _check(folded, version, entries)
                folded = fold(folded, version, entries)
                found += entries
            self._folded[session] = folded
            if found:
                self._heard(Moved(first, folded, found, own=False))
        return folded

    async def _reread(self, folded: Folded) -> Folded:
        for version, entries in await self._log.read(folded.session.id, folded.version):
            _check(folded, version, entries)
            folded = self._tell(folded, entries, own=False)
        return folded

    def _lock(self, session: str) -> asyncio.Lock:
        return self._locks.setdefault(session, asyncio.Lock())


def unfolded(session: Session, context: AnyContext) -> Folded:
    """A session before its first entry."""
    return Folded(session, context, 0, context.begin(session.id), (), Lines())


def fold(folded: Folded, version: int, entries: Sequence[Entry]) -> Folded:
    """The session after one more turn."""
    state, main, lines = folded.state, folded.main, folded.lines
    for entry in entries:
        happened = happening(folded.context, entry)
        state = folded.context.evolve(state, happened)
        if entry.line == MAIN:
            main = (*main, entry)
        else:
            lines = with_entry(lines, entry)
        if isinstance(happened.event, Ticked):
            lines = with_tick(lines, entry.seq, unb64(happened.event.seed), happened.event.slots)
    return replace(folded, version=version, state=state, main=main, lines=lines)


def happening(context: AnyContext, entry: Entry) -> Happened:
    """An entry as the room's event."""
    return Happened(
        event=event_of(context, entry.fields),
        line=entry.line,
        seq=entry.seq,
        at=instant.when(entry.fields["at"]),
        by=msgspec.convert(entry.fields["by"], type=Who),
        leaf=entry.leaf,
    )


def _check(folded: Folded, version: int, entries: Sequence[Entry]) -> None:
    """LogDamaged unless `entries` are whole, and the very next of their lines."""
    heads, session = _heads(folded), folded.session.id
    if version != folded.version + 1:
        raise LogDamaged(session, f"version {folded.version + 1} is missing")
    for entry in entries:
        seq, prev = heads.get(entry.line, (0, genesis(session, entry.line)))
        if entry != link(entry.line, seq + 1, prev, entry.fields, entry.salt):
            raise LogDamaged(session, f"entry {entry.seq} of version {version} is not what was written")
        heads[entry.line] = (entry.seq, entry.leaf)


def _asked(
    context: AnyContext, state: Any, command: Command, turn: Turn
) -> tuple[Sequence[Event | Aside], Refused | None]:
    """What a decision brings about; a refusal that is evidence brings it about before it is told."""
    try:
        return context.decide(state, command, turn), None
    except Refused as refusal:
        if not refusal.evidence:
            raise
        return refusal.evidence, refusal


def _chained(folded: Folded, turn: Turn, events: Sequence[Event | Aside]) -> list[Entry]:
    heads = _heads(folded)
    new: list[Entry] = []
    for number, item in enumerate(events):
        line, event = (turn.line_of(item.person), item.event) if isinstance(item, Aside) else (MAIN, item)
        seq, prev = heads.get(line, (0, genesis(turn.session, line)))
        told = {"at": instant.text(turn.at), "by": msgspec.to_builtins(turn.by)}
        fields = msgspec.to_builtins(event) | told
        entry = link(line, seq + 1, prev, fields, turn.entry_salt(number))
        heads[line] = (entry.seq, entry.leaf)
        new.append(entry)
    return new


def _heads(folded: Folded) -> dict[str, tuple[int, bytes]]:
    main = {MAIN: (folded.head, folded.main[-1].leaf)} if folded.main else {}
    return folded.lines.heads | main
