"""The kinds of buses that keep one contract, and a Redis of our own to try one on."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from remote_bid.timeline.bus import Bus, InProcess
from remote_bid.timeline.redis_bus import RedisBus

DEPLOYMENT = "log.example"
_READY_S = 10.0
_NOTHING_KEPT = ("--save", "", "--appendonly", "no")


class OwnRedis:
    """A server that keeps nothing, at a socket of its own; it can be killed, paused and started again."""

    def __init__(self, folder: Path, settings: Sequence[str] = _NOTHING_KEPT) -> None:
        self._folder, self._settings = folder, settings
        self._server: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self._folder}/redis.sock"

    def start(self) -> None:
        """Come up; returns when it answers."""
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("No Redis: install it (sudo apt-get install redis-server)")
        words = [*self._settings, "--port", "0", "--unixsocket", f"{self._folder}/redis.sock"]
        self._server = subprocess.Popen(  # noqa: S603 - the machine's own server
            [program, *words], cwd=self._folder, stdout=subprocess.DEVNULL
        )
        with Redis.from_url(self.url) as client:
            _until_it_answers(client)

    def kill(self) -> None:
        """As a power cut would."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(_READY_S)
        self._server = None

    def pause(self) -> None:
        """Connections stay, answers do not come."""
        self._tell(signal.SIGSTOP)

    def go_on(self) -> None:
        self._tell(signal.SIGCONT)

    def publish(self, channel: str, message: bytes) -> None:
        """As whoever has got into Redis may."""
        with Redis.from_url(self.url) as client:
            client.publish(channel, message)

    def _tell(self, told: signal.Signals) -> None:
        if self._server is not None:
            self._server.send_signal(told)


@contextmanager
def own_redis(settings: Sequence[str] = _NOTHING_KEPT) -> Iterator[OwnRedis]:
    """Gone, with all its files, afterwards."""
    with tempfile.TemporaryDirectory(prefix="redis-", dir="/tmp") as folder:
        server = OwnRedis(Path(folder), settings)
        try:
            yield server
        finally:
            server.go_on()
            server.kill()


@asynccontextmanager
async def in_process() -> AsyncIterator[Callable[[], Bus]]:
    yield InProcess().line


@asynccontextmanager
async def over_redis() -> AsyncIterator[Callable[[], Bus]]:
    with own_redis() as server:
        yield lambda: RedisBus(server.url, DEPLOYMENT)


BUSES: dict[str, Callable[[], AbstractAsyncContextManager[Callable[[], Bus]]]] = {
    "in process": in_process,
    "redis": over_redis,
}


async def until(holds: Callable[[], object], within_s: float = 10.0) -> None:
    """Return as soon as it holds."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - whatever is waited for tells nobody
            await asyncio.sleep(0.005)


def _until_it_answers(client: Redis) -> None:
    until = time.monotonic() + _READY_S
    while True:
        try:
            client.ping()
            return
        except RedisError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
