"""The socket: commands in, frames out, resume after what was seen last."""

import asyncio
import secrets
from contextlib import ExitStack
from typing import Any

import msgspec
import socketio
import structlog
from msgspec import UNSET, UnsetType

from remote_bid.gateway.asked import asked
from remote_bid.gateway.carrying import Carrying
from remote_bid.gateway.doors import COOKIE, Caller, Fetch, address_of, caller_of, only_here, said_token
from remote_bid.gateway.fanout import Server
from remote_bid.gateway.hub import Hub
from remote_bid.gateway.pace import Pace, TooMany
from remote_bid.people.sign_in import Porter
from remote_bid.seal.statements import Statement
from remote_bid.timeline.context import AnyContext, Refused
from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.log import UnknownSession

_LOG = structlog.get_logger("socket")


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client wants a session, from behind the main-line entry `since`."""

    session: str
    since: int = 0


class Alive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page in a call gives a sign of life over its line."""

    session: str
    line: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """No: a stable code, the sentence in both languages, and a trace to quote to the operator."""

    code: str
    zh: str
    en: str
    trace: str
    ok: bool = False
    refusal: Statement | UnsetType = UNSET
    """The same under the server's key, where it counts that it was refused, and when."""


class _Line(msgspec.Struct, frozen=True):
    """One open socket: who is at the other end, from where, and what is to be done when it closes."""

    caller: Caller
    address: str
    closing: ExitStack


class Sockets(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio carries no types
    """Everything that comes in over a websocket."""

    server: Server

    def __init__(
        self, desk: Desk, rooms: dict[str, AnyContext], porter: Porter, pace: Pace, fetch: Fetch = only_here
    ) -> None:
        super().__init__("/")
        self._desk, self._rooms, self._porter, self._pace, self._fetch = desk, rooms, porter, pace, fetch
        self._lines: dict[str, _Line] = {}
        self._hanging_up: set[asyncio.Task[None]] = set()
        self.hub: Hub
        self.calls: Carrying | None = None
        porter.tokens.listen(self._hang_up)

    async def on_connect(self, sid: str, environ: Any = None, auth: Any = None, *_more: Any) -> bool:
        """Signed-in people bring their token, or their browser its cookie; without either a browser of an allowed
        origin may watch. Whoever says no origin must bring a token and no cookie.

        A client may also send an event called connect: then the environ is its own invention.
        """
        if environ is not self.server.get_environ(sid, self.namespace):
            return False
        token = auth.get("token") if isinstance(auth, dict) else None
        await self._fetch(token if isinstance(token, str) else said_token(environ["aiohttp.request"]))
        caller = self._caller(environ, auth)
        if caller is None:
            return False
        try:
            self._lines[sid] = self._line(caller, environ, sid)
        except TooMany as error:
            raise socketio.exceptions.ConnectionRefusedError(error.code) from error
        return True

    async def on_disconnect(self, sid: str, *_reason: Any) -> None:
        """The line is closed, by whomever. A client may also send an event of this name: then it is still there."""
        if self.server.manager.is_connected(sid, self.namespace):
            return
        line = self._lines.pop(sid, None)
        if line is not None:
            line.closing.close()

    def _caller(self, environ: Any, auth: Any) -> Caller | None:
        request = environ["aiohttp.request"]
        token = auth.get("token") if isinstance(auth, dict) else None
        has_origin, has_cookie = "HTTP_ORIGIN" in environ, COOKIE in request.cookies
        if token is not None:
            person = self._porter.who(token) if isinstance(token, str) else None
            good = person is not None and (has_origin or not has_cookie)
            return Caller(person, token) if good else None
        return caller_of(request, self._porter) if has_origin else None

    def _line(self, caller: Caller, environ: Any, sid: str) -> _Line:
        with ExitStack() as closing:
            if (line := self.server.line(sid, self.namespace)) is not None:
                closing.callback(self.hub.leave, line)
            if caller.person is not None:
                closing.enter_context(self._pace.account_line(caller.person.person))
                self._porter.tokens.hold(caller.token)
                closing.callback(self._porter.tokens.let_go, caller.token)
                left = self._porter.tokens.seconds_left(caller.token)
                ending = asyncio.get_running_loop().call_later(left, self._porter.tokens.end, caller.token)
                closing.callback(ending.cancel)
            return _Line(caller, address_of(environ["aiohttp.request"], self._pace), closing.pop_all())

    async def _look(self, session: str) -> Folded:
        """A session of a room that is open over sockets; the others are not there."""
        folded = await self._desk.look(session)
        if folded.session.room not in self._rooms:
            raise UnknownSession(session)
        return folded

    def _hang_up(self, token: str) -> None:
        """Whose token has ended hears nothing more."""
        for sid in [sid for sid, line in self._lines.items() if line.caller.person and line.caller.token == token]:
            task = asyncio.ensure_future(self.disconnect(sid))
            self._hanging_up.add(task)
            task.add_done_callback(self._hanging_up.discard)

    def _person(self, sid: str) -> str | None:
        """Who is at the other end now; a token that has ended since is nobody's."""
        caller = self._lines[sid].caller
        if caller.person is None:
            return None
        person = self._porter.who(caller.token, caller.carrier)
        if person is None:
            raise Refused("not_signed_in", "登录已失效，请重新登录。", "Your sign-in has ended; sign in again.")
        return person.person

    async def on_join(self, sid: str, body: Any = None, *_more: Any) -> Any:
        """Begin or resume to listen to a session."""
        try:
            await self._pace.spend("joins", self._lines[sid].address)
            join = msgspec.convert(body, type=Join)
            if (await self._look(join.session)).head < join.since:
                await self._desk.follow(join.session)  # it has seen more at another process than this one knows
            who = await self.hub.stand(join.session, self._person(sid))
            folded = await self._look(join.session)
            line = self.server.line(sid, self.namespace)
            return self.hub.follow(folded, who, join.since, line) if line is not None and sid in self._lines else None
        except Exception as error:
            return refused(error)

    async def on_command(self, sid: str, body: Any = None, *_more: Any) -> Any:
        """Hand in a command; the answer comes after the commit and names the sender's own new entries."""
        with asked(str(body.get("session")) if isinstance(body, dict) else ""):
            return await self._on_command(sid, body)

    async def _on_command(self, sid: str, body: Any) -> Any:
        try:
            person = self._person(sid)
            await self._pace.spend("commands", person or self._lines[sid].address)
            if not isinstance(body, dict) or not isinstance(body.get("session"), str):
                raise msgspec.ValidationError("a command names its session")
            session = body["session"]
            folded = await self._look(session)
            command = msgspec.convert(body.get("command"), type=folded.context.command)
            who = await self.hub.stand(session, person)
            if not who.person:
                raise Refused("not_signed_in", "请先登录。", "Sign in first.")
            entries = await self._desk.handle(session, command, who)
            return {"ok": True, "entries": [{"seq": entry.seq, "type": entry.type} for entry in entries]}
        except Exception as error:
            return refused(error)

    async def on_alive(self, sid: str, body: Any = None, *_more: Any) -> Any:
        """A sign of life in a call; whoever knows its line's name is in it."""
        try:
            self._person(sid)
            told = msgspec.convert(body, type=Alive)
            if self.calls is None:
                raise Refused("no_media", "音视频服务暂不可用。", "No media is carried here now.")
            self.calls.alive(told.session, told.line)
            return {"ok": True}
        except Exception as error:
            return refused(error)


def refused(error: Exception) -> Any:
    """Any failure as an answer: logged, with a trace, the connection kept."""
    trace = secrets.token_hex(6)
    match error:
        case Refused():
            signed = error.statement or UNSET
            answer = Refusal(code=error.code, zh=error.zh, en=error.en, trace=trace, refusal=signed)
        case msgspec.MsgspecError() | UnicodeError():
            answer = Refusal(code="malformed", zh="提交的内容格式有误。", en=f"Malformed: {error}", trace=trace)
        case UnknownSession():
            answer = Refusal(code="no_such_session", zh="没有这场会议。", en="There is no such session.", trace=trace)
        case _:
            _LOG.exception("failed", trace=trace, exc_info=error)
            answer = Refusal(
                code="failed", zh="系统出错，已保存的内容没有丢失。", en="It failed; nothing is lost.", trace=trace
            )
    _LOG.info("refused", code=answer.code, trace=trace)
    return msgspec.to_builtins(answer)
