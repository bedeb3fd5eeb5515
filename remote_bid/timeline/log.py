"""Where entries are kept: what every log promises, and one in memory under the same contract tests as the databases.

Guarantee: what `append` returned for is never lost, reordered or changed; no two turns decide on the same version.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from remote_bid.timeline import instant
from remote_bid.timeline.entry import Entry
from remote_bid.timeline.lease import Fence
from remote_bid.timeline.trouble import NotLeading


class Overtaken(Exception):
    """Somebody else appended first: read again, take the time again, decide again."""


class UnknownSession(Exception):
    """There is no session of this name."""


@dataclass(frozen=True)
class Session:
    """What a log knows of a session besides its entries. `epoch` changes when a backup is restored."""

    id: str
    room: str
    epoch: str


@dataclass(frozen=True)
class Head:
    """How far a session is: its version, and when it got there by the log's clock."""

    session: str
    version: int
    at: str


@dataclass(frozen=True)
class Platform:
    """A leaf of the platform log: the head of a session at one of its main-line entries."""

    index: int
    session: str
    seq: int
    head: str


class OpenTurn(Protocol):
    """A turn under the session's lock. `at` is the log's clock, never before an earlier entry's."""

    at: datetime

    async def append(self, entries: Sequence[Entry]) -> None:
        """Keep `entries`; durable, and seen by others, when the turn's context is left without an exception.

        Left with OutcomeUnknown they are kept or not: who locks the session at the same version again learns it.
        """


class Log(Protocol):
    """One log for all sessions of a deployment."""

    async def create(self, session: Session) -> bool:
        """Open a session; False if it is there already."""

    async def find(self, session: str) -> Session:
        """The session of this name; UnknownSession if there is none."""

    async def sessions(self) -> list[Session]:
        """All sessions, oldest first."""

    async def heads(self, since: str) -> list[Head]:
        """Of every session that has moved at or after `since` (an instant; empty: ever)."""

    async def read(self, session: str, after: int) -> list[tuple[int, list[Entry]]]:
        """(version, its entries) of every turn after version `after`, in order."""

    def turn(self, session: str, decided_on: int, fence: Fence | None = None) -> AbstractAsyncContextManager[OpenTurn]:
        """Lock the session for one turn; Overtaken if its version is no longer `decided_on`, NotLeading if the lease is
        no longer held under this `fence`.
        """

    async def add_leaf(self, session: str, seq: int, head: str) -> int:
        """Append a leaf to the platform log, once; returns its index."""

    async def leaves(self, start: int) -> list[Platform]:
        """The platform log's leaves from index `start`."""


@dataclass
class _Kept:
    session: Session
    turns: list[list[Entry]] = field(default_factory=list)
    last_at: datetime | None = None
    locked: bool = False


class MemoryLog:
    """A log that forgets with its process: for tests of rules and desk."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: dict[str, _Kept] = {}
        self._leaves: list[Platform] = []
        self.fence: Fence | None = None
        """Under which the deployment is led."""

    async def create(self, session: Session) -> bool:
        if session.id in self._kept:
            return False
        self._kept[session.id] = _Kept(session)
        return True

    async def find(self, session: str) -> Session:
        return self._of(session).session

    async def sessions(self) -> list[Session]:
        return [kept.session for kept in self._kept.values()]

    async def heads(self, since: str) -> list[Head]:
        moved = ((kept, instant.text(kept.last_at)) for kept in self._kept.values() if kept.last_at is not None)
        return [Head(kept.session.id, len(kept.turns), at) for kept, at in moved if at >= since]

    async def read(self, session: str, after: int) -> list[tuple[int, list[Entry]]]:
        turns = self._kept[session].turns if session in self._kept else []
        return [(version, list(turns[version - 1])) for version in range(after + 1, len(turns) + 1)]

    @asynccontextmanager
    async def turn(self, session: str, decided_on: int, fence: Fence | None = None) -> AsyncIterator[OpenTurn]:
        kept = self._of(session)
        if fence is not None and fence != self.fence:
            raise NotLeading
        if kept.locked or len(kept.turns) != decided_on:
            raise Overtaken(session)
        kept.locked = True
        try:
            turn = _MemoryTurn(max(self._now(), kept.last_at or self._now()))
            yield turn
            if turn.entries:
                kept.turns.append(turn.entries)
                kept.last_at = turn.at
        finally:
            kept.locked = False

    async def add_leaf(self, session: str, seq: int, head: str) -> int:
        for leaf in self._leaves:
            if (leaf.session, leaf.seq) == (session, seq):
                return leaf.index
        self._leaves.append(Platform(len(self._leaves), session, seq, head))
        return len(self._leaves) - 1

    async def leaves(self, start: int) -> list[Platform]:
        return self._leaves[start:]

    def _of(self, session: str) -> _Kept:
        if session not in self._kept:
            raise UnknownSession(session)
        return self._kept[session]


class _MemoryTurn:
    def __init__(self, at: datetime) -> None:
        self.at = at
        self.entries: list[Entry] = []

    async def append(self, entries: Sequence[Entry]) -> None:
        self.entries.extend(entries)
