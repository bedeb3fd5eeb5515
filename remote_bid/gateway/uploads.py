"""Resumable uploads: tus 1.0 with creation, checksum, expiration, termination (tus.io/protocols/resumable-upload).

Sealed envelopes come into the safe piece by piece; they count for nothing until a submission names them. A person sees
only its own uploads: another's is as unknown as one that never was.
"""

import asyncio
import base64
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from email.utils import format_datetime

from aiohttp import web

from remote_bid.gateway.openings import opening_at
from remote_bid.people.certificates import Certified
from remote_bid.seal.envelope import BadEnvelope, read_head
from remote_bid.tender.safe import Key, NotThere, Safe
from remote_bid.timeline import instant
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk, Folded

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
ALSO = web.RequestKey("also", dict[str, str])
"""Where a request's handler leaves headers for the answer, refusal or not."""

STATUS = {
    "malformed_upload": 400,
    "no_such_upload": 404,
    "too_slow": 408,
    "wrong_tus_version": 412,
    "too_large": 413,
    "wrong_content_type": 415,
    "unknown_checksum": 400,
    "wrong_checksum": 460,
    "storage_away": 503,
    "storage_full": 507,
}
"""HTTP status by code, as tus has them; every other refusal is 409."""

_SILENCE_S = 30
"""Seconds within which an uploader must send something."""
_PIECE_S = 600
"""Seconds that one request may take, so that nobody keeps a line open by trickling."""
_PIECE_TYPE = "application/offset+octet-stream"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COUNT = re.compile(r"[0-9]{1,15}")

SignedIn = Callable[[web.Request], Certified]
Handler = Callable[[web.Request], Awaitable[web.Response]]


class Uploads:
    """The upload routes of a deployment."""

    def __init__(self, desk: Desk, safe: Safe, signed_in: SignedIn, orphans_days: int) -> None:
        self._desk, self._safe, self._signed_in = desk, safe, signed_in
        self._orphans = timedelta(days=orphans_days)
        self._reading: dict[Key, web.Request] = {}

    def routes(self) -> list[web.RouteDef]:
        """Creation at the folder, everything else at the upload's own address."""
        folder, upload = "/api/sessions/{session}/uploads", "/api/sessions/{session}/uploads/{upload}"
        return [
            web.options(folder, self.options),
            web.post(folder, _tus(self.create)),
            web.head(upload, _tus(self.head)),
            web.patch(upload, _tus(self.patch)),
            web.delete(upload, _tus(self.delete)),
            web.get(f"{upload}/head", self.start),
        ]

    async def options(self, request: web.Request) -> web.Response:
        """What this server can do."""
        headers = {
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Checksum-Algorithm": "sha256",
            "Tus-Max-Size": str(self._safe.limits.part),
        }
        return web.Response(status=204, headers=headers)

    async def create(self, request: web.Request) -> web.Response:
        """Begin an upload under the name in its metadata; one that was begun is gone on with."""
        name = _name(_metadata(request).get("name", b"").decode(errors="replace"))
        length = _count(request, "Upload-Length")
        if length == 0:
            raise _malformed("Upload-Length")
        key, folded = await self._key(request, name)
        progress = await self._safe.create(key, length)
        headers = {"Location": f"{request.path}/{name}", "Upload-Offset": str(progress.offset)}
        return web.Response(status=201, headers=headers | self._expires(folded))

    async def head(self, request: web.Request) -> web.Response:
        """How far the upload is."""
        key, folded = await self._key(request, request.match_info["upload"])
        progress = await self._safe.progress(key)
        headers = {"Upload-Offset": str(progress.offset), "Upload-Length": str(progress.length)}
        return web.Response(headers=headers | {"Cache-Control": "no-store"} | self._expires(folded))

    async def patch(self, request: web.Request) -> web.Response:
        """The next piece. A newer line takes over from an older one, which may only seem to be alive."""
        if request.content_type != _PIECE_TYPE:
            raise Refused("wrong_content_type", "请求的内容类型不对。", f"The content type must be {_PIECE_TYPE}.")
        offset, checksum = _count(request, "Upload-Offset"), _checksum(request)
        key, folded = await self._key(request, request.match_info["upload"])
        self._take_over(key, request)
        try:
            offset = await self._safe.append(key, offset, _body(request), checksum)
        except BadEnvelope as error:
            raise Refused(error.code, "上传的文件不是完整的密封投标文件。", str(error)) from error
        finally:
            if self._reading.get(key) is request:
                del self._reading[key]
        return web.Response(status=204, headers={"Upload-Offset": str(offset)} | self._expires(folded))

    async def delete(self, request: web.Request) -> web.Response:
        """Take back what is still on its way."""
        key, _ = await self._key(request, request.match_info["upload"])
        await self._safe.drop(key)
        return web.Response(status=204)

    async def start(self, request: web.Request) -> web.Response:
        """The start of one's own stored envelope, for a drill: enough to see that one's halves still open it."""
        person, name = self._signed_in(request), request.match_info["upload"]
        session = (await opening_at(self._desk, request)).session.id
        try:
            read = await asyncio.to_thread(_start, self._safe, session, person.person, name)
        except (NotThere, BadEnvelope) as error:
            raise Refused("no_such_upload", "没有这份文件。", "You have stored no envelope of this name.") from error
        return web.Response(body=read, content_type="application/octet-stream")

    async def _key(self, request: web.Request, name: str) -> tuple[Key, Folded]:
        person = self._signed_in(request)
        folded = await opening_at(self._desk, request)
        return self._safe.key(folded.session.id, person.person, name), folded

    def _take_over(self, key: Key, request: web.Request) -> None:
        older = self._reading.get(key)
        self._reading[key] = request
        if older is not None and older.transport is not None:
            older.transport.abort()

    def _expires(self, folded: Folded) -> dict[str, str]:
        """An upload that no bid names is kept for some days after the deadline."""
        table = folded.state.timetable
        if table is None:
            return {}
        at = instant.when(table.deadline) + self._orphans
        return {"Upload-Expires": format_datetime(at, usegmt=True)}


def _start(safe: Safe, session: str, person: str, upload: str) -> bytes:
    with safe.open(session, person, upload) as file:
        return read_head(file).read


def _tus(handler: Handler) -> Handler:
    """What every request and answer of the protocol has."""

    async def answered(request: web.Request) -> web.Response:
        request[ALSO] = {"Tus-Resumable": VERSION}
        if request.headers.get("Tus-Resumable") != VERSION:
            request[ALSO]["Tus-Version"] = VERSION
            raise Refused("wrong_tus_version", "请使用 tus 1.0.0 协议上传。", "Upload by tus 1.0.0.")
        try:
            return await handler(request)
        except NotThere as error:
            raise Refused("no_such_upload", "没有这个上传文件。", "There is no such upload.") from error
        except TimeoutError as error:
            raise Refused(
                "too_slow", "上传过慢，连接已断开，请继续上传。", "The piece came too slowly; go on with a smaller one."
            ) from error

    return answered


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    """The request's body; an uploader that stalls or trickles is cut off."""
    ends = time.monotonic() + _PIECE_S
    while chunk := await _next(request, min(_SILENCE_S, max(0, ends - time.monotonic()))):
        yield chunk


async def _next(request: web.Request, within_s: float) -> bytes:
    async with asyncio.timeout(within_s):
        return await request.content.readany()


def _malformed(header: str) -> Refused:
    return Refused(
        "malformed_upload", f"请求头 {header} 缺失或格式有误。", f"The header {header} is missing or malformed."
    )


def _count(request: web.Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not _COUNT.fullmatch(value):
        raise _malformed(header)
    return int(value)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise _malformed("Upload-Metadata")
    return name


def _metadata(request: web.Request) -> dict[str, bytes]:
    """`key base64,key base64 …`"""
    pairs = (item.strip().partition(" ") for item in request.headers.get("Upload-Metadata", "").split(","))
    try:
        return {key: base64.b64decode(value, validate=True) for key, _, value in pairs if key}
    except ValueError as error:
        raise _malformed("Upload-Metadata") from error


def _checksum(request: web.Request) -> bytes | None:
    """The SHA-256 that the piece must have, if its sender says."""
    told = request.headers.get("Upload-Checksum")
    if told is None:
        return None
    algorithm, _, value = told.partition(" ")
    if algorithm != "sha256":
        raise Refused("unknown_checksum", "校验和须用 sha256。", "The checksum must be sha256.")
    try:
        digest = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise _malformed("Upload-Checksum") from error
    if len(digest) != 32:
        raise _malformed("Upload-Checksum")
    return digest
