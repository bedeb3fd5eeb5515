"""An ear at one bidder's line: everything that the server sends it, as it came, before anything is made of it."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from remote_bid.opening.view import OpeningView
from remote_bid.participant.copy import Copy
from remote_bid.people.sign_in import SignIn
from remote_bid.timeline.context import Command
from remote_bid.timeline.frame import Frame, Joined
from tests.gateway import tus
from tests.gateway.house import HALL, House, bearer

SOCKET = "/socket.io/?EIO=4&transport=websocket"


class Ear:
    """As much of a client as a bidder needs; `heard` holds what came by each way, in order."""

    def __init__(self, house: House, person: str) -> None:
        self._house, self._person = house, person
        self.copy = Copy(HALL)
        self.heard: dict[str, list[Any]] = {"http": [], "frames": [], "answers": [], "packets": []}
        self._changed = asyncio.Condition()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._token = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Ear"]:
        """Sign in, look around, join."""
        async with aiohttp.ClientSession() as self._http:
            nonce = (await self.fetch("POST", "/api/challenge"))["nonce"]
            signed = self._house.person(self._person).sign(SignIn(origin=self._house.url, nonce=nonce))
            self._token = (await self.fetch("POST", "/api/sign-in", msgspec.json.encode(signed)))["token"]
            await self.look_around()
            async with self._http.ws_connect(self._house.url + SOCKET) as self._ws:
                reading = asyncio.create_task(self._read())
                await self._ws.send_str("40" + json.dumps({"token": self._token}))
                joined = await self._ask("join", {"session": HALL, "since": 0})
                self.copy.joining()
                self.copy.joined(msgspec.convert(joined["joined"], type=Joined))
                try:
                    yield self
                finally:
                    reading.cancel()
                    await asyncio.gather(reading, return_exceptions=True)

    async def look_around(self) -> None:
        """Whatever else anybody may ask."""
        for path in ("/api/sessions", "/api/trust", f"/api/sessions/{HALL}/bundle.zip", "/nowhere"):
            await self.fetch("GET", path)

    async def until(self, condition: Callable[[OpeningView], bool]) -> OpeningView:
        async with self._changed:
            while not condition(self.copy.view):
                await self._changed.wait()
            return self.copy.view

    async def upload(self, name: str, envelope: bytes) -> None:
        folder = f"/api/sessions/{HALL}/uploads"
        await self.fetch("POST", folder, headers=tus.creation(name, len(envelope)))
        await self.fetch("PATCH", f"{folder}/{name}", envelope, tus.piece(0, envelope))

    async def hand_in(self, command: Command) -> list[str]:
        answer = await self._ask("command", {"session": HALL, "command": msgspec.to_builtins(command)})
        assert answer["ok"], answer
        return [entry["type"] for entry in answer["entries"]]

    async def fetch(self, method: str, path: str, body: bytes = b"", headers: tus.Headers | None = None) -> Any:
        headers = bearer(self._token) | (headers or {})
        async with self._http.request(method, self._house.url + path, data=body, headers=headers) as answer:
            text = await answer.text()
            told = {name: value for name, value in answer.headers.items() if name != "Date"}
        value = json.loads(text) if answer.content_type == "application/json" else text
        self.heard["http"].append({"asked": f"{method} {path[:25]}", "status": answer.status, **told, "body": value})
        return value

    async def _ask(self, event: str, body: Any) -> Any:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._ws.send_str(f"42{number}" + json.dumps([event, body]))
        return await asyncio.wait_for(self._answers[number], 20)

    async def _read(self) -> None:
        async for message in self._ws:
            text = str(message.data)
            if text.startswith("2"):
                await self._ws.send_str("3")
            elif text.startswith("42"):
                await self._framed(json.loads(text[2:]))
            elif text.startswith("43"):
                self._answered(text[2:])
            else:
                self.heard["packets"].append(text)

    async def _framed(self, event: Any) -> None:
        self.heard["frames"].append(event)
        async with self._changed:
            self.copy.frame(msgspec.convert(event[1], type=Frame))
            self._changed.notify_all()

    def _answered(self, text: str) -> None:
        number, _, body = text.partition("[")
        answer = json.loads("[" + body)
        self.heard["answers"].append(answer)
        self._answers[int(number)].set_result(answer[0])
