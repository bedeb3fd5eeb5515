"""A socket that is gone leaves nothing behind, not even for the collector: a server hardly ever runs it."""

import gc
from collections.abc import Awaitable, Callable, Iterator

import pytest
from aiohttp import web

from remote_bid.gateway.fanout import Line
from tests.gateway.fanout.stand import Stand, masked, stand, until


@pytest.fixture
def left_over() -> Iterator[Callable[[], list[object]]]:
    """What of sockets only the collector has found since the test began."""
    gc.collect()
    gc.disable()

    def found() -> list[object]:
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        circles: list[object] = [
            item for item in gc.garbage if isinstance(item, Line | web.WebSocketResponse | web.Request)
        ]
        gc.set_debug(0)
        gc.garbage.clear()
        return circles

    yield found
    gc.enable()


async def breaks_off(found: Stand) -> None:
    _, writer = await found.deaf("ann")
    writer.transport.abort()


async def says_goodbye(found: Stand) -> None:
    _, writer = await found.deaf("ann")
    writer.write(masked("41"))
    writer.write(bytes([0x88, 0x82, 0, 0, 0, 0, 3, 0xE8]))


async def ends_its_engine(found: Stand) -> None:
    _, writer = await found.deaf("ann")
    writer.write(masked("1"))


async def talks_nonsense(found: Stand) -> None:
    _, writer = await found.deaf("ann")
    writer.write(masked(""))


async def is_cut_off(found: Stand) -> None:
    await found.deaf("ann")
    found.lines[0].cut_off("for the test")


async def is_closed_politely(found: Stand) -> None:
    await found.deaf("ann")
    await found.server.eio.disconnect(found.lines[0].sid)


@pytest.mark.parametrize(
    "leaves", [breaks_off, says_goodbye, ends_its_engine, talks_nonsense, is_cut_off, is_closed_politely]
)
async def test_however_a_socket_goes_nothing_stays(
    leaves: Callable[[Stand], Awaitable[None]], left_over: Callable[[], list[object]]
) -> None:
    async with stand() as found:
        await leaves(found)
        await until(lambda: not found.lines)
        assert (found.hub._streams, found.hub._listens) == ({}, {})
        assert found.server.environ == {}
        assert found.server.manager.rooms == {}
        assert left_over() == []
