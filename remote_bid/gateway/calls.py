"""Calls over HTTP: a token, an offer and its answer, and what was recorded. Offers and answers never enter the log."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
from aiohttp import web

from remote_bid.gateway.carrying import Carrying, Line
from remote_bid.gateway.doors import signed_in
from remote_bid.gateway.openings import opening_at
from remote_bid.handover import broadcast_room
from remote_bid.opening.events import LobbyOpened
from remote_bid.seal.canonical import b64
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import UnknownSession
from remote_bid.video.commands import IssueToken, LeaveCall, UseToken
from remote_bid.video.rules import Call
from remote_bid.video.stage import BadOffer, NoMedia
from remote_bid.video.terms import CallKind, CallRole
from remote_bid.video.turn import TurnAccess

Relays = Callable[[], list[TurnAccess]]
"""The relays that one person may use, with credentials of its own: fresh each time, and with nobody's name."""

Sdp = Annotated[str, msgspec.Meta(max_length=200_000)]
Secret = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22,43}\Z")]


class _Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: Secret
    offer: Sdp


class _Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: Secret
    offer: Sdp


class _Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    offer: Sdp


class Calls:
    """The routes of calls; everything else of them goes over the socket. Without a carrier they refuse."""

    def __init__(self, desk: Desk, carrying: Carrying | None, recordings: Path, relays: Relays) -> None:
        self._desk, self._carrying, self._recordings, self._relays = desk, carrying, recordings, relays

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [
            web.get("/api/calls", self.listed),
            web.get("/api/calls/relays", self.relays),
            web.post("/api/calls/{session}/token", self.token),
            web.post("/api/calls/{session}/join", self.join),
            web.post("/api/calls/{session}/again", self.again),
            web.post("/api/calls/{session}/leave", self.leave),
            web.post("/api/calls/{session}/listen", self.listen),
            web.get("/api/calls/{session}/recordings/{number}", self.recording),
            web.get("/api/sessions/{session}/broadcast", self.broadcast),
        ]

    async def listed(self, request: web.Request) -> web.Response:
        """The calls in which the caller has a part, as it may see them; nobody learns of others."""
        person, listed = signed_in(request).person, []
        for folded in await self._desk.load():
            if folded.session.room != "video" or not folded.head:
                continue
            role = folded.context.standing(folded.state, person)
            if role != CallRole.OBSERVER:
                listed.append(msgspec.to_builtins(folded.context.see(folded.state, Who(person=person, role=role))))
        return web.json_response({"calls": listed, "carried": self._carrying is not None})

    async def relays(self, request: web.Request) -> web.Response:
        """What a browser may use when it has no UDP, with the caller's own credentials."""
        signed_in(request)
        return web.json_response({"relays": msgspec.to_builtins(self._relays())})

    async def token(self, request: web.Request) -> web.Response:
        """A token to join with, once and soon; the log keeps its hash."""
        self._require_media()
        folded, who = await self._standing(request)
        token = secrets.token_urlsafe(32)
        await self._desk.handle(folded.session.id, IssueToken(hash=_hash(token)), who)
        return web.json_response({"token": token, "relays": msgspec.to_builtins(self._relays())})

    async def join(self, request: web.Request) -> web.Response:
        """A token and an offer; the answer, and the name of the line by which signs of life are given."""
        carrying = self._require_media()
        body = msgspec.json.decode(await request.read(), type=_Join)
        folded, who = await self._standing(request)
        await self._desk.handle(folded.session.id, UseToken(hash=_hash(body.token)), who)
        chair = folded.state.chair_of(who.person)
        if chair is None:
            raise UnknownSession(folded.session.id)
        line = carrying.line(folded.session.id, chair.seat)
        try:
            return await self._answered(carrying, line, body.offer)
        except Refused:
            await self._desk.handle(folded.session.id, LeaveCall(), who)
            raise

    async def again(self, request: web.Request) -> web.Response:
        """Another offer over a line that lives: a network or a device has changed. The seat keeps its streams."""
        carrying = self._require_media()
        body = msgspec.json.decode(await request.read(), type=_Again)
        folded, who = await self._standing(request)
        line = carrying.line_named(folded.session.id, body.line)
        chair = folded.state.chair_of(who.person)
        if chair is None or chair.seat != line.seat:
            raise Refused("no_such_line", "连接已失效，请重新进入。", "This connection has ended; join again.")
        return await self._answered(carrying, line, body.offer)

    async def leave(self, request: web.Request) -> web.Response:
        """Hang up: what a page says when it is closed."""
        folded, who = await self._standing(request)
        await self._desk.handle(folded.session.id, LeaveCall(), who)
        return web.json_response({"left": True})

    async def listen(self, request: web.Request) -> web.Response:
        """Hear a hall's broadcast: anybody may, and no entry says who did."""
        carrying = self._require_media()
        body = msgspec.json.decode(await request.read(), type=_Listen)
        folded = await self._call(request.match_info["session"])
        call: Call = folded.state
        if call.opened is None or call.opened.kind is not CallKind.BROADCAST:
            raise UnknownSession(folded.session.id)
        if call.closed:
            raise Refused("call_over", "直播已经结束。", "The broadcast is over.")
        line = carrying.line(folded.session.id, f"L{secrets.token_hex(8)}")
        return await self._answered(carrying, line, body.offer, listens=True)

    async def recording(self, request: web.Request) -> web.StreamResponse:
        """One segment, for supervisors and auditors; parts of it too (Range), so that a player may jump."""
        folded, who = await self._standing(request)
        if who.role not in (CallRole.SUPERVISOR, CallRole.AUDITOR):
            raise Refused("not_allowed", "您无权调阅录音录像。", "Recordings are for supervisors and auditors.")
        segments, number = list(folded.state.segments.values()), request.match_info["number"]
        if not number.isdecimal() or int(number) >= len(segments):
            raise Refused("not_found", "没有这段录音录像。", "There is no such recording.")
        path = (self._recordings / segments[int(number)].path).resolve()
        if not path.is_relative_to(self._recordings.resolve()) or not path.is_file():
            raise Refused("recording_missing", "录音录像文件缺失。", "The recording is not on this server any more.")
        headers = {"Content-Type": f"{segments[int(number)].kind}/webm", "Cache-Control": "no-store"}
        return web.FileResponse(path, headers=headers)

    async def broadcast(self, request: web.Request) -> web.Response:
        """In which room an opening's host speaks; empty where it has none."""
        folded = await opening_at(self._desk, request)
        lobby = next((entry for entry in folded.main if entry.type == LobbyOpened.__name__), None)
        room = broadcast_room(lobby.leaf) if lobby is not None and self._carrying is not None else ""
        return web.json_response({"room": room})

    def _require_media(self) -> Carrying:
        if self._carrying is None:
            _no_media()
        return self._carrying

    async def _answered(self, carrying: Carrying, line: Line, offer: str, listens: bool = False) -> web.Response:
        try:
            answer = await carrying.join(line, offer, listens)
        except BadOffer as error:
            raise Refused("bad_offer", "浏览器的连接请求无法识别。", str(error)) from error
        except NoMedia as error:
            _no_media(error)
        return web.json_response(
            {"answer": answer, "line": line.name, "showing": msgspec.to_builtins(carrying.showing(line))}
        )

    async def _standing(self, request: web.Request) -> tuple[Folded, Who]:
        person = signed_in(request).person
        folded = await self._call(request.match_info["session"])
        return folded, Who(person=person, role=folded.context.standing(folded.state, person))

    async def _call(self, session: str) -> Folded:
        folded = await self._desk.look(session)
        if folded.session.room != "video" or not folded.head:
            raise UnknownSession(session)
        return folded


def _no_media(cause: Exception | None = None) -> NoReturn:
    raise Refused("no_media", "音视频服务暂不可用。", "No media is carried here now.") from cause


def _hash(token: str) -> str:
    return b64(hashlib.sha256(token.encode()).digest())
