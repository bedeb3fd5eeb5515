"""Calls by the front door over the real carrier: what is heard and seen, what falls silent, what was recorded."""

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from remote_bid.config import MediaAt
from remote_bid.video import commands as c
from remote_bid.video.stage import Join
from tests.gateway.called import BROADCAST, HOSTED, Caller, call_in, caller, entries_of
from tests.gateway.house import House, house
from tests.video.actors import BIDDER, EXPERT, HOST, SESSION, SUPERVISOR
from tests.video.media.peers import Peer

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
BEAT_S = 0.4


class Present:
    """Somebody in a call: a connection of its own, and signs of life as long as it wants to give any."""

    def __init__(self, who: Caller, seat: str, hertz: float) -> None:
        self.who, self.peer = who, Peer(who.session, seat, slots=4, hertz=hertz)
        self.line = ""
        self._beats = asyncio.create_task(self._beat())

    async def join(self, order: Join) -> str:
        """By the front door, as a page does."""
        status, told = await self.who.post("join", {"token": await self.who.ticket(), "offer": order.offer})
        assert status == 200, told
        self.line = told["line"]
        return str(told["answer"])

    async def _beat(self) -> None:
        while True:
            if self.line:
                await self.who.alive(self.line)
            await asyncio.sleep(BEAT_S)

    async def falls_silent(self) -> None:
        self._beats.cancel()
        await asyncio.gather(self._beats, return_exceptions=True)

    async def close(self) -> None:
        await self.falls_silent()
        await self.peer.leave()


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[House]:
    await call_in(tmp_path / "server")
    await call_in(tmp_path / "server", HOSTED, BROADCAST)
    async with house(tmp_path, media=MediaAt()) as found:
        yield found


async def present(
    hall: House, who: Any, seat: str, supervisor: Present | None, hertz: float, session: str = SESSION
) -> Present:
    person = await caller(hall, who, session)
    await person.done(c.AnswerNotice(agrees=True))
    if supervisor is not None:
        await person.done(c.EnterLobby())
        await supervisor.who.done(c.Admit(seat=seat))
    found = Present(person, seat, hertz)
    await found.peer.join(found)
    return found


async def until(holds: Any, within_s: float = 15) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, "it does not come to be"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def silence_after(*people: Present) -> float:
    """Seconds until nothing new is decoded at any of them."""
    began = last = time.monotonic()
    before = [-1]
    while time.monotonic() - last < 1.0:
        now = [person.peer.received() for person in people]
        if now != before:
            before, last = now, time.monotonic()
        assert time.monotonic() - began < 15, "it goes on"
        await asyncio.sleep(0.02)
    return last - began


async def test_a_call_is_carried_supervised_and_recorded(hall: House) -> None:
    supervisor = await present(hall, SUPERVISOR, "S01", None, 300.0)
    expert = await present(hall, EXPERT, "S05", supervisor, 440.0)
    bidder = await present(hall, BIDDER, "S02", supervisor, 700.0)
    everybody = (supervisor, expert, bidder)
    await until(lambda: supervisor.peer.received("video") > 20 and expert.peer.received("video") > 20)
    await until(lambda: bidder.peer.received("audio") > 50)
    seen = {mid for mid, count in bidder.peer.frames.items() if count and _is_video(bidder, mid)}
    assert len(seen) == 1, "the supervisor's picture, and no expert's"
    told = [body["showing"] for body in bidder.who.told if "showing" in body]
    assert {one["speaker"] for showing in told for one in showing if one["kind"] == "video"} <= {"", "S01"}
    await supervisor.falls_silent()
    assert await silence_after(expert, bidder) < 2.0
    await supervisor.peer.leave()
    supervisor = await again(supervisor, "S01", 300.0)
    heard = expert.peer.received()
    assert await until(lambda: expert.peer.received() > heard) < 1.0
    await supervisor.who.done(c.CloseCall())
    segments: list[dict[str, Any]] = []
    for _ in range(200):
        segments = [e.fields["segment"] for e in await entries_of(hall.server_folder) if e.type == "SegmentRecorded"]
        if len({(segment["seat"], segment["kind"]) for segment in segments}) == 6:
            break
        await asyncio.sleep(0.05)
    assert {segment["seat"] for segment in segments} == {"S01", "S02", "S05"}
    for segment in segments:
        raw = (hall.server_folder / "recordings" / segment["path"]).read_bytes()
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (segment["size"], segment["sha256"])
    for person in (*everybody[1:], supervisor):
        await person.close()


async def again(gone: Present, seat: str, hertz: float) -> Present:
    """The same person, with a new connection."""
    found = Present(gone.who, seat, hertz)
    await found.peer.join(found)
    return found


def _is_video(person: Present, mid: str) -> bool:
    lines = {line.mid: line.kind for line in person.peer.connection.getTransceivers()}
    return lines[mid] == "video"


class Listener:
    """One of a hall's many, signed in nowhere."""

    def __init__(self, hall: House) -> None:
        self._hall, self.peer, self.line = hall, Peer(BROADCAST, "", slots=1, speaks=False), ""

    async def join(self, order: Join) -> str:
        status, told = await self._hall.post(f"/api/calls/{BROADCAST}/listen", {"offer": order.offer})
        assert status == 200, told
        self.line = told["line"]
        return str(told["answer"])


async def test_a_hall_hears_its_host(hall: House) -> None:
    supervisor = await present(hall, SUPERVISOR, "S01", None, 300.0, BROADCAST)
    host = await present(hall, HOST, "S02", supervisor, 440.0, BROADCAST)
    socket, listeners = await hall.line(), [Listener(hall) for _ in range(3)]
    for listener in listeners:
        await listener.peer.join(listener)
    alive = [{"session": BROADCAST, "line": listener.line} for listener in listeners]
    for _ in range(60):
        answers = [await socket.call("alive", body) for body in alive]
        assert all(answer["ok"] for answer in answers), answers
        if all(one.peer.received("video") > 10 and one.peer.received("audio") > 20 for one in listeners):
            break
        await asyncio.sleep(0.2)
    assert all(one.peer.received("video") > 10 and one.peer.received("audio") > 20 for one in listeners)
    seats = {entry.fields.get("seat") for entry in await entries_of(hall.server_folder, BROADCAST)}
    assert seats == {None, "S01", "S02"}, "no entry says who listens"
    for listener in listeners:
        await listener.peer.leave()
    for person in (host, supervisor):
        await person.close()


async def test_a_dead_worker_closes_the_gate_and_everybody_may_come_again(hall: House) -> None:
    supervisor = await present(hall, SUPERVISOR, "S01", None, 300.0)
    expert = await present(hall, EXPERT, "S05", supervisor, 440.0)
    await until(lambda: expert.peer.received("video") > 5)
    for pid in media_workers():
        os.kill(pid, signal.SIGKILL)
    await noted(hall, "SeatLost", 2)
    for gone in (supervisor, expert):
        await gone.falls_silent()
        await gone.peer.leave()
    await noted(hall, "RecorderReady", 2)
    back = [await again(supervisor, "S01", 300.0), await again(expert, "S05", 440.0)]
    await until(lambda: back[1].peer.received("video") > 5)
    told = [entry.fields for entry in await entries_of(hall.server_folder)]
    assert "worker_lost" in [entry["cause"] for entry in told if entry["type"] == "RecorderFailed"]
    assert [entry["cause"] for entry in told if entry["type"] == "GateClosed"] == ["no_recorder"]
    for person in back:
        await person.close()


def media_workers() -> list[int]:
    """The processes that carry this test's calls."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if b"media.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def noted(hall: House, kind: str, times: int) -> None:
    """The timeline tells of it so often."""
    for _ in range(300):
        if [entry.type for entry in await entries_of(hall.server_folder)].count(kind) >= times:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{kind} is not noted {times} times")
