"""Lodging, as far as the server has a part in it: it gives out its lodging keys, and asks the cosigners in the end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from aiohttp import web

from remote_bid.gateway.cosigners import HttpCosigner
from remote_bid.gateway.openings import opening_at
from remote_bid.opening.lodging import BadAnswer, LodgingsAnswer, checked_list, lodging_key
from remote_bid.opening.statements import LodgingsWanted
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import Signer
from remote_bid.seal.statements import state
from remote_bid.tender.statements import NamedLogKey
from remote_bid.timeline import instant
from remote_bid.timeline.checkpoint import CosignerAway
from remote_bid.timeline.desk import Desk

_LOG = structlog.get_logger("lodging")
_PATIENCE_S = 5.0
"""How long the end of a window waits for a cosigner whose clock is behind, or who does not answer."""
_PAUSE_S = 0.2


class LodgingKeys:
    """The public lodging key of a lot and part, for the tenderer's policy."""

    def __init__(self, desk: Desk, secret: bytes) -> None:
        self._desk, self._secret = desk, secret

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [web.get("/api/sessions/{session}/lodging-key", self.key)]

    async def key(self, request: web.Request) -> web.Response:
        """`?lot=…&part=…` → the key (1216 bytes) that the server wants in the policy."""
        session = (await opening_at(self._desk, request)).session.id
        lot, part = request.query.get("lot", ""), request.query.get("part", "")
        return web.json_response({"key": await asyncio.to_thread(lodging_key, self._secret, session, lot, part)})


class Keepers:
    """The cosigners as those who keep what bidders could not hand in. They are named when the server has its lines."""

    def __init__(self, office: Signer, now: Callable[[], datetime]) -> None:
        self._office, self._now = office, now
        self.cosigners: Sequence[HttpCosigner] = ()

    async def ask(self, session: str, close: str, ends_at: datetime) -> Mapping[str, LodgingsAnswer]:
        """Every cosigner's answer, given after the end of the window by its own clock; the others are left out."""
        asked = [self._patiently(cosigner, session, close, ends_at) for cosigner in self.cosigners]
        found = await asyncio.gather(*asked)
        named = zip(self.cosigners, found, strict=True)
        return {cosigner.key.name: answer for cosigner, answer in named if answer is not None}

    async def _patiently(
        self, cosigner: HttpCosigner, session: str, close: str, ends_at: datetime
    ) -> LodgingsAnswer | None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while True:
                    if (answer := await self._once(cosigner, session, close, ends_at)) is not None:
                        return answer
                    await asyncio.sleep(_PAUSE_S)
        except TimeoutError:
            return None

    async def _once(self, cosigner: HttpCosigner, session: str, close: str, ends_at: datetime) -> LodgingsAnswer | None:
        wanted = LodgingsWanted(session=session, close=close, at=instant.text(self._now()))
        try:
            answer = await cosigner.lodgings(state(wanted, self._office))
            named = NamedLogKey(name=cosigner.key.name, key=b64(cosigner.key.key))
            told = await asyncio.to_thread(checked_list, answer, named, session, close)
        except (CosignerAway, BadAnswer) as error:
            _LOG.warning("lodgings not told", cosigner=cosigner.key.name, why=str(error))
            return None
        return answer if instant.when(told.at) >= ends_at else None
