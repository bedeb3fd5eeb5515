"""What becomes of a stream on disk, whatever a client sends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from remote_bid.video.media import recorder
from remote_bid.video.media.frames import Frame
from remote_bid.video.media.recorder import Recorder
from remote_bid.video.media.router import Source
from remote_bid.video.media.segment import Segment
from remote_bid.video.media.track import Track
from remote_bid.video.stage import Kind, Recorded, RecorderState
from tests.video.media.probing import complaints, packets_of, seconds_of
from tests.video.media.staged import until

KEY = bytes.fromhex("10 1002009d012a8002e001")
SMALLER = bytes.fromhex("10 1002009d012a4001f000")
DELTA = b"\x10\x01" + bytes(40)
SOUND = b"\xf8\xff\xfe"


class Recording(NamedTuple):
    """A room being recorded, what was told of it, and when to end it."""

    room: Recorder
    told: list[Recorded | RecorderState]

    def whole(self) -> list[Recorded]:
        return [report for report in self.told if isinstance(report, Recorded)]

    def healths(self) -> list[tuple[bool, str]]:
        return [(report.healthy, report.cause) for report in self.told if isinstance(report, RecorderState)]

    def track(self, kind: Kind, seat: str = "anna") -> Track:
        return self.room.track(seat, Source(kind))


@asynccontextmanager
async def recording(folder: Path, segment_s: float = 10.0, room: str = "r1") -> AsyncIterator[Recording]:
    told: list[Recorded | RecorderState] = []
    made = Recording(Recorder(room, folder, segment_s, told.append), told)
    await until(lambda: told)
    try:
        yield made
    finally:
        await asyncio.to_thread(made.room.close)


def pictures(track: Track, seqs: range, payload: Callable[[int], bytes]) -> None:
    """One packet each, thirty a second."""
    for seq in seqs:
        track.take(0x80, seq & 0xFFFF, seq * 3000 & 0xFFFFFFFF, payload(seq))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def key_every(count: int) -> Callable[[int], bytes]:
    return lambda seq: KEY if seq % count == 0 else DELTA


async def test_a_stream_is_cut_into_segments_that_begin_with_key_frames(tmp_path: Path) -> None:
    async with recording(tmp_path, segment_s=1.0) as made:
        pictures(made.track("video"), range(0, 105), key_every(15))
    assert [(told.number, told.seconds) for told in made.whole()] == [(0, 1.5), (1, 1.5), (2, 0.5)]
    assert [told.path for told in made.whole()] == [f"r1/anna-video-0000{number}.webm" for number in range(3)]


async def test_a_hole_costs_the_pictures_up_to_the_next_key_frame(tmp_path: Path) -> None:
    async with recording(tmp_path) as made:
        track = made.track("video")
        pictures(track, range(0, 20), key_every(30))
        pictures(track, range(25, 45), key_every(30))
    [told] = made.whole()
    assert told.seconds == pytest.approx(1.5)
    assert await packets_of(tmp_path / told.path) == 20 + 15


async def test_a_picture_of_another_size_begins_another_segment(tmp_path: Path) -> None:
    async with recording(tmp_path) as made:
        pictures(made.track("video"), range(0, 40), lambda seq: KEY if seq == 0 else SMALLER if seq == 20 else DELTA)
    assert len(made.whole()) == 2


@pytest.mark.parametrize("jump", [-48_000, 0, 100 * 48_000])
async def test_a_clock_that_jumps_begins_another_segment_and_closes_no_room(tmp_path: Path, jump: int) -> None:
    async with recording(tmp_path) as made:
        track = made.track("audio")
        for seq in range(10):
            track.take(0, seq, 1_000_000 + seq * 960, SOUND)
        for seq in range(10, 20):
            track.take(0, seq, 1_000_000 + 9 * 960 + jump + (seq - 10) * 960, SOUND)
    assert len(made.whole()) == 2
    assert made.healths() == [(True, "")]


@pytest.mark.parametrize(
    "junk", [b"", b"\x00", b"\x10\x00", b"\x90\x80\x80", KEY[:6], b"\x10" + bytes(20), bytes(1100)]
)
async def test_no_payload_closes_a_room(tmp_path: Path, junk: bytes) -> None:
    async with recording(tmp_path) as made:
        kinds: tuple[Kind, ...] = ("audio", "video")
        for kind in kinds:
            track = made.track(kind)
            for seq in range(20):
                track.take(0x80, seq, seq * 3000, junk)
    assert made.healths() == [(True, "")]


async def test_sound_lasts_as_long_as_it_is_said_to(tmp_path: Path) -> None:
    async with recording(tmp_path) as made:
        track = made.track("audio")
        for seq in range(100):
            track.take(0, seq, seq * 960, SOUND)
    [told] = made.whole()
    assert told.seconds == 2.0
    assert await seconds_of(tmp_path / told.path) == pytest.approx(2.0, abs=0.05)
    assert await complaints(tmp_path / told.path) == ""


async def test_a_seat_that_comes_back_overwrites_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        async with recording(tmp_path) as made:
            for track in (made.track("audio"), made.track("audio", "berta")):
                track.take(0, 0, 0, SOUND)
                track.finish()
    assert names_in(tmp_path / "r1") == [
        f"{seat}-audio-0000{number}.webm" for seat in ("anna", "berta") for number in (0, 1)
    ]


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", ".", "专家-1", "expert:E1"])
async def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    async with recording(tmp_path / "recordings", room=name) as made:
        made.track("audio", seat=name).take(0, 0, 0, SOUND)
    [told] = made.whole()
    assert told.seat == told.room == name
    assert names_in(tmp_path) == ["recordings"]
    assert told.path.count("/") == 1


async def test_what_was_cut_off_is_made_whole(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    folder.mkdir()
    cut = Segment(folder / "anna-audio-00003.webm", "audio", Frame(SOUND, 0, 1_700_000_000.0, True))
    for step in range(100):
        cut.add(Frame(SOUND, step * 960 + 1, 0.0, True))
    content = (folder / "anna-audio-00003.webm.part").read_bytes()
    cut.abandon()
    (folder / "anna-audio-00003.webm.part").write_bytes(content)
    (folder / "anna-video-00000.webm.part").write_bytes(b"")
    async with recording(tmp_path) as made:
        await until(made.whole)
    [told] = made.whole()
    assert (told.seat, told.kind, told.number, told.began) == ("anna", "audio", 3, "2023-11-14T22:13:20.000Z")
    assert told.seconds > 1
    assert await complaints(tmp_path / told.path) == ""
    assert names_in(folder) == ["anna-audio-00003.webm"]


async def test_below_the_reserve_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "RESERVE", 1 << 60)
    async with recording(tmp_path) as made:
        made.track("audio").take(0, 0, 0, SOUND)
    assert made.healths() == [(False, "disk_full")]
    assert not made.whole()


async def test_a_disk_that_is_too_slow_is_a_broken_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_WAITING", 10)
    async with recording(tmp_path) as made:
        track = made.track("audio")
        for seq in range(50):
            track.take(0, seq, seq * 960, SOUND)
        await until(lambda: len(made.healths()) == 2)
    assert made.healths()[1] == (False, "io_error")


async def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "r1").write_bytes(b"a file where the folder should be")
    async with recording(tmp_path) as made:
        assert made.healths() == [(False, "io_error")]
