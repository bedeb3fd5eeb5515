"""Server processes of one deployment, each started as an operator would, which can be killed and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec

from tests.gateway.house import House, free_port

_READY_S = 60.0


@dataclass
class Server:
    """One `remote-bid serve`."""

    settings: Path
    data: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> Path:
        return self.settings.with_name(f"server-{self.port}.log")

    async def start(self) -> None:
        """Returns when it answers."""
        words = ("-m", "remote_bid", "serve", str(self.settings), "--data", str(self.data), "--port", str(self.port))
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *words, stderr=log, stdout=log, env=os.environ | {"PYTHONUNBUFFERED": "1"}
            )
        async with asyncio.timeout(_READY_S), aiohttp.ClientSession() as http:
            while not await self._answers(http):
                if self.process.returncode is not None:
                    raise RuntimeError(self.log.read_text()[-4000:])
                await asyncio.sleep(0.1)

    async def _answers(self, http: aiohttp.ClientSession) -> bool:
        try:
            async with http.get(f"http://127.0.0.1:{self.port}/healthz", timeout=aiohttp.ClientTimeout(2)) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def kill(self) -> None:
        """kill -9."""
        await self.told(signal.SIGKILL)

    async def stop(self) -> int:
        """As systemd would; its exit code."""
        return await self.told(signal.SIGTERM)

    async def told(self, told: signal.Signals) -> int:
        if self.process is None or self.process.returncode is not None:
            return 0
        self.process.send_signal(told)
        return await self.process.wait()


@asynccontextmanager
async def servers(house: House, number: int) -> AsyncIterator[Sequence[Server]]:
    """So many over the same data, each at a port of its own."""
    path = house.folder / "settings.json"
    path.write_bytes(msgspec.json.encode(house.settings))
    found = [Server(path, house.server_folder, free_port()) for _ in range(number)]
    try:
        await asyncio.gather(*(server.start() for server in found))
        yield found
    finally:
        for server in found:
            await server.kill()
