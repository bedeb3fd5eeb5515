"""Bids' documents over HTTP, page by page: a reader asks for ranges, and gets what its own shelf holds, nothing else.

Whoever may not read a document is told that there is none: neither who has bid nor whose a code is can be tried out.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import NoReturn

from aiohttp import web

from remote_bid.evaluation.view import shelf
from remote_bid.gateway.doors import signed_in
from remote_bid.gateway.volumes import Volumes
from remote_bid.seal.canonical import b64, labelled_hash
from remote_bid.seal.envelope import BadEnvelope
from remote_bid.seal.reading import Reading
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Who

_PIECE = 1 << 20


class BidPapers:
    """The route of all documents of bids."""

    def __init__(self, desk: Desk, volumes: Volumes) -> None:
        self._desk, self._volumes = desk, volumes

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [web.get("/api/evaluations/{session}/papers/{target}/{volume}", self.paper)]

    async def paper(self, request: web.Request) -> web.Response:
        """One document, or the range of it that is asked for."""
        person, told = signed_in(request).person, request.match_info
        folded = await self._desk.look(told["session"])
        if folded.session.room != "evaluation" or not folded.head:
            _refuse_unknown()
        role = folded.context.standing(folded.state, person)
        shelved = shelf(folded.state, Who(person=person, role=role)).get((told["target"], told["volume"]))
        if shelved is None:
            _refuse_unknown()
        document, opening = shelved.document, folded.state.ordered.opening.session
        tag = _tag(told["session"], told["target"], document.volume, document.hash)
        answer = _headed(request, f"{told['target']}.pdf", tag, document.size)
        if request.method == "HEAD" or answer.status == web.HTTPRequestRangeNotSatisfiable.status_code:
            return answer
        reading = await self._opened(opening, shelved.bid, document.volume)
        first = int(answer.headers.get("Content-Range", "bytes 0-").removeprefix("bytes ").split("-")[0])
        answer.body = _pieces(reading, first, int(answer.headers["Content-Length"]))
        return answer

    async def _opened(self, opening: str, bid: str, volume: str) -> Reading:
        state = (await self._desk.look(opening)).state
        try:
            return await asyncio.to_thread(self._volumes.reading, state, bid, volume)
        except (KeyError, BadEnvelope) as error:
            raise Refused(
                "paper_lost", "文件暂时无法读取，请联系交易中心。", "The document cannot be read; tell the centre."
            ) from error


def _refuse_unknown() -> NoReturn:
    raise Refused("no_such_paper", "没有您可以查阅的这份文件。", "There is no such document that you may read.")


def _tag(*of: str) -> str:
    """Tells a document from another version of it, and not one session's from another's."""
    return f'"{b64(labelled_hash("sbe/1 paper", *(part.encode() for part in of)))}"'


def _headed(request: web.Request, name: str, tag: str, size: int) -> web.Response:
    """The answer but for its body: the whole, a range, or that there is no such range."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{name}"',
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": tag,
    }
    asked = _range(request, tag)
    if asked is None:
        return _answer(200, headers | {"Content-Length": str(size)})
    first, end, _ = asked.indices(size)
    if first >= end:
        return _answer(416, headers | {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
    told = {"Content-Range": f"bytes {first}-{end - 1}/{size}", "Content-Length": str(end - first)}
    return _answer(206, headers | told)


def _answer(status: int, headers: dict[str, str]) -> web.Response:
    return web.Response(status=status, headers=headers, content_type="application/pdf")


def _range(request: web.Request, tag: str) -> slice | None:
    """One range that is understood, of the document that the reader has; else the whole, as RFC 9110 allows."""
    if "Range" not in request.headers or request.headers.get("If-Range", tag) != tag:
        return None
    try:
        return request.http_range
    except ValueError:
        return None


async def _pieces(reading: Reading, first: int, left: int) -> AsyncIterator[bytes]:
    try:
        while left and (piece := await asyncio.to_thread(reading.part, first, min(left, _PIECE))):
            yield piece
            first, left = first + len(piece), left - len(piece)
    finally:
        reading.close()
