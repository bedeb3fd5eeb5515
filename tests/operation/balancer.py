"""What stands before several servers: carries each connection to one that answers, and breaks off any."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.journeys.cable import Ends, pump


class Balancer:
    """Carries TCP to ports of this machine, by turns; one where nobody listens is passed over."""

    def __init__(self, ports: Sequence[int], dice: random.Random) -> None:
        self._ports, self._dice = list(ports), dice
        self._open: list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = []
        self.dropped = 0

    @asynccontextmanager
    async def laid(self, port: int) -> AsyncIterator["Balancer"]:
        """From `port`, for the time of the context."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", port, backlog=1024)
        try:
            yield self
        finally:
            server.close()
            for pair in self._open:
                _cut(pair)

    def drop(self) -> None:
        """Break off one connection, any, without a word to either end."""
        if self._open:
            _cut(self._dice.choice(self._open))
            self.dropped += 1

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._reached()
        if there is None:
            writer.transport.abort()
            return
        pair = (writer, there[1])
        self._open.append(pair)
        try:
            await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))
        finally:
            self._open.remove(pair)

    async def _reached(self) -> Ends | None:
        for port in self._dice.sample(self._ports, len(self._ports)):
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
        return None


def _cut(pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
    for writer in pair:
        writer.transport.abort()
