"""The desk when it is overtaken, cancelled or in doubt whether a commit was kept: what it answers is what is."""

import asyncio

import pytest

from remote_bid.timeline import instant
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Who
from remote_bid.timeline.trouble import LogAway
from tests.timeline.desks import SESSION, assert_one_after_another, book, heard, kept, refetched
from tests.timeline.faults import Broken, Faulty
from tests.timeline.guestbook import (
    ANN,
    BOB,
    Claim,
    Write,
    desk_over,
)
from tests.timeline.hours import Stopped


async def test_the_overtaken_decides_again_on_the_new_state_and_time(log: Faulty, watch: Stopped) -> None:
    late, early = desk_over(log), desk_over(log)
    await late.look(SESSION)
    watch.move(1000)
    await early.handle(SESSION, Claim(prize="cup"), ANN)
    watch.move(1000)
    with pytest.raises(Refused, match="first"):
        await late.handle(SESSION, Claim(prize="cup"), BOB)
    [entry] = await late.handle(SESSION, Write(text="pity"), BOB)
    assert (entry.seq, entry.fields["at"]) == (2, instant.text(watch.at))
    assert (await book(late)).prizes == {"cup": "ann"}


async def test_who_was_overtaken_hears_first_of_the_others_commits(log: Faulty) -> None:
    late, early = desk_over(log), desk_over(log)
    await late.look(SESSION)
    moves = heard(late)
    for text in ("one", "two"):
        await early.handle(SESSION, Write(text=text), ANN)
    await late.handle(SESSION, Write(text="three"), BOB)
    assert [entry.fields["text"] for moved in moves for entry in moved.entries] == ["one", "two", "three"]
    assert_one_after_another(moves)


async def test_listeners_hear_commits_in_order(desk: Desk) -> None:
    first, second = heard(desk), heard(desk)
    people = [Who(person=f"guest-{n}", role="guest") for n in range(20)]
    await asyncio.gather(*(desk.handle(SESSION, Write(text=who.person), who) for who in people))
    assert first == second
    assert [entry.seq for moved in first for entry in moved.entries] == list(range(1, 21))
    assert_one_after_another(first)
    assert first[-1].after == await desk.look(SESSION)


async def test_listeners_hear_only_what_is_committed(desk: Desk, log: Faulty) -> None:
    commits: list[int] = []
    desk.listen(lambda moved: commits.append(log.commits))
    log.slow_s = 0.01
    await desk.handle(SESSION, Write(text="one"), ANN)
    await desk.handle(SESSION, Write(text="two"), ANN)
    assert commits == [1, 2]


async def test_a_cancelled_caller_loses_neither_the_commit_nor_its_telling(desk: Desk, log: Faulty) -> None:
    moves = heard(desk)
    log.slow_s = 0.05
    caller = asyncio.create_task(desk.handle(SESSION, Write(text="hello"), ANN))
    await asyncio.sleep(0.01)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await kept(log) == []
    await desk.handle(SESSION, Write(text="next"), BOB)
    assert [entry.fields["text"] for entry in await kept(log)] == ["hello", "next"]
    assert [entry.fields["text"] for moved in moves for entry in moved.entries] == ["hello", "next"]


@pytest.mark.parametrize("after_s", [0.0, 0.001, 0.004, 0.008, 0.016])
async def test_a_caller_cancelled_at_any_moment_leaves_the_desk_in_order(
    desk: Desk, log: Faulty, after_s: float
) -> None:
    log.slow_s = 0.01
    caller = asyncio.create_task(desk.handle(SESSION, Write(text="hello"), ANN))
    await asyncio.sleep(after_s)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await asyncio.wait_for(desk.handle(SESSION, Write(text="next"), BOB), 1)
    assert await refetched(log) == await desk.look(SESSION)


async def test_failed_and_not_persisted_is_as_if_it_had_never_been(desk: Desk, log: Faulty) -> None:
    moves, log.lost = heard(desk), True
    with pytest.raises(Broken):
        await desk.handle(SESSION, Write(text="hello"), ANN)
    assert await kept(log) == []
    assert moves == []
    await desk.handle(SESSION, Write(text="hello"), ANN)
    assert [entry.seq for entry in await kept(log)] == [1]
    assert len(moves) == 1


async def test_failed_but_persisted_is_answered_as_what_it_is(desk: Desk, log: Faulty) -> None:
    moves, log.kept = heard(desk), True
    [entry] = await desk.handle(SESSION, Write(text="hello"), ANN)
    await desk.handle(SESSION, Write(text="next"), BOB)
    assert (await kept(log))[0] == entry
    assert [entry.fields["text"] for entry in await kept(log)] == ["hello", "next"]
    assert [entry.fields["text"] for moved in moves for entry in moved.entries] == ["hello", "next"]
    assert_one_after_another(moves)


async def test_failed_and_not_persisted_at_the_commit_is_refused_and_may_be_tried_again(
    desk: Desk, log: Faulty
) -> None:
    moves, log.unkept = heard(desk), True
    with pytest.raises(LogAway):
        await desk.handle(SESSION, Write(text="hello"), ANN)
    assert (moves, await kept(log)) == ([], [])
    await desk.handle(SESSION, Write(text="hello"), ANN)
    assert [entry.seq for entry in await kept(log)] == [1]


async def test_who_was_overtaken_in_a_commit_of_unknown_outcome_decides_again(log: Faulty) -> None:
    desk, other = desk_over(log), desk_over(log)
    [earlier] = await desk.handle(SESSION, Write(text="before"), ANN)
    assert (await other.look(SESSION)).head == earlier.seq
    log.unkept, log.meanwhile = True, lambda: other.handle(SESSION, Claim(prize="cup"), BOB)
    with pytest.raises(Refused, match="first"):
        await desk.handle(SESSION, Claim(prize="cup"), ANN)
    assert [entry.fields["by"]["person"] for entry in await kept(log)] == ["ann", "bob"]
