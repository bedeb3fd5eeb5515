"""A bad network: datagrams between clients and one port, of which a share is lost, each way."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Address = tuple[str, int]


class _Relay(asyncio.DatagramProtocol):
    """Passes on what is not lost."""

    def __init__(self, pass_on: Callable[[bytes, Address], None], lost: Callable[[], bool]) -> None:
        self._pass_on, self._lost = pass_on, lost

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if not self._lost():
            self._pass_on(data, addr)


class LossyProxy:
    """Every client gets a socket of its own towards the server."""

    def __init__(self, server: Address, loss: float) -> None:
        chance = random.Random(1)  # noqa: S311 - the same losses in every run
        self._lost = lambda: chance.random() < loss
        self._server = server
        self._front: asyncio.DatagramTransport | None = None
        self._backs: dict[Address, asyncio.DatagramTransport] = {}
        self._opening: set[Address] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """The port for clients to call."""
        loop = asyncio.get_running_loop()
        self._front, _ = await loop.create_datagram_endpoint(
            lambda: _Relay(self._to_server, self._lost), local_addr=("127.0.0.1", 0)
        )
        port: int = self._front.get_extra_info("sockname")[1]
        return port

    def close(self) -> None:
        for transport in [self._front, *self._backs.values()]:
            if transport is not None:
                transport.close()

    def _to_server(self, data: bytes, client: Address) -> None:
        back = self._backs.get(client)
        if back is not None:
            back.sendto(data)
        elif client not in self._opening:  # its first datagram is one more that is lost
            self._opening.add(client)
            task = asyncio.create_task(self._open(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _open(self, client: Address) -> None:
        loop = asyncio.get_running_loop()
        self._backs[client], _ = await loop.create_datagram_endpoint(
            lambda: _Relay(lambda data, _: self._to_client(data, client), self._lost), remote_addr=self._server
        )

    def _to_client(self, data: bytes, client: Address) -> None:
        if self._front is not None:
            self._front.sendto(data, client)


@asynccontextmanager
async def a_lossy_way(port: int, loss: float) -> AsyncIterator[int]:
    """To a port of this machine; gives the port to use instead."""
    proxy = LossyProxy(("127.0.0.1", port), loss)
    try:
        yield await proxy.start()
    finally:
        proxy.close()
