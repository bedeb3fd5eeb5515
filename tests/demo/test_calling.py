"""The simulated people of a call, over the real carrier: they come, talk, are recorded, and go."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from remote_bid.config import MediaAt
from remote_bid.demo.calling import talk
from remote_bid.demo.cast import fast, watchable
from remote_bid.participant.calling import CallLine
from tests.gateway.called import call_in, entries_of
from tests.gateway.house import house
from tests.video.actors import BIDDER, COLLEAGUE, EXPERT, SESSION, STRANGER, SUPERVISOR


@pytest.mark.slow
@pytest.mark.asyncio
async def test_they_talk_until_the_supervisor_ends_it(tmp_path: Path) -> None:
    await call_in(tmp_path / "server")
    people = [SUPERVISOR, BIDDER, EXPERT, COLLEAGUE, STRANGER]
    async with house(tmp_path, media=MediaAt()) as found, AsyncExitStack() as stack:
        lines = [CallLine(found.url, SESSION, found.person(who.person)) for who in people]
        for line in lines:
            await stack.enter_async_context(line.connected())
        async with asyncio.timeout(30):
            await talk(lines, seconds=3)
        view = await lines[0].until(lambda view: bool(view.segments) and len(view.segments or []) >= 7)
        assert view.closed
        assert {segment.seat for segment in view.segments or []} == {"S01", "S02", "S04", "S05"}
    types = [entry.type for entry in await entries_of(found.server_folder)]
    assert types.index("GateOpened") < types.index("CallClosed")


def test_a_fast_day_has_no_call() -> None:
    assert fast(3).call_s == 0
    assert watchable(3).call_s > 0
