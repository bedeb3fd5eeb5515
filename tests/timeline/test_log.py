"""One contract that every log keeps, whichever database is under it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from remote_bid.timeline.chain import genesis
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import MAIN, Entry, Who
from remote_bid.timeline.log import Log, Overtaken, Session, UnknownSession
from tests.timeline.guestbook import Claim, Claimed, Write, desk_over
from tests.timeline.logs import HALL, LOGS, Opened, entry, keep


@pytest.fixture(params=LOGS)
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opened]:
    async with LOGS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
async def log(opened: Opened) -> Log:
    await opened.log.create(HALL)
    return opened.log


async def test_a_session_is_created_once(opened: Opened) -> None:
    assert await opened.log.create(HALL)
    assert not await opened.log.create(Session(id=HALL.id, room="another", epoch="e-2"))
    assert await opened.log.find(HALL.id) == HALL
    assert await opened.log.sessions() == [HALL]


async def test_the_same_session_is_created_once(opened: Opened) -> None:
    assert [await opened.log.create(HALL) for _ in range(3)] == [True, False, False]


async def test_sessions_are_listed_oldest_first(opened: Opened) -> None:
    made = [Session(id=name, room="guestbook", epoch="e") for name in ("KB-2", "KB-1", "KB-10")]
    for session in made:
        await opened.log.create(session)
    assert await opened.log.sessions() == made


@pytest.mark.parametrize("name", ["nowhere", "", "\0", "KB-1 ", "kb-1", "é" * 500], ids=ascii)
async def test_an_unknown_session_is_unknown(log: Log, name: str) -> None:
    with pytest.raises(UnknownSession):
        await log.find(name)
    assert await log.read(name, 0) == []


async def test_of_parallel_creations_of_one_session_exactly_one_is_the_first(opened: Opened) -> None:
    made = [Session(id=HALL.id, room="guestbook", epoch=str(n)) for n in range(8)]
    assert sorted(await asyncio.gather(*(opened.log.create(session) for session in made))) == [False] * 7 + [True]
    assert (await opened.log.sessions()) == [await opened.log.find(HALL.id)]


async def test_what_was_appended_is_read_as_it_was(log: Log) -> None:
    first, whisper = entry("一"), entry("悄悄话", line="aside")
    second = entry("二", after=first)
    await keep(log, 0, first)
    await keep(log, 1, whisper, second)
    assert await log.read(HALL.id, 0) == [(1, [first]), (2, [whisper, second])]


async def test_reading_goes_on_after_a_version(log: Log) -> None:
    pages = await written(log, 5)
    assert await log.read(HALL.id, 3) == [(4, [pages[3]]), (5, [pages[4]])]
    assert await log.read(HALL.id, 5) == []


async def test_entries_of_a_turn_stay_in_their_order(log: Log) -> None:
    whispers = [entry(str(n), line=f"aside-{9 - n}") for n in range(9)]
    await keep(log, 0, *whispers, entry("main"))
    [(_, read)] = await log.read(HALL.id, 0)
    assert read == [*whispers, entry("main")]


async def test_of_two_turns_on_one_version_the_second_is_overtaken(log: Log) -> None:
    await keep(log, 0, entry("first"))
    with pytest.raises(Overtaken):
        await keep(log, 0, entry("second"))
    assert await log.read(HALL.id, 0) == [(1, [entry("first")])]


@pytest.mark.parametrize("decided_on", [-1, 1, 7])
async def test_a_turn_on_a_version_that_is_not_yet_is_overtaken(log: Log, decided_on: int) -> None:
    with pytest.raises(Overtaken):
        await keep(log, decided_on, entry("early"))
    assert await log.read(HALL.id, 0) == []


async def test_nothing_is_kept_of_a_turn_that_fails(log: Log) -> None:
    with pytest.raises(ZeroDivisionError):
        await failing(log)
    assert await log.read(HALL.id, 0) == []
    await keep(log, 0, entry("again"))
    assert await log.read(HALL.id, 0) == [(1, [entry("again")])]


async def test_nothing_is_kept_of_a_turn_that_is_cancelled(log: Log) -> None:
    appended = asyncio.Event()

    async def endless() -> None:
        async with log.turn(HALL.id, 0) as turn:
            await turn.append([entry("lost")])
            appended.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(endless())
    await appended.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await log.read(HALL.id, 0) == []
    await keep(log, 0, entry("again"))


async def test_a_turn_without_entries_changes_nothing(log: Log) -> None:
    async with log.turn(HALL.id, 0):
        pass
    assert await log.read(HALL.id, 0) == []
    await keep(log, 0, entry("first"))
    assert [version for version, _ in await log.read(HALL.id, 0)] == [1]


async def test_sessions_do_not_stand_in_each_others_way(log: Log) -> None:
    other = Session(id="KB-2", room="guestbook", epoch="e")
    await log.create(other)
    await keep(log, 0, entry("here"))
    async with log.turn(other.id, 0) as turn:
        await turn.append([entry("there")])
    assert await log.read(HALL.id, 0) == [(1, [entry("here")])]
    assert await log.read(other.id, 0) == [(1, [entry("there")])]


async def test_time_goes_forward(log: Log) -> None:
    times = [await keep(log, 0, entry("0"))]
    last = entry("0")
    for version in range(1, 30):
        last = entry(str(version), after=last)
        times.append(await keep(log, version, last))
    assert times == sorted(times)
    assert all(at.microsecond % 1000 == 0 and at.utcoffset() == timedelta(0) for at in times)


async def test_time_stands_still_while_the_clock_has_jumped_back(opened: Opened) -> None:
    await opened.log.create(HALL)
    began = await keep(opened.log, 0, entry("0"))
    ahead = began + timedelta(hours=1)
    await opened.clock_was_ahead(HALL.id, ahead)
    last = entry("0")
    for version in (1, 2):
        last = entry(str(version), after=last)
        assert await keep(opened.log, version, last) == ahead


async def test_100_parallel_turns_on_one_version_have_one_winner(log: Log) -> None:
    pages = [entry(str(n)) for n in range(100)]
    outcomes = await asyncio.gather(*(keep(log, 0, page) for page in pages), return_exceptions=True)
    [winner] = [n for n, outcome in enumerate(outcomes) if not isinstance(outcome, BaseException)]
    assert {type(outcome) for n, outcome in enumerate(outcomes) if n != winner} == {Overtaken}
    assert await log.read(HALL.id, 0) == [(1, [pages[winner]])]


@pytest.mark.slow
async def test_of_100_desks_exactly_one_wins_each_version(log: Log) -> None:
    desks = [desk_over(log) for _ in range(100)]
    for version in range(1, 4):
        prize = f"prize {version}"
        outcomes = await asyncio.gather(*(claimed(desk, n, prize) for n, desk in enumerate(desks)))
        assert outcomes.count("won") == 1
        assert outcomes.count("taken") == 99
    assert [(version, len(entries)) for version, entries in await log.read(HALL.id, 0)] == [(1, 1), (2, 1), (3, 1)]
    await assert_one_chain(log, 3)


async def test_desks_that_all_must_write_leave_neither_gap_nor_fork(log: Log) -> None:
    desks = [desk_over(log) for _ in range(10)]
    await asyncio.gather(*(desk.handle(HALL.id, Write(text=str(n)), guest(n)) for n, desk in enumerate(desks)))
    assert {e.fields["text"] for e in await assert_one_chain(log, 10)} == {str(n) for n in range(10)}


async def test_a_leaf_of_the_platform_log_is_added_once(log: Log) -> None:
    assert await log.add_leaf("KB-1", 1, "h1") == 0
    assert await log.add_leaf("KB-1", 2, "h2") == 1
    assert await log.add_leaf("KB-2", 1, "h3") == 2
    assert [await log.add_leaf("KB-1", 2, "h2") for _ in range(3)] == [1, 1, 1]
    assert [(leaf.index, leaf.session, leaf.seq, leaf.head) for leaf in await log.leaves(0)] == [
        (0, "KB-1", 1, "h1"),
        (1, "KB-1", 2, "h2"),
        (2, "KB-2", 1, "h3"),
    ]


async def test_leaves_that_are_added_in_parallel_leave_no_gap(log: Log) -> None:
    assert sorted(await asyncio.gather(*(log.add_leaf("KB-1", seq, "h") for seq in range(8)))) == list(range(8))
    assert set(await asyncio.gather(*(log.add_leaf("KB-2", 1, "h") for _ in range(8)))) == {8}
    assert [leaf.index for leaf in await log.leaves(0)] == list(range(9))


async def test_leaves_are_read_from_any_place_on(log: Log) -> None:
    for seq in range(1, 6):
        await log.add_leaf("KB-1", seq, f"h{seq}")
    for start in range(7):
        assert [leaf.index for leaf in await log.leaves(start)] == list(range(start, 5))


async def test_a_leaf_keeps_the_head_it_was_added_with(log: Log) -> None:
    await log.add_leaf("KB-1", 1, "true")
    await log.add_leaf("KB-1", 1, "forged")
    assert [leaf.head for leaf in await log.leaves(0)] == ["true"]


async def written(log: Log, count: int) -> list[Entry]:
    pages: list[Entry] = []
    for version in range(count):
        pages.append(entry(str(version), after=pages[-1] if pages else None))
        await keep(log, version, pages[-1])
    return pages


async def failing(log: Log) -> None:
    async with log.turn(HALL.id, 0) as turn:
        await turn.append([entry("lost")])
        raise ZeroDivisionError


async def claimed(desk: Desk, number: int, prize: str) -> str:
    try:
        [entry] = await desk.handle(HALL.id, Claim(prize=prize), guest(number))
    except Exception as refusal:
        return str(getattr(refusal, "code", refusal))
    assert entry.type == Claimed.__name__
    return "won"


def guest(number: int) -> Who:
    return Who(person=f"guest-{number}", role="guest")


async def assert_one_chain(log: Log, length: int) -> list[Entry]:
    turns = await log.read(HALL.id, 0)
    assert [version for version, _ in turns] == list(range(1, length + 1))
    entries = [entry for _, turn in turns for entry in turn]
    prev = genesis(HALL.id, MAIN)
    for seq, kept in enumerate(entries, start=1):
        assert (kept.line, kept.seq, kept.prev) == (MAIN, seq, prev)
        prev = kept.leaf
    times = [kept.fields["at"] for kept in entries]
    assert times == sorted(times)
    return entries
