"""Uploading by tus 1.0: in pieces with checksums; after a lost line it goes on where the server says it was."""

import base64
import hashlib
import os
from typing import BinaryIO

import aiohttp

from remote_bid.participant.refusals import ServerRefused, answered

PIECE = 4 << 20
"""Bytes sent in one request."""
_PIECE_TIME = aiohttp.ClientTimeout(total=600, sock_connect=15, sock_read=60)
_PASSING = ("wrong_offset", "wrong_checksum", "too_slow", "storage_away", "failed")
"""Refusals after which one asks how far the upload is, and goes on."""
_VERSION = {"Tus-Resumable": "1.0.0"}


class Upload:
    """One envelope on its way to the safe."""

    def __init__(self, http: aiohttp.ClientSession, folder: str, name: str, source: BinaryIO) -> None:
        self._http, self._folder, self._name, self._source = http, folder, name, source
        self._length = source.seek(0, os.SEEK_END)

    async def go_on(self, bearer: dict[str, str]) -> None:
        """From where it is to its end. Raises ServerRefused, or aiohttp's ClientError when the line is lost."""
        headers = bearer | _VERSION
        offset = await self._begin(headers)
        while offset < self._length:
            offset = await self._send(headers, offset)

    async def _begin(self, headers: dict[str, str]) -> int:
        """Begin, or learn how far it is: asking again changes nothing."""
        name = base64.b64encode(self._name.encode()).decode()
        told = {"Upload-Length": str(self._length), "Upload-Metadata": f"name {name}"}
        async with self._http.post(self._folder, headers=headers | told, timeout=_PIECE_TIME) as answer:
            return await self._offset(answer)

    async def _send(self, headers: dict[str, str], offset: int) -> int:
        self._source.seek(offset)
        piece = self._source.read(PIECE)
        checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        told = {
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
            "Content-Type": "application/offset+octet-stream",
        }
        url = f"{self._folder}/{self._name}"
        async with self._http.patch(url, data=piece, headers=headers | told, timeout=_PIECE_TIME) as answer:
            return await self._offset(answer)

    async def _offset(self, answer: aiohttp.ClientResponse) -> int:
        try:
            if answer.status not in (201, 204):
                answered(await answer.json())
        except ServerRefused as refusal:
            if refusal.code in _PASSING:
                raise aiohttp.ClientError(refusal.code) from refusal
            raise
        return int(answer.headers["Upload-Offset"])
