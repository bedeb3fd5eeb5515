"""Checkpoints: every head that must be is cosigned by a quorum, however often somebody is away or starts again."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.tree import includes
from remote_bid.timeline.checkpoint import Checkpointer
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Entry
from remote_bid.timeline.log import Log, MemoryLog
from remote_bid.timeline.marks import CheckpointCosigned
from remote_bid.timeline.note import cosigned_at, is_signed, parse, platform_leaf
from tests.timeline.cosigners import LOG_KEY, LOG_NAMED, ORIGIN, Neighbour, as_asked, neighbours
from tests.timeline.faults import Faulty
from tests.timeline.guestbook import ANN, Whisper, Write, desk_over
from tests.timeline.hours import Running
from tests.timeline.logs import HALL

SESSION = HALL.id


@asynccontextmanager
async def checkpointing(log: Log, found: Sequence[Neighbour], quorum: int) -> AsyncIterator[tuple[Desk, Checkpointer]]:
    """A server's desk and checkpointer, started over whatever the log holds."""
    desk = desk_over(log)
    async with aiohttp.ClientSession() as http:
        checkpointer = Checkpointer(log, desk, ORIGIN, LOG_KEY, as_asked(found, http), quorum)
        checkpointer.start(await desk.load())
        try:
            yield desk, checkpointer
        finally:
            await checkpointer.close()


@pytest.fixture
async def log() -> Faulty:
    log = Faulty(MemoryLog(Running()))
    await log.create(HALL)
    return log


async def main_line(log: Log) -> list[Entry]:
    return [entry for _, entries in await log.read(SESSION, 0) for entry in entries if entry.line == "main"]


async def covered(log: Log) -> list[CheckpointCosigned]:
    found = [entry.fields for entry in await main_line(log) if entry.type == "CheckpointCosigned"]
    names = CheckpointCosigned.__struct_fields__
    return [CheckpointCosigned(**{name: fields[name] for name in names}) for fields in found]


async def until_covered(log: Log, count: int, within_s: float = 3.0) -> list[CheckpointCosigned]:
    until = time.monotonic() + within_s
    while len(found := await covered(log)) < count:
        assert time.monotonic() < until, f"only {len(found)} of {count} checkpoints"
        await asyncio.sleep(0.01)
    return found


async def until_alert(checkpointer: Checkpointer) -> str:
    until = time.monotonic() + 3
    while not checkpointer.alert:
        assert time.monotonic() < until, "no alert"
        await asyncio.sleep(0.01)
    return checkpointer.alert


async def assert_holds(log: Log, checkpoint: CheckpointCosigned) -> None:
    """What a participant checks: the head is that entry's, the note holds it, the log signed it."""
    head = (await main_line(log))[checkpoint.covers - 1].leaf
    point, _, _ = parse(checkpoint.note)
    leaf = platform_leaf(SESSION, checkpoint.covers, b64(head))
    path = [unb64(node) for node in checkpoint.path]
    assert checkpoint.head == b64(head)
    assert point.origin == ORIGIN
    assert includes(point.root, point.size, checkpoint.index, leaf, path)
    assert is_signed(checkpoint.note, LOG_NAMED)


def signers(checkpoint: CheckpointCosigned, found: Sequence[Neighbour]) -> list[int]:
    return [n for n, neighbour in enumerate(found) if cosigned_at(checkpoint.note, neighbour.named) is not None]


async def test_every_head_that_must_be_is_cosigned_and_no_other(log: Faulty, tmp_path: Path) -> None:
    async with neighbours(1, tmp_path) as found, checkpointing(log, found, 1) as (desk, checkpointer):
        await desk.handle(SESSION, Whisper(text="secret"), ANN)
        await desk.handle(SESSION, Write(text="one"), ANN)
        await desk.handle(SESSION, Write(text="two"), ANN)
        checkpoints = await until_covered(log, 2)
        assert checkpointer.alert == ""
    assert [(await main_line(log))[checkpoint.covers - 1].type for checkpoint in checkpoints] == ["Written"] * 2
    for checkpoint in checkpoints:
        await assert_holds(log, checkpoint)
        assert signers(checkpoint, found) == [0]
    assert len(await log.leaves(0)) == 2


async def test_a_checkpoint_has_the_signatures_of_all_who_are_there(log: Faulty, tmp_path: Path) -> None:
    async with neighbours(3, tmp_path) as found, checkpointing(log, found, 2) as (desk, _):
        await desk.handle(SESSION, Write(text="one"), ANN)
        [checkpoint] = await until_covered(log, 1)
    assert signers(checkpoint, found) == [0, 1, 2]


async def test_a_quorum_is_enough(log: Faulty, tmp_path: Path) -> None:
    async with neighbours(3, tmp_path) as found, checkpointing(log, found, 2) as (desk, checkpointer):
        await found[1].stop()
        await desk.handle(SESSION, Write(text="one"), ANN)
        [checkpoint] = await until_covered(log, 1)
        assert checkpointer.alert == ""
    assert signers(checkpoint, found) == [0, 2]


async def test_without_a_quorum_nothing_is_recorded_and_everybody_can_know(log: Faulty, tmp_path: Path) -> None:
    async with neighbours(3, tmp_path) as found, checkpointing(log, found, 2) as (desk, checkpointer):
        await found[0].stop()
        await found[2].stop()
        await desk.handle(SESSION, Write(text="one"), ANN)
        alert = await until_alert(checkpointer)
        assert found[0].name in alert
        assert found[2].name in alert
        assert found[1].name not in alert
        assert await covered(log) == []
        await desk.handle(SESSION, Write(text="two"), ANN)
        await found[0].start()
        for checkpoint in await until_covered(log, 2):
            await assert_holds(log, checkpoint)
            assert signers(checkpoint, found) == [0, 1]
        assert checkpointer.alert == ""


async def test_who_was_away_catches_up_by_a_consistency_proof(log: Faulty, tmp_path: Path) -> None:
    async with neighbours(2, tmp_path) as found, checkpointing(log, found, 1) as (desk, _):
        await desk.handle(SESSION, Write(text="1"), ANN)
        await until_covered(log, 1)
        await found[1].stop()
        for number in range(2, 7):
            await desk.handle(SESSION, Write(text=str(number)), ANN)
            await until_covered(log, number)
        await found[1].start()
        await desk.handle(SESSION, Write(text="7"), ANN)
        checkpoints = await until_covered(log, 7)
    assert [signers(checkpoint, found) for checkpoint in checkpoints] == [[0, 1], *[[0]] * 5, [0, 1]]
    assert [body.split("\n")[0] for body in found[1].asked] == ["old 0", "old 1"]
    assert parse(checkpoints[-1].note)[0].size == 7


async def test_a_restarted_server_cosigns_what_was_left_over(log: Faulty, tmp_path: Path) -> None:
    async with neighbours(1, tmp_path) as found:
        async with checkpointing(log, found, 1) as (desk, _):
            await desk.handle(SESSION, Write(text="one"), ANN)
            await until_covered(log, 1)
            await found[0].stop()
            for text in ("two", "three"):
                await desk.handle(SESSION, Write(text=text), ANN)
        await found[0].start()
        async with checkpointing(log, found, 1) as (_, checkpointer):
            checkpoints = await until_covered(log, 3)
            assert checkpointer.alert == ""
    texts = [(await main_line(log))[checkpoint.covers - 1].fields["text"] for checkpoint in checkpoints]
    assert texts == ["one", "two", "three"]
    for checkpoint in checkpoints:
        await assert_holds(log, checkpoint)
    assert len(await log.leaves(0)) == 3


async def test_a_restarted_server_that_has_nothing_left_over_asks_nobody(log: Faulty, tmp_path: Path) -> None:
    async with neighbours(1, tmp_path) as found:
        async with checkpointing(log, found, 1) as (desk, _):
            await desk.handle(SESSION, Write(text="one"), ANN)
            await until_covered(log, 1)
        asked = len(found[0].asked)
        async with checkpointing(log, found, 1):
            await asyncio.sleep(0.1)
    assert len(found[0].asked) == asked
    assert len(await covered(log)) == 1


@pytest.mark.parametrize("fault", ["lost", "kept"])
async def test_a_checkpoint_is_recorded_once_though_the_log_failed(log: Faulty, tmp_path: Path, fault: str) -> None:
    async with neighbours(1, tmp_path) as found, checkpointing(log, found, 1) as (desk, _):
        await desk.handle(SESSION, Write(text="one"), ANN)
        setattr(log, fault, True)
        await until_covered(log, 1)
        await desk.handle(SESSION, Write(text="two"), ANN)
        checkpoints = await until_covered(log, 2)
        await asyncio.sleep(0.1)
    assert len(await covered(log)) == 2
    assert [parse(checkpoint.note)[0].size for checkpoint in checkpoints] == [1, 2]


async def test_a_log_behind_its_cosigned_head_gets_no_signature(log: Faulty, tmp_path: Path) -> None:
    """As after a backup was restored: the cosigner remembers what the log has forgotten."""
    async with neighbours(1, tmp_path) as found:
        async with checkpointing(log, found, 1) as (desk, _):
            for text in ("one", "two"):
                await desk.handle(SESSION, Write(text=text), ANN)
            await until_covered(log, 2)
        restored = MemoryLog(Running())
        await restored.create(HALL)
        async with checkpointing(restored, found, 1) as (desk, checkpointer):
            for text in ("rewritten", "rewritten too", "and more"):
                await desk.handle(SESSION, Write(text=text), ANN)
            assert found[0].name in await until_alert(checkpointer)
            assert await covered(restored) == []


def evil(text: str | bytes, status: int = 200, slow_s: float = 0.0) -> web.Application:
    """A cosigner that answers whatever it likes."""

    async def add_checkpoint(request: web.Request) -> web.Response:
        await asyncio.sleep(slow_s)
        raw = text if isinstance(text, bytes) else text.encode()
        return web.Response(body=raw, status=status, content_type="text/plain", charset="utf-8")

    app = web.Application()
    app.add_routes([web.post("/add-checkpoint", add_checkpoint)])
    return app


EVIL = {
    "nonsense": evil("nonsense"),
    "nothing": evil(""),
    "a line that is not base64": evil("— cosigner-1.example nonsense!\n"),
    "a line of another": evil("— cosigner-0.example AAAA\n"),
    "a second blank line": evil("\n\n"),
    "an error": evil("sorry", status=500),
    "another size": evil("5\n", status=409),
    "a size that is none": evil("-1\n", status=409),
    "another size of nothing": evil("", status=409),
    "a redirection": evil("", status=302),
    "a hundred thousand lines": evil("— cosigner-1.example AAAA\n" * 100_000),
}
INSANE = {
    "no UTF-8": evil(b"\xff\xfe\n"),
    "a size in superscript": evil("²", status=409),
    "a size of 5,000 digits": evil("9" * 5000, status=409),
}


@pytest.mark.parametrize("how", EVIL)
async def test_one_evil_cosigner_does_not_stand_in_the_way_of_a_quorum(log: Faulty, tmp_path: Path, how: str) -> None:
    await covered_beside(EVIL[how], log, tmp_path)


@pytest.mark.parametrize("how", INSANE)
async def test_an_insane_answer_does_not_stand_in_the_way_either(log: Faulty, tmp_path: Path, how: str) -> None:
    await covered_beside(INSANE[how], log, tmp_path)


async def covered_beside(other: web.Application, log: Faulty, folder: Path) -> None:
    """A quorum of one is there, and somebody else answers as it likes."""
    async with neighbours(2, folder) as found, checkpointing(log, found, 1) as (desk, _):
        await found[1].stop()
        await found[1].serve(other)
        await desk.handle(SESSION, Write(text="one"), ANN)
        [checkpoint] = await until_covered(log, 1, within_s=2)
    assert signers(checkpoint, found) == [0]
    assert checkpoint.note.count("\n") == 6
    await assert_holds(log, checkpoint)


async def test_what_a_cosigner_says_besides_its_signature_is_not_recorded(log: Faulty, tmp_path: Path) -> None:
    """Else it could put lines of others, or megabytes, into every note."""
    async with neighbours(1, tmp_path) as found, checkpointing(log, found, 1) as (desk, checkpointer):
        await found[0].stop()
        await found[0].serve(found[0].program(more="— cosigner-9.example AAAA\n"))
        await desk.handle(SESSION, Write(text="one"), ANN)
        assert found[0].name in await until_alert(checkpointer)
        assert await covered(log) == []


@pytest.mark.parametrize("answer", ["", "— cosigner-1.example AAAA\n"])
async def test_an_answer_that_is_no_signature_makes_no_quorum(log: Faulty, tmp_path: Path, answer: str) -> None:
    async with neighbours(2, tmp_path) as found, checkpointing(log, found, 2) as (desk, checkpointer):
        await found[1].stop()
        await found[1].serve(evil(answer))
        await desk.handle(SESSION, Write(text="one"), ANN)
        assert found[1].name in await until_alert(checkpointer)
        assert await covered(log) == []


async def test_one_slow_cosigner_does_not_delay_a_quorum(log: Faulty, tmp_path: Path) -> None:
    """T0 + 2 s is HELD."""
    async with neighbours(2, tmp_path) as found, checkpointing(log, found, 1) as (desk, _):
        await found[1].stop()
        await found[1].serve(evil("", slow_s=10))
        await desk.handle(SESSION, Write(text="one"), ANN)
        await until_covered(log, 1, within_s=2)
