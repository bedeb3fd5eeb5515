"""The leader: of all processes of a deployment the one that keeps deadlines, checkpoints, stamps and tidies up."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from remote_bid.timeline.context import Refused
from remote_bid.timeline.lease import Fence, Leases
from remote_bid.timeline.trouble import NotLeading

LEASE = "leader"
LONG_S = 1.5
"""A lease that is not renewed ends after so long; who asks next has it."""
_RENEW_S = 0.4
_ASK_S = 0.2

_LOG = structlog.get_logger("leader")

Change = Callable[[], Awaitable[None]]


class Leader:
    """Asks for the lease as long as it runs; `begin` is called when it is got, `end` when it is lost."""

    def __init__(self, leases: Leases, holder: str, begin: Change, end: Change) -> None:
        self._leases, self._holder, self._begin, self._end = leases, holder, begin, end
        self._fence: Fence | None = None
        self._until = 0.0
        self._leads: Fence | None = None
        self._asked, self._settled = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def fence(self) -> Fence | None:
        """Under which this process leads now; None while it does not. Judged by its own clock from before it asked, so
        never longer than the database's lease.
        """
        return self._fence if time.monotonic() < self._until else None

    def required(self) -> Fence:
        """The same; NotLeading while it does not."""
        fence = self.fence
        if fence is None:
            raise NotLeading
        return fence

    def start(self) -> None:
        """Begin to ask."""
        self._tasks = [
            asyncio.create_task(self._ask_again(), name="lease"),
            asyncio.create_task(self._lead(), name="leader"),
        ]

    async def settled(self) -> None:
        """Return when it is known whether this process leads first, and it does if so."""
        await self._settled.wait()

    async def close(self) -> None:
        """Stop leading, and let another one lead at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._change(None)
        try:
            await self._leases.release(LEASE, self._holder)
        except Refused as refusal:
            _LOG.warning("lease not given back", code=refusal.code)

    async def _ask_again(self) -> None:
        """Beside what leading takes, so that a long beginning does not cost the lease."""
        while True:
            await self._ask()
            self._asked.set()
            await asyncio.sleep(_RENEW_S if self.fence else _ASK_S)

    async def _lead(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self._change(self.fence)
            self._settled.set()

    async def _ask(self) -> None:
        asked = time.monotonic()
        try:
            async with asyncio.timeout(LONG_S):
                self._fence = await self._leases.claim(LEASE, self._holder, LONG_S)
            self._until = asked + LONG_S if self._fence else 0.0
        except (Refused, TimeoutError) as error:
            _LOG.warning("no answer about the lease", why=str(error) or "time-out")
        except Exception:
            _LOG.exception("no answer about the lease")

    async def _change(self, fence: Fence | None) -> None:
        """Begin anew under every new fence."""
        if fence == self._leads:
            return
        try:
            if self._leads is not None:
                _LOG.warning("leads no more", fence=self._leads.number)
                self._leads = None
                await self._end()
            if fence is not None:
                await self._begin()
                self._leads = fence
                _LOG.warning("leads", fence=fence.number)
        except Exception:
            _LOG.exception("leadership could not change")
