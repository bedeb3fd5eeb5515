"""The `.release` file: both halves of a sealed part's key, under the bidder's passphrase.

JSON {v, submission, salt, nonce, box}
    box = AES-256-GCM(scrypt(NFC(passphrase), salt, N = 2^15, r = 8, p = 1), s_B ‖ s_T)
"""

import os
import unicodedata
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.envelope import Secrets
from remote_bid.timeline import durable

VERSION = "sbe/1 release"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: str
    submission: str
    salt: str
    nonce: str
    box: str


class CannotRead(ValueError):
    """No release file, or not with this passphrase."""


def write_release(path: Path, submission: str, halves: Secrets, passphrase: str) -> None:
    """Keep the halves for the submission with this id; readable by the owner only, on disk when this returns.
    A file that was there before is whole until then.
    """
    salt, nonce = os.urandom(16), os.urandom(12)
    box = AESGCM(_key(passphrase, salt)).encrypt(nonce, halves.s_b + halves.s_t, submission.encode())
    raw = msgspec.json.encode(_File(VERSION, submission, b64(salt), b64(nonce), b64(box)))
    durable.replace(path, raw, 0o600)


def read_release(path: Path, passphrase: str) -> tuple[str, Secrets]:
    """The submission's id and its halves."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_File)
        if kept.v != VERSION:
            raise CannotRead("the release file is of another version")
        key = _key(passphrase, unb64(kept.salt))
        plain = AESGCM(key).decrypt(unb64(kept.nonce), unb64(kept.box), kept.submission.encode())
    except (OSError, ValueError, InvalidTag) as error:
        raise CannotRead("the release file cannot be opened with this passphrase") from error
    return kept.submission, Secrets(plain[:32], plain[32:])


def _key(passphrase: str, salt: bytes) -> bytes:
    normal = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(normal)
