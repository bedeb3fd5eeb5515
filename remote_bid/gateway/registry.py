"""The registry over HTTP: enrolment for anybody, offices for their holders, revoked certificates for all."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from aiohttp import web

from remote_bid.gateway.doors import CALLER, signed_in
from remote_bid.people.issuing import Issuer, Revoked, request_id
from remote_bid.people.registry import NOBODY
from remote_bid.people.registry.commands import RegistryCommand, RequestEnrolment
from remote_bid.people.registry.state import Registry
from remote_bid.people.registry.terms import REGISTRY, AdminRole
from remote_bid.timeline import instant
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.entry import Entry, Who, show
from remote_bid.timeline.log import UnknownSession

_LIST_GOOD = timedelta(hours=12)

OFFICE_ONLY = Refused("not_allowed", "此处仅供管理员使用。", "This is for those who hold an office.")


class RegistryHttp:
    """The registry's routes."""

    def __init__(self, desk: Desk, issuer: Issuer | None, now: Callable[[], datetime]) -> None:
        self._desk, self._issuer, self._now = desk, issuer, now
        self._list: _List | None = None

    def routes(self) -> list[web.RouteDef]:
        """Everything about people."""
        return [
            web.get("/api/registry", self.look),
            web.post("/api/registry/commands", self.command),
            web.get("/api/registry/log", self.log),
            web.get("/api/halls", self.halls),
            web.post("/api/enrolments", self.request),
            web.get("/api/enrolments/{request}", self.enrolment),
            web.get("/api/authority/crl", self.crl),
        ]

    async def look(self, request: web.Request) -> web.Response:
        """The registry as the caller's office sees it."""
        folded, who = await self._admin(request)
        return _json(folded.context.see(folded.state, who))

    async def command(self, request: web.Request) -> web.Response:
        """An office's act, or a person's on its own certificate; answered when it is committed."""
        folded = await self._desk.look(REGISTRY)
        command = msgspec.json.decode(await request.read(), type=RegistryCommand)
        who = standing(folded, signed_in(request).person)
        return _committed(await self._desk.handle(REGISTRY, command, who))

    async def log(self, request: web.Request) -> web.Response:
        """The audit log, for audit admins: every entry with its proof."""
        folded, who = await self._admin(request)
        if who.role != AdminRole.AUDIT:
            raise OFFICE_ONLY
        names = [folded.context.show(folded.state, entry.line, entry.fields, who, False) for entry in folded.main]
        return _json([show(entry, shown) for entry, shown in zip(folded.main, names, strict=True)])

    async def halls(self, request: web.Request) -> web.Response:
        """The centre's halls, and which session is held in which; nothing where there is no registry."""
        try:
            state: Registry = (await self._desk.look(REGISTRY)).state
        except UnknownSession:
            return _json({"halls": [], "placed": {}})
        return _json({"halls": sorted(state.halls), "placed": state.placed})

    async def request(self, request: web.Request) -> web.Response:
        """Anybody asks for a certificate; the answer names the request, a clerk decides."""
        asked = msgspec.json.decode(await request.read(), type=_Asked)
        caller = request[CALLER].person
        by = Who(person=caller.person if caller else "", role=NOBODY)
        await self._desk.handle(REGISTRY, RequestEnrolment(request=asked.request), by)
        return web.json_response({"request": request_id(asked.request)})

    async def enrolment(self, request: web.Request) -> web.Response:
        """What became of a request; its name is the hash of the request, so only who has that can ask."""
        state: Registry = (await self._desk.look(REGISTRY)).state
        found = state.enrolments.get(request.match_info["request"])
        if found is None:
            raise Refused("no_such_request", "没有这份申请。", "There is no such request.")
        told = "pending" if found.pending else "refused" if found.refused else "approved"
        return web.json_response({"state": told, "certificate": found.certificate, "reason": found.refused})

    async def crl(self, request: web.Request) -> web.Response:
        """The certificates that the centre's own authority has taken back."""
        return web.Response(body=await self.own_crl(), content_type="application/pkix-crl")

    async def own_crl(self) -> bytes:
        """The same list until something was revoked or half a day has passed."""
        if self._issuer is None:
            raise Refused("no_authority", "本中心未设证书机构。", "This centre has no authority of its own.")
        folded, now = await self._desk.look(REGISTRY), self._now()
        revoked = revoked_of(folded.state)
        if self._list is None or self._list.revoked != revoked or now - self._list.at > _LIST_GOOD:
            self._list = _List(self._issuer.crl(folded.head, revoked, now), revoked, now)
        return self._list.raw

    async def _admin(self, request: web.Request) -> tuple[Folded, Who]:
        folded = await self._desk.look(REGISTRY)
        who = standing(folded, signed_in(request).person)
        if who.role == NOBODY:
            raise OFFICE_ONLY
        return folded, who


class _List(NamedTuple):
    raw: bytes
    revoked: list[Revoked]
    at: datetime


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    request: str


def standing(folded: Folded, person: str) -> Who:
    """Who somebody is in the registry."""
    return Who(person=person, role=folded.context.standing(folded.state, person))


def revoked_of(state: Registry) -> list[Revoked]:
    """What the centre's authority has taken back so far."""
    return [Revoked(serial=one.serial, since=instant.when(one.revoked)) for one in state.issued.values() if one.revoked]


def _committed(entries: Sequence[Entry]) -> web.Response:
    return web.json_response({"ok": True, "entries": [{"seq": entry.seq, "type": entry.type} for entry in entries]})


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
