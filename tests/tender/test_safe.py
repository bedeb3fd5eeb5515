"""The safe: an upload is there whole or not at all, under a name that tells nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remote_bid.tender.safe import NotThere, Safe, TakenName, TooLarge

LIMIT = 1000
SESSION, ANN, UPLOAD = "KB-1", "91330000000000001A", "u-1"


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    return Safe(tmp_path / "safe", LIMIT)


async def body(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def held(safe: Safe, session: str = SESSION, person: str = ANN, upload: str = UPLOAD) -> bytes:
    with safe.open(session, person, upload) as file:
        return file.read()


def names(folder: Path, below: str = "safe") -> list[str]:
    return sorted(path.name for path in (folder / below).iterdir())


async def test_what_was_kept_is_there(safe: Safe) -> None:
    assert await safe.keep(SESSION, ANN, UPLOAD, body(b"one", b"", b"two")) == 6
    assert held(safe) == b"onetwo"


async def test_what_was_not_kept_is_not_there(safe: Safe) -> None:
    await safe.keep(SESSION, ANN, UPLOAD, body(b"one"))
    for place in (("KB-2", ANN, UPLOAD), (SESSION, "91330000000000002B", UPLOAD), (SESSION, ANN, "u-2"), ("", "", "")):
        with pytest.raises(NotThere):
            safe.open(*place)


@pytest.mark.parametrize("other", [b"second", b"firsT", b"first and more", b"", b"fir"])
async def test_nobody_exchanges_an_upload(safe: Safe, tmp_path: Path, other: bytes) -> None:
    """An envelope stays what it was when its submission was decided."""
    await safe.keep(SESSION, ANN, UPLOAD, body(b"first"))
    with pytest.raises(TakenName):
        await safe.keep(SESSION, ANN, UPLOAD, body(other))
    assert held(safe) == b"first"
    assert len(names(tmp_path)) == 1


async def test_the_same_upload_again_changes_nothing(safe: Safe, tmp_path: Path) -> None:
    """A client that did not hear the answer asks again."""
    assert [await safe.keep(SESSION, ANN, UPLOAD, body(b"fir", b"st")) for _ in range(3)] == [5, 5, 5]
    assert held(safe) == b"first"
    assert len(names(tmp_path)) == 1


async def test_an_upload_may_have_as_many_bytes_as_the_limit(safe: Safe) -> None:
    assert await safe.keep(SESSION, ANN, UPLOAD, body(bytes(600), bytes(400))) == LIMIT


@pytest.mark.parametrize("chunks", [[bytes(1001)], [bytes(600), bytes(401)], [b"x"] * 1001])
async def test_an_upload_beyond_the_limit_leaves_nothing(safe: Safe, tmp_path: Path, chunks: list[bytes]) -> None:
    with pytest.raises(TooLarge):
        await safe.keep(SESSION, ANN, UPLOAD, body(*chunks))
    assert names(tmp_path) == []


async def test_an_upload_beyond_the_limit_does_not_harm_the_earlier_one(safe: Safe) -> None:
    await safe.keep(SESSION, ANN, UPLOAD, body(b"first"))
    with pytest.raises(TooLarge):
        await safe.keep(SESSION, ANN, UPLOAD, body(bytes(LIMIT + 1)))
    assert held(safe) == b"first"


async def test_not_a_byte_more_than_the_limit_is_taken_in(safe: Safe) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 100
            yield bytes(100)

    with pytest.raises(TooLarge):
        await safe.keep(SESSION, ANN, UPLOAD, endless())
    assert taken == LIMIT + 100


async def broken_off(safe: Safe, content: bytes) -> None:
    async def dying() -> AsyncIterator[bytes]:
        yield content
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await safe.keep(SESSION, ANN, UPLOAD, dying())


async def test_an_upload_broken_off_is_not_there(safe: Safe) -> None:
    await broken_off(safe, b"half")
    with pytest.raises(NotThere):
        safe.open(SESSION, ANN, UPLOAD)


async def test_an_upload_broken_off_does_not_harm_the_earlier_one(safe: Safe) -> None:
    await safe.keep(SESSION, ANN, UPLOAD, body(b"whole"))
    await broken_off(safe, b"half")
    assert held(safe) == b"whole"


async def test_an_upload_is_not_there_before_its_last_byte(safe: Safe) -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"one"
        await gate.wait()
        yield b"two"

    keeping = asyncio.create_task(safe.keep(SESSION, ANN, UPLOAD, slow()))
    await asyncio.sleep(0.01)
    with pytest.raises(NotThere):
        safe.open(SESSION, ANN, UPLOAD)
    gate.set()
    await keeping
    assert held(safe) == b"onetwo"


async def test_an_upload_broken_off_leaves_nothing_on_the_disk(safe: Safe, tmp_path: Path) -> None:
    await broken_off(safe, b"half")
    assert names(tmp_path) == []


@pytest.mark.parametrize("same", [True, False], ids=["the same", "another"])
async def test_two_uploads_of_one_name_at_a_time_do_not_mix(safe: Safe, tmp_path: Path, same: bool) -> None:
    """A client that asks again over a new line, while the old one still hangs."""
    first_began, second_done = asyncio.Event(), asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield b"one "
        first_began.set()
        await second_done.wait()
        yield b"upload"

    first = asyncio.create_task(safe.keep(SESSION, ANN, UPLOAD, hanging()))
    await first_began.wait()
    second = b"one upload" if same else b"another upload"
    await safe.keep(SESSION, ANN, UPLOAD, body(second))
    second_done.set()
    [outcome] = await asyncio.gather(first, return_exceptions=True)
    assert outcome == 10 if same else isinstance(outcome, TakenName)
    assert held(safe) == second
    assert len(names(tmp_path)) == 1


async def test_a_cancelled_upload_leaves_nothing(safe: Safe, tmp_path: Path) -> None:
    began = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield b"half"
        began.set()
        await asyncio.Event().wait()

    keeping = asyncio.create_task(safe.keep(SESSION, ANN, UPLOAD, hanging()))
    await began.wait()
    assert len(names(tmp_path)) == 1
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    assert names(tmp_path) == []


@pytest.mark.parametrize("upload", ["..", "/etc/passwd", "a/../../b", "\0", "é" * 300, "x" * 5000, "", "C:\\x"])
async def test_no_name_leads_elsewhere(safe: Safe, tmp_path: Path, upload: str) -> None:
    await safe.keep(SESSION, ANN, upload, body(b"x"))
    assert held(safe, SESSION, ANN, upload) == b"x"
    assert names(tmp_path, ".") == ["safe"]
    assert len(names(tmp_path)) == 1


async def test_a_files_name_tells_nothing(safe: Safe, tmp_path: Path) -> None:
    for person in (ANN, "91330000000000002B"):
        for upload in (UPLOAD, "u-2"):
            await safe.keep(SESSION, person, upload, body(b"x"))
    found = names(tmp_path)
    assert len(found) == 4
    assert {len(name) for name in found} == {47}
    assert not any(said in name for name in found for said in (SESSION, ANN, UPLOAD, "u-2"))


async def test_names_that_run_together_are_not_confused(safe: Safe) -> None:
    await safe.keep("KB-1", "1ann", "u", body(b"one"))
    await safe.keep("KB-11", "ann", "u", body(b"two"))
    assert held(safe, "KB-1", "1ann", "u") == b"one"
    assert held(safe, "KB-11", "ann", "u") == b"two"


async def test_a_safe_opened_again_holds_what_it_held(safe: Safe, tmp_path: Path) -> None:
    await safe.keep(SESSION, ANN, UPLOAD, body(b"kept"))
    assert held(Safe(tmp_path / "safe", LIMIT)) == b"kept"
