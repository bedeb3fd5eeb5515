"""A device with a passkey, for tests: it answers what a browser would ask it, also such as no honest one would."""

import hashlib
import secrets
from typing import Any

import cbor2
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from remote_bid.seal.canonical import b64

_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


class Device:
    """One credential, ES256; it counts its signatures."""

    def __init__(self, host: str, origin: str, verifies: bool = True) -> None:
        self.host, self.origin = host, origin
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._raw = secrets.token_bytes(32)
        self._flags = _PRESENT | (_VERIFIED if verifies else 0)
        self.count = 0

    @property
    def credential(self) -> str:
        """Its id."""
        return b64(self._raw)

    def created(self, nonce: str) -> dict[str, Any]:
        """The answer to navigator.credentials.create."""
        point = self._key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        own = bytes(16) + len(self._raw).to_bytes(2, "big") + self._raw + cbor2.dumps(cose)
        made = {"fmt": "none", "attStmt": {}, "authData": self._told(_NEW) + own}
        return self._answer("webauthn.create", nonce, attestationObject=cbor2.dumps(made))

    def got(self, nonce: str) -> dict[str, Any]:
        """The answer to navigator.credentials.get."""
        self.count += 1
        told, client = self._told(), self._client("webauthn.get", nonce)
        signature = self._key.sign(told + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer("webauthn.get", nonce, authenticatorData=told, signature=signature)

    def _told(self, flags: int = 0) -> bytes:
        head = hashlib.sha256(self.host.encode()).digest()
        return head + bytes([self._flags | flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, nonce: str) -> bytes:
        return msgspec.json.encode({"type": kind, "challenge": nonce, "origin": self.origin, "crossOrigin": False})

    def _answer(self, kind: str, nonce: str, **parts: bytes) -> dict[str, Any]:
        response = {name: b64(raw) for name, raw in {"clientDataJSON": self._client(kind, nonce), **parts}.items()}
        return {"id": self.credential, "rawId": self.credential, "type": "public-key", "response": response}
