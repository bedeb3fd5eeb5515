"""The envelope: both halves open it, it is as long as it says, and its size tells little of what is inside."""

import hashlib
import io
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import jcs, unb64
from remote_bid.seal.envelope import (
    LEAST_SIZE,
    SEGMENT,
    Secrets,
    ctx_of,
    file_size,
    fresh_secrets,
    padded_size,
    read_head,
    seal,
    tree_root,
    unseal,
)
from remote_bid.seal.floe import OVERHEAD
from remote_bid.seal.tree import leaf_hash, root_of
from tests.seal import bids
from tests.seal.bids import HALVES, PLACE, SealedBid, honest, unsealed

BODY = SEGMENT - OVERHEAD

some = settings(deadline=None, max_examples=60)
lengths = st.sampled_from([0, 1, 4087, 4088, 4089, 4090, 5111, 5112, 5113]) | st.integers(0, 20_000)
large = [BODY + more for more in (-17, -9, -8, -7, 0, 9)] + [2 * BODY - 8, 2 * BODY - 7, 2 * SEGMENT + 3]


def some_bytes(length: int) -> bytes:
    return hashlib.shake_128(b"a tender").digest(length)


def check(bid: SealedBid, plaintext: bytes) -> None:
    target = io.BytesIO()
    assert unseal(io.BytesIO(bid.file), target, HALVES) == bid.sealed.ct
    assert target.getvalue() == plaintext
    head, ct, n = tree_root(io.BytesIO(bid.file))
    assert (head.raw, ct, n) == bid.sealed
    assert n == len(bid.file) == file_size(head.header, head.raw)


@some
@given(lengths)
def test_what_is_sealed_opens_with_both_halves(length: int) -> None:
    check(honest(some_bytes(length)), some_bytes(length))


@pytest.mark.parametrize("length", large)
def test_what_fills_several_segments_opens_too(length: int) -> None:
    check(honest(some_bytes(length)), some_bytes(length))


@some
@given(lengths)
def test_what_another_writer_of_the_format_sealed_opens(length: int) -> None:
    plaintext = some_bytes(length)
    assert unsealed(bids.cheating(bids.padded(plaintext))) == plaintext


def test_a_large_file_of_another_writer_opens() -> None:
    plaintext = some_bytes(BODY + 5)
    assert unsealed(bids.cheating(bids.padded(plaintext))) == plaintext


def test_the_header_says_what_the_seal_binds_to() -> None:
    bid = honest(b"9800000.00")
    head = read_head(io.BytesIO(bid.file))
    core = bids.core_of(LEAST_SIZE, nonce=head.header.core.nonce)
    assert len(unb64(core["nonce"])) == 32
    assert ctx_of(head.header.core) == bids.ctx_of(core)
    assert bid.sealed.header == head.raw == jcs(bids.header_of(core))
    assert bid.file.startswith(head.read)
    assert head.read == bids.framed(head.raw) + head.floe


def test_ct_is_the_tree_over_the_head_and_each_segment() -> None:
    bid = honest(some_bytes(2 * SEGMENT))
    head = read_head(io.BytesIO(bid.file)).read
    segments = [bid.file[at : at + SEGMENT] for at in range(len(head), len(bid.file), SEGMENT)]
    assert bid.sealed.ct == root_of([leaf_hash(head), *map(leaf_hash, segments)])


def test_nothing_of_an_envelope_repeats() -> None:
    first, second = honest(b"9800000.00"), honest(b"9800000.00")
    assert first.sealed.header != second.sealed.header
    assert first.sealed.ct != second.sealed.ct
    assert fresh_secrets() != fresh_secrets()
    assert [len(half) for half in fresh_secrets()] == [32, 32]


def test_the_plaintext_is_nowhere_in_the_file() -> None:
    canary = b"PRICE=9,800,000.00"
    assert canary not in honest(canary * 3).file


def test_only_the_length_that_was_said_is_sealed() -> None:
    source, target = io.BytesIO(b"9800000.00 and a note"), io.BytesIO()
    seal(source, 10, target, PLACE, HALVES)
    assert unsealed(target.getvalue()) == b"9800000.00"
    assert source.read() == b" and a note"
    with pytest.raises(ValueError, match="shorter than was said"):
        seal(io.BytesIO(b"98"), 3, io.BytesIO(), PLACE, HALVES)


class Trickle(io.BytesIO):
    """A stream that hands out few bytes at a time, as pipes do."""

    def readinto(self, buffer: Any) -> int:
        return super().readinto(memoryview(buffer)[:1009])


def test_a_stream_that_trickles_is_sealed_and_opened_alike() -> None:
    plaintext, target, out = some_bytes(20_000), io.BytesIO(), io.BytesIO()
    sealed = seal(Trickle(plaintext), len(plaintext), target, PLACE, HALVES)
    assert unseal(Trickle(target.getvalue()), out, HALVES) == sealed.ct
    assert out.getvalue() == plaintext
    assert tree_root(Trickle(target.getvalue()))[1:] == (sealed.ct, sealed.n)


@pytest.mark.parametrize(
    "changes",
    [{"version": 0}, {"version": -1}, {"version": 2**53}, {"lot": "\ud800"}, {"lot": "x" * 70_000}],
    ids=["version 0", "version -1", "version 2^53", "half a surrogate pair", "too long a name"],
)
def test_what_could_never_be_opened_is_not_sealed(changes: dict[str, Any]) -> None:
    target = io.BytesIO()
    with pytest.raises(ValueError):  # noqa: PT011 — in whatever words
        seal(io.BytesIO(b"a bid"), 5, target, PLACE._replace(**changes), HALVES)
    assert target.getvalue() == b""


def test_a_half_that_could_not_be_dealt_is_not_sealed_with() -> None:
    for halves in (Secrets(b"", HALVES.s_t), Secrets(HALVES.s_b, b"short"), Secrets(bytes(33), bytes(31))):
        with pytest.raises(ValueError):  # noqa: PT011 — in whatever words
            honest(b"a bid", halves=halves)


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (0, 4096),
        (4088, 4096),
        (4089, 4096 + 256),
        (5_000, 20 * 256),
        (100_000, 49 * 2048),
        (1_000_000, 62 * 16_384),
        ((1 << 20) - 8, 1 << 20),
        ((1 << 20) - 7, (1 << 20) + (1 << 15)),
        (500_000_000, 60 << 23),
    ],
)
def test_sizes_are_those_of_the_padme_paper(length: int, size: int) -> None:
    assert padded_size(length) == size


@some
@given(st.integers(0, 1 << 45))
def test_a_padded_size_is_the_next_number_whose_mantissa_is_no_longer_than_its_exponent(length: int) -> None:
    size = padded_size(length)
    needed = max(length + 8, LEAST_SIZE)
    exponent = needed.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    assert size - step < needed <= size
    significant = size // (size & -size)
    assert significant.bit_length() - 1 <= (size.bit_length() - 1).bit_length()
    assert (size - needed) * 16 < needed, "at most 6.25 % longer from 4 KiB on"
    assert padded_size(size - 8) == size


def test_bids_of_one_padded_size_are_files_of_one_length() -> None:
    assert len({len(honest(some_bytes(length)).file) for length in (0, 1, 999, 4088)}) == 1


def test_a_header_survives_a_round_trip() -> None:
    head = read_head(io.BytesIO(honest(b"a bid").file))
    assert jcs(head.header) == head.raw
    assert msgspec.to_builtins(head.header)["core"]["bidder"] == PLACE.bidder
