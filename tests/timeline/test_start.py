"""What must be so before a server serves: its cosigners know this log's head, nothing later, and the same time."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest

from remote_bid.gateway.cosigners import HttpCosigner
from remote_bid.seal.canonical import b64, unb64
from remote_bid.timeline.entry import Entry
from remote_bid.timeline.log import MemoryLog
from remote_bid.timeline.note import NamedKey
from remote_bid.timeline.office import office_keys
from remote_bid.timeline.start import MayNotServe, require_cosigned_head, require_covered
from tests.gateway.house import LOG, House, premises
from tests.played import environment
from tests.timeline.cosigners import LOG_KEY, ORIGIN, Neighbour, as_asked, neighbours
from tests.timeline.guestbook import ANN, Write, desk_over
from tests.timeline.hours import Running
from tests.timeline.logs import HALL


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def log_of(length: int, prefix: str = "head") -> MemoryLog:
    log = MemoryLog(Running())
    for seq in range(1, length + 1):
        await log.add_leaf(HALL.id, seq, f"{prefix}{seq}")
    return log


async def start(
    log: MemoryLog, found: list[Neighbour], http: aiohttp.ClientSession, quorum: int = 1, off_s: float = 0.0
) -> None:
    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=off_s)

    await require_cosigned_head(log, ORIGIN, LOG_KEY, as_asked(found, http), quorum, now, wait_s=0.3)


@pytest.mark.parametrize("length", [0, 1, 5])
async def test_a_log_whose_head_is_cosigned_may_serve_again_and_again(
    length: int, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with neighbours(2, tmp_path) as found:
        for _ in range(2):
            await start(await log_of(length), list(found), http, quorum=2)


async def test_a_log_that_has_grown_since_may_serve(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    async with neighbours(1, tmp_path) as found:
        await start(await log_of(2), list(found), http)
        await start(await log_of(5), list(found), http)


@pytest.mark.parametrize("left", [0, 1, 4])
async def test_a_log_behind_its_last_cosigned_head_does_not_serve(
    left: int, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with neighbours(1, tmp_path) as found:
        await start(await log_of(5), list(found), http)
        with pytest.raises(MayNotServe, match="behind its last cosigned head"):
            await start(await log_of(left), list(found), http)


@pytest.mark.parametrize("length", [5, 7])
async def test_a_rewritten_log_does_not_serve(length: int, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    async with neighbours(1, tmp_path) as found:
        await start(await log_of(5), list(found), http)
        with pytest.raises(MayNotServe, match="rewritten"):
            await start(await log_of(length, "forged"), list(found), http)


async def test_one_cosigner_that_has_signed_more_is_enough_to_refuse(
    http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """Also where a quorum is not asked for."""
    async with neighbours(2, tmp_path) as found:
        await start(await log_of(5), list(found[1:]), http)
        for quorum in (0, 1):
            with pytest.raises(MayNotServe, match=found[1].name):
                await start(await log_of(2), list(found), http, quorum)


async def test_without_a_quorum_nobody_is_served(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    async with neighbours(2, tmp_path) as found:
        await found[1].stop()
        with pytest.raises(MayNotServe, match=f"Only 1 of 2 .*{found[1].name}"):
            await start(await log_of(1), list(found), http, quorum=2)
        await start(await log_of(1), list(found), http, quorum=1)
        await start(await log_of(1), list(found), http, quorum=0)


@pytest.mark.parametrize("off_s", [3600, -3600, 30, -30])
async def test_a_clock_that_is_off_its_cosigners_does_not_serve(
    off_s: float, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with neighbours(1, tmp_path) as found:
        with pytest.raises(MayNotServe, match=r"clock is [+-]\d+ s off"):
            await start(await log_of(1), list(found), http, off_s=off_s)


async def test_a_session_behind_a_head_in_the_platform_log_is_not_served() -> None:
    log = MemoryLog(Running())
    await log.create(HALL)
    desk = desk_over(log)
    entries: list[Entry] = [*await desk.handle(HALL.id, Write(text="one"), ANN)]
    await log.add_leaf(HALL.id, 1, b64(entries[0].leaf))
    require_covered(await desk.load(), await log.leaves(0))
    await log.add_leaf(HALL.id, 2, "a head that was there before the backup")
    with pytest.raises(MayNotServe, match=HALL.id):
        require_covered(await desk.load(), await log.leaves(0))


def serve(house: House, *before: str) -> "subprocess.CompletedProcess[str]":
    """`remote-bid serve` until it ends by itself."""
    settings = house.folder / "settings.json"
    settings.write_bytes(msgspec.json.encode(msgspec.structs.replace(house.settings, cosigners_within_s=0.5)))
    command = [*before, sys.executable, "-m", "remote_bid", "serve", str(settings), "--data", str(house.server_folder)]
    env = {**environment(), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)  # noqa: S603 - our own program


async def test_the_program_ends_with_a_sentence_and_a_code(tmp_path: Path) -> None:
    """A backup is restored: the cosigner remembers what this log has forgotten."""
    async with premises(tmp_path) as house:
        keys = office_keys(house.server_folder / "office.json")
        [cosigner] = house.settings.cosigners
        async with aiohttp.ClientSession() as http:
            asked = HttpCosigner(NamedKey(name=cosigner.name, key=unb64(cosigner.key)), cosigner.url, http)
            forgotten = await log_of(1)
            await require_cosigned_head(forgotten, LOG, keys.log, [asked], 1, lambda: datetime.now(UTC), 1)
        ended = await asyncio.to_thread(serve, house)
    assert ended.returncode == 3
    assert "behind its last cosigned head" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("off", ["+1h", "-1h"])
async def test_the_program_does_not_serve_by_a_clock_an_hour_off(off: str, tmp_path: Path) -> None:
    async with premises(tmp_path) as house:
        ended = await asyncio.to_thread(serve, house, "faketime", "-f", off)
    assert ended.returncode == 3
    assert "off its cosigners'" in ended.stderr
