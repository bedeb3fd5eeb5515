"""Asking cosigners over HTTP, in the words of C2SP tlog-witness."""

from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import msgspec

from remote_bid.gateway.outside import at_most
from remote_bid.opening.lodging import LodgingsAnswer
from remote_bid.seal.statements import Statement
from remote_bid.timeline.checkpoint import CosignerAhead, CosignerAway
from remote_bid.timeline.log import Platform
from remote_bid.timeline.note import NUMBER, NamedKey
from remote_bid.timeline.witness import AddLeaves, LeafData, asked

LeavesFrom = Callable[[int], Awaitable[Sequence[Platform]]]
"""The platform log's leaves from an index."""

_BATCH = 256
"""Leaves shown at once: within a cosigner's limit of 64 KiB."""
_TIMEOUT = aiohttp.ClientTimeout(total=3)
_MOST = 4 << 20
"""Bytes that are read of an answer: all that was lodged may be long, whatever else is said is short."""


class HttpCosigner:
    """One cosigner at its address; remembers how much of the log it has signed."""

    def __init__(
        self,
        key: NamedKey,
        url: str,
        http: aiohttp.ClientSession,
        leaves: LeavesFrom | None = None,
        successors: Sequence[Statement] = (),
    ) -> None:
        self.key, self._url, self._http, self._leaves = key, url, http, leaves
        self._successors = successors
        self._signed = self._shown = 0
        self.alert = ""

    async def cosign(self, note: str, leaves: Sequence[bytes]) -> str:
        """Its signature line; asks once more when it has signed another size than remembered (409), or does not know
        the log's new key yet (403). Who claims to have signed something else is asked for what it has signed.
        """
        try:
            return await self._cosigned(note, leaves)
        except CosignerAhead as ahead:
            ahead.note = await self._last_signed()
            raise

    async def _cosigned(self, note: str, leaves: Sequence[bytes]) -> str:
        try:
            await self._show()
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

    async def lodgings(self, wanted: Statement) -> LodgingsAnswer:
        """All that was lodged with it for a session; CosignerAway if it does not tell."""
        try:
            status, text = await self._post("/lodgings", msgspec.json.encode(wanted))
            if status != 200:
                raise CosignerAway(f"{self.key.name} tells no lodgings: {text[:200]}")
            return msgspec.json.decode(text, type=LodgingsAnswer)
        except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError, UnicodeError) as error:
            raise CosignerAway(f"{self.key.name} does not answer") from error

    async def _show(self) -> None:
        """Show the leaves it has not seen; it says from which on (409), once. One that has no use for them (404) need
        not.
        """
        told = False
        while self._leaves is not None:
            leaves = (await self._leaves(self._shown))[:_BATCH]
            if not leaves:
                return
            shown = [LeafData(head=leaf.head, seq=leaf.seq, session=leaf.session) for leaf in leaves]
            status, text = await self._post(
                "/add-leaves", msgspec.json.encode(AddLeaves(start=self._shown, leaves=shown))
            )
            if status == 409 and NUMBER.match(text.strip()) and int(text) != self._shown and not told:
                self._shown, told = int(text), True
            elif status == 200:
                self._shown += len(leaves)
            elif status == 404:
                self._leaves = None
            else:
                raise CosignerAway(f"{self.key.name} does not take the log's leaves: {text[:200]}")

    async def _ask(self, body: str) -> tuple[int, str]:
        return await self._post("/add-checkpoint", body.encode())

    async def _introduce(self) -> None:
        """Say by which statements the log's key has changed."""
        status, text = await self._post("/add-successors", msgspec.json.encode(self._successors))
        if status != 200:
            raise CosignerAhead(f"{self.key.name} does not accept the log's new key: {text[:200]}")

    async def _last_signed(self) -> str:
        """The log's own checkpoint that it signed last, as it shows it; empty if it shows none."""
        try:
            status, text = await self._post("/last-signed", b"")
        except (aiohttp.ClientError, TimeoutError, UnicodeError):
            return ""
        return text if status == 200 else ""

    async def _post(self, path: str, body: bytes) -> tuple[int, str]:
        async with self._http.post(self._url + path, data=body, timeout=_TIMEOUT) as answer:
            return answer.status, (await at_most(_MOST, answer.content)).decode()
