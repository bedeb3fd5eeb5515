"""A connection that dies between COMMIT and its answer: the desk finds out, by a key of its own, what became of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.engines import postgres_engine
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.trouble import LogAway
from tests import postgres
from tests.timeline.guestbook import ANN, BOB, Write, desk_over
from tests.timeline.logs import HALL, STORAGE_KEY

COMMIT = b"COMMIT\0"
"""Not BEGIN ISOLATION LEVEL READ COMMITTED."""


class Wire:
    """Between the log and PostgreSQL; cuts the line at the next COMMIT, before it or before its answer."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.cut_before = self.cut_after = False
        self.cuts = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host, self._port)
        deaf = asyncio.Event()
        answers = asyncio.create_task(_answers(there, writer, deaf))
        with suppress(ConnectionError):
            while chunk := await reader.read(1 << 16):
                if COMMIT in chunk and self.cut_before:
                    self.cut_before, self.cuts = False, self.cuts + 1
                    break
                if COMMIT in chunk and self.cut_after:
                    self.cut_after, self.cuts = False, self.cuts + 1
                    deaf.set()
                back.write(chunk)
        back.close()
        writer.close()
        await answers


async def _answers(there: asyncio.StreamReader, writer: asyncio.StreamWriter, deaf: asyncio.Event) -> None:
    with suppress(ConnectionError):
        while (chunk := await there.read(1 << 16)) and not deaf.is_set():
            writer.write(chunk)
    writer.close()


@pytest.fixture
async def wired() -> AsyncIterator[tuple[Desk, Wire, SqlLog]]:
    with postgres.database() as url:
        address = sa.make_url(url)
        wire = Wire(address.host or "127.0.0.1", address.port or 5432)
        server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
        through = address.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        log = SqlLog(postgres_engine(through.render_as_string(hide_password=False)), AtRest(STORAGE_KEY))
        await log.create(HALL)
        yield desk_over(log), wire, log
        await log.close()
        server.close()


async def texts(log: SqlLog) -> list[str]:
    return [entry.fields["text"] for _, entries in await log.read(HALL.id, 0) for entry in entries]


async def test_failed_but_persisted_is_answered_with_its_entry(wired: tuple[Desk, Wire, SqlLog]) -> None:
    desk, wire, log = wired
    await desk.handle(HALL.id, Write(text="one"), ANN)
    wire.cut_after = True
    [entry] = await desk.handle(HALL.id, Write(text="two"), ANN)
    await desk.handle(HALL.id, Write(text="three"), BOB)
    assert (wire.cuts, entry.seq) == (1, 2)
    assert await texts(log) == ["one", "two", "three"]


async def test_failed_and_not_persisted_is_refused_and_nothing_is_kept(wired: tuple[Desk, Wire, SqlLog]) -> None:
    desk, wire, log = wired
    await desk.handle(HALL.id, Write(text="one"), ANN)
    wire.cut_before = True
    with pytest.raises(LogAway):
        await desk.handle(HALL.id, Write(text="two"), ANN)
    assert (wire.cuts, await texts(log)) == (1, ["one"])
    [entry] = await desk.handle(HALL.id, Write(text="two"), ANN)
    assert (entry.seq, await texts(log)) == (2, ["one", "two"])


async def test_of_a_session_being_made_it_is_found_out_by_asking_again(wired: tuple[Desk, Wire, SqlLog]) -> None:
    desk, wire, log = wired
    wire.cut_after = True
    with pytest.raises(LogAway):
        await desk.create("KB-2", "guestbook")
    assert not await desk.create("KB-2", "guestbook")
    assert [session.id for session in await log.sessions()] == [HALL.id, "KB-2"]


async def test_of_a_leaf_being_added_it_is_found_out_by_asking_again(wired: tuple[Desk, Wire, SqlLog]) -> None:
    _, wire, log = wired
    wire.cut_after = True
    with pytest.raises(LogAway):
        await log.add_leaf(HALL.id, 1, "head")
    assert await log.add_leaf(HALL.id, 1, "head") == 0
    assert len(await log.leaves(0)) == 1
