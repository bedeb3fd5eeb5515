"""Plain HTTP: signing in, scheduling, uploads, downloads, the pages; refusals are the socket's."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from remote_bid.gateway import uploads
from remote_bid.gateway.archive import Archive
from remote_bid.gateway.asked import asked
from remote_bid.gateway.doors import CALLER, COOKIE, cookie, signed_in
from remote_bid.gateway.openings import opening_at
from remote_bid.gateway.pace import Pace, TooMany
from remote_bid.gateway.papers import Papers
from remote_bid.gateway.socket import refused
from remote_bid.gateway.uploads import Uploads
from remote_bid.opening.commands import ScheduleOpening
from remote_bid.opening.terms import Role
from remote_bid.people.certificates import Certified, NotTrusted, Signed, payload
from remote_bid.people.everywhere import Everywhere
from remote_bid.people.registry.state import Registry
from remote_bid.people.registry.terms import REGISTRY
from remote_bid.people.sign_in import Porter, SignIn, StaleNonce
from remote_bid.people.tokens import Carrier
from remote_bid.seal.statements import BadStatement
from remote_bid.tender.safe import Safe
from remote_bid.timeline import instant
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import UnknownSession
from remote_bid.verify.trust import Trust

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

_STATUS = uploads.STATUS | {
    "not_signed_in": 401,
    "not_allowed": 403,
    "other_origin": 403,
    "no_page_token": 403,
    "no_such_paper": 404,
    "too_many_requests": 429,
    "clock_jumped": 503,
    "log_unavailable": 503,
    "outcome_unknown": 503,
}
"""Every other refusal is a conflict with what is: 409."""

PAGES = (
    "/",
    "/hall/{session}",
    "/hall/{session}/{part}",
    "/sign-in",
    "/me",
    "/self-test",
    "/verify",
    "/evaluation/{session}",
    "/wall",
    "/plan",
    "/plan/{draft}",
    "/office",
    "/schedule",
)
"""Addresses at which a browser gets the pages, which then show what belongs there."""

_LOG = structlog.get_logger("http")

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
        sign_ins: Everywhere,
        safe: Safe,
        papers: Papers,
        trust: Trust,
        archive: Archive,
        agencies: list[str],
        now: Callable[[], datetime],
        pages: Path,
        pace: Pace,
        orphans_days: int,
    ) -> None:
        self._desk, self._porter, self._safe, self._papers = desk, porter, safe, papers
        self._sign_ins, self._trust, self._archive, self._agencies = sign_ins, trust, archive, agencies
        self._now, self._pages, self._pace = now, pages, pace
        self._uploads = Uploads(desk, safe, signed_in, orphans_days)

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        """Everything this server answers over HTTP."""
        found: list[web.RouteDef | web.StaticDef] = [
            web.get("/api/time", self.time),
            web.get("/api/trust", self.trust),
            web.post("/api/challenge", self.challenge),
            web.post("/api/sign-in", self.sign_in),
            web.post("/api/sign-out", self.sign_out),
            web.get("/api/me", self.me),
            web.get("/api/sessions", self.sessions),
            web.post("/api/sessions", self.schedule),
            *self._uploads.routes(),
            web.get("/api/sessions/{session}/bundle.zip", self.bundle),
            web.get("/api/sessions/{session}/papers/{paper}.pdf", self.paper),
            web.get("/sealer.html", self.sealer),
            *(web.get(path, self.page) for path in PAGES),
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
        """A token for whoever signed the nonce: to a page of ours in a cookie that it cannot read, else in the answer.

        Only browsers say where a page comes from. Why somebody is not trusted is told to nobody but the operator.
        """
        signed = msgspec.json.decode(await request.read(), type=Signed)
        carrier = Carrier.COOKIE if "Origin" in request.headers else Carrier.BEARER
        try:
            person = self._porter.recognise(signed)
            await self._sign_ins.spend(payload(signed, SignIn).nonce)
        except StaleNonce as error:
            raise Refused("stale_nonce", "登录请求已失效，请重试。", "Ask for a new nonce and sign that.") from error
        except (NotTrusted, BadStatement) as error:
            _LOG.info("not signed in", why=str(error))
            raise Refused(
                "not_trusted", "证书或签名无效，无法登录。", "Certificate or signature is not good."
            ) from error
        return await self.enter(request, person, carrier)

    async def enter(self, request: web.Request, person: Certified, carrier: Carrier = Carrier.COOKIE) -> web.Response:
        """Let in somebody who has just proved who it is."""
        await self._pace.spend("account_sign_ins", person.person)
        token = await self._sign_ins.issue(person, carrier)
        if before := request.cookies.get(COOKIE):
            await self._sign_ins.end(before)
        if carrier is Carrier.BEARER:
            return web.json_response({"token": token, "person": person.person, "name": person.name})
        return await self._with_cookie(person, token)

    async def sign_out(self, request: web.Request) -> web.Response:
        """The token is worth nothing any more, and its lines are hung up."""
        await self._sign_ins.end(request[CALLER].token)
        return await self._with_cookie(None, "")

    async def me(self, request: web.Request) -> web.Response:
        """Who is signed in, and what a page must say beside its cookie; empty for the public."""
        caller = request[CALLER]
        by_cookie = caller.person is not None and caller.carrier is Carrier.COOKIE
        return web.json_response(await self._about(caller.person, caller.token if by_cookie else ""))

    async def admitted(self) -> Collection[str]:
        """Who may schedule: named in the settings, or admitted by a system admin."""
        return {*self._agencies, *(await self._registry()).agencies}

    async def _registry(self) -> Registry:
        """Empty where the settings name no admins."""
        try:
            state: Registry = (await self._desk.look(REGISTRY)).state
        except UnknownSession:
            return Registry(session=REGISTRY)
        return state

    async def _with_cookie(self, person: Certified | None, token: str) -> web.Response:
        answer = web.json_response(await self._about(person, token))
        answer.cookies.update(cookie(token))
        return answer

    async def _about(self, person: Certified | None, token: str) -> dict[str, str | bool]:
        """What a page needs to know of its person: beside the name, which pages there are for such a one."""
        if person is None:
            return {"person": "", "name": "", "csrf": "", "office": "", "agency": False}
        registry = await self._registry()
        return {
            "person": person.person,
            "name": person.name,
            "csrf": self._porter.tokens.csrf(token) if token else "",
            "office": registry.role_of(person.person) or "",
            "agency": person.person in self._agencies or person.person in registry.agencies,
        }

    async def sessions(self, request: web.Request) -> web.Response:
        """Every session as the caller may see it."""
        caller, listed = request[CALLER].person, []
        for folded in await self._desk.load():
            if not folded.head or folded.session.room != "opening":
                continue
            role = folded.context.standing(folded.state, caller.person) if caller else Role.OBSERVER
            view = folded.context.see(folded.state, Who(person=caller.person if caller else "", role=role))
            listed.append(msgspec.to_builtins(view))
        return web.json_response({"sessions": listed})

    async def schedule(self, request: web.Request) -> web.Response:
        """An agency's host opens a session."""
        person = signed_in(request)
        if person.person not in await self.admitted():
            raise Refused("not_allowed", "只有招标代理机构可以安排开标。", "Only an agency may schedule a session.")
        body = msgspec.json.decode(await request.read(), type=_Schedule)
        await self._desk.open(body.session, "opening", body.command, Who(person=person.person, role=Role.HOST))
        return web.json_response({"session": body.session})

    async def bundle(self, request: web.Request) -> web.StreamResponse:
        """The bundle of a session that is over: the public one, or where nothing is public that of its people."""
        folded = await self._desk.look(request.match_info["session"])
        name = f'attachment; filename="{folded.session.id}.zip"'
        headers = {"Content-Type": "application/zip", "Content-Disposition": name}
        if folded.session.room in ("assessment", "award"):
            person = signed_in(request).person
            who = Who(person=person, role=folded.context.standing(folded.state, person))
            return web.Response(body=await self._archive.bundle_for(folded, who), headers=headers)
        return web.FileResponse(await self._archive.bundle(folded), headers=headers)

    async def paper(self, request: web.Request) -> web.Response:
        """One document of a session that is closed, sealed by the platform."""
        folded, name = await opening_at(self._desk, request), request.match_info["paper"]
        made = await self._papers.of(folded, name)
        shown_as = f'inline; filename="{folded.session.id}-{name}.pdf"'
        return web.Response(body=made, content_type="application/pdf", headers={"Content-Disposition": shown_as})

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The hall, for a browser."""
        return web.FileResponse(self._built("index.html"), headers={"Cache-Control": "no-cache"})

    async def sealer(self, request: web.Request) -> web.StreamResponse:
        """The offline sealer, to be kept and carried: always byte for byte what was built."""
        headers = {"Cache-Control": "no-cache", "Content-Disposition": 'attachment; filename="sealer.html"'}
        return web.FileResponse(self._built("sealer.html"), headers=headers)

    def _built(self, name: str) -> Path:
        """One of the pages; Refused where they are not built."""
        page = self._pages / name
        if not page.is_file():
            raise Refused("no_pages", "页面尚未构建。", "The pages are not built; run ./dev web.")
        return page


def headers_for(origin: str) -> dict[str, str]:
    """The safety headers of a server at this address; older browsers need its websocket address by name."""
    socket = "ws" + origin.removeprefix("http")
    return {name: value.format(socket=socket) for name, value in _HEADERS.items()}


def guard(headers: Mapping[str, str]) -> Middleware:
    """Safety headers on every answer; every failure becomes a refusal with code, sentence and trace."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        with asked(request.match_info.get("session", "")):
            return await _guarded(request, handler, headers)

    return guarded


async def _guarded(request: web.Request, handler: Handler, headers: Mapping[str, str]) -> web.StreamResponse:
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        answer = web.json_response(refused(_worded(error)), status=error.status, headers=_allowed(error))
    except Exception as error:
        if request.path.startswith("/socket.io/") and not isinstance(error, Refused):
            raise  # a websocket may be open: an HTTP answer in the midst of it would only garble it
        answer = web.json_response(refused(error), status=_status(error), headers=_later(error))
    if not answer.prepared:
        answer.headers.update(headers)
        answer.headers.update(request.get(uploads.ALSO, {}))
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


def _later(error: Exception) -> dict[str, str]:
    return {"Retry-After": str(error.retry_s)} if isinstance(error, TooMany) else {}


def _status(error: Exception) -> int:
    match error:
        case Refused():
            return _STATUS.get(error.code, 409)
        case UnknownSession():
            return 404
        case msgspec.MsgspecError() | UnicodeError():
            return 400
        case _:
            return 500


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
