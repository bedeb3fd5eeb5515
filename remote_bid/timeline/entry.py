"""One entry of a timeline: as it is kept, and as it is shown to an audience that may not read all of it.

Every field is committed to with a salt of its own, so any subset of fields can be shown and checked against the leaf.
"""

import hmac
from collections.abc import Collection
from typing import Any

import msgspec

from remote_bid.seal.canonical import b64, jcs, labelled_hash, unb64_sized

MAIN = "main"
"""The line everybody sees; any other line is one person's side line (sideline.py)."""

Fields = dict[str, Any]
"""An entry's content in JSON values: `type`, `at`, `by` and the event's own fields."""


class Who(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who acts or looks, as the server knows them: never taken from a payload."""

    person: str
    role: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it is kept. `salt` (32 bytes) is the secret from which each field's salt is derived."""

    line: str
    seq: int
    fields: Fields
    salt: bytes
    prev: bytes
    leaf: bytes

    @property
    def type(self) -> str:
        """The event's name."""
        return str(self.fields["type"])


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What checks the shown fields against the leaf: their salts, and the hashes of the fields not shown."""

    salts: dict[str, str]
    hidden: dict[str, str]


class Shown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry as one audience may read it; `event` and `proof` are null where all content is withheld."""

    line: str
    seq: int
    prev: str
    leaf: str
    event: Fields | None
    proof: Proof | None


class Mismatch(ValueError):
    """What is shown is not what the leaf commits to."""


def field_salt(salt: bytes, name: str) -> bytes:
    """The salt of one field: HMAC-SHA256(entry salt, name)."""
    return hmac.digest(salt, name.encode(), "sha256")


def field_hash(name: str, salt: bytes, value: Any) -> bytes:
    """H("sbe/1 field", name, salt, JCS(value))."""
    return labelled_hash("sbe/1 field", name.encode(), salt, jcs(value))


def fields_root(hashes: dict[str, bytes]) -> bytes:
    """H("sbe/1 fields", name, field hash, name, field hash …), in the order of the names."""
    parts = [part for name in sorted(hashes) for part in (name.encode(), hashes[name])]
    return labelled_hash("sbe/1 fields", *parts)


def hashes_of(fields: Fields, salt: bytes) -> dict[str, bytes]:
    """Every field's hash."""
    return {name: field_hash(name, field_salt(salt, name), value) for name, value in fields.items()}


def show(entry: Entry, names: Collection[str] | None) -> Shown:
    """The entry with the fields in `names` readable; None shows every field, an empty collection nothing."""
    readable = set(entry.fields) if names is None else set(names) & set(entry.fields)
    event = {name: value for name, value in entry.fields.items() if name in readable} if readable else None
    return Shown(
        line=entry.line,
        seq=entry.seq,
        prev=b64(entry.prev),
        leaf=b64(entry.leaf),
        event=event,
        proof=_proof(entry, readable) if readable else None,
    )


def _proof(entry: Entry, readable: set[str]) -> Proof:
    hidden = {name: value for name, value in entry.fields.items() if name not in readable}
    return Proof(
        salts={name: b64(field_salt(entry.salt, name)) for name in readable},
        hidden={name: b64(raw) for name, raw in hashes_of(hidden, entry.salt).items()},
    )


def shown_root(event: Fields, proof: Proof) -> bytes:
    """The fields' root of a shown entry; Mismatch when a field is shown without salt, twice, or not at all."""
    if set(event) != set(proof.salts) or set(event) & set(proof.hidden):
        raise Mismatch("each field is either shown with its salt or hidden behind its hash")
    hashes = {name: field_hash(name, unb64_sized(proof.salts[name], 32), value) for name, value in event.items()}
    hashes |= {name: unb64_sized(raw, 32) for name, raw in proof.hidden.items()}
    return fields_root(hashes)
