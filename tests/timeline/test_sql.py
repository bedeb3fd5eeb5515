"""The log in a file: it survives, and a stolen file does not tell of side lines."""

import base64
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.engines import sqlite_engine
from remote_bid.timeline.entry import Who
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.tables import entries
from tests.timeline.guestbook import ANN, Disclose, Whisper, Write, desk_over
from tests.timeline.logs import HALL, STORAGE_KEY, entry, keep

SAID_ALOUD, WHISPERED = "canary-said-aloud-7d1f", "canary-whispered-93ab"
WHISPERER = Who(person="canary-person-51c0", role="guest")


def log_in(folder: Path, key: bytes = STORAGE_KEY) -> SqlLog:
    return SqlLog(sqlite_engine(folder / "timeline.sqlite"), AtRest(key))


async def test_a_reopened_log_is_the_same_log(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    await log.prepare()
    await log.create(HALL)
    first, whisper = entry("first"), entry("whisper", line="aside")
    at = await keep(log, 0, first, whisper)
    await log.add_leaf(HALL.id, 1, "head")
    leaves = await log.leaves(0)
    await log.close()

    again = log_in(tmp_path)
    await again.prepare()
    assert await again.sessions() == [HALL]
    assert await again.read(HALL.id, 0) == [(1, [first, whisper])]
    assert await again.leaves(0) == leaves
    assert not await again.create(HALL)
    assert await keep(again, 1, entry("second", after=first)) >= at
    await again.close()


async def test_what_is_committed_is_there_though_nobody_closed(tmp_path: Path) -> None:
    """As after a kill: a second process finds it in the write-ahead log."""
    crashed, after = log_in(tmp_path), log_in(tmp_path)
    await crashed.prepare()
    await crashed.create(HALL)
    await keep(crashed, 0, entry("first"))
    assert await after.read(HALL.id, 0) == [(1, [entry("first")])]
    await after.close()
    await crashed.close()


@pytest.mark.parametrize("closed", [False, True], ids=["running", "closed"])
async def test_side_lines_cannot_be_read_in_the_files_of_the_database(tmp_path: Path, closed: bool) -> None:
    log = log_in(tmp_path)
    await log.prepare()
    desk = desk_over(log)
    await desk.create(HALL.id, "guestbook")
    await desk.handle(HALL.id, Write(text=SAID_ALOUD), ANN)
    await desk.handle(HALL.id, Whisper(text=WHISPERED), WHISPERER)
    if closed:
        await log.close()
    raw = all_bytes(tmp_path)
    await log.close()
    assert spellings(SAID_ALOUD)[0] in raw
    assert not any(spelling in raw for spelling in spellings(WHISPERED))
    assert WHISPERER.person.encode() not in raw
    assert STORAGE_KEY not in raw


async def test_the_bare_database_tells_no_salt_of_a_side_line(tmp_path: Path) -> None:
    """With the salts a price could be guessed from its field's hash; only what the ticks disclose is told."""
    log = log_in(tmp_path)
    await log.prepare()
    desk = desk_over(log)
    await desk.create(HALL.id, "guestbook")
    [whispered] = await desk.handle(HALL.id, Whisper(text=WHISPERED), WHISPERER)
    await desk.handle(HALL.id, Disclose(), ANN)
    raw = all_bytes(tmp_path)
    await log.close()
    assert whispered.leaf in raw
    assert not any(spelling in raw for spelling in (whispered.salt, base64.b64encode(whispered.salt)))


async def test_a_side_line_needs_the_storage_key(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    await log.prepare()
    await log.create(HALL)
    await keep(log, 0, entry("whisper", line="aside"))
    await log.close()
    stolen = log_in(tmp_path, key=bytes(32))
    with pytest.raises(InvalidTag):
        await stolen.read(HALL.id, 0)
    await stolen.close()


@pytest.mark.parametrize("column", [{"line": "beside"}, {"seq": 2}], ids=["another line", "another place"])
async def test_a_side_line_entry_that_was_moved_is_not_read(tmp_path: Path, column: dict[str, object]) -> None:
    log, engine = log_in(tmp_path), sqlite_engine(tmp_path / "timeline.sqlite")
    await log.prepare()
    await log.create(HALL)
    await keep(log, 0, entry("whisper", line="aside"))
    async with engine.begin() as connection:
        await connection.execute(entries.update().values(**column))
    await engine.dispose()
    with pytest.raises(InvalidTag):
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


def spellings(canary: str) -> list[bytes]:
    raw = canary.encode()
    return [raw, base64.b64encode(raw)[:-4], raw.hex().encode(), canary.encode("utf-16-le"), raw[:12]]
