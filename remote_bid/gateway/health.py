"""Whether all is well, for load balancers and operators. It names what is not; why stands in the server's own log."""

import asyncio
from collections.abc import Callable, Mapping

from aiohttp import web

from remote_bid.timeline.context import Refused
from remote_bid.timeline.log import Log, UnknownSession

Alert = Callable[[], str]
"""Why something is not well; empty while it is."""

_PATIENCE_S = 2.0


class Health:
    """What must work for commands to be taken (`vital`), and what may fail for a while (`others`), each by name."""

    def __init__(self, log: Log, vital: Mapping[str, Alert], others: Mapping[str, Alert]) -> None:
        self._log, self._vital, self._others = log, vital, others

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [web.get("/healthz", self.health)]

    async def health(self, request: web.Request) -> web.Response:
        """200 {status: ok | degraded, alerts: […]}, or 503 with `down` where no command can be taken now. Nothing of
        any session is told.
        """
        down = [name for name, alert in self._vital.items() if alert()]
        down += [] if await self._answers() else ["log"]
        alerts = sorted([*down, *(name for name, alert in self._others.items() if alert())])
        status = "down" if down else "degraded" if alerts else "ok"
        return web.json_response({"status": status, "alerts": alerts}, status=503 if down else 200)

    async def _answers(self) -> bool:
        """Whether the log's database answers."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._log.find("health")
        except UnknownSession:
            return True
        except (Refused, TimeoutError):
            return False
        return True
