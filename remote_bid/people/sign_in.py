"""Signing in: a person signs a fresh nonce of this server with its certificate's key, and gets a token."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from cryptography import x509

from remote_bid.people.certificates import Certified, NotTrusted, Signed, payload, signers
from remote_bid.people.revocation import Crls, Status
from remote_bid.people.tokens import Carrier, Tokens
from remote_bid.seal.canonical import NotCanonical, b64, unb64_sized
from remote_bid.seal.statements import Payload

NONCE_S = 60
"""Seconds within which a nonce is answered."""


class StaleNonce(ValueError):
    """The nonce is not one of this server's, or was answered already, or too late: ask for a new one."""


class SignIn(Payload, frozen=True):
    """I sign in at the server of this origin, answering its nonce."""

    kind: ClassVar[str] = "sign_in"
    origin: str
    nonce: str


class Porter:
    """Lets people in. Nonces are not kept but recognised (a keyed hash over time and chance), only the answered ones
    are: a flood of challenges costs nothing. `key`: the same in every process of a deployment.
    """

    def __init__(
        self,
        roots: Sequence[x509.Certificate],
        origin: str,
        now: Callable[[], datetime],
        crls: Crls | None = None,
        key: bytes | None = None,
    ) -> None:
        self._roots, self._origin, self.now = roots, origin, now
        self._crls = crls or Crls(roots)
        self._certificates: dict[str, str] = {}
        self._key = key or secrets.token_bytes(32)
        self._answered: dict[str, datetime] = {}
        self.tokens = Tokens(now, self._key)

    def challenge(self) -> str:
        """A nonce that can be answered once, within a minute."""
        until = self.now() + timedelta(seconds=NONCE_S)
        open_part = int(until.timestamp() * 1000).to_bytes(8, "big") + secrets.token_bytes(16)
        return b64(open_part + self._mark(open_part))

    def admit(self, signed: Signed, carrier: Carrier = Carrier.BEARER) -> tuple[str, Certified]:
        """A token for whoever signed the nonce, and who that is; refused as `recognise` does."""
        person = self.recognise(signed)
        return self.tokens.issue(person, carrier), person

    def recognise(self, signed: Signed) -> Certified:
        """Who signed the nonce, which is spent by it; StaleNonce, NotTrusted or BadStatement otherwise."""
        answer = payload(signed, SignIn)
        self.require_fresh(answer.origin, answer.nonce)
        person = self.vouched(signed)
        self.spend(answer.nonce)
        return person

    def require_fresh(self, origin: str, nonce: str) -> None:
        """StaleNonce unless the nonce may still be answered here."""
        if not self._fresh(nonce) or origin != self._origin:
            raise StaleNonce("the nonce is not one of this server's, or too old")

    def spend(self, nonce: str) -> None:
        """It was answered, and is not answered again."""
        self._answered[nonce] = self.now() + timedelta(seconds=NONCE_S)

    def vouched(self, signed: Signed) -> Certified:
        """The one person who signed this, whose certificate is good now; NotTrusted otherwise. From then on its token
        ends when that certificate is revoked.
        """
        people = signers(signed, self._roots, self.now())
        if len(people) != 1:
            raise NotTrusted("one person signs in at a time")
        [certificate] = signed.certificates
        if self._crls.status(certificate, self.now()) is Status.REVOKED:
            raise NotTrusted("the certificate has been revoked")
        self._certificates[people[0].keyid] = certificate
        return people[0]

    def who(self, token: str, carrier: Carrier = Carrier.BEARER) -> Certified | None:
        """Whose token this is; None if nobody's, expired, or brought in another way than it was given."""
        return self.tokens.who(token, carrier)

    def certificate_of(self, keyid: str) -> str:
        """The certificate by which a key was vouched for; empty if none was."""
        return self._certificates.get(keyid, "")

    def vouch(self, keyid: str, certificate: str) -> bool:
        """Another process has seen this certificate vouch for the key; False if it is revoked by now."""
        self._certificates[keyid] = certificate
        return self._crls.status(certificate, self.now()) is not Status.REVOKED

    def recheck(self) -> None:
        """Sign out whose certificate has been revoked since; for when a list has changed."""
        for keyid, certificate in list(self._certificates.items()):
            if self._crls.status(certificate, self.now()) is Status.REVOKED:
                self.tokens.end_key(keyid)
                del self._certificates[keyid]

    def _fresh(self, nonce: str) -> bool:
        """Ours, in time, and not answered before."""
        now = self.now()
        self._answered = {answered: until for answered, until in self._answered.items() if until >= now}
        try:
            raw = unb64_sized(nonce, 8 + 16 + 32)
        except NotCanonical:
            return False
        ours = hmac.compare_digest(raw[24:], self._mark(raw[:24]))
        return ours and int.from_bytes(raw[:8], "big") >= int(now.timestamp() * 1000) and nonce not in self._answered

    def _mark(self, open_part: bytes) -> bytes:
        return hmac.digest(self._key, b"nonce" + open_part, "sha256")
