"""Signed in at one process is signed in at all: tokens and answered nonces, as the processes know them in common.

What is kept of a token is its hash; whose it is lies sealed. A process asks the database for a token it does not know,
and hears within a second or so of tokens that another one has ended.
"""

import asyncio
import hashlib
from datetime import timedelta

import msgspec
import structlog

from remote_bid.people.certificates import Certified
from remote_bid.people.sign_in import NONCE_S, Porter, StaleNonce
from remote_bid.people.tokens import AT_ONCE, Carrier, Held
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.common import Common
from remote_bid.timeline.context import Refused

_LOG = structlog.get_logger("sign-ins")
_LOOK_S = 1.0
_NOTE_S = 60.0
"""How often it is noted that tokens are in use."""
_LATE = timedelta(seconds=30)
"""An end is committed this long after its time at the latest."""
_SWEEP_S = 3600.0
_OLD = timedelta(days=1)


class _Kept(msgspec.Struct, frozen=True):
    """Whose token it is, how it travels, until when; and the certificate that vouches."""

    person: Certified
    carrier: Carrier
    until: str
    certificate: str


class Everywhere:
    """One process's hold on what all of them know."""

    def __init__(self, porter: Porter, tokens: Common, nonces: Common) -> None:
        self._porter, self._notes, self._nonces = porter, tokens, nonces
        self._by_name: dict[str, str] = {}
        self._since = ""
        self._ending: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None
        porter.tokens.listen(self._on_ended)

    def start(self) -> None:
        """Begin to hear of tokens that were ended elsewhere."""
        self._task = asyncio.create_task(self._run(), name="sign-ins")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def spend(self, nonce: str) -> None:
        """The nonce is answered now, for all processes; StaleNonce if it was answered before at any."""
        until = self._porter.now() + timedelta(seconds=NONCE_S)
        if not await self._nonces.add(_name(nonce), until=until):
            raise StaleNonce("the nonce was answered already")

    async def issue(self, person: Certified, carrier: Carrier) -> str:
        """A token that counts everywhere; of a person's tokens the oldest give way."""
        token = self._porter.tokens.issue(person, carrier)
        held = self._porter.tokens.held(token)
        if held is None:
            raise AssertionError("a token that was just issued is held")
        kept = _Kept(person, carrier, instant.text(held.until), self._porter.certificate_of(person.keyid))
        owner, name = token.partition(".")[0], _name(token)
        await self._notes.add(name, msgspec.json.encode(kept), owner, held.until)
        self._by_name[name] = token
        older = [note.name for note in await self._notes.of(owner)][:-AT_ONCE]
        await self._notes.end(older)
        return token

    async def fetch(self, token: str) -> None:
        """Learn whose token it is, if another process issued it or has seen it in use."""
        tokens, name = self._porter.tokens, _name(token)
        if not tokens.ours(token) or tokens.good(token) or name in self._ending:
            return
        note = await self._notes.find(name)
        kept = msgspec.json.decode(note.body, type=_Kept) if note else None
        if note and kept and self._porter.vouch(kept.person.keyid, kept.certificate):
            seen = instant.when(note.seen)
            tokens.take(token, Held(kept.person, kept.carrier, instant.when(kept.until), seen))
            self._by_name[name] = token

    async def end(self, token: str) -> None:
        """The token counts nowhere any more."""
        self._porter.tokens.end(token)
        await self._notes.end([_name(token)])

    def _on_ended(self, token: str) -> None:
        """Ended here for whatever reason; the others are told at the next look."""
        name = _name(token)
        if self._by_name.pop(name, None) is not None:
            self._ending[name] = None

    async def _run(self) -> None:
        rounds = 0
        while True:
            try:
                await self.look()
                if rounds % int(_NOTE_S / _LOOK_S) == 0:
                    await self._notes.use([_name(token) for token in self._porter.tokens.in_use(_NOTE_S + _LOOK_S)])
                if rounds % int(_SWEEP_S / _LOOK_S) == 0:
                    await self._sweep()
            except Refused as refusal:
                _LOG.warning("sign-ins not looked at", code=refusal.code)
            except Exception:
                _LOG.exception("sign-ins not looked at")
            rounds += 1
            await asyncio.sleep(_LOOK_S)

    async def look(self) -> None:
        """Tell the others what has ended here, and hear what has ended there."""
        ending = list(self._ending)
        await self._notes.end(ending)
        for name in ending:
            del self._ending[name]
        ended = await self._notes.ended(self._since)
        for name, _ in ended:
            if (token := self._by_name.pop(name, None)) is not None:
                self._porter.tokens.end(token)
        if ended:
            self._since = instant.text(instant.when(max(at for _, at in ended)) - _LATE)

    async def _sweep(self) -> None:
        """Every process does it: twice does no harm."""
        for notes in (self._notes, self._nonces):
            await notes.sweep(self._porter.now() - _OLD)


def _name(secret: str) -> str:
    return b64(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest())
