"""A call that has been going on in a server's log before it starts, and people on their way into it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from remote_bid.seal.canonical import b64
from remote_bid.tender.deployment import Deployment
from remote_bid.timeline import instant
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.context import Command
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.engines import engine_of
from remote_bid.timeline.entry import Entry, Who
from remote_bid.timeline.office import office_keys
from remote_bid.timeline.sql import SqlLog
from remote_bid.video import video
from remote_bid.video.commands import OpenCall
from remote_bid.video.facts import VideoFacts
from remote_bid.video.rules.guards import HOUSE
from remote_bid.video.terms import CallKind, CallRole
from tests.gateway.house import House
from tests.video.actors import CHAIRS, HOST, OPEN_CALL, SESSION

BROADCAST = "broadcast-1"
HOSTED = replace(
    OPEN_CALL,
    kind=CallKind.BROADCAST,
    chairs=[CHAIRS[0], replace(CHAIRS[1], person=HOST.person, name="主持人", role=CallRole.HOST)],
)


async def call_in(folder: Path, order: OpenCall = OPEN_CALL, session: str = SESSION) -> None:
    """Open a call in the log of a server that does not run yet."""
    keys = office_keys(folder / "office.json")
    log = SqlLog(engine_of("", folder), AtRest(keys.storage))
    await log.prepare()
    desk = Desk(log, keys.signer, keys.lines, {"video": (video, VideoFacts(Deployment()))})
    ends_at = instant.text(datetime.now(UTC) + timedelta(hours=2))
    await desk.open(session, "video", replace(order, ends_at=ends_at), HOUSE)
    await log.close()


async def entries_of(folder: Path, session: str = SESSION) -> list[Entry]:
    """What a server's log holds of a call."""
    keys = office_keys(folder / "office.json")
    log = SqlLog(engine_of("", folder), AtRest(keys.storage))
    found = [entry for _, entries in await log.read(session, 0) for entry in entries]
    await log.close()
    return found


@dataclass
class Caller:
    """Somebody who comes in by the front door."""

    house: House
    who: Who
    token: str
    line: Any
    told: list[Any]
    session: str = SESSION

    async def do(self, command: Command) -> Any:
        """Hand a command in; the answer."""
        body = {"session": self.session, "command": msgspec.to_builtins(command)}
        return await self.line.call("command", body)

    async def done(self, *commands: Command) -> None:
        for command in commands:
            answer = await self.do(command)
            assert answer["ok"], answer

    async def post(self, what: str, body: Any = b"") -> tuple[int, Any]:
        return await self.house.post(f"/api/calls/{self.session}/{what}", body, self.token)

    async def ticket(self) -> str:
        status, answer = await self.post("token")
        assert status == 200, answer
        return str(answer["token"])

    async def join(self) -> str:
        """Join; the name of the line."""
        status, answer = await self.post("join", {"token": await self.ticket(), "offer": "v=0"})
        assert status == 200, answer
        return str(answer["line"])

    async def alive(self, line: str) -> Any:
        return await self.line.call("alive", {"session": self.session, "line": line})


async def caller(house: House, who: Who, session: str = SESSION) -> Caller:
    """Somebody with a socket that listens to a call."""
    token = await house.sign_in(who.person)
    line, told = await house.line(token), list[Any]()
    line.on("call", told.append)
    found = Caller(house, who, token, line, told, session)
    answer = await line.call("join", {"session": session})
    assert answer["ok"], answer
    return found


def hash_of(token: str) -> str:
    return b64(hashlib.sha256(token.encode()).digest())
