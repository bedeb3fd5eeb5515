"""The bus over Redis pub/sub, one channel a session. Nothing is kept there, nothing is believed that comes from there.

Two connections: what is told waits in a bounded place and goes out when Redis takes it; a Redis that is slow, paused,
dead or talks nonsense costs no commit a moment.
"""

import asyncio

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from remote_bid.timeline.bus import Heard, Hint, Missed

_LOG = structlog.get_logger("bus")
_MOST = 10_000
"""Sessions that may wait to be told of; beyond that the others find out by looking."""
_ANSWER_S = 5.0
_TELLING_S = 1.0
_RETRY_S = 0.2
_TROUBLE = (RedisError, OSError, TimeoutError, ValueError, UnicodeError)
"""What a Redis that is away, or is none, makes of the client."""


class RedisBus:
    """One process's ends of the bus. `deployment` keeps several on one Redis apart."""

    def __init__(self, url: str, deployment: str) -> None:
        self._prefix = f"remote-bid:{deployment}:"
        self._hearing = _client(url, _ANSWER_S)
        self._telling = _client(url, _TELLING_S)
        self._waiting: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._open = False
        self._heard: Heard = lambda hint: None
        self._missed: Missed = lambda: None
        self.alert = ""

    def listen(self, heard: Heard, missed: Missed) -> None:
        self._heard, self._missed = heard, missed

    def tell(self, hint: Hint) -> None:
        """Only the last version of each session waits: it says all that the ones before it did."""
        if hint.session in self._waiting or len(self._waiting) < _MOST:
            self._waiting[hint.session] = max(hint.version, self._waiting.get(hint.session, 0))
            self._wake.set()

    def start(self) -> None:
        self._open = True
        self._tasks = [
            asyncio.create_task(self._tell_all(), name="bus out"),
            asyncio.create_task(self._hear_all(), name="bus in"),
        ]

    async def close(self) -> None:
        self._open = False  # the client's own time-outs may lose a cancellation
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in (self._telling, self._hearing):
            await client.aclose()

    async def _tell_all(self) -> None:
        while self._open:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                session = next(iter(self._waiting))
                hint = Hint(session, self._waiting.pop(session))
                try:
                    await self._telling.publish(self._prefix + session, msgspec.json.encode(hint))
                except _TROUBLE as error:
                    self._note(error)
                    await asyncio.sleep(_RETRY_S)

    async def _hear_all(self) -> None:
        while self._open:
            try:
                async with self._hearing.pubsub() as channels:
                    await channels.psubscribe(f"{_escaped(self._prefix)}*")
                    await self._hear(channels)
            except _TROUBLE as error:
                self._note(error)
            except Exception:
                _LOG.exception("bus broken")
            await asyncio.sleep(_RETRY_S)

    async def _hear(self, channels: PubSub) -> None:
        """Whatever was said while nobody listened is lost: so look everywhere first."""
        while self._open:
            message = await channels.get_message(timeout=_ANSWER_S)
            match message:
                case {"type": "psubscribe"}:
                    self.alert = ""
                    self._missed()
                case {"type": "pmessage", "data": bytes(data)}:
                    if (hint := read(data)) is not None:
                        self._heard(hint)

    def _note(self, error: BaseException) -> None:
        why = f"hints are not carried: {type(error).__name__}"
        if self.alert != why:
            _LOG.warning("bus away", why=str(error) or type(error).__name__)
        self.alert = why


def read(data: bytes) -> Hint | None:
    """The hint in a message; None for junk."""
    try:
        return msgspec.json.decode(data, type=Hint)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _client(url: str, answer_s: float) -> Redis:
    return Redis.from_url(url, socket_timeout=answer_s, socket_connect_timeout=answer_s, health_check_interval=15)


def _escaped(prefix: str) -> str:
    """The prefix as itself in a pattern."""
    return "".join(f"\\{letter}" if letter in r"*?[]\^-" else letter for letter in prefix)
