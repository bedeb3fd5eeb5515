"""Keys and sealing to a key: HPKE (RFC 9180) base mode, X-Wing (0x647a), HKDF-SHA256, AES-256-GCM."""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from remote_bid.seal.canonical import b64

SEED_SIZE = 32
PUBLIC_SIZE = 1184 + 32
_ML_KEM_PUBLIC = 1184
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class CannotOpen(ValueError):
    """The sealed bytes do not open with this key, or the key is none."""


def public_key(seed: bytes) -> bytes:
    """The public key (1216 bytes) of a 32-byte seed: ML-KEM-768 ‖ X25519 (draft-connolly-cfrg-xwing-kem)."""
    ml_kem, x = _expand(seed)
    return ml_kem.public_key().public_bytes_raw() + x.public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """How statements name a custodian key: base64url of its SHA-256."""
    return b64(hashlib.sha256(public).digest())


def seal_to(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """enc ‖ ciphertext that only the owner of the seed behind `public` opens, and only with the same `info`."""
    if len(public) != PUBLIC_SIZE:
        raise CannotOpen(f"a public key has {PUBLIC_SIZE} bytes")
    try:
        key = MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(public[:_ML_KEM_PUBLIC]),
            x25519.X25519PublicKey.from_public_bytes(public[_ML_KEM_PUBLIC:]),
        )
        return _HPKE.encrypt(plaintext, key, info=info)
    except ValueError as error:
        raise CannotOpen("not a public key") from error


def open_with(seed: bytes, sealed: bytes, info: bytes) -> bytes:
    """The plaintext of `seal_to`, or CannotOpen: one error, whatever was wrong."""
    try:
        return _HPKE.decrypt(sealed, MLKEM768X25519PrivateKey(*_expand(seed)), info=info)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("does not open with this key") from error


def _expand(seed: bytes) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    if len(seed) != SEED_SIZE:
        raise CannotOpen(f"a seed has {SEED_SIZE} bytes")
    wide = hashlib.shake_256(seed).digest(96)
    return mlkem.MLKEM768PrivateKey.from_seed_bytes(wide[:64]), x25519.X25519PrivateKey.from_private_bytes(wide[64:])
