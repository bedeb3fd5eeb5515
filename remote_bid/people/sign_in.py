"""Signing in: a person signs a fresh nonce of this server with its certificate's key, and gets a bearer token."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from cryptography import x509

from remote_bid.people.certificates import Certified, NotTrusted, Signed, payload, signers
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import Payload

T = TypeVar("T")

_NONCE_S = 60
_TOKEN_H = 12
_MOST = 10_000
"""Nonces and tokens kept at most, each: a flood pushes out the oldest."""


class StaleNonce(ValueError):
    """The nonce is not one of this server's, or was answered already, or too late: ask for a new one."""


class SignIn(Payload, frozen=True):
    """I sign in at the server of this origin, answering its nonce."""

    kind: ClassVar[str] = "sign_in"
    origin: str
    nonce: str


class Porter:
    """Knows who is signed in. Kept in memory: after a restart people sign in again, nothing else is lost."""

    def __init__(self, roots: Sequence[x509.Certificate], origin: str, now: Callable[[], datetime]) -> None:
        self._roots, self._origin, self._now = roots, origin, now
        self._nonces: dict[str, datetime] = {}
        self._tokens: dict[str, tuple[Certified, datetime]] = {}

    def challenge(self) -> str:
        """A nonce that can be answered once, within a minute."""
        nonce = b64(secrets.token_bytes(32))
        _remember(self._nonces, nonce, self._now() + timedelta(seconds=_NONCE_S))
        return nonce

    def admit(self, signed: Signed) -> tuple[str, Certified]:
        """A bearer token for whoever signed the nonce; StaleNonce, NotTrusted or BadStatement otherwise."""
        answer = payload(signed, SignIn)
        until = self._nonces.pop(answer.nonce, None)
        if until is None or until < self._now() or answer.origin != self._origin:
            raise StaleNonce("the nonce is not one of this server's, or too old")
        people = signers(signed, self._roots, self._now())
        if len(people) != 1:
            raise NotTrusted("one person signs in at a time")
        token = b64(secrets.token_bytes(32))
        _remember(self._tokens, token, (people[0], self._now() + timedelta(hours=_TOKEN_H)))
        return token, people[0]

    def who(self, token: str) -> Certified | None:
        """Whose token this is; None if nobody's or expired."""
        person, until = self._tokens.get(token, (None, self._now()))
        return person if until > self._now() else None


def _remember(kept: dict[str, T], key: str, value: T) -> None:
    kept[key] = value
    while len(kept) > _MOST:
        del kept[next(iter(kept))]
