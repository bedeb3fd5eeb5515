"""The calls of a server from its start to its end: workers first, then whoever carries and opens calls."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from remote_bid.gateway.calling import Calling
from remote_bid.gateway.carrying import Carrying
from remote_bid.gateway.hub import Hub
from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.entry import Who
from remote_bid.video.media.workers import Workers
from remote_bid.video.stage import Stage
from remote_bid.video.turn import TurnAccess


class Carriers:
    """Without a stage there are no calls. `workers`: those that live and end with this server; `relays`: what one
    person may use of the relay.
    """

    def __init__(
        self, stage: Stage | None, workers: Workers | None, recordings: Path, relays: Callable[[], list[TurnAccess]]
    ) -> None:
        self.stage, self.recordings, self.relays = stage, recordings, relays
        self._workers = workers
        self._carrying: Carrying | None = None
        self._calling: Calling | None = None

    def carry(self, desk: Desk, hub: Hub) -> Carrying | None:
        """Whatever is told of a call goes to the pages of whom it is for."""

        async def tell(session: str, who: Who, body: dict[str, Any]) -> None:
            await hub.tell(session, who, "call", body)

        if self.stage is not None:
            self._carrying, self._calling = Carrying(desk, self.stage, tell), Calling(desk)
        return self._carrying

    async def start(self, sessions: Sequence[Folded]) -> None:
        """Begin to carry."""
        if self._workers is not None:
            await self._workers.start()
        if self._carrying is not None and self._calling is not None:
            await self._carrying.start(sessions)
            self._calling.start(sessions)

    async def close(self) -> None:
        """Every recording is whole and noted before this returns."""
        if self._calling is not None:
            await self._calling.close()
        if self._workers is not None:
            await self._workers.shut_down()
        if self._carrying is not None:
            await self._carrying.close()
