"""An agency's draft of a tender: read from a document of a public standard, and checked before anybody signs it."""

import json

import msgspec
from aiohttp import web

from remote_bid.tender.standards import NotATender, by_hand, read_tender
from remote_bid.tender.standards.by_hand import Flaw
from remote_bid.tender.standards.open_points import open_points
from remote_bid.timeline.context import Refused


class Drafts:
    """Keeps nothing: a draft stays in its author's browser until a session is scheduled from it."""

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [web.post("/api/tenders/read", self.read), web.post("/api/tenders/check", self.check)]

    async def read(self, request: web.Request) -> web.Response:
        """The tender in an OCDS or openprocurement document, or one written by hand, and what is left open there."""
        raw = await request.read()
        try:
            found = read_tender(raw)
        except NotATender as error:
            raise Refused("not_a_tender", f"不能导入：{error.zh}。", f"It cannot be imported: {error}.") from error
        points = [] if by_hand.speaks(json.loads(raw)) else open_points(found)
        return web.json_response({"tender": msgspec.to_builtins(found.tender), "open": _told(points)})

    async def check(self, request: web.Request) -> web.Response:
        """Every flaw of a draft, by its place; none if it is a tender."""
        return web.json_response({"flaws": _told(by_hand.flaws(msgspec.json.decode(await request.read())))})


def _told(points: list[Flaw]) -> list[dict[str, str]]:
    return [point._asdict() for point in points]
