"""How a process leaves: nobody new comes in, what was begun is finished, everybody else is sent to another process.

1  health says 503, so that load balancers send nobody any more (for `notice_s`)
2  it stops to listen; another process may lead
3  commands that were taken are committed and answered
4  open sockets are closed: official clients connect again by themselves, and resume after what they saw last
"""

import asyncio
from collections.abc import Awaitable, Callable

import socketio
import structlog
from aiohttp import web

from remote_bid.timeline.desk import Desk

_LOG = structlog.get_logger("draining")
_FINISH_S = 16.0
"""How long commands may take to finish: longer than one whose outcome is not known is settled."""


class Draining:
    """The end of one process's service."""

    def __init__(self, desk: Desk, sio: socketio.AsyncServer, notice_s: float) -> None:
        self._desk, self._sio, self._notice_s = desk, sio, notice_s
        self.alert = ""
        """Set while the process is leaving, for health."""

    async def leave(self, site: web.BaseSite, lead_no_more: Callable[[], Awaitable[None]]) -> None:
        """Return when everybody has gone."""
        self.alert = "leaving"
        await asyncio.sleep(self._notice_s)
        await site.stop()
        await lead_no_more()
        try:
            async with asyncio.timeout(_FINISH_S):
                await self._desk.finished()
        except TimeoutError:
            _LOG.warning("left with commands under way")
        self._hang_up()

    def _hang_up(self) -> None:
        """Close every line once what was answered is sent. No word of farewell: to a client of python-socketio that
        would mean that it is not wanted back.
        """
        for environ in list(self._sio.environ.values()):
            if (transport := environ["aiohttp.request"].transport) is not None:
                transport.close()
