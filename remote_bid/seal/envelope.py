"""The sealed-bid envelope SBE/1: one part of one bid, readable only with both secrets s_B and s_T.

    file = magic ‖ u32be header length ‖ header (JCS) ‖ FLOE header (74 B) ‖ segments of 1 MiB

Byte for byte in docs/protocol.md. Memory use is a few segments, whatever the size.
"""

import hashlib
import hmac
import secrets
import struct
from typing import BinaryIO, NamedTuple

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from remote_bid.seal.canonical import NotCanonical, b64, jcs, labelled_hash, parse_jcs, unb64_sized
from remote_bid.seal.dealing import SECRET_SIZE, commitment
from remote_bid.seal.floe import HEADER_SIZE, OVERHEAD, BrokenSegment, Floe, NotThisKey
from remote_bid.seal.tree import GrowingTree

MAGIC = b"SBENV\0\0\1"
START = 12
"""Bytes of magic and header length."""
VERSION = "sbe/1"
SUITE = "xwing.hkdf-sha256.aes256gcm/floe.aes256gcm.hkdf-sha384"
SEGMENT = 1 << 20
LEAST_SIZE = 4096
"""Plaintexts are padded to at least this, so that the small forms of all bidders are of one length."""

_MAX_HEADER = 1 << 16


class BadEnvelope(ValueError):
    """The file is no envelope, or not the one that was submitted. `code` is stable."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Core(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a seal binds to. `policy` is a statement id; `segment` (encrypted) and `size` (padded) are bytes."""

    policy: str
    lot: str
    part: str
    bidder: str
    version: int
    nonce: str
    suite: str
    segment: int
    size: int


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The envelope's clear text: the core and the commitments to both secrets."""

    v: str
    core: Core
    B: str
    T: str


class Place(NamedTuple):
    """Where a sealed part belongs: nobody can move it to another policy, lot, part, bidder or version."""

    policy: str
    lot: str
    part: str
    bidder: str
    version: int


class Secrets(NamedTuple):
    """The two halves: s_B stays with the bidder, s_T is dealt to the custodians. 32 random bytes each."""

    s_b: bytes
    s_t: bytes


class Sealed(NamedTuple):
    """What the submission statement says of an envelope: header (JCS bytes), tree root, length in bytes."""

    header: bytes
    ct: bytes
    n: int


class Head(NamedTuple):
    """The start of an envelope file: parsed header, its JCS bytes, the FLOE header, and all bytes read so far."""

    header: Header
    raw: bytes
    floe: bytes
    read: bytes


def fresh_secrets() -> Secrets:
    """Two new random halves."""
    return Secrets(secrets.token_bytes(SECRET_SIZE), secrets.token_bytes(SECRET_SIZE))


def ctx_of(core: Core) -> bytes:
    """ctx = H("sbe/1 core", JCS(core)): every commitment and share is bound to it."""
    return labelled_hash("sbe/1 core", jcs(core))


def padded_size(length: int) -> int:
    """Padmé size (Nikitin et al., PETS 2019) of an 8-byte length and `length` bytes, at least LEAST_SIZE."""
    size = max(8 + length, LEAST_SIZE)
    exponent = size.bit_length() - 1
    free_bits = exponent - exponent.bit_length()
    mask = (1 << free_bits) - 1
    return (size + mask) & ~mask


def seal(source: BinaryIO, length: int, target: BinaryIO, place: Place, halves: Secrets) -> Sealed:
    """Write the envelope of the next `length` bytes of `source` to `target`; BadEnvelope if nobody could open it."""
    if {len(half) for half in halves} != {SECRET_SIZE}:
        raise ValueError(f"each half has {SECRET_SIZE} bytes")
    core = Core(
        **place._asdict(),
        nonce=b64(secrets.token_bytes(32)),
        suite=SUITE,
        segment=SEGMENT,
        size=padded_size(length),
    )
    ctx = ctx_of(core)
    raw = jcs(
        Header(
            v=VERSION,
            core=core,
            B=commitment(ctx, "B", halves.s_b),
            T=commitment(ctx, "T", halves.s_t),
        )
    )
    parse_header(raw)
    floe = Floe(_payload_key(ctx, halves), hashlib.sha256(raw).digest(), SEGMENT)
    head = MAGIC + struct.pack(">I", len(raw)) + raw + floe.header
    tree = GrowingTree()
    tree.take(head)
    target.write(head)
    written = len(head) + _seal_segments(_Padded(source, length), core.size, target, floe, tree)
    return Sealed(raw, tree.root(), written)


def _seal_segments(source: "_Padded", size: int, target: BinaryIO, floe: Floe, tree: GrowingTree) -> int:
    plain, out = memoryview(bytearray(floe.body)), memoryview(bytearray(floe.segment))
    left, position, written = size, 0, 0
    while left:
        part = plain[: min(floe.body, left)]
        source.fill(part)
        left -= len(part)
        encrypted = out[: floe.encrypt(position, left == 0, part, out)]
        tree.take(encrypted)
        target.write(encrypted)
        position, written = position + 1, written + len(encrypted)
    return written


def head_size(start: bytes) -> int:
    """How many bytes come before the first segment, told by the file's first START bytes."""
    if len(start) != START or start[:8] != MAGIC:
        raise BadEnvelope("not_an_envelope", "the file is not a sealed bid")
    size = int.from_bytes(start[8:], "big")
    if size > _MAX_HEADER:
        raise BadEnvelope("header_too_large", "the envelope's header is too large")
    return START + size + HEADER_SIZE


def read_head(source: BinaryIO) -> Head:
    """The envelope's header, strictly parsed; `source` then stands at the first segment."""
    start = source.read(START)
    left = head_size(start) - START
    rest = source.read(left)
    if len(rest) != left:
        raise BadEnvelope("truncated", "the envelope is cut short")
    raw, floe = rest[:-HEADER_SIZE], rest[-HEADER_SIZE:]
    return Head(parse_header(raw), raw, floe, start + rest)


def parse_header(raw: bytes) -> Header:
    """A header from its JCS bytes, with the parameters this suite allows."""
    if len(raw) > _MAX_HEADER:
        raise BadEnvelope("header_too_large", "the envelope's header is too large")
    try:
        header = msgspec.convert(parse_jcs(raw), type=Header)
        for text in (header.core.nonce, header.B, header.T):
            unb64_sized(text, 32)
    except (NotCanonical, msgspec.ValidationError) as error:
        raise BadEnvelope("malformed_header", f"the envelope's header is malformed: {error}") from error
    core = header.core
    if header.v != VERSION or core.suite != SUITE or core.segment != SEGMENT:
        raise BadEnvelope("unknown_suite", "the envelope is of a version or suite that is not allowed")
    if core.version < 1 or core.size < LEAST_SIZE or padded_size(core.size - 8) != core.size:
        raise BadEnvelope("malformed_header", "the envelope's size or version is impossible")
    return header


def file_size(header: Header, raw: bytes) -> int:
    """The length in bytes that an envelope with this header must have."""
    body = header.core.segment - OVERHEAD
    return START + len(raw) + HEADER_SIZE + header.core.size + OVERHEAD * -(-header.core.size // body)


def tree_root(source: BinaryIO) -> tuple[Head, bytes, int]:
    """Head, tree root (ct) and length of a whole envelope, read to its end."""
    head = read_head(source)
    tree = GrowingTree()
    tree.take(head.read)
    length = len(head.read)
    buffer = memoryview(bytearray(head.header.core.segment))
    while got := _fill(source, buffer):
        tree.take(buffer[:got])
        length += got
    if length != file_size(head.header, head.raw):
        raise BadEnvelope("wrong_length", "the envelope is not as long as its header says")
    return head, tree.root(), length


def unseal(source: BinaryIO, target: BinaryIO, halves: Secrets, tree: GrowingTree | None = None) -> bytes:
    """Write the plaintext to `target`; returns the root of what was read, collected in `tree`.

    Never writes an unauthenticated byte, but what it wrote counts only when it returns. Raises BadEnvelope:
    `wrong_half_b`, `wrong_half_t` (a half does not match its commitment), `garbage` (sealed so that it cannot be
    opened), `truncated`, `wrong_length`, `not_an_envelope` …
    """
    head = read_head(source)
    floe, core = keyed(head, halves), head.header.core
    try:
        tree = tree or GrowingTree()
        tree.take(head.read)
        _unseal_segments(source, core.size, _Unpadded(target, core.size), floe, tree)
    except BrokenSegment as error:
        raise BadEnvelope("garbage", f"the envelope cannot be opened: {error}") from error
    if source.read(1):
        raise BadEnvelope("wrong_length", "bytes follow the last segment")
    return tree.root()


def keyed(head: Head, halves: Secrets) -> Floe:
    """The cipher of an envelope, ready to open it; BadEnvelope if these are not its halves or make another key."""
    core, ctx = head.header.core, ctx_of(head.header.core)
    for code, group, half, committed in (
        ("wrong_half_b", "B", halves.s_b, head.header.B),
        ("wrong_half_t", "T", halves.s_t, head.header.T),
    ):
        if not hmac.compare_digest(commitment(ctx, group, half), committed):
            raise BadEnvelope(code, "a half of the key does not match its commitment")
    try:
        return Floe(_payload_key(ctx, halves), hashlib.sha256(head.raw).digest(), core.segment, head.floe)
    except NotThisKey as error:
        raise BadEnvelope("garbage", f"the envelope cannot be opened: {error}") from error


def _unseal_segments(source: BinaryIO, size: int, target: "_Unpadded", floe: Floe, tree: GrowingTree) -> None:
    encrypted, plain = memoryview(bytearray(floe.segment)), memoryview(bytearray(floe.body))
    left, position = size, 0
    while left:
        wanted = min(floe.body, left)
        part = encrypted[: wanted + OVERHEAD]
        if _fill(source, part) != len(part):
            raise BadEnvelope("truncated", "the envelope is cut short")
        left -= wanted
        tree.take(part)
        target.write(plain[: floe.decrypt(position, left == 0, part, plain)])
        position += 1


def _payload_key(ctx: bytes, halves: Secrets) -> bytes:
    root = hmac.digest(ctx, halves.s_b + halves.s_t, "sha256")
    return HKDFExpand(hashes.SHA256(), 32, b"sbe/1 payload\0").derive(root)


def _fill(source: BinaryIO, buffer: memoryview) -> int:
    """Fill `buffer` from `source`; fewer bytes only at its end."""
    got = 0
    while got < len(buffer):
        part = source.readinto(buffer[got:])  # type: ignore[attr-defined]  # every binary stream has it; typing.IO leaves it out
        if not part:
            break
        got += part
    return got


class _Padded:
    """u64be length ‖ bytes ‖ zeros, as a stream."""

    def __init__(self, source: BinaryIO, length: int) -> None:
        self._source, self._left = source, length
        self._start = struct.pack(">Q", length)

    def fill(self, buffer: memoryview) -> None:
        start = min(len(self._start), len(buffer))
        buffer[:start] = self._start[:start]
        self._start = self._start[start:]
        wanted = min(len(buffer) - start, self._left)
        if _fill(self._source, buffer[start : start + wanted]) != wanted:
            raise ValueError("the source is shorter than was said")
        self._left -= wanted
        zeros = len(buffer) - start - wanted
        if zeros:
            buffer[start + wanted :] = bytes(zeros)


class _Unpadded:
    """Takes the padded stream, hands on the bytes inside; padding that is not zero is garbage."""

    def __init__(self, target: BinaryIO, size: int) -> None:
        self._target, self._size = target, size
        self._left = -1

    def write(self, part: memoryview) -> None:
        if self._left < 0:
            self._left = int.from_bytes(part[:8], "big")
            if padded_size(self._left) != self._size:
                raise BadEnvelope("garbage", "the length sealed inside is impossible")
            part = part[8:]
        inside = part[: self._left]
        self._target.write(inside)
        self._left -= len(inside)
        padding = part[len(inside) :]
        if bytearray(len(padding)) != padding:
            raise BadEnvelope("garbage", "the padding is not zero")
