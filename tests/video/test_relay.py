"""The relay with the settings that the project ships: to the workers, and to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import TurnClientTcpProtocol

from tests.video.relay import SHIPPED, a_relay

pytestmark = pytest.mark.slow
_FORBIDDEN = 403
_UNAUTHORIZED = 401


@asynccontextmanager
async def a_client(relay: dict[str, Any], credential: str | None = None) -> AsyncIterator[TurnClientTcpProtocol]:
    """With an allocation."""
    port = int(relay["urls"][0].split(":")[2].split("?")[0])
    loop = asyncio.get_running_loop()
    server = ("127.0.0.1", port)
    transport, client = await loop.create_connection(
        lambda: TurnClientTcpProtocol(server, relay["username"], credential or relay["credential"], 600, 500), *server
    )
    try:
        await client.connect()
        yield client
        await client.delete()
    finally:
        transport.close()


async def test_it_reaches_a_worker(tmp_path: Path) -> None:
    async with a_relay(tmp_path, workers="127.0.0.1") as relay, a_client(relay) as client:
        await client.channel_bind(0x4000, ("127.0.0.1", 40_000))


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "172.16.0.1", "8.8.8.8"])
async def test_it_reaches_nobody_else(tmp_path: Path, peer: str) -> None:
    async with a_relay(tmp_path, workers="192.0.2.10") as relay, a_client(relay) as client:
        with pytest.raises(TransactionFailed) as refused:
            await client.channel_bind(0x4000, (peer, 40_000))
        assert refused.value.response.error_code == _FORBIDDEN


async def test_access_that_the_server_did_not_give_is_none(tmp_path: Path) -> None:
    async with a_relay(tmp_path) as relay:
        with pytest.raises(TransactionFailed) as refused:
            async with a_client(relay, credential="guessed"):
                pass
        assert refused.value.response.error_code == _UNAUTHORIZED


async def test_access_that_has_run_out_is_none(tmp_path: Path) -> None:
    async with a_relay(tmp_path, lasts_s=1) as relay:
        await asyncio.sleep(2.1)
        with pytest.raises(TransactionFailed) as refused:
            async with a_client(relay):
                pass
        assert refused.value.response.error_code == _UNAUTHORIZED


NOBODY = ("denied-peer-ip=0.0.0.0-255.255.255.255", "denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
QUOTAS = ("user-quota=8", "total-quota=800")


@pytest.mark.parametrize(
    "setting", ["use-auth-secret", "no-cli", "no-tcp-relay", "no-multicast-peers", *QUOTAS, *NOBODY]
)
def test_what_is_shipped_says(setting: str) -> None:
    assert setting in SHIPPED.read_text().splitlines()
