"""Checkpoints of the platform log as signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

A checkpoint says: the log `origin` has `size` leaves under `root`. The log signs it, cosigners add their own time.
"""

import base64
import binascii
import hashlib
import re
import struct

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.canonical import jcs
from remote_bid.seal.signing import signed_by, spki_of
from remote_bid.seal.tree import leaf_hash

_PLAIN, _COSIGNATURE = 1, 4
NUMBER = re.compile(r"(0|[1-9][0-9]{0,17})\Z")
"""A size as these texts write it: ASCII digits, no leading zero."""


class BadNote(ValueError):
    """Not a checkpoint, or not signed by whom it must be."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a note: `root` is the RFC 9162 root over `size` leaves."""

    origin: str
    size: int
    root: bytes


class NamedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A log's or cosigner's name and raw Ed25519 public key (32 bytes)."""

    name: str
    key: bytes

    def tag(self, algorithm: int) -> bytes:
        """The four bytes by which a note's line names this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([algorithm]) + self.key).digest()[:4]


def platform_leaf(session: str, seq: int, head: str) -> bytes:
    """The leaf hash by which the platform log holds a session's head (base64url) at main-line entry `seq`."""
    return leaf_hash(jcs({"head": head, "seq": seq, "session": session}))


def body_of(checkpoint: Checkpoint) -> str:
    """The signed text."""
    root = base64.b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def parse(note: str) -> tuple[Checkpoint, str, list[str]]:
    """Checkpoint, its body and the signature lines of a note; signatures are not checked."""
    body, split, rest = note.partition("\n\n")
    lines = (body + "\n").split("\n")
    if not split or len(lines) != 4 or not rest.endswith("\n") or not lines[0] or not NUMBER.match(lines[1]):
        raise BadNote("not a checkpoint note")
    root = _decoded(lines[2])
    if len(root) != 32:
        raise BadNote("not a checkpoint note")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root), body + "\n", rest[:-1].split("\n")


def sign(checkpoint: Checkpoint, name: str, key: ed25519.Ed25519PrivateKey) -> str:
    """The note, signed by the log itself."""
    body = body_of(checkpoint)
    signature = NamedKey(name=name, key=key.public_key().public_bytes_raw()).tag(_PLAIN) + key.sign(body.encode())
    return f"{body}\n{_line(name, signature)}"


def cosign(body: str, name: str, key: ed25519.Ed25519PrivateKey, time: int) -> str:
    """A cosigner's line for a checkpoint body; `time` in seconds since 1970."""
    tag = NamedKey(name=name, key=key.public_key().public_bytes_raw()).tag(_COSIGNATURE)
    return _line(name, tag + struct.pack(">Q", time) + key.sign(_cosigned(body, time)))


def is_signed(note: str, signer: NamedKey) -> bool:
    """Whether the log `signer` signed the note, as a checkpoint of its own: its name is the origin."""
    checkpoint, body, lines = parse(note)
    return checkpoint.origin == signer.name and any(
        signed_by(_spki(signer.key), body.encode(), signature) for signature in _signatures(lines, signer, _PLAIN)
    )


def cosigned_at(note: str, signer: NamedKey) -> int | None:
    """When `signer` cosigned the note, in seconds since 1970; None if it did not."""
    _, body, lines = parse(note)
    for signature in _signatures(lines, signer, _COSIGNATURE):
        if len(signature) == 72:
            (time,) = struct.unpack(">Q", signature[:8])
            if signed_by(_spki(signer.key), _cosigned(body, time), signature[8:]):
                return int(time)
    return None


def _signatures(lines: list[str], signer: NamedKey, algorithm: int) -> list[bytes]:
    start, found = f"— {signer.name} ", []
    for line in lines:
        raw = _decoded(line[len(start) :]) if line.startswith(start) else b""
        if raw[:4] == signer.tag(algorithm):
            found.append(raw[4:])
    return found


def _cosigned(body: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def _line(name: str, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(signature).decode()}\n"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error


def _spki(raw: bytes) -> bytes:
    try:
        return spki_of(ed25519.Ed25519PublicKey.from_public_bytes(raw))
    except ValueError as error:
        raise BadNote("not an Ed25519 key") from error
