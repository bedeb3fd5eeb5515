"""The safe: an upload is there whole or not at all, under a name that tells nothing.

One contract, two shelves: the local disk, and an object store (a fake one: moto's imitation of S3).
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from remote_bid.tender.safe import Limits, NotThere, Progress, Safe
from remote_bid.timeline.context import Refused
from tests.seal.bids import honest
from tests.tender.safes import (
    ANN,
    BOB,
    LARGE,
    LIMITS,
    OTHER,
    SESSION,
    SMALL,
    UPLOAD,
    body,
    broken,
    fake_s3,
    files_in,
    held,
    put,
    refusal_of,
    root_of_file,
    safe_in,
    sha256,
    shelf_at,
)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as monkeypatch, fake_s3(monkeypatch) as endpoint:
        yield endpoint


@pytest.fixture(params=["local disk", "fake S3"])
def session(request: pytest.FixtureRequest) -> str:
    """A session of its own for each test: the bucket is shared."""
    return f"{SESSION} {request.node.name}"


@pytest.fixture
def safe(request: pytest.FixtureRequest, session: str, tmp_path: Path) -> Safe:
    if "fake S3" in session:
        return safe_in(tmp_path / "safe", shelf=shelf_at(request.getfixturevalue("s3")))
    return safe_in(tmp_path / "safe")


async def test_what_was_put_in_is_there(safe: Safe, session: str) -> None:
    await put(safe, LARGE, session)
    assert held(safe, session) == LARGE


async def test_it_is_measured_by_the_hashes_made_as_it_arrived(safe: Safe, session: str) -> None:
    await put(safe, LARGE, session)
    assert tuple(safe.measured(session, ANN, UPLOAD)) == root_of_file(LARGE)


async def test_it_arrives_in_pieces(safe: Safe, session: str) -> None:
    key = safe.key(session, ANN, UPLOAD)
    assert await safe.create(key, len(LARGE)) == Progress(0, len(LARGE))
    offset = 0
    for size in (5, 100, 1 << 20, len(LARGE)):
        piece = LARGE[offset : offset + size]
        assert await safe.progress(key) == Progress(offset, len(LARGE))
        offset = await safe.append(key, offset, body(piece), sha256(piece))
    assert await safe.progress(key) == Progress(len(LARGE), len(LARGE))
    assert held(safe, session) == LARGE
    assert tuple(safe.measured(session, ANN, UPLOAD)) == root_of_file(LARGE)


async def test_what_was_not_put_in_is_not_there(safe: Safe, session: str) -> None:
    await put(safe, session=session)
    for place in (("KB-2", ANN, UPLOAD), (session, BOB, UPLOAD), (session, ANN, "u-2"), ("", "", "")):
        for ask in (safe.open, safe.measured):
            with pytest.raises(NotThere):
                ask(*place)
        for doing in (safe.progress, safe.drop):
            with pytest.raises(NotThere):
                await doing(safe.key(*place))
        with pytest.raises(NotThere):
            await safe.append(safe.key(*place), 0, body(SMALL))


async def test_it_is_not_there_before_its_last_byte(safe: Safe, session: str) -> None:
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    await safe.append(key, 0, body(SMALL[:-1]))
    with pytest.raises(NotThere):
        safe.open(session, ANN, UPLOAD)
    await safe.append(key, len(SMALL) - 1, body(SMALL[-1:]))
    assert held(safe, session) == SMALL


async def test_beginning_again_changes_nothing(safe: Safe, session: str) -> None:
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    await safe.append(key, 0, body(SMALL[:9]))
    assert await safe.create(key, len(SMALL)) == Progress(9, len(SMALL))
    await safe.append(key, 9, body(SMALL[9:]))
    assert await safe.create(key, len(SMALL)) == Progress(len(SMALL), len(SMALL))
    assert await safe.append(key, len(SMALL), body()) == len(SMALL)


async def test_nobody_exchanges_an_upload(safe: Safe, session: str) -> None:
    """An envelope stays what it was when its submission was decided."""
    await put(safe, session=session)
    key = safe.key(session, ANN, UPLOAD)
    assert await refusal_of(safe.create(key, len(LARGE))) == "name_taken"
    assert await refusal_of(safe.append(key, 0, body(OTHER))) == "wrong_offset"
    assert await refusal_of(safe.drop(key)) == "upload_finished"
    assert held(safe, session) == SMALL


async def test_a_second_server_does_not_exchange_an_upload(
    safe: Safe, session: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Its own uploads on their way, the same shelf."""
    shelf = shelf_at(request.getfixturevalue("s3")) if "fake S3" in session else safe._shelf
    second = safe_in(tmp_path / "second", shelf=shelf)  # type: ignore[arg-type]  # either shelf
    key = safe.key(session, ANN, UPLOAD)
    await second.create(key, len(OTHER))
    await put(safe, session=session)
    assert await refusal_of(second.append(key, 0, body(OTHER))) == "name_taken"
    assert held(safe, session) == SMALL


async def test_a_piece_begins_where_the_last_one_ended(safe: Safe, session: str) -> None:
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    await safe.append(key, 0, body(SMALL[:9]))
    for offset in (0, 8, 10, len(SMALL)):
        assert await refusal_of(safe.append(key, offset, body(SMALL[offset:]))) == "wrong_offset"
    assert await safe.progress(key) == Progress(9, len(SMALL))


async def test_a_piece_that_was_changed_on_its_way_is_not_kept(safe: Safe, session: str) -> None:
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(LARGE))
    await safe.append(key, 0, body(LARGE[:900]))
    changed = bytearray(LARGE[900:])
    changed[-1] ^= 1
    assert await refusal_of(safe.append(key, 900, body(bytes(changed)), sha256(LARGE[900:]))) == "wrong_checksum"
    assert await safe.progress(key) == Progress(900, len(LARGE))
    await safe.append(key, 900, body(LARGE[900:]), sha256(LARGE[900:]))
    assert held(safe, session) == LARGE


async def test_a_line_that_breaks_loses_nothing_that_came_before(safe: Safe, session: str) -> None:
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(LARGE))
    with pytest.raises(ConnectionResetError):
        await safe.append(key, 0, broken(LARGE[:5000], LARGE[5000:6000]))
    assert await safe.progress(key) == Progress(6000, len(LARGE))
    await safe.append(key, 6000, body(LARGE[6000:]))
    assert held(safe, session) == LARGE


async def test_a_checked_piece_of_a_broken_line_is_sent_again(safe: Safe, session: str) -> None:
    """Half of it cannot be checked."""
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(LARGE))
    for error in (ConnectionResetError, TimeoutError):
        with pytest.raises(error):
            await safe.append(key, 0, broken(LARGE[:5000], error=error), sha256(LARGE))
    assert await safe.progress(key) == Progress(0, len(LARGE))


async def test_not_a_byte_more_than_was_said_is_taken_in(safe: Safe, session: str) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield SMALL
        while True:
            taken += 100
            yield bytes(100)

    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    assert await refusal_of(safe.append(key, 0, endless())) == "too_large"
    assert taken == 100
    assert await safe.progress(key) == Progress(0, len(SMALL))


async def test_two_pieces_at_a_time_do_not_mix(safe: Safe, session: str) -> None:
    key, gate = safe.key(session, ANN, UPLOAD), asyncio.Event()
    await safe.create(key, len(SMALL))

    async def slow() -> AsyncIterator[bytes]:
        yield SMALL[:9]
        await gate.wait()

    first = asyncio.create_task(safe.append(key, 0, slow()))
    second = asyncio.create_task(safe.append(key, 0, body(SMALL)))
    await asyncio.sleep(0.01)
    gate.set()
    assert await first == 9
    assert await refusal_of(second) == "wrong_offset"
    await safe.append(key, 9, body(SMALL[9:]))
    assert held(safe, session) == SMALL


async def test_what_is_on_its_way_can_be_taken_back(safe: Safe, session: str, tmp_path: Path) -> None:
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    await safe.append(key, 0, body(SMALL[:9]))
    await safe.drop(key)
    with pytest.raises(NotThere):
        await safe.progress(key)
    assert files_in(tmp_path) == []


async def test_uploads_that_no_bid_names_are_cleared_away(safe: Safe, session: str) -> None:
    for upload in ("named", "orphan"):
        await put(safe, session=session, upload=upload)
    await put(safe, session=session, person=BOB, upload="named")
    await put(safe, session="KB-another", upload="elsewhere")
    await safe.create(safe.key(session, ANN, "on its way"), len(SMALL))
    assert await safe.clear(session, {(ANN, "named")}) == 3
    assert held(safe, session, upload="named") == SMALL
    assert held(safe, "KB-another", upload="elsewhere") == SMALL
    for gone in ((ANN, "orphan"), (BOB, "named"), (ANN, "on its way")):
        with pytest.raises(NotThere):
            await safe.progress(safe.key(session, *gone))
    await safe.clear("KB-another", set())


async def test_one_person_has_a_quota_in_each_session(safe: Safe, session: str) -> None:
    for number in range(LIMITS.most):
        await put(safe, session=session, upload=f"u-{number}")
    assert await refusal_of(safe.create(safe.key(session, ANN, "one more"), len(SMALL))) == "too_large"
    await put(safe, session=session, person=BOB)
    await put(safe, session=f"{session} 2")


async def test_the_quota_counts_bytes_that_are_still_to_come(safe: Safe, session: str) -> None:
    for number in range(2):
        await safe.create(safe.key(session, ANN, f"u-{number}"), LIMITS.part)
    assert await refusal_of(safe.create(safe.key(session, ANN, "u-3"), 1)) == "too_large"
    await safe.drop(safe.key(session, ANN, "u-1"))
    await safe.create(safe.key(session, ANN, "u-3"), 1)


async def test_a_part_has_a_limit(safe: Safe, session: str) -> None:
    assert await refusal_of(safe.create(safe.key(session, ANN, UPLOAD), LIMITS.part + 1)) == "too_large"


async def test_a_safe_opened_again_holds_what_it_held(tmp_path: Path) -> None:
    await put(safe_in(tmp_path / "safe"), LARGE)
    assert held(safe_in(tmp_path / "safe")) == LARGE


@pytest.mark.parametrize("upload", ["..", "/etc/passwd", "a/../../b", "\0", "é" * 300, "x" * 5000, "", "C:\\x"])
async def test_no_name_leads_elsewhere(tmp_path: Path, upload: str) -> None:
    safe = safe_in(tmp_path / "safe")
    await put(safe, upload=upload)
    assert held(safe, upload=upload) == SMALL
    assert {path.parent.parent for path in files_in(tmp_path)} == {tmp_path / "safe" / "kept"}


async def test_a_files_name_tells_nothing_without_the_servers_secret(tmp_path: Path) -> None:
    """Persons are few and known: a plain hash of one would tell who it is."""
    first, second = safe_in(tmp_path), Safe(tmp_path, b"\1" * 32, LIMITS)
    assert not set(first.key(SESSION, ANN, UPLOAD)) & set(second.key(SESSION, ANN, UPLOAD))
    await put(first)
    names = [str(path.relative_to(tmp_path)) for path in files_in(tmp_path)]
    assert not any(said in name for name in names for said in (SESSION, ANN, UPLOAD))


async def test_names_that_run_together_are_not_confused(tmp_path: Path) -> None:
    safe = safe_in(tmp_path)
    assert safe.key("KB-1", "1ann", "u") != safe.key("KB-11", "ann", "u")


async def test_the_object_store_away_is_said_and_nothing_is_sent_again(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_at(s3)
    safe, session = safe_in(tmp_path, shelf=shelf), "KB-away"
    key = safe.key(session, ANN, UPLOAD)
    await safe.create(key, len(SMALL))
    with monkeypatch.context() as away:
        away.setattr(shelf, "keep", shelf_at("http://127.0.0.1:9").keep)
        assert await refusal_of(safe.append(key, 0, body(SMALL))) == "storage_away"
        assert await refusal_of(safe.progress(key)) == "storage_away"
    assert await safe.progress(key) == Progress(len(SMALL), len(SMALL))
    assert held(safe, session) == SMALL


async def test_large_envelopes_reach_the_object_store_in_parts(s3: str, tmp_path: Path) -> None:
    file = honest(bytes(18 << 20)).file
    safe = safe_in(tmp_path, Limits(part=len(file), quota=len(file), most=1, reserve=0), shelf_at(s3))
    await put(safe, file, "KB-large")
    assert held(safe, "KB-large") == file
    assert files_in(tmp_path) == []


async def test_what_one_process_has_begun_another_goes_on_with(tmp_path: Path) -> None:
    ann, bob = safe_in(tmp_path), safe_in(tmp_path)
    key = ann.key(SESSION, ANN, UPLOAD)
    await ann.create(key, len(SMALL))
    for at, safe in zip(range(0, len(SMALL), 50), itertools.cycle([bob, ann]), strict=False):
        assert await safe.append(key, at, body(SMALL[at : at + 50])) == min(at + 50, len(SMALL))
    assert (await ann.progress(key)).offset == (await bob.progress(key)).offset == len(SMALL)
    assert bob.open(SESSION, ANN, UPLOAD).read() == SMALL


async def test_of_two_processes_that_take_in_the_same_piece_one_is_told_where_it_is(tmp_path: Path) -> None:
    safes = [safe_in(tmp_path) for _ in range(4)]
    key = safes[0].key(SESSION, ANN, UPLOAD)
    progress = await asyncio.gather(*(safe.create(key, len(SMALL)) for safe in safes))
    assert {one.offset for one in progress} == {0}
    pieces = (safe.append(key, 0, body(SMALL[:100])) for safe in safes)
    found = await asyncio.gather(*pieces, return_exceptions=True)
    assert [one for one in found if not isinstance(one, Exception)] == [100]
    assert {one.code for one in found if isinstance(one, Refused)} == {"wrong_offset"}


async def test_a_quota_counts_what_every_process_has_begun(tmp_path: Path) -> None:
    ann, bob = (safe_in(tmp_path, Limits(part=4 << 20, quota=8 << 20, most=1, reserve=0)) for _ in range(2))
    await ann.create(ann.key(SESSION, ANN, "one"), 100)
    with pytest.raises(Refused):
        await bob.create(bob.key(SESSION, ANN, "two"), 100)


async def test_a_process_that_starts_leaves_anothers_uploads_alone(tmp_path: Path) -> None:
    ann = safe_in(tmp_path)
    key = ann.key(SESSION, ANN, UPLOAD)
    await ann.create(key, len(SMALL))
    await ann.append(key, 0, body(SMALL[:100]))
    safe_in(tmp_path)
    assert await ann.append(key, 100, body(SMALL[100:])) == len(SMALL)
