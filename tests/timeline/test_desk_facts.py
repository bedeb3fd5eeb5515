"""The desk looks up the facts that a rule needs before it decides, and again when the state has moved."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from remote_bid.timeline.context import Command, Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Who
from tests.timeline.desks import SESSION, kept
from tests.timeline.faults import Faulty
from tests.timeline.guestbook import (
    ANN,
    BOB,
    LINE_SECRET,
    OFFICE,
    Guestbook,
    Write,
    guestbook,
    nothing_to_look_up,
)


async def test_facts_are_looked_up_for_the_command_before_it_is_decided(log: Faulty) -> None:
    asked: list[tuple[Any, Any, Who]] = []

    async def facts(state: Guestbook, command: Command, by: Who) -> str:
        asked.append((len(state.pages), command, by))
        return f"looked up for {by.person}"

    known: list[Any] = []

    def decide(state: Guestbook, command: Any, turn: Any) -> Sequence[Any]:
        known.append(turn.known)
        return guestbook.decide(state, command, turn)

    room = replace(guestbook, decide=decide)
    desk = Desk(log, OFFICE, LINE_SECRET, {"guestbook": (room, facts)})
    await desk.handle(SESSION, Write(text="one"), ANN)
    await desk.handle(SESSION, Write(text="two"), BOB)
    assert asked == [(0, Write(text="one"), ANN), (1, Write(text="two"), BOB)]
    assert known == ["looked up for ann", "looked up for bob"]


async def test_refused_while_looking_up_leaves_no_trace(log: Faulty) -> None:
    async def facts(state: Any, command: Any, by: Who) -> None:
        raise Refused("not_trusted", "证书无效。", "No.")

    desk = Desk(log, OFFICE, LINE_SECRET, {"guestbook": (guestbook, facts)})
    with pytest.raises(Refused):
        await desk.handle(SESSION, Write(text="one"), ANN)
    assert await kept(log) == []


async def test_slow_facts_of_one_do_not_stop_another(log: Faulty) -> None:
    gate = asyncio.Event()

    async def facts(state: Any, command: Any, by: Who) -> None:
        if by == ANN:
            await gate.wait()

    desk = Desk(log, OFFICE, LINE_SECRET, {"guestbook": (guestbook, facts)})
    slow = asyncio.create_task(desk.handle(SESSION, Write(text="slow"), ANN))
    await asyncio.wait_for(desk.handle(SESSION, Write(text="quick"), BOB), 1)
    gate.set()
    [entry] = await slow
    assert entry.seq == 2


async def test_facts_are_looked_up_again_when_the_state_has_moved(log: Faulty) -> None:
    looked_up: list[int] = []
    desk = Desk(log, OFFICE, LINE_SECRET, {"guestbook": (guestbook, nothing_to_look_up)})

    async def facts(state: Guestbook, command: Command, by: Who) -> None:
        looked_up.append(len(state.pages))
        if len(looked_up) == 1:
            await desk.handle(SESSION, Write(text="meanwhile"), BOB)

    slow = Desk(log, OFFICE, LINE_SECRET, {"guestbook": (guestbook, facts)})
    await slow.handle(SESSION, Write(text="slow"), ANN)
    assert looked_up == [0, 1]
