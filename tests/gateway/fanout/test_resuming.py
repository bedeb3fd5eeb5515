"""Joining, leaving and coming back, while entries go on: nobody misses, doubles or reorders anything."""

import asyncio
import random
from typing import Any

import msgspec
import pytest
import socketio

from remote_bid.gateway.frames import Audience
from remote_bid.timeline.desk import Folded, Moved
from remote_bid.timeline.entry import Who
from remote_bid.timeline.frame import Joined
from tests.gateway.fanout.stand import Stand, stand, until
from tests.timeline.guestbook import ANN, BOB, EVE, Whisper, Write
from tests.timeline.logs import HALL

CROWD = 150


async def test_a_crowd_that_comes_back_at_once_is_answered_from_one_computation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    whole = Audience.joined

    def counted(audience: Audience, folded: Folded, since: int) -> Joined:
        made.append(since)
        return whole(audience, folded, since)

    monkeypatch.setattr(Audience, "joined", counted)
    async with stand() as found:
        readers = [await found.reader() for _ in range(CROWD)]
        assert len(made) == 1
        for line in found.lines:
            line.cut_off("for the test")
        await until(lambda: not found.lines)
        await found.write("meanwhile")
        again = await asyncio.gather(*(found.line() for _ in readers))
        for one, before in zip(again, readers, strict=True):
            one.copy = before.copy
        await asyncio.gather(*(one.join() for one in again))
        assert made == [0, 1]
        await found.write("after")
        await until(lambda: all(one.copy.head == 3 for one in again))


async def test_concurrent_commits_reach_everybody_in_the_order_of_the_log() -> None:
    async with stand() as found:
        readers = [await found.reader(person) for person in ("", "", "ann", "bob", "eve") for _ in range(3)]

        async def writes(who: Who) -> None:
            for number in range(20):
                command = Write(text=f"{number}") if number % 10 else Whisper(text=f"{number}")
                await found.desk.handle(HALL.id, command, who)

        await asyncio.gather(*map(writes, (ANN, BOB, EVE)), *(comes_and_goes(found) for _ in range(5)))
        truth = (await found.desk.look(HALL.id)).main
        await until(lambda: all(reader.copy.head == len(truth) for reader in readers))
        for reader in readers:
            assert reader.frames == list(range(reader.frames[0], reader.frames[0] + len(reader.frames)))
            assert [shown.seq for shown in reader.copy.main] == [entry.seq for entry in truth]


async def test_a_snapshot_is_never_older_than_what_the_desk_knows() -> None:
    """Though its audience has not been told yet: a client that saw more at another process must not see less here."""
    async with stand() as found:
        await found.reader("bob")
        reader = await found.line("bob")
        line = found.lines[1]
        heads: list[tuple[int, int]] = []

        def asked_at_once(moved: Moved) -> None:
            ready = found.hub.follow(moved.after, BOB, 0, line)
            heads.append((msgspec.json.decode(ready.text)["joined"]["head"], moved.after.head))

        found.desk.listen(asked_at_once)
        for number in range(3):
            await found.write(f"{number}")
        assert heads == [(2, 2), (3, 3), (4, 4)]
        assert reader.client.connected


async def test_a_whisper_reaches_its_author_and_moves_the_page_of_those_who_overlook_nobody_elses() -> None:
    async with stand() as found:
        people = ("", "ann", "bob", "wes")
        readers = {person: await found.reader(person) for person in people}
        await found.desk.handle(HALL.id, Whisper(text="psst"), BOB)
        await until(lambda: bool(readers["bob"].frames and readers["wes"].frames))
        await found.write("for all")
        await until(lambda: all(reader.copy.head == 2 for reader in readers.values()))
        assert {person: len(reader.frames) for person, reader in readers.items()} == {
            "": 1,
            "ann": 1,
            "bob": 2,
            "wes": 2,
        }
        assert [len(reader.copy.own) for reader in readers.values()] == [0, 0, 1, 0]


async def comes_and_goes(found: Stand) -> None:
    """One who hangs up again and again; in the end nothing is missing."""
    reader = await found.reader("ann")
    for _ in range(5):
        await asyncio.sleep(random.random() / 50)  # noqa: S311 - a load, no secret
        await reader.client.disconnect()
        again = await found.line("ann")
        again.copy = reader.copy
        await again.join()
        reader = again
    await until(lambda: reader.copy.head > 40)


async def test_an_audience_is_forgotten_when_its_last_socket_goes() -> None:
    async with stand() as found:
        first, second = await found.reader("ann"), await found.reader("ann")
        await first.client.disconnect()
        await until(lambda: len(found.lines) == 1)
        assert list(found.hub._streams[HALL.id].seats) == ["guest/ann"]
        await second.client.disconnect()
        await until(lambda: not found.lines)
        assert (found.hub._streams, found.hub._listens) == ({}, {})


async def test_one_socket_may_join_again_and_again_and_hears_everything_once() -> None:
    async with stand() as found:
        reader = await found.reader("ann")
        await reader.join()
        await reader.join()
        await found.write("once")
        await until(lambda: reader.copy.head == 2)
        assert reader.frames == [1]


async def test_who_is_hung_up_hears_nothing_more() -> None:
    async with stand() as found:
        reader = await found.reader("ann")
        [line] = found.lines
        await found.server.disconnect(next(iter(found.server.manager.rooms["/"][None])))
        assert found.hub._listens == {}
        await found.write("secret")
        await until(lambda: not reader.client.connected)
        assert reader.frames == []
        assert line not in found.hub._listens


async def test_an_audience_that_cannot_be_told_is_cut_off_and_comes_back_to_a_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stand() as found:
        reader = await found.reader("ann")
        with monkeypatch.context() as failing:
            failing.setattr(Audience, "frames", lambda *_: 1 / 0)
            await found.write("a page that fails")
            await until(lambda: not reader.client.connected)
        again = await found.line("ann")
        again.copy = reader.copy
        await again.join()
        assert again.copy.head == 2


@pytest.mark.parametrize("rooms", [1, 1000])
async def test_leaving_costs_what_ones_own_rooms_cost(rooms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rooms others are in."""
    async with stand() as found:
        stays, goes = await found.line(), await found.line()
        for number in range(rooms):
            await found.server.enter_room(stays.client.get_sid(), f"other {number}")
        await found.server.enter_room(goes.client.get_sid(), "own")
        left: list[str | None] = []
        leave = socketio.AsyncManager.basic_leave_room

        def noted(manager: Any, sid: str, namespace: str, room: str | None) -> None:
            left.append(room)
            leave(manager, sid, namespace, room)

        monkeypatch.setattr(socketio.AsyncManager, "basic_leave_room", noted)
        await goes.client.disconnect()
        await until(lambda: len(found.lines) == 1)
        assert left == ["own", None]
