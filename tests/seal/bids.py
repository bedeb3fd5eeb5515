"""Sealed bids for tests: honest ones, and a second writer of the format, after the protocol's page, that may cheat."""

import hashlib
import hmac
import io
import struct
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from remote_bid.seal.canonical import b64, jcs, labelled_hash
from remote_bid.seal.envelope import MAGIC, SEGMENT, SUITE, Place, Sealed, Secrets, padded_size, seal, unseal
from remote_bid.seal.floe import Floe

HALVES = Secrets(hashlib.sha256(b"s_B").digest(), hashlib.sha256(b"s_T").digest())
PLACE = Place(policy="p-1", lot="lot-1", part="price", bidder="bidder-7", version=2)


class SealedBid(NamedTuple):
    """An envelope file and what its submission would say of it."""

    file: bytes
    sealed: Sealed


def honest(plaintext: bytes, place: Place = PLACE, halves: Secrets = HALVES) -> SealedBid:
    target = io.BytesIO()
    sealed = seal(io.BytesIO(plaintext), len(plaintext), target, place, halves)
    return SealedBid(target.getvalue(), sealed)


def unsealed(file: bytes, halves: Secrets = HALVES) -> bytes:
    """The plaintext, if `unseal` returns."""
    target = io.BytesIO()
    unseal(io.BytesIO(file), target, halves)
    return target.getvalue()


def core_of(size: int, /, **changes: Any) -> dict[str, Any]:
    """A core for a padded plaintext of `size` bytes, with some fields as the cheat wants them."""
    fixed = {"nonce": b64(bytes(32)), "suite": SUITE, "segment": SEGMENT, "size": size}
    return {**PLACE._asdict(), **fixed, **changes}


def header_of(core: dict[str, Any], halves: Secrets = HALVES) -> dict[str, Any]:
    """A header with the true commitments to both halves."""
    return {
        "v": "sbe/1",
        "core": core,
        "B": committed(core, b"B", halves.s_b),
        "T": committed(core, b"T", halves.s_t),
    }


def committed(core: dict[str, Any], group: bytes, secret: bytes) -> str:
    return b64(labelled_hash("sbe/1 commit", ctx_of(core), group, secret))


def ctx_of(core: dict[str, Any]) -> bytes:
    return labelled_hash("sbe/1 core", jcs(core))


def padded(plaintext: bytes) -> bytes:
    """u64be length ‖ bytes ‖ zeros."""
    return (struct.pack(">Q", len(plaintext)) + plaintext).ljust(padded_size(len(plaintext)), b"\0")


def written(inside: bytes, header: bytes, core: dict[str, Any], halves: Secrets = HALVES) -> bytes:
    """An envelope file whose keys and tags are all right, whatever `inside`, `header` and `core` say."""
    floe = Floe(payload_key(core, halves), hashlib.sha256(header).digest(), SEGMENT)
    out = memoryview(bytearray(SEGMENT))
    starts = range(0, len(inside), floe.body)
    segments = [
        bytes(out[: floe.encrypt(at, start == starts[-1], memoryview(inside[start:][: floe.body]), out)])
        for at, start in enumerate(starts)
    ]
    return framed(header) + floe.header + b"".join(segments)


def framed(header: bytes) -> bytes:
    return MAGIC + struct.pack(">I", len(header)) + header


def payload_key(core: dict[str, Any], halves: Secrets) -> bytes:
    root = hmac.digest(ctx_of(core), halves.s_b + halves.s_t, "sha256")
    return HKDFExpand(hashes.SHA256(), 32, b"sbe/1 payload\0").derive(root)


def cheating(inside: bytes, /, **changes: Any) -> bytes:
    """Any padded plaintext under a header in order, but for the `changes` to its core."""
    core = core_of(len(inside), **changes)
    return written(inside, jcs(header_of(core)), core)
