"""The log in a database: it survives, and a stolen database does not tell of side lines."""

import base64
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.engines import postgres_engine, sqlite_engine
from remote_bid.timeline.entry import Who
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.tables import entries
from remote_bid.timeline.trouble import LogDamaged
from tests import postgres
from tests.timeline.guestbook import ANN, Disclose, Whisper, Write, desk_over
from tests.timeline.logs import HALL, STORAGE_KEY, entry, keep

SAID_ALOUD, WHISPERED = "canary-said-aloud-7d1f", "canary-whispered-93ab"
WHISPERER = Who(person="canary-person-51c0", role="guest")


@dataclass
class Store:
    """A database that outlives the logs that are opened in it."""

    engine: Callable[[], AsyncEngine]
    raw: Callable[[], Awaitable[bytes]]
    """Everything that lies in it, as a thief would find it."""

    def log(self, key: bytes = STORAGE_KEY) -> SqlLog:
        return SqlLog(self.engine(), AtRest(key))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":

        async def files() -> bytes:
            return all_bytes(tmp_path)

        yield Store(lambda: sqlite_engine(tmp_path / "timeline.sqlite"), files)
        return
    with postgres.database() as url:

        async def dumped() -> bytes:
            return all_rows(url)

        yield Store(lambda: postgres_engine(url), dumped)


async def test_a_reopened_log_is_the_same_log(store: Store) -> None:
    log = store.log()
    await log.prepare()
    await log.create(HALL)
    first, whisper = entry("first"), entry("whisper", line="aside")
    at = await keep(log, 0, first, whisper)
    await log.add_leaf(HALL.id, 1, "head")
    leaves = await log.leaves(0)
    await log.close()

    again = store.log()
    await again.prepare()
    assert await again.sessions() == [HALL]
    assert await again.read(HALL.id, 0) == [(1, [first, whisper])]
    assert await again.leaves(0) == leaves
    assert not await again.create(HALL)
    assert await keep(again, 1, entry("second", after=first)) >= at
    await again.close()


async def test_what_is_committed_is_there_though_nobody_closed(store: Store) -> None:
    """As after a kill: a second process finds it in the write-ahead log."""
    crashed, after = store.log(), store.log()
    await crashed.prepare()
    await crashed.create(HALL)
    await keep(crashed, 0, entry("first"))
    assert await after.read(HALL.id, 0) == [(1, [entry("first")])]
    await after.close()
    await crashed.close()


@pytest.mark.parametrize("closed", [False, True], ids=["running", "closed"])
async def test_side_lines_cannot_be_read_in_the_files_of_the_database(store: Store, closed: bool) -> None:
    log = store.log()
    await log.prepare()
    desk = desk_over(log)
    await desk.create(HALL.id, "guestbook")
    await desk.handle(HALL.id, Write(text=SAID_ALOUD), ANN)
    await desk.handle(HALL.id, Whisper(text=WHISPERED), WHISPERER)
    if closed:
        await log.close()
    raw = await store.raw()
    await log.close()
    assert spellings(SAID_ALOUD)[0] in raw
    assert not any(spelling in raw for spelling in spellings(WHISPERED))
    assert WHISPERER.person.encode() not in raw
    assert STORAGE_KEY not in raw


async def test_the_bare_database_tells_no_salt_of_a_side_line(store: Store) -> None:
    """With the salts a price could be guessed from its field's hash; only what the ticks disclose is told."""
    log = store.log()
    await log.prepare()
    desk = desk_over(log)
    await desk.create(HALL.id, "guestbook")
    [whispered] = await desk.handle(HALL.id, Whisper(text=WHISPERED), WHISPERER)
    await desk.handle(HALL.id, Disclose(), ANN)
    raw = await store.raw()
    await log.close()
    assert whispered.leaf in raw
    assert not any(spelling in raw for spelling in (whispered.salt, base64.b64encode(whispered.salt)))


async def test_a_side_line_needs_the_storage_key(store: Store) -> None:
    log = store.log()
    await log.prepare()
    await log.create(HALL)
    await keep(log, 0, entry("whisper", line="aside"))
    await log.close()
    stolen = store.log(key=bytes(32))
    with pytest.raises(LogDamaged):
        await stolen.read(HALL.id, 0)
    await stolen.close()


@pytest.mark.parametrize("column", [{"line": "beside"}, {"seq": 2}], ids=["another line", "another place"])
async def test_a_side_line_entry_that_was_moved_is_not_read(store: Store, column: dict[str, object]) -> None:
    log, engine = store.log(), store.engine()
    await log.prepare()
    await log.create(HALL)
    await keep(log, 0, entry("whisper", line="aside"))
    async with engine.begin() as connection:
        await connection.execute(entries.update().values(**column))
    await engine.dispose()
    with pytest.raises(LogDamaged):
        await log.read(HALL.id, 0)
    await log.close()


async def test_every_commit_is_on_disk_before_it_is_told(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "timeline.sqlite")
    async with engine.connect() as connection:
        found = {
            name: (await connection.execute(sa.text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "mmap_size")
        }
    await engine.dispose()
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "mmap_size": 0,
    }


def all_bytes(folder: Path) -> bytes:
    """The database's file, its write-ahead log and whatever else lies beside it."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def all_rows(url: str) -> bytes:
    """What PostgreSQL gives out of every table, bytes as they are."""
    with psycopg.connect(url) as connection:
        tables = ("session", "entry", "platform_leaf")
        rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}".encode())]  # noqa: S608 - names of its own tables
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


def spellings(canary: str) -> list[bytes]:
    raw = canary.encode()
    return [raw, base64.b64encode(raw)[:-4], raw.hex().encode(), canary.encode("utf-16-le"), raw[:12]]
