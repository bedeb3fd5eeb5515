"""The server's own keys, kept in one file that only the server may read: its log key, storage key and line secret."""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from remote_bid.seal.canonical import NotCanonical, b64, labelled_hash, unb64, unb64_sized
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Statement, said
from remote_bid.timeline import durable
from remote_bid.timeline.rotation import KeyRotated, rotation

_VERSION = b"remote-bid office 1"


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    log: str
    storage: str
    lines: str
    successors: list[Statement] = []


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """AES-256-GCM(scrypt(NFC(passphrase), salt, N = 2^15, r = 8, p = 1), the stored keys)."""

    salt: str
    nonce: str
    box: str


class BadKeys(ValueError):
    """The server's keys cannot be used; the sentence says why."""


class OfficeKeys:
    """`log` signs checkpoints and statements, `storage` seals side lines at rest, `lines` names side lines."""

    def __init__(
        self,
        log: ed25519.Ed25519PrivateKey,
        storage: bytes,
        lines: bytes,
        successors: Sequence[Statement] = (),
    ) -> None:
        self.log, self.storage, self.lines = log, storage, lines
        self.signer = KeySigner(log)
        self.successors = list(successors)
        """How the log's first key led to this one."""

    def derived(self, purpose: str) -> bytes:
        """A secret (32 bytes) of this deployment for one purpose, the same in all its processes."""
        return labelled_hash("office secret", purpose.encode(), self.lines)

    @property
    def log_key(self) -> str:
        """The log's first public key (32 bytes), base64url: with its name what the log is known by."""
        if self.successors:
            return said(self.successors[0], KeyRotated).old
        return b64(self.log.public_key().public_bytes_raw())


def office_keys(path: Path, passphrase: str = "") -> OfficeKeys:
    """The keys in `path`; made there, for the owner only, if the file is missing. BadKeys if they cannot be used.

    With a passphrase they lie sealed; a file from before there was one is sealed now.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        log, storage, lines = (b64(secrets.token_bytes(32)) for _ in range(3))
        durable.create(path, _content(_Stored(log, storage, lines), passphrase), 0o600)
    return _kept(path, passphrase)


def rotate_log_key(path: Path, passphrase: str, log: str, at: datetime) -> OfficeKeys:
    """The keys in `path` with a new log key, which the old one has signed for; the old one is gone. The server must not
    be running: it would sign with the old key until it ends. BadKeys if there are none.
    """
    if not path.exists():
        raise BadKeys(f"{path} is not there: this server has no keys yet")
    keys, new = _kept(path, passphrase), ed25519.Ed25519PrivateKey.generate()
    successors = [*keys.successors, rotation(log, keys.log, new, at)]
    fresh = _Stored(b64(new.private_bytes_raw()), b64(keys.storage), b64(keys.lines), successors)
    _write(path, fresh, passphrase)
    return _kept(path, passphrase)


def _kept(path: Path, passphrase: str) -> OfficeKeys:
    try:
        stored = _read(path, passphrase)
        log = ed25519.Ed25519PrivateKey.from_private_bytes(unb64_sized(stored.log, 32))
        return OfficeKeys(log, unb64_sized(stored.storage, 32), unb64_sized(stored.lines, 32), stored.successors)
    except (msgspec.MsgspecError, NotCanonical) as error:
        raise BadKeys(f"{path} does not hold a server's keys: {error}") from error


def _read(path: Path, passphrase: str) -> _Stored:
    if path.stat().st_mode & 0o077:
        raise BadKeys(f"{path} can be read by others than its owner: chmod 600 {path}")
    raw = path.read_bytes()
    if "box" in msgspec.json.decode(raw, type=dict):
        return _opened(path, msgspec.json.decode(raw, type=_Sealed), passphrase)
    stored = msgspec.json.decode(raw, type=_Stored)
    if passphrase:
        _write(path, stored, passphrase)
    return stored


def _write(path: Path, stored: _Stored, passphrase: str) -> None:
    durable.replace(path, _content(stored, passphrase), 0o600)


def _content(stored: _Stored, passphrase: str) -> bytes:
    content = msgspec.json.encode(stored)
    if passphrase:
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        box = AESGCM(_key(passphrase, salt)).encrypt(nonce, content, _VERSION)
        content = msgspec.json.encode(_Sealed(b64(salt), b64(nonce), b64(box)))
    return content


def _opened(path: Path, sealed: _Sealed, passphrase: str) -> _Stored:
    try:
        key = _key(passphrase, unb64(sealed.salt))
        return msgspec.json.decode(AESGCM(key).decrypt(unb64(sealed.nonce), unb64(sealed.box), _VERSION), type=_Stored)
    except (InvalidTag, ValueError) as error:
        raise BadKeys(f"{path} is sealed with another passphrase, or damaged") from error


def _key(passphrase: str, salt: bytes) -> bytes:
    normal = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(normal)
