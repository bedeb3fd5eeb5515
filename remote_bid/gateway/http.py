"""Plain HTTP: signing in, scheduling, uploads, downloads, the pages; refusals are the socket's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from remote_bid.gateway.bundle import public_bundle
from remote_bid.gateway.socket import refused
from remote_bid.opening.commands import ScheduleOpening
from remote_bid.opening.terms import Role
from remote_bid.people.certificates import Certified, NotTrusted, Signed
from remote_bid.people.sign_in import Porter, StaleNonce
from remote_bid.seal.envelope import BadEnvelope, read_head
from remote_bid.seal.signing import Signer
from remote_bid.seal.statements import BadStatement
from remote_bid.tender.safe import NotThere, Safe, TakenName, TooLarge
from remote_bid.timeline import instant
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import UnknownSession
from remote_bid.verify.trust import Trust

_CHUNK_S = 30
"""Seconds within which an uploader must send something."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self' {socket}; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    session: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{2,39}\Z")]
    command: ScheduleOpening


class Http:
    """The routes of a deployment."""

    def __init__(
        self,
        desk: Desk,
        porter: Porter,
        safe: Safe,
        trust: Trust,
        office: Signer,
        agencies: list[str],
        now: Callable[[], datetime],
        pages: Path,
    ) -> None:
        self._desk, self._porter, self._safe = desk, porter, safe
        self._trust, self._office, self._agencies = trust, office, agencies
        self._now, self._pages = now, pages

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        """Everything this server answers over HTTP."""
        found: list[web.RouteDef | web.StaticDef] = [
            web.get("/api/time", self.time),
            web.get("/api/trust", self.trust),
            web.post("/api/challenge", self.challenge),
            web.post("/api/sign-in", self.sign_in),
            web.get("/api/sessions", self.sessions),
            web.post("/api/sessions", self.schedule),
            web.put("/api/sessions/{session}/uploads/{upload}", self.upload),
            web.get("/api/sessions/{session}/uploads/{upload}/head", self.head),
            web.get("/api/sessions/{session}/bundle.zip", self.bundle),
            web.get("/", self.page),
            web.get("/hall/{session}", self.page),
        ]
        assets = self._pages / "assets"
        return [*found, web.static("/assets", assets)] if assets.is_dir() else found

    async def time(self, request: web.Request) -> web.Response:
        """The server's clock, for measuring one's own against it."""
        return web.json_response({"now": instant.text(self._now())})

    async def trust(self, request: web.Request) -> web.Response:
        """Which authorities, log and cosigners this server works with; compare with what you got by another way."""
        return _json(self._trust)

    async def challenge(self, request: web.Request) -> web.Response:
        """A nonce to sign in with."""
        return web.json_response({"nonce": self._porter.challenge()})

    async def sign_in(self, request: web.Request) -> web.Response:
        """A token for whoever signed the nonce."""
        try:
            token, person = self._porter.admit(msgspec.json.decode(await request.read(), type=Signed))
        except StaleNonce as error:
            raise Refused("stale_nonce", "登录请求已失效，请重试。", str(error)) from error
        except (NotTrusted, BadStatement) as error:
            raise Refused("not_trusted", "证书或签名无效，无法登录。", str(error)) from error
        return web.json_response({"token": token, "person": person.person, "name": person.name})

    async def sessions(self, request: web.Request) -> web.Response:
        """The public list of sessions."""
        listed = []
        for folded in await self._desk.load():
            if not folded.head:
                continue
            view = folded.context.see(folded.state, Who(person="", role=Role.OBSERVER))
            listed.append(msgspec.to_builtins(view))
        return web.json_response({"sessions": listed})

    async def schedule(self, request: web.Request) -> web.Response:
        """An agency's host opens a session."""
        person = self._signed_in(request)
        if person.person not in self._agencies:
            raise Refused("not_allowed", "只有招标代理机构可以安排开标。", "Only an agency may schedule a session.")
        body = msgspec.json.decode(await request.read(), type=_Schedule)
        await self._desk.open(body.session, "opening", body.command, Who(person=person.person, role=Role.HOST))
        return web.json_response({"session": body.session})

    async def upload(self, request: web.Request) -> web.Response:
        """A sealed envelope into the safe; it counts for nothing until a submission names it."""
        person = self._signed_in(request)
        session = (await self._desk.look(request.match_info["session"])).session.id
        try:
            length = await self._safe.keep(session, person.person, request.match_info["upload"], _body(request))
        except TooLarge as error:
            raise Refused("too_large", "文件超过大小限制。", str(error)) from error
        except TakenName as error:
            raise Refused("name_taken", "同名文件已存在，内容不同。", "Another file has this name.") from error
        return web.json_response({"length": length})

    async def head(self, request: web.Request) -> web.Response:
        """The start of one's own stored envelope, for a drill: enough to see that one's halves still open it."""
        person = self._signed_in(request)
        session = (await self._desk.look(request.match_info["session"])).session.id
        try:
            read = await asyncio.to_thread(_head, self._safe, session, person.person, request.match_info["upload"])
        except (NotThere, BadEnvelope) as error:
            raise Refused("no_such_upload", "没有这份文件。", "You have stored no envelope of this name.") from error
        return web.Response(body=read, content_type="application/octet-stream")

    async def bundle(self, request: web.Request) -> web.Response:
        """The public bundle of a session that is over."""
        folded = await self._desk.look(request.match_info["session"])
        made = await asyncio.to_thread(public_bundle, folded, self._trust, self._office, self._safe.open)
        name = f'attachment; filename="{folded.session.id}.zip"'
        return web.Response(body=made, content_type="application/zip", headers={"Content-Disposition": name})

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The hall, for a browser."""
        index = self._pages / "index.html"
        if not index.is_file():
            raise Refused("no_pages", "页面尚未构建。", "The pages are not built; run ./dev web.")
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    def _signed_in(self, request: web.Request) -> Certified:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        person = self._porter.who(token) if scheme == "Bearer" else None
        if person is None:
            raise Refused("not_signed_in", "请先登录。", "Sign in first.")
        return person


def headers_for(origin: str) -> dict[str, str]:
    """The safety headers of a server at this address; older browsers need its websocket address by name."""
    socket = "ws" + origin.removeprefix("http")
    return {name: value.format(socket=socket) for name, value in _HEADERS.items()}


def guard(headers: Mapping[str, str]) -> Middleware:
    """Safety headers on every answer; every failure becomes a refusal with code, sentence and trace."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await _guarded(request, handler, headers)

    return guarded


async def _guarded(request: web.Request, handler: Handler, headers: Mapping[str, str]) -> web.StreamResponse:
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        answer = web.json_response(refused(_worded(error)), status=error.status, headers=_allowed(error))
    except Exception as error:
        if request.path.startswith("/socket.io/"):
            raise  # a websocket may be open: an HTTP answer in the midst of it would only garble it
        answer = web.json_response(refused(error), status=_status(error))
    if not answer.prepared:
        answer.headers.update(headers)
        if request.path.startswith("/assets/") and answer.status == 200:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def _worded(error: web.HTTPException) -> Refused:
    """aiohttp's own refusals in our words."""
    match error.status:
        case 404:
            return Refused("not_found", "没有这个地址。", "There is nothing at this address.")
        case 405:
            return Refused("method_not_allowed", "不支持这种请求方式。", "This address does not take such requests.")
        case 413:
            return Refused("too_large", "提交的内容过大。", "The request is too large.")
        case _:
            return Refused("bad_request", "请求有误。", error.reason)


def _allowed(error: web.HTTPException) -> dict[str, str]:
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}


def _status(error: Exception) -> int:
    match error:
        case Refused(code="not_signed_in"):
            return 401
        case Refused(code="not_allowed"):
            return 403
        case Refused(code="no_such_upload"):
            return 404
        case Refused(code="too_large"):
            return 413
        case Refused():
            return 409
        case UnknownSession():
            return 404
        case msgspec.MsgspecError() | UnicodeError():
            return 400
        case _:
            return 500


def _head(safe: Safe, session: str, person: str, upload: str) -> bytes:
    with safe.open(session, person, upload) as file:
        return read_head(file).read


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    """The request's body; an uploader that stalls is cut off."""
    while chunk := await asyncio.wait_for(request.content.readany(), _CHUNK_S):
        yield chunk


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
