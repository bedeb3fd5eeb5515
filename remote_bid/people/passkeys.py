"""Passkeys: a second way of signing in, for somebody whose certificate has vouched for it. They sign no act.

1  adding      the person signs, with its certificate, which credential it adds, answering a fresh nonce of this server
2  the device  answers the same nonce, for this host and origin, after it has made sure of its user
3  signing in  the device answers a fresh nonce; the certificate that vouched must be good now
"""

import ipaddress
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import msgspec
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers.exceptions import WebAuthnException

from remote_bid.people.certificates import Certified, Signed, payload
from remote_bid.people.sign_in import Porter
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import Payload
from remote_bid.timeline import instant

MOST = 10
"""Passkeys that one person may have."""


class PasskeyAdded(Payload, frozen=True):
    """I may also sign in at this origin with this credential of a device (its id, base64url); answers its nonce."""

    kind: ClassVar[str] = "passkey"
    origin: str
    nonce: str
    credential: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A device's credential: its public key (COSE), how often it has signed, and the certificate's word for it."""

    credential: str
    person: str
    name: str
    key: str
    count: int
    added: str
    signed: Signed


class NotHere(ValueError):
    """This server's address allows no passkeys: they are bound to a host name, over HTTPS."""


class NotThisPasskey(ValueError):
    """It is not one that was added, or does not answer for it."""


class TooManyPasskeys(ValueError):
    """Remove one first."""


class Passkeys:
    """Passkeys as this process knows them. The caller tells it first what is kept, and keeps what has changed before it
    is answered.
    """

    def __init__(self, origin: str, porter: Porter, now: Callable[[], datetime]) -> None:
        self._origin, self._porter, self._now = origin, porter, now
        self._passkeys: dict[str, Passkey] = {}

    @property
    def host(self) -> str:
        """The name that passkeys are bound to; empty where there can be none."""
        return host_of(self._origin)

    def know(self, person: str, kept: Sequence[Passkey]) -> None:
        """These are a person's passkeys, and no others."""
        for passkey in self.of(person):
            del self._passkeys[passkey.credential]
        self._passkeys |= {passkey.credential: passkey for passkey in kept}

    def find(self, credential: str) -> Passkey | None:
        """The passkey of this credential."""
        return self._passkeys.get(credential)

    def of(self, person: str) -> list[Passkey]:
        """A person's passkeys, the oldest first."""
        return [passkey for passkey in self._passkeys.values() if passkey.person == person]

    def add(self, person: str, signed: Signed, answer: dict[str, Any]) -> PasskeyAdded:
        """Add the credential that the certificate vouches for and whose device has answered; returns its word.

        Raises NotHere, TooManyPasskeys, NotThisPasskey, and what the porter raises for a nonce or a certificate.
        """
        told = payload(signed, PasskeyAdded)
        self._porter.require_fresh(told.origin, told.nonce)
        if self._porter.vouched(signed).person != person:
            raise NotThisPasskey("it was signed by somebody else")
        self._require_room(person, told.credential)
        device = self._registered(told, answer)
        self._porter.spend(told.nonce)
        self._passkeys[told.credential] = Passkey(
            credential=told.credential,
            person=person,
            name=told.name,
            key=b64(device.credential_public_key),
            count=device.sign_count,
            added=instant.text(self._now()),
            signed=signed,
        )
        return told

    def remove(self, person: str, credential: str) -> None:
        """Nobody signs in with it any more; nothing happens if the person has no such passkey."""
        held = self._passkeys.get(credential)
        if held is not None and held.person == person:
            del self._passkeys[credential]

    def admit(self, nonce: str, answer: dict[str, Any]) -> Certified:
        """Whose passkey has answered the nonce, as its certificate names this person, which must be good now."""
        self._porter.require_fresh(self._origin, nonce)
        held = self._passkeys.get(str(answer.get("id")))
        if held is None:
            raise NotThisPasskey("there is no such passkey")
        count = self._answered(held, nonce, answer)
        person = self._porter.vouched(held.signed)
        self._porter.spend(nonce)
        self._passkeys[held.credential] = msgspec.structs.replace(held, count=count)
        return person

    def _require_room(self, person: str, credential: str) -> None:
        if credential in self._passkeys:
            raise NotThisPasskey("it was added already")
        if len(self.of(person)) >= MOST:
            raise TooManyPasskeys(f"{MOST} passkeys are enough")

    def _registered(self, told: PasskeyAdded, answer: dict[str, Any]) -> Any:
        if not self.host:
            raise NotHere(self._origin)
        try:
            found = verify_registration_response(
                credential=answer,
                expected_challenge=unb64(told.nonce),
                expected_rp_id=self.host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except WebAuthnException as error:
            raise NotThisPasskey(str(error)) from error
        if b64(found.credential_id) != told.credential:
            raise NotThisPasskey("the certificate vouches for another credential")
        return found

    def _answered(self, held: Passkey, nonce: str, answer: dict[str, Any]) -> int:
        """How often the device has signed until now."""
        if not self.host:
            raise NotHere(self._origin)
        try:
            return verify_authentication_response(
                credential=answer,
                expected_challenge=unb64(nonce),
                expected_rp_id=self.host,
                expected_origin=self._origin,
                credential_public_key=unb64(held.key),
                credential_current_sign_count=held.count,
                require_user_verification=True,
            ).new_sign_count
        except WebAuthnException as error:
            raise NotThisPasskey(str(error)) from error


def host_of(origin: str) -> str:
    """An origin's host name where browsers allow passkeys: HTTPS or localhost, and no IP address; else empty."""
    found = urlsplit(origin)
    host = found.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if found.scheme == "https" or host == "localhost" else ""
    return ""
