"""Asking cosigners over HTTP, in the words of C2SP tlog-witness."""

from collections.abc import Sequence

import aiohttp

from remote_bid.timeline.checkpoint import CosignerAhead, CosignerAway
from remote_bid.timeline.note import NUMBER, NamedKey
from remote_bid.timeline.witness import asked

_TIMEOUT = aiohttp.ClientTimeout(total=3)


class HttpCosigner:
    """One cosigner at its address; remembers how much of the log it has signed."""

    def __init__(self, key: NamedKey, url: str, http: aiohttp.ClientSession) -> None:
        self.key, self._url, self._http = key, url, http
        self._signed = 0

    async def cosign(self, note: str, leaves: Sequence[bytes]) -> str:
        """Its signature line; asks once more when it has signed another size than remembered (409)."""
        try:
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
        url = f"{self._url}/add-checkpoint"
        async with self._http.post(url, data=body.encode(), timeout=_TIMEOUT) as answer:
            return answer.status, await answer.text()
