"""What a person keeps in a file under a passphrase.

box = AES-256-GCM(scrypt(NFC(passphrase), salt, N = 2^15, r = 8, p = 1), plain, aad)
"""

import os
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from remote_bid.seal.canonical import b64, unb64


class CannotRead(ValueError):
    """No such file, or not with this passphrase."""


class Locked(NamedTuple):
    """What is needed beside the passphrase, each base64url."""

    salt: str
    nonce: str
    box: str


def lock(passphrase: str, plain: bytes, aad: bytes) -> Locked:
    """The plaintext, locked; the passphrase counts in its one normal form, however it is typed."""
    salt, nonce = os.urandom(16), os.urandom(12)
    box = AESGCM(_key(passphrase, salt)).encrypt(nonce, plain, aad)
    return Locked(b64(salt), b64(nonce), b64(box))


def unlock(passphrase: str, locked: Locked, aad: bytes) -> bytes:
    """The plaintext; CannotRead, whatever was wrong."""
    try:
        key = _key(passphrase, unb64(locked.salt))
        return AESGCM(key).decrypt(unb64(locked.nonce), unb64(locked.box), aad)
    except (ValueError, InvalidTag) as error:
        raise CannotRead("the file cannot be opened with this passphrase") from error


@lru_cache(maxsize=16)
def _key(passphrase: str, salt: bytes) -> bytes:
    """Who locked or unlocked a file a moment ago need not pay for that again; what the key opens is in memory too."""
    normal = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(normal)
