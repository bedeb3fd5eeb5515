"""Asks the authority of time for its stamps (RFC 3161 over HTTP) and hands them in. Nothing waits for it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiohttp
import structlog

from remote_bid.gateway.outside import at_most
from remote_bid.opening.commands import RecordStamp
from remote_bid.opening.rules.stamping import WITHIN_S
from remote_bid.opening.rules.state import Opening, ToStamp
from remote_bid.seal.canonical import b64, unb64
from remote_bid.timeline.context import LOG, Refused
from remote_bid.timeline.desk import Desk, Folded, Moved
from remote_bid.timeline.stamp import MOST, query

_LOG = structlog.get_logger("stamps")
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_RETRY_S = (1.0, 30.0)
"""First pause after a failure, doubled each time, and the longest."""


class TsaAway(Exception):
    """The authority of time did not answer, or not with a stamp."""


class StampKeeper:
    """One for the deployment: each wanted stamp is asked for until it is there, or no longer worth having."""

    def __init__(self, desk: Desk, url: str, http: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        self._desk, self._url, self._http, self._now = desk, url, http, now
        self._asking: dict[tuple[str, int], asyncio.Task[None]] = {}
        self.alert = ""
        """Why stamps are missing, for health and operators; empty while they are not."""
        self._keeping = False
        desk.listen(self._on_moved)

    def start(self, sessions: Sequence[Folded]) -> None:
        """Begin with what was still wanted when the last process ended."""
        self._keeping = True
        for folded in sessions:
            self._look(folded)

    async def close(self) -> None:
        """Stop; what is left over is found again at the next start."""
        self._keeping = False
        asking, self._asking = list(self._asking.values()), {}
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _on_moved(self, moved: Moved) -> None:
        if self._keeping:
            self._look(moved.after)

    def _look(self, folded: Folded) -> None:
        if not isinstance(folded.state, Opening):
            return
        for seq, wanted in folded.state.stamps.items():
            place = (folded.session.id, seq)
            if not wanted.stamped_at and place not in self._asking and self._worth_having(wanted):
                self._asking[place] = asyncio.create_task(self._keep(*place, wanted), name=f"stamp {place}")

    def _worth_having(self, wanted: ToStamp) -> bool:
        return self._now() - wanted.at < timedelta(seconds=WITHIN_S)

    async def _keep(self, session: str, seq: int, wanted: ToStamp) -> None:
        pause, longest = _RETRY_S
        while self._worth_having(wanted):
            try:
                await self._stamp(session, seq, wanted)
                self.alert = ""
                return
            except (TsaAway, Refused) as error:
                self.alert = f"time stamp: {error}"
                _LOG.warning("no time stamp", session=session, seq=seq, why=str(error))
            except Exception:
                self.alert = "time stamp: failed"
                _LOG.exception("no time stamp", session=session, seq=seq)
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)
        _LOG.error("time stamp given up", session=session, seq=seq, why=self.alert)

    async def _stamp(self, session: str, seq: int, wanted: ToStamp) -> None:
        token = b64(await self._answer(query(unb64(wanted.leaf))))
        await self._desk.handle(session, RecordStamp(covers=seq, token=token), LOG)

    async def _answer(self, asked: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            async with self._http.post(self._url, data=asked, headers=headers, timeout=_TIMEOUT) as answer:
                answer.raise_for_status()
                return await at_most(MOST + 1, answer.content)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TsaAway(f"the authority of time does not answer: {error or type(error).__name__}") from error
