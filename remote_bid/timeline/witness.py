"""The cosigner's protocol (C2SP tlog-witness, `add-checkpoint`) as text: asked by the log, answered by a cosigner."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated

import msgspec

from remote_bid.seal.tree import consistency_path
from remote_bid.timeline.note import NUMBER, platform_leaf


class BadRequest(ValueError):
    """Not an add-checkpoint request."""


class AddCheckpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a cosigner is asked to sign: `note`, which `proof` shows to extend the `old` leaves it signed last."""

    old: int
    proof: list[bytes]
    note: str


class LeafData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A leaf of the platform log as it is hashed: a session's head (base64url) at main-line entry `seq`."""

    head: str
    seq: int
    session: str

    @property
    def hash(self) -> bytes:
        """By which the log's tree holds it."""
        return platform_leaf(self.session, self.seq, self.head)


class AddLeaves(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The log shows its leaves from index `start`, so that the cosigner sees what it signs."""

    start: Annotated[int, msgspec.Meta(ge=0)]
    leaves: list[LeafData]


def asked(note: str, old: int, leaves: Sequence[bytes]) -> str:
    """The request body for a note over `leaves`, to a cosigner that has signed `old` of them."""
    proof = consistency_path(leaves, old) if 0 < old < len(leaves) else []
    return "\n".join([f"old {old}", *(base64.b64encode(node).decode() for node in proof)]) + "\n\n" + note


def parsed(body: str) -> AddCheckpoint:
    """The request a cosigner received."""
    start, split, note = body.partition("\n\n")
    first, *lines = start.split("\n")
    if not split or not first.startswith("old ") or not NUMBER.match(first[4:]) or len(lines) > 63:
        raise BadRequest("not an add-checkpoint request")
    try:
        proof = [base64.b64decode(line, validate=True) for line in lines]
    except (binascii.Error, ValueError) as error:
        raise BadRequest("the proof is not base64") from error
    return AddCheckpoint(old=int(first[4:]), proof=proof, note=note)
