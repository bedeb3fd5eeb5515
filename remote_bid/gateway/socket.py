"""The socket: commands in, frames out, resume after what was seen last."""

import secrets
from typing import Any

import msgspec
import socketio
import structlog
from msgspec import UNSET, UnsetType

from remote_bid.gateway.hub import Hub
from remote_bid.people.certificates import Certified
from remote_bid.people.sign_in import Porter
from remote_bid.seal.statements import Statement
from remote_bid.timeline.context import AnyContext, Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.log import UnknownSession

_LOG = structlog.get_logger("socket")


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client wants a session, from behind the main-line entry `since`."""

    session: str
    since: int = 0


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """No: a stable code, the sentence in both languages, and a trace to quote to the operator."""

    code: str
    zh: str
    en: str
    trace: str
    ok: bool = False
    refusal: Statement | UnsetType = UNSET
    """The same under the server's key, where it counts that it was refused, and when."""


class Sockets(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio carries no types
    """Everything that comes in over a websocket."""

    def __init__(self, desk: Desk, rooms: dict[str, AnyContext], porter: Porter) -> None:
        super().__init__("/")
        self._desk, self._rooms, self._porter = desk, rooms, porter
        self.hub: Hub

    async def on_connect(self, sid: str, environ: Any = None, auth: Any = None, *_more: Any) -> bool:
        """Signed-in people bring their token; without one a browser of an allowed origin may watch.

        A client may also send an event called connect: then the environ is its own invention.
        """
        if environ is not self.server.get_environ(sid, self.namespace):
            return False
        token = auth.get("token") if isinstance(auth, dict) else None
        person = self._porter.who(token) if isinstance(token, str) else None
        if person is None and (token is not None or "HTTP_ORIGIN" not in environ):
            return False
        await self.save_session(sid, {"person": person})
        return True

    async def on_join(self, sid: str, body: Any = None, *_more: Any) -> Any:
        """Begin or resume to listen to a session."""
        try:
            join = msgspec.convert(body, type=Join)
            who = await self.hub.stand(join.session, _person(await self.get_session(sid)))
            await self.enter_room(sid, await self.hub.room(join.session, who))
            return {"ok": True, "joined": await self.hub.join(join.session, who, join.since)}
        except Exception as error:
            return refused(error)

    async def on_command(self, sid: str, body: Any = None, *_more: Any) -> Any:
        """Hand in a command; the answer comes after the commit and names the sender's own new entries."""
        try:
            if not isinstance(body, dict) or not isinstance(body.get("session"), str):
                raise msgspec.ValidationError("a command names its session")
            session = body["session"]
            folded = await self._desk.look(session)
            command = msgspec.convert(body.get("command"), type=folded.context.command)
            who = await self.hub.stand(session, _person(await self.get_session(sid)))
            if not who.person:
                raise Refused("not_signed_in", "请先登录。", "Sign in first.")
            entries = await self._desk.handle(session, command, who)
            return {"ok": True, "entries": [{"seq": entry.seq, "type": entry.type} for entry in entries]}
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


def _person(kept: dict[str, Any]) -> str | None:
    person: Certified | None = kept.get("person")
    return person.person if person else None
