"""A participant's line to the server: signs in, joins, keeps its copy, hands in commands until they are answered."""

import asyncio
import hashlib
import io
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, Generic, Self
from urllib.parse import urlencode

import aiohttp
import msgspec
import socketio
import structlog

from remote_bid.opening.view import OpeningView
from remote_bid.participant.copy import Copy, CopyOf, Gap, V
from remote_bid.participant.identity import Identity
from remote_bid.participant.refusals import ServerRefused as ServerRefused
from remote_bid.participant.refusals import answered
from remote_bid.participant.upload import Upload
from remote_bid.people.sign_in import SignIn
from remote_bid.seal.canonical import b64
from remote_bid.timeline import wire_json
from remote_bid.timeline.context import Command
from remote_bid.timeline.frame import Frame, Joined

_LOG = structlog.get_logger("client")
_CALL = aiohttp.ClientTimeout(total=15)
_PASSING = ("no_such_session", "stale_nonce", "not_signed_in", "too_many_requests", "failed")
"""Refusals on the way in that pass by themselves: the session comes, the restarted server learns who we are."""

_LINE_S = 15
"""Seconds for making a line: a busy server is not helped by more attempts."""

_ANSWER_S = 10
"""Seconds to wait for an answer before asking again: commands may be repeated, a repetition changes nothing."""


class Line(Generic[V]):
    """One participant in one session, of which it keeps this copy. Survives lost connections and a restarted server.
    `tls`: whom to believe that the server is who it says; without it the machine's authorities.
    """

    def __init__(self, url: str, copy: CopyOf[V], identity: Identity | None, tls: ssl.SSLContext | None = None) -> None:
        self.url, self._identity, self._tls = url, identity, tls
        self.copy = copy
        self._changed = asyncio.Condition()
        self._failed: BaseException | None = None
        self._token: str | None = None
        self._http: aiohttp.ClientSession
        self._socket: Any = None
        self._lost = asyncio.Event()
        self._line: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Self]:
        """Keep a line to the server for the time of the context; when it ends, the journal is on the disk."""
        connector = aiohttp.TCPConnector(ssl=self._tls or True)
        async with aiohttp.ClientSession(connector=connector) as self._http:
            self._line = asyncio.create_task(self._keep())
            try:
                yield self
            finally:
                self._line.cancel()
                await asyncio.gather(self._line, return_exceptions=True)
                await asyncio.to_thread(self.copy.keep)

    async def until(self, condition: Callable[[V], bool]) -> V:
        """Wait until the view is so; returns it. Raises whatever broke the copy meanwhile."""
        async with self._changed:
            while True:
                if self._failed is not None:
                    raise self._failed
                if self.copy.head and condition(self.copy.view):
                    return self.copy.view
                await self._changed.wait()

    async def hand_in(self, command: Command) -> list[str]:
        """Hand in a command until it is answered; returns the types of its entries. Raises ServerRefused."""
        body = {"session": self.copy.session, "command": msgspec.to_builtins(command)}
        while True:
            if self._failed is not None:
                raise self._failed
            answer = await self._ask("command", body)
            if answer is None:
                await asyncio.sleep(0.2)
            elif answer["ok"]:
                return [entry["type"] for entry in answer["entries"]]
            elif answer["code"] != "failed":
                answered(answer)
            else:
                await asyncio.sleep(0.5)

    async def post(self, path: str, body: Any) -> Any:
        """An HTTP call as JSON, made until it is answered; ServerRefused unless it succeeds."""
        return await self._signed_in(lambda: self._post(path, body))

    async def get(self, path: str) -> Any:
        """What an HTTP address answers to us, as JSON; ServerRefused unless it succeeds."""
        return answered(msgspec.json.decode(await self.fetch(path)))

    async def fetch(self, path: str) -> bytes:
        """The file at an address, as we may have it; ServerRefused where we may not."""
        found: bytes = await self._signed_in(lambda: self._read(path))
        return found

    async def lodging_key(self, lot: str, part: str) -> str:
        """The key that the server wants named in the policy of a lot and part."""
        query = urlencode({"lot": lot, "part": part})
        answer = await self._signed_in(lambda: self._get(f"/api/sessions/{self.copy.session}/lodging-key?{query}"))
        return str(answer["key"])

    async def sealer(self) -> str | None:
        """SHA-256 of the offline sealer that the server gives out; None where its pages are not built."""
        async with self._http.get(f"{self.url}/sealer.html", timeout=_CALL) as answer:
            return b64(hashlib.sha256(await answer.read()).digest()) if answer.status == 200 else None

    async def upload(self, name: str, envelope: bytes | BinaryIO) -> None:
        """Put a sealed envelope into the safe under a name; after a lost line it goes on where it was."""
        source = io.BytesIO(envelope) if isinstance(envelope, bytes) else envelope
        upload = Upload(self._http, f"{self.url}/api/sessions/{self.copy.session}/uploads", name, source)
        await self._signed_in(lambda: upload.go_on(self._bearer()))

    async def head(self, name: str) -> bytes:
        """The start of our own stored envelope of this name."""
        path = f"/api/sessions/{self.copy.session}/uploads/{name}/head"
        found: bytes = await self._signed_in(lambda: self._read(path))
        return found

    async def _signed_in(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat a call over lost lines and a restarted server, which has forgotten who is signed in."""
        while True:
            try:
                return await call()
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.3)
            except ServerRefused as refusal:
                if refusal.code != "not_signed_in" or self._identity is None:
                    raise
                await self._signed_in(self.sign_in)

    async def _post(self, path: str, body: Any) -> Any:
        raw = msgspec.json.encode(body)
        async with self._http.post(self.url + path, data=raw, headers=self._bearer(), timeout=_CALL) as answer:
            return answered(await answer.json())

    async def _get(self, path: str) -> Any:
        async with self._http.get(self.url + path, timeout=_CALL) as answer:
            return answered(await answer.json())

    async def _read(self, path: str) -> bytes:
        async with self._http.get(self.url + path, headers=self._bearer(), timeout=_CALL) as answer:
            if answer.status != 200:
                answered(await answer.json())
            return await answer.read()

    async def download(self, name: str = "bundle.zip") -> bytes:
        """A public file of the session: its bundle or, by `papers/NAME.pdf`, a document."""
        path = f"/api/sessions/{self.copy.session}/{name}"
        async with self._http.get(self.url + path) as answer:
            if answer.status != 200:
                answered(await answer.json())
            return await answer.read()

    async def sign_in(self) -> None:
        """Prove who we are; nothing to do for observers."""
        if self._identity is None:
            return
        nonce = (await self._post("/api/challenge", {}))["nonce"]
        signed = self._identity.sign(SignIn(origin=self.url, nonce=nonce))
        self._token = (await self._post("/api/sign-in", signed))["token"]

    @property
    def signed_in(self) -> bool:
        """Whether the server has ever known us."""
        return bool(self._token)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def _keep(self) -> None:
        """Connect, and again whenever the line is lost, after a little random wait."""
        while True:
            try:
                await self.sign_in()
                lost = await self._connect()
                await lost.wait()
            except (aiohttp.ClientError, OSError, TimeoutError, socketio.exceptions.SocketIOError) as error:
                _LOG.info("line lost", why=type(error).__name__)
            except ServerRefused as refusal:
                if refusal.code not in _PASSING:
                    await self._fail(refusal)
                    return
            except Exception as error:
                await self._fail(error)
                return
            finally:
                await self._hang_up()
            await asyncio.sleep(0.1 + random.random() * 0.4)  # noqa: S311 - jitter, not a secret

    async def _connect(self) -> asyncio.Event:
        """Connect and join; the event is set when the line is lost."""
        lost = self._lost = asyncio.Event()
        self._socket = socket = socketio.AsyncClient(
            reconnection=False, json=wire_json, http_session=self._http, handle_sigint=False
        )
        socket.on("frame", self._on_frame)
        socket.on("disconnect", lambda *_reason: lost.set())
        headers = {} if self._token else {"Origin": self.url}
        auth = {"token": self._token} if self._token else None
        await socket.connect(self.url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=_LINE_S)
        await self._join()
        return lost

    async def _join(self) -> None:
        if self._identity is None and not self.copy.head:
            await self._look()
        self.copy.joining()
        answer = await self._socket.call(
            "join", {"session": self.copy.session, "since": self.copy.head}, timeout=_LINE_S
        )
        joined = msgspec.convert(answered(answer)["joined"], type=Joined)
        async with self._changed:
            self.copy.joined(joined)
            self._changed.notify_all()

    async def _look(self) -> None:
        """Observers begin with what caches hold for all of them."""
        self.copy.joined(msgspec.json.decode(await self.download("snapshot"), type=Joined))

    async def _on_frame(self, body: Any) -> None:
        try:
            frame = msgspec.convert(body, type=Frame)
            async with self._changed:
                self.copy.frame(frame)
                self._changed.notify_all()
        except Gap:
            await self._rejoin()
        except Exception as error:
            await self._fail(error)

    async def _rejoin(self) -> None:
        """Join again from what is here; hang up if even that fails, so that the whole line is made anew."""
        try:
            await self._join()
        except (ServerRefused, socketio.exceptions.SocketIOError):
            await self._hang_up()

    async def _ask(self, event: str, body: Any) -> Any:
        """The answer; None if the line is lost before it comes, which need not be waited for."""
        if self._socket is None or not self._socket.connected:
            return None
        asked = asyncio.ensure_future(self._socket.call(event, body, timeout=_ANSWER_S))
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait([asked, lost], return_when=asyncio.FIRST_COMPLETED)
            return asked.result() if asked.done() else None
        except (socketio.exceptions.SocketIOError, OSError):
            return None
        finally:
            asked.cancel()
            lost.cancel()
            await asyncio.gather(asked, lost, return_exceptions=True)

    async def _fail(self, error: BaseException) -> None:
        async with self._changed:
            self._failed = error
            self._changed.notify_all()

    async def _hang_up(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.disconnect()


class Client(Line[OpeningView]):
    """One participant in an opening."""

    copy: Copy

    def __init__(
        self,
        url: str,
        session: str,
        identity: Identity | None,
        journal: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(url, Copy(session, journal), identity, tls)
