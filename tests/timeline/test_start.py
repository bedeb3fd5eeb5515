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
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.gateway.cosigners import HttpCosigner
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.tree import root_of
from remote_bid.timeline.checkpoint import CosignerAway
from remote_bid.timeline.entry import Entry
from remote_bid.timeline.log import MemoryLog, Platform
from remote_bid.timeline.note import Checkpoint, NamedKey, platform_leaf, sign
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


class Growing(MemoryLog):
    """Shows three leaves first, as before another process went on; then all of them."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__(Running())
        self._leaves, self._looked = log._leaves, False

    async def leaves(self, start: int) -> list[Platform]:
        looked, self._looked = self._looked, True
        return await super().leaves(start) if looked else self._leaves[start:3]


async def test_a_log_with_which_another_process_goes_on_meanwhile_may_serve(
    http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    log = await log_of(5)
    async with neighbours(1, tmp_path) as found:
        await start(log, list(found), http)
        await start(Growing(log), list(found), http)


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


# ── A cosigner that lies ─────────────────────────────────────────────────────────────────────────────────


def liar(**answers: tuple[int, str]) -> web.Application:
    """Answers by path (its last word); 404 elsewhere."""

    async def answer(request: web.Request) -> web.Response:
        status, text = answers.get(request.path.rpartition("-")[2], (404, ""))
        return web.Response(status=status, text=text)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def signed_note(size: int, key: ed25519.Ed25519PrivateKey = LOG_KEY, prefix: str = "head") -> str:
    leaves = [platform_leaf(HALL.id, seq, f"{prefix}{seq}") for seq in range(1, size + 1)]
    return sign(Checkpoint(origin=ORIGIN, size=size, root=root_of(leaves)), ORIGIN, key)


OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32)
LIES = {
    "it has signed more": {"checkpoint": (409, "999")},
    "it has signed another log": {"checkpoint": (422, "no")},
    "it has signed more, in another log's words": {"checkpoint": (409, "9"), "signed": (200, signed_note(9, OTHER))},
    "it has signed more, as what this log holds": {"checkpoint": (409, "9"), "signed": (200, signed_note(2))},
    "it has signed more, in noise": {"checkpoint": (409, "9"), "signed": (200, "\N{SNOWMAN}" * 70_000)},
    "a signature of nothing": {"checkpoint": (200, "\u2014 cosigner-1.example AAAA\n")},
    "noise": {"checkpoint": (200, "noise")},
    "the log has another key": {"checkpoint": (403, ""), "successors": (400, "no")},
    "an impossible number": {"checkpoint": (409, "9" * 5000)},
    "other leaves": {"leaves": (409, "17"), "checkpoint": (200, "")},
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_cosigner_that_lies_is_named_but_neither_believed_nor_in_the_way(
    lie: str, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with neighbours(2, tmp_path) as found:
        await found[1].stop()
        await found[1].serve(liar(**LIES[lie]))
        log = await log_of(2)
        honest, lying = (HttpCosigner(n.named, n.url, http, log.leaves) for n in found)
        for quorum in (0, 1):
            await require_cosigned_head(log, ORIGIN, LOG_KEY, [honest, lying], quorum, lambda: datetime.now(UTC), 0.3)
            assert (honest.alert, lying.key.name in lying.alert) == ("", True)
        with pytest.raises(MayNotServe, match=f"Only 1 of 2 .*{lying.key.name}"):
            await require_cosigned_head(log, ORIGIN, LOG_KEY, [honest, lying], 2, lambda: datetime.now(UTC), 0.3)


async def test_a_cosigner_that_sends_one_to_and_fro_is_not_followed(
    http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def to_and_fro(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=409, text=str(len(asked) % 2))

    app = web.Application()
    app.router.add_post("/add-leaves", to_and_fro)
    async with neighbours(1, tmp_path) as found:
        await found[0].stop()
        await found[0].serve(app)
        log = await log_of(2)
        cosigner = HttpCosigner(found[0].named, found[0].url, http, log.leaves)
        with pytest.raises(CosignerAway, match="does not take"):
            await cosigner.cosign("note", [])
        assert len(asked) == 2


@pytest.mark.parametrize("earlier", [False, True])
async def test_one_cosigner_that_proves_to_have_signed_more_is_enough_to_refuse(
    earlier: bool, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """By this log's own signature, with its key of now or an earlier one."""
    key = OTHER if earlier else LOG_KEY
    before = [NamedKey(name=ORIGIN, key=OTHER.public_key().public_bytes_raw())]
    async with neighbours(2, tmp_path) as found:
        for size, prefix in ((9, "head"), (2, "forgotten")):
            await found[1].stop()
            await found[1].serve(liar(checkpoint=(422, ""), signed=(200, signed_note(size, key, prefix))))
            with pytest.raises(MayNotServe, match=f"{found[1].name}.* behind its last cosigned head"):
                await require_cosigned_head(
                    await log_of(2), ORIGIN, LOG_KEY, as_asked(found, http), 1, lambda: datetime.now(UTC), 0.3, before
                )


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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("off", ["+1h", "-1h"])
async def test_the_program_does_not_serve_by_a_clock_an_hour_off(off: str, tmp_path: Path) -> None:
    async with premises(tmp_path) as house:
        ended = await asyncio.to_thread(serve, house, "faketime", "-f", off)
    assert ended.returncode == 3
    assert "off its cosigners'" in ended.stderr
