"""The archive: each finished session's public bundle, made once and kept as a file, from which it is sent; of a
session that is not public one for those who have a part in it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from remote_bid.timeline import durable
from remote_bid.timeline.desk import Folded
from remote_bid.timeline.entry import Who


class Archive:
    """Bundles in a folder; one that an earlier process left there is made anew, for its code may have been another."""

    def __init__(self, folder: Path, make: Callable[[Folded], bytes], make_for: Callable[[Folded, Who], bytes]) -> None:
        self._folder, self._make, self._make_for = folder, make, make_for
        self._made: dict[str, asyncio.Task[Path]] = {}

    async def bundle(self, folded: Folded) -> Path:
        """The file of a session's bundle; Refused if there is none yet. Who comes meanwhile waits for the same one."""
        session = folded.session.id
        making = self._made.get(session)
        if making is None:
            making = asyncio.create_task(asyncio.to_thread(self._kept, folded))
            self._made[session] = making
            making.add_done_callback(lambda made: self._forget(session, made))
        return await asyncio.shield(making)

    async def bundle_for(self, folded: Folded, who: Who) -> bytes:
        """A session's bundle as somebody who has a part in it may have it; not kept."""
        return await asyncio.to_thread(self._make_for, folded, who)

    def _forget(self, session: str, made: "asyncio.Task[Path]") -> None:
        """Where it could not be made, the next caller tries again."""
        if made.cancelled() or made.exception() is not None:
            del self._made[session]

    def _kept(self, folded: Folded) -> Path:
        raw = self._make(folded)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{folded.session.id}.zip"
        durable.replace(path, raw)
        return path
