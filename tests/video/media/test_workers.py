"""A stage of real processes over real sockets: what passes, what is recorded, and that nothing else does."""

import asyncio
import hashlib
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from remote_bid.timeline.failpoints import VARIABLE
from remote_bid.video.media.workers import Workers
from remote_bid.video.stage import (
    CloseRoom,
    Heard,
    Linked,
    OpenRoom,
    Recorded,
    RecorderState,
    Showed,
    Unlinked,
)
from tests.video.media.floods import PER_S, flooded
from tests.video.media.peers import Peer
from tests.video.media.probing import complaints, seconds_of
from tests.video.media.staged import ROOM, Reports, arranged, everybody, until, workers

pytestmark = pytest.mark.slow
BOTH = ("anna", "bert")


class Two:
    """A room with two who speak."""

    def __init__(self, stage: Workers) -> None:
        self.stage, self.reports = stage, Reports(stage)
        self.peers = [Peer(ROOM, seat, slots=1) for seat in BOTH]

    async def join(self) -> None:
        linked = len(self.reports.of(Linked))
        await asyncio.gather(*(peer.join(self.stage) for peer in self.peers))
        await until(lambda: len(self.reports.of(Linked)) == linked + 2)

    async def open(self, lease_s: float = 60.0) -> None:
        await self.reports.healthy()
        await self.stage.arrange(arranged(everybody(*BOTH), lease_s))

    async def all_pass(self) -> None:
        """More sound and pictures come to both than came so far."""
        before = [(peer.received("audio"), peer.received("video")) for peer in self.peers]
        await until(
            lambda: all(
                peer.received("audio") > heard + 20 and peer.received("video") > seen + 10
                for peer, (heard, seen) in zip(self.peers, before, strict=True)
            )
        )

    async def nothing_passes(self) -> None:
        """What was decoded stays what it is."""
        await asyncio.sleep(0.5)  # for what is buffered
        before = [peer.received() for peer in self.peers]
        await asyncio.sleep(1.0)
        assert [peer.received() for peer in self.peers] == before

    async def hang_up(self) -> None:
        await asyncio.gather(*(peer.leave() for peer in self.peers))

    def port(self) -> int:
        """Where the worker listens."""
        found = re.search(r" udp \d+ 127\.0\.0\.1 (\d+) typ host", self.peers[0].answer)
        assert found
        return int(found[1])


@asynccontextmanager
async def two(folder: Path, segment_s: float = 10.0) -> AsyncIterator[Two]:
    """Joined; closed."""
    async with workers(folder, segment_s=segment_s) as stage:
        room = Two(stage)
        await stage.open(OpenRoom(room=ROOM, slots=1))
        await room.join()
        try:
            yield room
        finally:
            await room.hang_up()


async def test_what_is_arranged_is_heard_seen_and_told(tmp_path: Path) -> None:
    async with two(tmp_path) as room:
        await room.open()
        await room.all_pass()
        await until(lambda: room.reports.of(Heard))
        assert {"bert"} in [{line.speaker for line in showed.showing} for showed in room.reports.of(Showed)]
        await room.hang_up()
        await until(lambda: {gone.seat for gone in room.reports.of(Unlinked)} == set(BOTH))


async def test_nothing_passes_before_it_is_arranged(tmp_path: Path) -> None:
    async with two(tmp_path) as room:
        await room.reports.healthy()
        await room.nothing_passes()
        assert [peer.received() for peer in room.peers] == [0, 0]


async def test_a_seat_whose_connection_does_not_stand_costs_the_others_nothing(tmp_path: Path) -> None:
    async with two(tmp_path) as room:
        absent = Peer(ROOM, "absent", slots=1)
        await room.stage.join(await absent.offer())
        await room.reports.healthy()
        await room.stage.arrange(arranged(everybody("absent", *BOTH)))
        await room.all_pass()
        assert "absent" not in [linked.seat for linked in room.reports.of(Linked)]


async def test_who_comes_late_is_shown_what_was_arranged_before(tmp_path: Path) -> None:
    async with two(tmp_path) as room:
        await room.reports.healthy()
        await room.stage.arrange(arranged(everybody("late", *BOTH)))
        late = Peer(ROOM, "late", slots=2)
        await late.join(room.stage)
        await until(lambda: late.received("audio") > 20 and late.received("video") > 10)
        await late.leave()


async def test_nothing_passes_when_the_lease_has_run_out(tmp_path: Path) -> None:
    async with two(tmp_path) as room:
        await room.open(lease_s=2.0)
        await room.all_pass()
        await asyncio.sleep(2.0)
        await room.nothing_passes()
        assert {line.speaker for line in room.reports.of(Showed)[-1].showing} == {""}


async def test_a_worker_that_stood_still_forwards_nothing_that_came_after_the_lease(tmp_path: Path) -> None:
    async with two(tmp_path) as room:
        await room.open(lease_s=2.0)
        await room.all_pass()
        [worker] = room.stage.processes()
        os.kill(worker, signal.SIGSTOP)
        try:
            await asyncio.sleep(2.5)
            heard = [peer.received("audio") for peer in room.peers]
        finally:
            os.kill(worker, signal.SIGCONT)
        await asyncio.sleep(1.0)
        assert [peer.received("audio") for peer in room.peers] == heard


async def test_recordings_are_whole_told_with_their_hash_and_of_the_length_they_claim(tmp_path: Path) -> None:
    async with two(tmp_path, segment_s=1.0) as room:
        await room.open()
        await until(lambda: len([told for told in room.reports.of(Recorded) if told.number >= 1]) >= 4)
        await room.stage.close(CloseRoom(room=ROOM))
        recorded = room.reports.of(Recorded)
        assert {(told.seat, told.kind) for told in recorded} == {(s, k) for s in BOTH for k in ("audio", "video")}
        for told in recorded:
            path = tmp_path / told.path
            assert await complaints(path) == ""
            assert is_as_told(path, told)
            assert await seconds_of(path) == pytest.approx(told.seconds, abs=0.1)
        assert sizes_of_parts(tmp_path) == []


def sizes_of_parts(folder: Path) -> list[int]:
    """What segments not finished hold so far, bytes."""
    return [part.stat().st_size for part in folder.rglob("*.part")]


def is_as_told(path: Path, told: Recorded) -> bool:
    """By size and hash."""
    content = path.read_bytes()
    return (len(content), hashlib.sha256(content).hexdigest()) == (told.size, told.sha256)


async def test_a_full_disk_closes_the_room_in_the_worker_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "segment_write.20:enospc")
    async with two(tmp_path) as room:
        await room.open()
        await until(lambda: [state.cause for state in room.reports.of(RecorderState) if not state.healthy])
        assert [state.cause for state in room.reports.of(RecorderState) if not state.healthy] == ["disk_full"]
        await room.nothing_passes()
        await room.reports.healthy()
        await room.nothing_passes()
        await room.open()
        await room.all_pass()


async def test_a_flush_that_fails_makes_no_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "segment_fsync.1:eio")
    async with two(tmp_path, segment_s=1.0) as room:
        await room.open()
        await until(lambda: [state.cause for state in room.reports.of(RecorderState) if not state.healthy])
        assert [state.cause for state in room.reports.of(RecorderState) if not state.healthy] == ["io_error"]
        assert not room.reports.of(Recorded)


async def test_a_killed_worker_is_started_again_its_rooms_are_joined_again_and_its_recordings_saved(
    tmp_path: Path,
) -> None:
    async with two(tmp_path) as room:
        await room.open()
        await until(lambda: [size > 2_000 for size in sizes_of_parts(tmp_path)] == [True] * 4)
        os.kill(room.stage.processes()[0], signal.SIGKILL)
        await until(lambda: {gone.seat for gone in room.reports.of(Unlinked)} == set(BOTH))
        assert [state.cause for state in room.reports.of(RecorderState) if not state.healthy] == ["worker_lost"]
        await room.hang_up()
        room.peers = [Peer(ROOM, seat, slots=1) for seat in BOTH]
        await room.reports.healthy()
        await room.join()
        await room.open()
        await room.all_pass()
        saved = room.reports.of(Recorded)
        assert {(told.seat, told.kind) for told in saved} == {(s, k) for s in BOTH for k in ("audio", "video")}
        assert [await complaints(tmp_path / told.path) for told in saved] == [""] * 4


async def test_forged_hellos_and_a_flood_lose_no_call(tmp_path: Path) -> None:
    async with workers(tmp_path) as stage:
        room = Two(stage)
        await stage.open(OpenRoom(room=ROOM, slots=1))
        await room.join()
        await room.open()
        async with flooded(room.port(), seconds=6.0) as outsider:
            await room.all_pass()
            late = Peer(ROOM, "carl", slots=1)
            await late.join(stage)
            await until(lambda: "carl" in [linked.seat for linked in room.reports.of(Linked)])
            before = [peer.received("audio") for peer in room.peers]
            await asyncio.sleep(2.0)
            heard = [peer.received("audio") - had for peer, had in zip(room.peers, before, strict=True)]
            said, _ = await outsider.communicate()
        assert int(said) >= 5.5 * PER_S
        assert min(heard) >= 90, "of the hundred packets of two seconds"
        assert not room.reports.of(Unlinked)
        await asyncio.gather(room.hang_up(), late.leave())
