"""Who is signed in: bearer tokens for clients, cookies for browsers, each with its ends of time."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from remote_bid.people.certificates import Certified
from remote_bid.seal.canonical import b64

_LONGEST = timedelta(hours=12)
_IDLE = timedelta(minutes=30)
"""How long a browser may stay away; an open line is not away."""
AT_ONCE = 8
"""Tokens that one person may have."""


_MARK, _MARK_LETTERS = 12, 16
"""Bytes of a token's mark, and letters that write them."""


class Carrier(StrEnum):
    """How a token travels. One kind is never taken for the other: a page cannot read the cookie of its person."""

    BEARER = "bearer"
    COOKIE = "cookie"


@dataclass
class Held:
    """A token as this process knows it; `lines` are open here."""

    person: Certified
    carrier: Carrier
    until: datetime
    seen: datetime
    lines: int = 0


Ended = Callable[[str], None]
"""Told of a token that was ended before its time."""


class Tokens:
    """This process's own knowledge of them; everywhere.py keeps what all processes know. A person has a few tokens at
    once; the oldest gives way, so nobody's sign-ins push out another's. `key`: the same in every process.
    """

    def __init__(self, now: Callable[[], datetime], key: bytes | None = None) -> None:
        self._now, self._key = now, key or secrets.token_bytes(32)
        self._tokens: dict[str, dict[str, Held]] = {}
        self._listeners: list[Ended] = []

    def listen(self, listener: Ended) -> None:
        """Call `listener` when a token is ended."""
        self._listeners.append(listener)

    def issue(self, person: Certified, carrier: Carrier) -> str:
        """A new token for somebody who has just proved who it is."""
        owner = b64(self._mark(b"owner", person.person)[:12])
        chance, now = f"{owner}.{b64(secrets.token_bytes(20))}", self._now()
        token = chance + b64(self._mark(b"token", chance)[:_MARK])
        self.take(token, Held(person, carrier, now + _LONGEST, now))
        mine = self._tokens[owner]
        while len(mine) > AT_ONCE:
            self.end(min(mine, key=lambda one: mine[one].until))
        return token

    def ours(self, token: str) -> bool:
        """Whether this deployment has issued it, at some time: a made-up one is looked up nowhere."""
        chance, mark = token[:-_MARK_LETTERS], token[-_MARK_LETTERS:].encode("utf-8", "surrogatepass")
        return hmac.compare_digest(mark, b64(self._mark(b"token", chance)[:_MARK]).encode())

    def take(self, token: str, held: Held) -> None:
        """Know a token, or that it was seen later than this process saw it."""
        mine = self._tokens.setdefault(_owner(token), {})
        if (known := mine.get(token)) is not None:
            known.seen = max(known.seen, held.seen)
            return
        mine[token] = held

    def good(self, token: str) -> bool:
        """Whether this process knows that somebody may come in with it now."""
        held = self.held(token)
        return held is not None and self._good(held)

    def in_use(self, lately_s: float) -> list[str]:
        """Tokens with an open line, or seen so lately."""
        since = self._now() - timedelta(seconds=lately_s)
        every = ((token, held) for mine in self._tokens.values() for token, held in mine.items())
        return [token for token, held in every if held.lines or held.seen >= since]

    def who(self, token: str, carrier: Carrier) -> Certified | None:
        """Whose token this is, and that it is in use; None if nobody's, expired, or of the other kind."""
        held = self.held(token)
        if held is None or held.carrier is not carrier or not self._good(held):
            return None
        held.seen = self._now()
        return held.person

    def csrf(self, token: str) -> str:
        """What a page must say beside its cookie when it asks for a change."""
        return b64(self._mark(b"csrf", token))

    def end(self, token: str) -> None:
        """The token is good for nothing from now on."""
        mine = self._tokens.get(_owner(token), {})
        if mine.pop(token, None) is not None:
            for listener in self._listeners:
                listener(token)

    def end_key(self, keyid: str) -> None:
        """End every token that was got with this key: its certificate is revoked."""
        held = [(token, kept) for mine in self._tokens.values() for token, kept in mine.items()]
        for token, kept in held:
            if kept.person.keyid == keyid:
                self.end(token)

    def hold(self, token: str) -> None:
        """A line of this token's owner is open: it is not idle."""
        if (held := self.held(token)) is not None:
            held.lines += 1

    def let_go(self, token: str) -> None:
        """One of its lines is closed; idleness counts from now."""
        if (held := self.held(token)) is not None:
            held.lines, held.seen = held.lines - 1, self._now()

    def seconds_left(self, token: str) -> float:
        """Until it ends whatever its owner does; 0 for nobody's."""
        held = self.held(token)
        return max(0.0, (held.until - self._now()).total_seconds()) if held else 0.0

    def held(self, token: str) -> Held | None:
        """What this process knows of a token, good or not."""
        return self._tokens.get(_owner(token), {}).get(token)

    def _good(self, held: Held) -> bool:
        now = self._now()
        idle = held.carrier is Carrier.COOKIE and not held.lines and held.seen + _IDLE <= now
        return held.until > now and not idle

    def _mark(self, label: bytes, text: str) -> bytes:
        return hmac.digest(self._key, label + b"\0" + text.encode("utf-8", "surrogatepass"), "sha256")


def _owner(token: str) -> str:
    return token.partition(".")[0]
