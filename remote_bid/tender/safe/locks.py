"""Locks between the processes that share a safe's folder; within one process a task waits its turn as well."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from weakref import WeakValueDictionary

_AGAIN_S = (0.01, 0.2)
_PATIENCE_S = 40.0
"""Longer than an uploader may be silent (gateway/uploads.py): then another process has let go."""


class Locks:
    """On the files and folders themselves: nothing is left behind, and who dies lets go."""

    def __init__(self) -> None:
        self._here: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def alone(self, path: Path) -> AsyncIterator[None]:
        """Nobody else is in this context of `path`; TimeoutError if another process stays there. What is not there
        needs no lock between processes: whoever makes it holds its folder's.
        """
        lock = self._here.setdefault(path, asyncio.Lock())
        async with lock, asyncio.timeout(_PATIENCE_S) as patience:
            descriptor = await _held(path)
            patience.reschedule(None)
            try:
                yield
            finally:
                if descriptor is not None:
                    os.close(descriptor)


async def _held(path: Path) -> int | None:
    """The descriptor that holds the lock; None where there is nothing to lock."""
    pause, longest = _AGAIN_S
    while True:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        if _taken(descriptor, path):
            return descriptor
        os.close(descriptor)
        await asyncio.sleep(pause)
        pause = min(2 * pause, longest)


@contextmanager
def at_once(folder: Path) -> Iterator[bool]:
    """Whether the lock was free; held for the time of the context if it was."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield _taken(descriptor, folder)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, path: Path) -> bool:
    """Whether it is locked now, and still what lies at `path`."""
    with suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False
