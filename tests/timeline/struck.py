"""A small server process that is struck: keys, safe, log, desk, cosigner and checkpoints, and a script of acts.

What it acknowledges it writes down where the tests find it. Started again, it takes the script up from the beginning,
as clients do that do not know how far they came.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiohttp

from remote_bid.tender.safe import Limits, Safe
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.checkpoint import Checkpointer
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.engines import engine_of
from remote_bid.timeline.entry import MAIN, Entry
from remote_bid.timeline.failpoints import arm, passed
from remote_bid.timeline.marks import Tick
from remote_bid.timeline.note import NamedKey
from remote_bid.timeline.office import OfficeKeys, office_keys
from remote_bid.timeline.sql import SqlLog
from tests.seal.bids import honest
from tests.timeline.cosigners import ORIGIN, Neighbour, as_asked
from tests.timeline.guestbook import ANN, BOB, Guestbook, Whisper, Write, guestbook, nothing_to_look_up
from tests.timeline.logs import HALL

T = TypeVar("T")

ACKNOWLEDGED, POINTS, OFFICE = "acknowledged", "points", "office.json"
UPLOADS = ("first", "second")
LIMITS = Limits(part=1 << 20, quota=1 << 22, most=8, reserve=0)


def run(folder: Path, database: str, failpoint: str) -> None:
    """One life of the server; in a process of its own."""
    os.dup2(os.open(folder / "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    for name in UPLOADS:
        _sealed(folder, name)
    if failpoint:
        arm(failpoint)
    asyncio.run(_lived(folder, database))
    (folder / POINTS).write_text("\n".join(passed()))


def log_in(folder: Path, database: str, keys: OfficeKeys) -> SqlLog:
    return SqlLog(engine_of(database, folder), AtRest(keys.storage))


def safe_in(folder: Path) -> Safe:
    return Safe(folder / "safe", b"a secret that names uploads", LIMITS)


def _sealed(folder: Path, name: str) -> bytes:
    """What is uploaded under this name, in every life."""
    path = folder / f"{name}.sbe"
    if not path.exists():
        path.write_bytes(honest(name.encode()).file)
    return path.read_bytes()


def neighbour_of(folder: Path, keys: OfficeKeys) -> Neighbour:
    public = keys.log.public_key().public_bytes_raw()
    return Neighbour(0, folder, NamedKey(name=ORIGIN, key=public))


async def _lived(folder: Path, database: str) -> None:
    keys = office_keys(folder / OFFICE)
    log, safe = log_in(folder, database, keys), safe_in(folder)
    await log.prepare()
    desk = Desk(log, keys.signer, keys.lines, {guestbook.name: (guestbook, nothing_to_look_up)})
    await _insist(partial(desk.create, HALL.id, guestbook.name))
    neighbour = neighbour_of(folder, keys)
    await neighbour.start()
    async with aiohttp.ClientSession() as http:
        checkpointer = Checkpointer(log, desk, ORIGIN, keys.log, as_asked([neighbour], http), 1)
        checkpointer.start(await desk.load())
        await _acts(folder, desk, safe)
        await checkpointer.close()
    await neighbour.stop()
    await log.close()


async def _acts(folder: Path, desk: Desk, safe: Safe) -> None:
    """Two uploads, each named in the book; a whisper, and the tick that holds it. All of it only once."""
    for name in UPLOADS:
        await _insist(partial(_uploaded, safe, name, _sealed(folder, name)))
        _acknowledge(folder, f"upload {name}")
        _entered(folder, await _insist(partial(desk.handle, HALL.id, Write(text=name), ANN)))
        await _covered(desk)
    book: Guestbook = (await desk.look(HALL.id)).state
    if not book.whispers:
        _entered(folder, await _insist(partial(desk.handle, HALL.id, Whisper(text="psst"), BOB)))
    if not any(entry.type == "Ticked" for entry in (await desk.look(HALL.id)).main):
        _entered(folder, await _insist(partial(desk.handle, HALL.id, Tick(), BOB)))


async def _uploaded(safe: Safe, name: str, content: bytes) -> None:
    key = safe.key(HALL.id, ANN.person, name)
    progress = await safe.create(key, len(content))
    await safe.append(key, progress.offset, _sent(content[progress.offset :]))


async def _insist(act: Callable[[], Awaitable[T]]) -> T:
    """As clients do: what was refused for the storage's sake is handed in again."""
    for _ in range(3):
        with suppress(Refused, OSError):
            return await act()
    return await act()


def _entered(folder: Path, entries: Sequence[Entry]) -> None:
    for entry in entries:
        _acknowledge(folder, f"{'main' if entry.line == MAIN else 'aside'} {entry.leaf.hex()}")


async def _covered(desk: Desk) -> None:
    """Every page of the book has its cosigned checkpoint."""
    for _ in range(500):
        state: Guestbook = (await desk.look(HALL.id)).state
        if len(state.covered) == len(state.pages):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def _sent(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _acknowledge(folder: Path, what: str) -> None:
    with (folder / ACKNOWLEDGED).open("a") as file:
        file.write(f"{what}\n")
