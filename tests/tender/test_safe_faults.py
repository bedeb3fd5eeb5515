"""The safe when the power is cut, the disk is full, or a bit flips."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remote_bid.tender.safe import Limits, NotThere, Progress, Safe
from remote_bid.timeline.durable import BROKEN_DISK
from tests.seal.bids import honest
from tests.tender.safes import (
    ANN,
    LARGE,
    SESSION,
    SMALL,
    UPLOAD,
    body,
    files_in,
    flip,
    held,
    is_there,
    put,
    refusal_of,
    root_of_file,
    safe_in,
    sha256,
)


class Disk:
    """What would be there after a power cut: every file as it was when it was last synced, names as of their folder's
    last sync.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._content = folder, dict[int, bytes]()
        self._names: dict[Path, int] = {}
        self._fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        if not path.is_relative_to(self._folder):
            pass
        elif path.is_dir():
            self._names = {name: at for name, at in self._names.items() if name.parent != path}
            self._names |= {item: item.stat().st_ino for item in path.iterdir() if item.is_file()}
        else:
            self._content[path.stat().st_ino] = path.read_bytes()
        self._fsync(descriptor)

    def after_the_cut(self, folder: Path) -> Path:
        """A copy of what survived."""
        for name, inode in self._names.items():
            target = folder / name.relative_to(self._folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self._content.get(inode, b""))
        return folder


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(tmp_path / "safe", monkeypatch)


async def test_what_was_acknowledged_survives_a_power_cut(tmp_path: Path, disk: Disk) -> None:
    safe = safe_in(tmp_path / "safe")
    key = safe.key(SESSION, ANN, UPLOAD)
    await safe.create(key, len(LARGE))
    offset = 0
    for number, size in enumerate((9, 5000, 1 << 20, 9)):
        offset = await safe.append(key, offset, body(LARGE[offset : offset + size]))
        again = safe_in(disk.after_the_cut(tmp_path / f"cut {number}"))
        assert await again.progress(key) == Progress(offset, len(LARGE))
        await again.append(key, offset, body(LARGE[offset:]))
        assert held(again) == LARGE
        assert tuple(again.measured(SESSION, ANN, UPLOAD)) == root_of_file(LARGE)
    await safe.append(key, offset, body(LARGE[offset:]))
    assert held(safe_in(disk.after_the_cut(tmp_path / "last cut"))) == LARGE


async def test_an_envelope_of_one_piece_survives_a_power_cut(tmp_path: Path, disk: Disk) -> None:
    await put(safe_in(tmp_path / "safe"))
    again = safe_in(disk.after_the_cut(tmp_path / "cut"))
    assert held(again) == SMALL
    assert tuple(again.measured(SESSION, ANN, UPLOAD)) == root_of_file(SMALL)


async def test_bytes_that_were_not_acknowledged_do_not_count_after_a_crash(tmp_path: Path) -> None:
    """They may be on disk, or zeros in their place."""
    safe = safe_in(tmp_path)
    key = safe.key(SESSION, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    await safe.append(key, 0, body(SMALL[:100]))
    [_, part] = files_in(tmp_path)
    with part.open("ab") as file:
        file.write(bytes(500))
    again = safe_in(tmp_path)
    assert await again.progress(key) == Progress(100, len(SMALL))
    await again.append(key, 100, body(SMALL[100:]))
    assert held(again) == SMALL


@pytest.mark.parametrize("torn", [b'{"offset":200,"len', b"\0\0\0\0", b"\n", b'{"offset":-1}\n', b"\xff" * 50 + b"\n"])
async def test_a_torn_line_of_the_journal_is_no_acknowledgement(tmp_path: Path, torn: bytes) -> None:
    safe = safe_in(tmp_path)
    key = safe.key(SESSION, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    await safe.append(key, 0, body(SMALL[:100]))
    [journal, _] = files_in(tmp_path)
    journal.write_bytes(journal.read_bytes() + torn)
    again = safe_in(tmp_path)
    await again.append(key, 100, body(SMALL[100:200]))
    assert await safe_in(tmp_path).progress(key) == Progress(200, len(SMALL))


async def test_the_offset_never_exceeds_the_bytes_that_are_there(tmp_path: Path) -> None:
    safe = safe_in(tmp_path)
    key = safe.key(SESSION, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    for start in range(0, 300, 100):
        await safe.append(key, start, body(SMALL[start : start + 100]))
    [_, part] = files_in(tmp_path)
    os.truncate(part, 250)
    again = safe_in(tmp_path)
    assert await again.progress(key) == Progress(200, len(SMALL))
    await again.append(key, 200, body(SMALL[200:]))
    assert held(again) == SMALL


@pytest.mark.parametrize("missing", [".journal", ".part"])
async def test_half_of_an_upload_is_none(tmp_path: Path, missing: str) -> None:
    safe = safe_in(tmp_path)
    key = safe.key(SESSION, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    next(path for path in files_in(tmp_path) if path.suffix == missing).unlink()
    again = safe_in(tmp_path)
    with pytest.raises(NotThere):
        await again.progress(key)
    assert files_in(tmp_path) == []
    await put(again)


AT_THE_FSYNC = """
import asyncio, errno, os, sys
from pathlib import Path
from tests.tender.safes import put, safe_in

synced = 0

def fsync(descriptor):
    global synced
    synced += 1
    if synced > int(sys.argv[2]):
        raise OSError(errno.EIO, "the disk failed")

os.fsync = fsync
asyncio.run(put(safe_in(Path(sys.argv[1]))))
print("kept whole")
"""


@pytest.mark.slow
def test_an_fsync_that_fails_ends_the_process(tmp_path: Path) -> None:
    """Whichever it is; and is never tried again. Nothing is acknowledged."""
    codes = []
    for number in range(20):
        folder = tmp_path / str(number)
        command = [sys.executable, "-c", AT_THE_FSYNC, str(folder), str(number)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own
        codes.append(ended.returncode)
        assert ("kept whole" in ended.stdout) == (ended.returncode == 0)
        if ended.returncode == 0:
            break
        assert "the disk failed" in ended.stdout
    assert codes == [BROKEN_DISK] * (len(codes) - 1) + [0]
    assert len(codes) > 4


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(  # noqa: S603 - our own words
        ["/bin/mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["/bin/umount", str(folder)], check=True)  # noqa: S603 - our own words


BIG = Limits(part=1 << 30, quota=1 << 32, most=50, reserve=0)


async def test_a_full_disk_is_said_and_nothing_is_lost(small_disk: Path, tmp_path: Path) -> None:
    safe = Safe(small_disk, bytes(32), BIG)
    await put(safe, upload="earlier")
    file = honest(bytes(2 << 20)).file
    key = safe.key(SESSION, ANN, UPLOAD)
    await safe.create(key, len(file))
    await safe.append(key, 0, body(file[: 1 << 20]))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(int(os.statvfs(small_disk).f_bavail * 4096 - 500_000)))
    assert await refusal_of(safe.append(key, 1 << 20, body(file[1 << 20 :]))) == "storage_full"
    assert held(safe, upload="earlier") == SMALL
    for again in (safe, Safe(small_disk, bytes(32), BIG)):
        assert await again.progress(key) == Progress(1 << 20, len(file))
    ballast.unlink()
    await safe.append(key, 1 << 20, body(file[1 << 20 :]))
    assert held(safe) == file


async def test_the_reserve_of_the_disk_is_not_given_away(small_disk: Path) -> None:
    safe = Safe(small_disk, bytes(32), Limits(part=1 << 30, quota=1 << 32, most=50, reserve=2 << 20))
    first = safe.key(SESSION, ANN, "first")
    await safe.create(first, 1 << 20)
    assert await refusal_of(safe.create(safe.key(SESSION, ANN, "second"), 3 << 19)) == "storage_full"
    await safe.drop(first)
    await safe.create(safe.key(SESSION, ANN, "second"), 3 << 19)


class FullAt:
    """A disk that is full from its nth write on."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def __call__(self, file: Any, data: bytes) -> None:
        self.left -= 1
        if self.left < 0:
            file.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "full")
        file.write(data)


async def test_a_disk_full_at_any_write_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, journal, hashes: each write in its turn, half of it done."""
    refused = []
    for nth in range(20):
        safe = safe_in(tmp_path / str(nth))
        key = safe.key(SESSION, ANN, UPLOAD)
        await safe.create(key, len(LARGE))
        full = FullAt(nth)
        with monkeypatch.context() as disk:
            for module in ("arrival", "shelf"):
                disk.setattr(f"remote_bid.tender.safe.{module}.write_all", full)
            refused.append(await with_what_room_there_is(safe))
        for again in (safe, safe_in(tmp_path / str(nth))):
            offset, _ = await again.progress(key)
            assert held(again) == LARGE if offset == len(LARGE) else not is_there(again)
        await again.append(key, offset, body(LARGE[offset:]))
        assert held(again) == LARGE
        assert tuple(again.measured(SESSION, ANN, UPLOAD)) == root_of_file(LARGE)
        if not refused[-1]:
            break
    assert refused == ["storage_full"] * (len(refused) - 1) + [""]
    assert len(refused) > 4


async def with_what_room_there_is(safe: Safe) -> str:
    key = safe.key(SESSION, ANN, UPLOAD)
    for start, end in ((0, 9), (9, 1 << 20), (1 << 20, len(LARGE))):
        try:
            await safe.append(key, start, body(LARGE[start:end]), sha256(LARGE[start:end]))
        except Exception as error:
            return str(getattr(error, "code", error))
    return ""


async def test_a_bit_flipped_in_the_hashes_costs_time_and_nothing_else(tmp_path: Path) -> None:
    safe = safe_in(tmp_path)
    await put(safe, LARGE)
    [path] = [path for path in files_in(tmp_path) if path.suffix == ".leaves"]
    flip(path, 40)
    assert tuple(safe.measured(SESSION, ANN, UPLOAD)) == root_of_file(LARGE)
