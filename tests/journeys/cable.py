"""A cable between participants and server that can be pulled: everything that runs over it breaks off at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Cable:
    """Carries TCP to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self.carried = 0
        """Connections so far."""

    @asynccontextmanager
    async def laid(self, port: int) -> AsyncIterator["Cable"]:
        """From `port`, for the time of the context."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", port)
        try:
            yield self
        finally:
            server.close()
            self.pull()

    def pull(self) -> int:
        """Break off what runs now; returns how much that was. New connections are carried again."""
        pulled, self._open = self._open, set()
        for writer in pulled:
            writer.transport.abort()
        return len(pulled) // 2

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.carried += 1
        try:
            there: Ends = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there[1]}
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(1 << 16):
            writer.write(chunk)
            await writer.drain()
    writer.close()
