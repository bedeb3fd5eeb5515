"""Two server processes: one leads; killed, the other leads within two seconds; told to leave, at once."""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from remote_bid.gateway.metrics import MetricsSettings
from tests import postgres
from tests.gateway.house import HALL, House, premises
from tests.operation.balancer import Balancer
from tests.operation.servers import Server, servers
from tests.operation.watching import Watcher, scripts
from tests.timeline.buses import until

pytestmark = pytest.mark.slow


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with postgres.database() as url:
        inside = MetricsSettings(networks=["127.0.0.0/8"])
        async with premises(tmp_path, database=url, metrics=inside) as found:
            yield found


async def leads(server: Server, http: aiohttp.ClientSession) -> bool:
    try:
        async with http.get(f"http://127.0.0.1:{server.port}/metrics", timeout=aiohttp.ClientTimeout(2)) as answer:
            return re.search(r"^remote_bid_leads 1", await answer.text(), re.MULTILINE) is not None
    except aiohttp.ClientError:
        return False


async def leader(found: list[Server], http: aiohttp.ClientSession, within_s: float = 10.0) -> Server:
    """The one that leads."""
    async with asyncio.timeout(within_s):
        while True:
            for server in found:
                if await leads(server, http):
                    return server
            await asyncio.sleep(0.02)


async def test_when_the_leader_is_killed_the_other_leads_within_two_seconds(house: House) -> None:
    async with servers(house, 2) as found, aiohttp.ClientSession() as http:
        first = await leader(list(found), http)
        [second] = [server for server in found if server is not first]
        assert not await leads(second, http)
        await first.kill()
        began = time.monotonic()
        assert await leader([second], http) is second
        assert time.monotonic() - began <= 2.0


async def test_official_clients_come_to_the_other_server_by_themselves_when_one_leaves(house: House) -> None:
    dice = random.Random(5)  # noqa: S311 - which server a connection gets
    async with servers(house, 2) as found:
        balancer = Balancer([server.port for server in found], dice)
        async with balancer.laid(house.settings.port), AsyncExitStack() as stack:
            await house.schedule()
            script = await stack.enter_async_context(scripts(house.url, HALL, 6))
            watchers = [Watcher(house.url, HALL) for _ in range(6)]
            for watcher in watchers:
                await stack.enter_async_context(watcher.watching())
            await until(lambda: all(watcher.seen.last for watcher in watchers))
            for server in found:
                assert await server.stop() == 0
                line = await house.line()
                head = (await line.call("join", {"session": HALL}, timeout=10))["joined"]["head"]
                await line.disconnect()
                await server.start()
            assert head >= 1
            await until(lambda: all(watcher.seen.last >= head for watcher in watchers))
            seen = [*await script.seen(), *(watcher.seen for watcher in watchers)]
            assert all(one.connections >= 2 for one in seen)
            assert {(one.doubled, one.reordered, one.gaps) for one in seen} == {(0, 0, 0)}


async def test_one_after_the_other_is_restarted_and_a_client_misses_nothing(house: House) -> None:
    dice = random.Random(3)  # noqa: S311 - which server a connection gets
    async with servers(house, 2) as found, aiohttp.ClientSession() as http:
        balancer = Balancer([server.port for server in found], dice)
        async with balancer.laid(house.settings.port):
            await house.schedule()
            for server in found:
                assert await server.stop() == 0
                assert (await house.sign_in("host-01")).count(".") == 1
                line = await house.line()
                assert (await line.call("join", {"session": HALL}, timeout=10))["joined"]["head"] >= 1
                await line.disconnect()
                await server.start()
            assert await leader(list(found), http)
