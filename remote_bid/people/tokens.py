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
_AT_ONCE = 8
"""Tokens that one person may have."""


class Carrier(StrEnum):
    """How a token travels. One kind is never taken for the other: a page cannot read the cookie of its person."""

    BEARER = "bearer"
    COOKIE = "cookie"


@dataclass
class _Token:
    person: Certified
    carrier: Carrier
    until: datetime
    seen: datetime
    lines: int = 0


Ended = Callable[[str], None]
"""Told of a token that was ended before its time."""


class Tokens:
    """Kept in memory: after a restart people sign in again, nothing else is lost. A person has a few tokens at once;
    the oldest gives way, so nobody's sign-ins push out another's.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._key = now, secrets.token_bytes(32)
        self._tokens: dict[str, dict[str, _Token]] = {}
        self._listeners: list[Ended] = []

    def listen(self, listener: Ended) -> None:
        """Call `listener` when a token is ended."""
        self._listeners.append(listener)

    def issue(self, person: Certified, carrier: Carrier) -> str:
        """A new token for somebody who has just proved who it is."""
        owner = b64(self._mark(b"owner", person.person)[:12])
        token, now = f"{owner}.{b64(secrets.token_bytes(32))}", self._now()
        mine = self._tokens.setdefault(owner, {})
        mine[token] = _Token(person, carrier, now + _LONGEST, now)
        while len(mine) > _AT_ONCE:
            self.end(next(iter(mine)))
        return token

    def who(self, token: str, carrier: Carrier) -> Certified | None:
        """Whose token this is, and that it is in use; None if nobody's, expired, or of the other kind."""
        held = self._held(token)
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
        if (held := self._held(token)) is not None:
            held.lines += 1

    def let_go(self, token: str) -> None:
        """One of its lines is closed; idleness counts from now."""
        if (held := self._held(token)) is not None:
            held.lines, held.seen = held.lines - 1, self._now()

    def seconds_left(self, token: str) -> float:
        """Until it ends whatever its owner does; 0 for nobody's."""
        held = self._held(token)
        return max(0.0, (held.until - self._now()).total_seconds()) if held else 0.0

    def _held(self, token: str) -> _Token | None:
        return self._tokens.get(_owner(token), {}).get(token)

    def _good(self, held: _Token) -> bool:
        now = self._now()
        idle = held.carrier is Carrier.COOKIE and not held.lines and held.seen + _IDLE <= now
        return held.until > now and not idle

    def _mark(self, label: bytes, text: str) -> bytes:
        return hmac.digest(self._key, label + b"\0" + text.encode("utf-8", "surrogatepass"), "sha256")


def _owner(token: str) -> str:
    return token.partition(".")[0]
