"""A log keeps its name when its key changes: the old key says which one follows, the new key says that it does.

A log is known by its name and first key. Whoever trusts that one follows the statements from key to key.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.canonical import NotCanonical, b64, unb64_sized
from remote_bid.seal.signing import KeySigner, keyid_of, spki_of
from remote_bid.seal.statements import BadStatement, Payload, Statement, is_signed_by, said, state
from remote_bid.timeline import instant
from remote_bid.timeline.note import NamedKey


class BadSuccessor(ValueError):
    """Not a successor of the key before, or of another log's."""


class KeyRotated(Payload, frozen=True):
    """The log `log` signs with the key `new` from now on, no longer with `old` (both Ed25519, 32 bytes, base64url).
    Signed by both.
    """

    kind: ClassVar[str] = "key_rotated"
    log: str
    old: str
    new: str
    at: str


def rotation(log: str, old: ed25519.Ed25519PrivateKey, new: ed25519.Ed25519PrivateKey, at: datetime) -> Statement:
    """The statement by which `new` follows `old`."""
    told = KeyRotated(log=log, old=_text(old), new=_text(new), at=instant.text(at))
    return state(told, KeySigner(old), KeySigner(new))


def follow(first: NamedKey, successors: Sequence[Statement]) -> list[NamedKey]:
    """The keys of a log in their order, from the first on; BadSuccessor if the statements do not lead from it."""
    keys = [first]
    for statement in successors:
        keys.append(_next(keys[-1], statement))
    return keys


def agree(ours: Sequence[Statement], theirs: Sequence[Statement]) -> bool:
    """Whether one continues the other: nobody has two successors."""
    return all(mine == other for mine, other in zip(ours, theirs, strict=False))


def _next(key: NamedKey, statement: Statement) -> NamedKey:
    try:
        told = said(statement, KeyRotated)
        follower = NamedKey(name=key.name, key=unb64_sized(told.new, 32))
        signed = all(_signed(statement, one.key) for one in (key, follower))
    except (BadStatement, NotCanonical, ValueError) as error:
        raise BadSuccessor("not a statement of a log's new key") from error
    if (told.log, told.old) != (key.name, b64(key.key)) or told.new == told.old or not signed:
        raise BadSuccessor(f"the key does not follow the one that {key.name} had")
    return follower


def _signed(statement: Statement, raw: bytes) -> bool:
    spki = spki_of(ed25519.Ed25519PublicKey.from_public_bytes(raw))
    return is_signed_by(statement, spki, keyid_of(spki))


def _text(key: ed25519.Ed25519PrivateKey) -> str:
    return b64(key.public_key().public_bytes_raw())
