"""Cosigners for tests: the real program, served over HTTP on loopback, which can be stopped and started again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.gateway.cosigners import HttpCosigner
from remote_bid.participant.cosigner import Cosigner
from remote_bid.seal.statements import Statement
from remote_bid.timeline.note import NamedKey

ORIGIN = "log.example"
LOG_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
LOG_NAMED = NamedKey(name=ORIGIN, key=LOG_KEY.public_key().public_bytes_raw())


class Neighbour:
    """One cosigner; its state file outlives it."""

    def __init__(self, number: int, folder: Path, log: NamedKey = LOG_NAMED) -> None:
        self._log = log
        self.name = f"cosigner-{number}.example"
        self.key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([100 + number]) * 32)
        self.named = NamedKey(name=self.name, key=self.key.public_key().public_bytes_raw())
        self.state = folder / f"{self.name}.json"
        self.asked: list[str] = []
        """Bodies of the requests it answered."""
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """Its address is this one, whoever answers there."""
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def introduce(self, http: aiohttp.ClientSession, successors: Sequence[Statement]) -> int:
        """The status with which it takes the log's new keys."""
        body = msgspec.json.encode(list(successors))
        async with http.post(f"{self.url}/add-successors", data=body) as answer:
            return answer.status

    async def start(self) -> None:
        """Come back at the same address, with what the state file remembers."""
        await self.serve(self.program())

    def program(self, more: str = "") -> web.Application:
        """The real program, which says something `more` after each signature."""
        app = Cosigner(self.name, self.key, self._log, self.state).application()

        @web.middleware
        async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.asked.append((await request.read()).decode(errors="replace"))
            answer = await handler(request)
            if more and isinstance(answer, web.Response) and answer.status == 200:
                return web.Response(text=f"{answer.text}{more}")
            return answer

        app.middlewares.append(noted)
        return app

    async def serve(self, app: web.Application) -> None:
        """Answer at this cosigner's address by any program."""
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None


@asynccontextmanager
async def neighbours(count: int, folder: Path) -> AsyncIterator[Sequence[Neighbour]]:
    """So many cosigners, all of them there."""
    found = [Neighbour(number, folder) for number in range(count)]
    for neighbour in found:
        await neighbour.start()
    try:
        yield found
    finally:
        for neighbour in found:
            await neighbour.stop()


def as_asked(found: Sequence[Neighbour], http: aiohttp.ClientSession) -> list[HttpCosigner]:
    """What a server knows of them: names and addresses."""
    return [HttpCosigner(neighbour.named, neighbour.url, http) for neighbour in found]
