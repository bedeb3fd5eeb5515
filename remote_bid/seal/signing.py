"""Signature keys: ECDSA P-256 with SHA-256 (people), Ed25519 (the log and its cosigners)."""

import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from remote_bid.seal.canonical import b64

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class BadKey(ValueError):
    """Not a public key of a kind the protocol uses."""


class Signer(Protocol):
    """Whoever can sign: a key in memory, a file, a token."""

    @property
    def keyid(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


class KeySigner:
    """A private key held in memory."""

    def __init__(self, key: PrivateKey) -> None:
        self.key = key
        self.spki = spki_of(key.public_key())
        self.keyid = keyid_of(self.spki)

    def sign(self, message: bytes) -> bytes:
        """DER for ECDSA, 64 bytes for Ed25519."""
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(message)
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))


def spki_of(public: PublicKey) -> bytes:
    """SubjectPublicKeyInfo in DER."""
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def keyid_of(spki: bytes) -> str:
    """How statements name a key: base64url of the SHA-256 of its SubjectPublicKeyInfo."""
    return b64(hashlib.sha256(spki).digest())


def public_key(spki: bytes) -> PublicKey:
    """The key in a SubjectPublicKeyInfo, or BadKey; a second spelling of a key would give it a second id."""
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey("not a public key") from error
    allowed = isinstance(key, ed25519.Ed25519PublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    )
    if not isinstance(key, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) or not allowed:
        raise BadKey("a key must be P-256 or Ed25519")
    if spki_of(key) != spki:
        raise BadKey("a key must be in its usual encoding")
    return key


def signed_by(spki: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` over `message` was made with the key behind `spki`."""
    key = public_key(spki)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
