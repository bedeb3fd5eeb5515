"""Asking cosigners over HTTP, in the words of C2SP tlog-witness."""

from collections.abc import Sequence

import aiohttp
import msgspec

from remote_bid.seal.statements import Statement
from remote_bid.timeline.checkpoint import CosignerAhead, CosignerAway
from remote_bid.timeline.note import NUMBER, NamedKey
from remote_bid.timeline.witness import asked

_TIMEOUT = aiohttp.ClientTimeout(total=3)


class HttpCosigner:
    """One cosigner at its address; remembers how much of the log it has signed."""

    def __init__(
        self, key: NamedKey, url: str, http: aiohttp.ClientSession, successors: Sequence[Statement] = ()
    ) -> None:
        self.key, self._url, self._http, self._successors = key, url, http, successors
        self._signed = 0

    async def cosign(self, note: str, leaves: Sequence[bytes]) -> str:
        """Its signature line; asks once more when it has signed another size than remembered (409), or does not know
        the log's new key yet (403).
        """
        try:
            status, text = await self._ask(asked(note, self._signed, leaves))
            if status == 403 and self._successors:
                await self._introduce()
                status, text = await self._ask(asked(note, self._signed, leaves))
            if status == 409 and NUMBER.match(text.strip()):
                self._signed = int(text)
                if self._signed > len(leaves):
                    raise CosignerAhead(f"{self.key.name} has signed {self._signed} leaves, there are {len(leaves)}")
                status, text = await self._ask(asked(note, self._signed, leaves))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CosignerAway(f"{self.key.name} does not answer") from error
        if status in (409, 422):
            raise CosignerAhead(f"{self.key.name} has signed another log: {text[:200]}")
        if status != 200:
            raise CosignerAway(f"{self.key.name} will not sign: {text[:200]}")
        self._signed = len(leaves)
        return text

    async def _ask(self, body: str) -> tuple[int, str]:
        return await self._post("add-checkpoint", body.encode())

    async def _introduce(self) -> None:
        """Say by which statements the log's key has changed."""
        status, text = await self._post("add-successors", msgspec.json.encode(self._successors))
        if status != 200:
            raise CosignerAhead(f"{self.key.name} does not accept the log's new key: {text[:200]}")

    async def _post(self, path: str, body: bytes) -> tuple[int, str]:
        async with self._http.post(f"{self._url}/{path}", data=body, timeout=_TIMEOUT) as answer:
            return answer.status, await answer.text()
