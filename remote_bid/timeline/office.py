"""The server's own keys, kept in one file that only the server may read: its log key, storage key and line secret."""

import secrets
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.canonical import b64, unb64_sized
from remote_bid.seal.signing import KeySigner
from remote_bid.timeline import durable


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    log: str
    storage: str
    lines: str


class OfficeKeys:
    """`log` signs checkpoints and statements, `storage` seals side lines at rest, `lines` names side lines."""

    def __init__(self, log: ed25519.Ed25519PrivateKey, storage: bytes, lines: bytes) -> None:
        self.log, self.storage, self.lines = log, storage, lines
        self.signer = KeySigner(log)

    @property
    def log_key(self) -> str:
        """The log's public key (32 bytes), base64url."""
        return b64(self.log.public_key().public_bytes_raw())


def office_keys(path: Path) -> OfficeKeys:
    """The keys in `path`; made there, readable by the owner only, if the file is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = _Stored(*(b64(secrets.token_bytes(32)) for _ in range(3)))
        durable.replace(path, msgspec.json.encode(fresh), 0o600)
    stored = msgspec.json.decode(path.read_bytes(), type=_Stored)
    log = ed25519.Ed25519PrivateKey.from_private_bytes(unb64_sized(stored.log, 32))
    return OfficeKeys(log, unb64_sized(stored.storage, 32), unb64_sized(stored.lines, 32))
