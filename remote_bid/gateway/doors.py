"""The doors of the house: who may come in by which route. What is not listed here is shut.

1  the address has not come too often
2  the route is listed
3  the request is ours: no other origin; a cookie only with our origin and, for a change, with the page's own token
4  the caller may use the route
5  its body has come, in time
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from http.cookies import SimpleCookie

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from remote_bid.gateway.pace import Pace
from remote_bid.people.certificates import Certified
from remote_bid.people.registry.terms import REGISTRY
from remote_bid.people.sign_in import Porter
from remote_bid.people.tokens import Carrier
from remote_bid.timeline.context import Refused
from remote_bid.timeline.log import UnknownSession

COOKIE = "__Host-remote-bid"
CSRF = "X-CSRF-Token"
SOCKET = "/socket.io/"
BODY_S = 10
"""Seconds within which a body that is no upload must be here."""
_SAFE = ("GET", "HEAD", "OPTIONS")


class Access(StrEnum):
    """Who may use a route; what a handler asks further of them is its own."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed_in"


class Door(msgspec.Struct, frozen=True):
    """How a route is guarded. `streams`: its handler reads the body itself, with deadlines of its own."""

    access: Access
    streams: bool = False
    address_pace: str = ""
    account_pace: str = ""


_OPEN = Door(Access.ANYBODY)
_UPLOADS, _UPLOAD = "/api/sessions/{session}/uploads", "/api/sessions/{session}/uploads/{upload}"
_CALL = "/api/calls/{session}"

DOORS: Mapping[tuple[str, str], Door] = {
    ("GET", "/healthz"): _OPEN,
    ("GET", "/api/time"): _OPEN,
    ("GET", "/api/trust"): _OPEN,
    ("GET", "/api/me"): _OPEN,
    ("POST", "/api/challenge"): Door(Access.ANYBODY, address_pace="nonces"),
    ("POST", "/api/sign-in"): Door(Access.ANYBODY, address_pace="sign_ins"),
    ("POST", "/api/sign-out"): Door(Access.SIGNED_IN),
    ("GET", "/api/passkeys"): Door(Access.SIGNED_IN),
    ("POST", "/api/passkeys"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", "/api/passkeys/remove"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", "/api/passkeys/sign-in"): Door(Access.ANYBODY, address_pace="sign_ins"),
    ("GET", "/api/sessions"): _OPEN,
    ("POST", "/api/sessions"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("GET", "/api/evaluations"): Door(Access.SIGNED_IN),
    ("GET", "/api/evaluations/{session}/papers/{target}/{volume}"): Door(Access.SIGNED_IN, account_pace="reads"),
    ("GET", "/api/evaluations/{session}/papers/{paper}.pdf"): _OPEN,
    ("GET", "/api/evaluations/{session}/papers/{paper}.xlsx"): _OPEN,
    ("POST", "/api/evaluations"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("GET", "/api/sessions/{session}/handover/{lot}"): Door(Access.SIGNED_IN),
    ("POST", "/api/evaluations/{session}/gates"): Door(Access.ANYBODY, address_pace="gates"),
    ("POST", "/api/evaluations/following"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("GET", "/api/calls"): Door(Access.SIGNED_IN),
    ("GET", "/api/calls/relays"): Door(Access.SIGNED_IN),
    ("POST", f"{_CALL}/token"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", f"{_CALL}/join"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", f"{_CALL}/again"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", f"{_CALL}/leave"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", f"{_CALL}/listen"): Door(Access.ANYBODY, address_pace="joins"),
    ("GET", f"{_CALL}/recordings/{{number}}"): Door(Access.SIGNED_IN),
    ("GET", "/api/sessions/{session}/broadcast"): _OPEN,
    ("OPTIONS", _UPLOADS): _OPEN,
    ("POST", _UPLOADS): Door(Access.SIGNED_IN, account_pace="uploads"),
    ("GET", _UPLOAD): Door(Access.SIGNED_IN),
    ("PATCH", _UPLOAD): Door(Access.SIGNED_IN, streams=True, account_pace="uploads"),
    ("DELETE", _UPLOAD): Door(Access.SIGNED_IN),
    ("GET", f"{_UPLOAD}/head"): Door(Access.SIGNED_IN),
    ("GET", "/api/sessions/{session}/snapshot"): Door(Access.ANYBODY, address_pace="joins"),
    ("GET", "/api/sessions/{session}/bundle.zip"): _OPEN,
    ("GET", "/api/sessions/{session}/papers/{paper}.pdf"): _OPEN,
    ("GET", "/api/sessions/{session}/lodging-key"): _OPEN,
    ("GET", "/api/registry"): Door(Access.SIGNED_IN),
    ("POST", "/api/registry/commands"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("GET", "/api/registry/log"): Door(Access.SIGNED_IN),
    ("GET", "/api/halls"): _OPEN,
    ("POST", "/api/tenders/read"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", "/api/tenders/check"): Door(Access.SIGNED_IN, account_pace="commands"),
    ("POST", "/api/enrolments"): Door(Access.ANYBODY, address_pace="enrolments"),
    ("GET", "/api/enrolments/{request}"): _OPEN,
    ("GET", "/api/authority/crl"): _OPEN,
    ("GET", "/"): _OPEN,
    ("GET", "/hall/{session}"): _OPEN,
    ("GET", "/hall/{session}/{part}"): _OPEN,
    ("GET", "/verify"): _OPEN,
    ("GET", "/evaluation/{session}"): _OPEN,
    ("GET", "/calls"): _OPEN,
    ("GET", "/call/{session}"): _OPEN,
    ("GET", "/call/{session}/recordings"): _OPEN,
    ("GET", "/wall"): _OPEN,
    ("GET", "/sign-in"): _OPEN,
    ("GET", "/me"): _OPEN,
    ("GET", "/sealer.html"): _OPEN,
    ("GET", "/self-test"): _OPEN,
    ("GET", "/plan"): _OPEN,
    ("GET", "/plan/{draft}"): _OPEN,
    ("GET", "/office"): _OPEN,
    ("GET", "/schedule"): _OPEN,
    ("GET", "/assets"): _OPEN,
    ("GET", SOCKET): Door(Access.ANYBODY, streams=True, address_pace="connects"),
    ("POST", SOCKET): Door(Access.ANYBODY, streams=True, address_pace="connects"),
    ("OPTIONS", SOCKET): Door(Access.ANYBODY, streams=True),
}
"""Every route of a deployment, by method and path; GET stands for HEAD too."""


class Caller(msgspec.Struct, frozen=True):
    """Who asks, by token and not by payload; `person` is None for the public."""

    person: Certified | None = None
    token: str = ""
    carrier: Carrier = Carrier.BEARER


CALLER = web.RequestKey("caller", Caller)


Fetch = Callable[[str], Awaitable[None]]
"""Learns whose a token is, if another process issued it."""


async def only_here(token: str) -> None:
    """There is no other process."""


def doors(
    porter: Porter,
    origin: str,
    pace: Pace,
    more: Mapping[tuple[str, str], Door] | None = None,
    fetch: Fetch = only_here,
) -> Middleware:
    """Every request passes here first. `more`: doors that only this house has."""
    listed = {**DOORS, **(more or {})}

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = address_of(request, pace)
        await pace.spend("requests", address)
        if isinstance(request.match_info.http_exception, web.HTTPException):
            return await handler(request)
        door = _door(request, listed)
        if request.match_info.get("session") == REGISTRY:
            raise UnknownSession(REGISTRY)  # it has routes of its own, whatever others are added for sessions
        await _paced(pace, door.address_pace, address)
        if _path(request) == SOCKET:
            with pace.line(address):
                return await handler(request)
        await fetch(said_token(request))
        caller = request[CALLER] = caller_of(request, porter)
        _require_ours(request, caller, origin, porter)
        if door.access is Access.SIGNED_IN:
            await _paced(pace, door.account_pace, signed_in(request).person)
        if not door.streams:
            await _read(request)
        return await handler(request)

    return guarded


def signed_in(request: web.Request) -> Certified:
    """The person who asks, or a refusal."""
    person = request[CALLER].person
    if person is None:
        raise Refused("not_signed_in", "请先登录。", "Sign in first.")
    return person


def said_token(request: web.BaseRequest) -> str:
    """The token that a request brings, whichever way."""
    said = request.headers.get("Authorization")
    return said.partition(" ")[2] if said is not None else request.cookies.get(COOKIE, "")


def caller_of(request: web.BaseRequest, porter: Porter) -> Caller:
    """Who asks. A header is said on purpose and counts before a cookie, which a browser adds by itself."""
    said = request.headers.get("Authorization")
    if said is not None:
        scheme, _, token = said.partition(" ")
        return Caller(porter.who(token) if scheme == "Bearer" else None, token)
    token = request.cookies.get(COOKIE, "")
    return Caller(porter.who(token, Carrier.COOKIE) if token else None, token, Carrier.COOKIE)


def cookie(token: str) -> SimpleCookie:
    """The cookie that carries a token; an empty one takes it away. Without TLS browsers keep it on localhost only."""
    made = SimpleCookie({COOKIE: token})
    morsel = made[COOKIE]
    morsel["path"], morsel["samesite"] = "/", "Strict"
    morsel["secure"] = morsel["httponly"] = True
    if not token:
        morsel["max-age"] = "0"
    return made


def address_of(request: web.BaseRequest, pace: Pace) -> str:
    """From where a request comes."""
    return pace.address(request.remote, ",".join(request.headers.getall("X-Forwarded-For", [])))


def _door(request: web.Request, listed: Mapping[tuple[str, str], Door]) -> Door:
    method = "GET" if request.method == "HEAD" else request.method
    door = listed.get((method, _path(request)))
    if door is None:
        raise Refused("not_allowed", "此地址不对外开放。", "This address is open to nobody.")
    return door


def _path(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


def _require_ours(request: web.Request, caller: Caller, origin: str, porter: Porter) -> None:
    """A change is asked for by our own page or by a client without cookies, never by another site's page."""
    if request.method in _SAFE:
        return
    said = request.headers.getall("Origin", [])
    if said != [origin] and (said or COOKIE in request.cookies):
        raise Refused("other_origin", "请求来自其他网站，已拒绝。", "The request comes from another site.")
    by_cookie = caller.carrier is Carrier.COOKIE and caller.person is not None
    if by_cookie and request.headers.get(CSRF, "") != porter.tokens.csrf(caller.token):
        raise Refused(
            "no_page_token", "页面已过期，请刷新后重试。", f"The page's own token ({CSRF}) is missing or old."
        )


async def _paced(pace: Pace, what: str, whose: str) -> None:
    if what:
        await pace.spend(what, whose)


async def _read(request: web.Request) -> None:
    """The whole body, kept by the request for its handler."""
    try:
        async with asyncio.timeout(BODY_S):
            await request.read()
    except TimeoutError as error:
        request.protocol.close()
        raise Refused(
            "too_slow", "提交的内容未在规定时间内到达。", f"The body was not here after {BODY_S} s."
        ) from error
