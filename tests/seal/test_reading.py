"""Reading an envelope's content from any place on: what is read there is what `unseal` would have written there."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.envelope import SEGMENT, BadEnvelope, Secrets, fresh_secrets
from remote_bid.seal.floe import OVERHEAD
from remote_bid.seal.reading import Reading
from tests.seal.bids import HALVES, honest
from tests.seal.test_envelope import some_bytes

LONG = some_bytes(2 * SEGMENT + 3)
SEALED = honest(LONG).file


def opened(file: bytes, halves: Secrets = HALVES) -> Reading:
    return Reading(io.BytesIO(file), halves)


def all_of(reading: Reading, offset: int, most: int) -> bytes:
    found = b""
    while len(found) < most and (part := reading.part(offset + len(found), most - len(found))):
        found += part
    return found


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(LONG) + 10), st.integers(0, len(LONG)))
def test_any_range_reads_as_the_content_does(offset: int, most: int) -> None:
    assert all_of(opened(SEALED), offset, most) == LONG[offset : offset + most]


@pytest.mark.parametrize("length", [0, 1, 4088, SEGMENT - OVERHEAD - 8, SEGMENT - OVERHEAD - 7])
def test_it_knows_the_true_length_and_never_reads_padding(length: int) -> None:
    reading = opened(honest(some_bytes(length)).file)
    assert reading.size == length
    assert all_of(reading, 0, length + 1000) == some_bytes(length)
    assert reading.part(length, 1) == b""


@pytest.mark.parametrize("halves", [fresh_secrets(), Secrets(HALVES.s_b, fresh_secrets().s_t)])
def test_without_both_halves_nothing_is_read(halves: Secrets) -> None:
    with pytest.raises(BadEnvelope):
        opened(SEALED, halves)


def test_a_changed_byte_is_not_given_out_and_the_rest_is() -> None:
    file = bytearray(SEALED)
    file[-5] ^= 1
    reading = opened(bytes(file))
    assert reading.part(0, 10) == LONG[:10]
    with pytest.raises(BadEnvelope):
        reading.part(len(LONG) - 1, 1)
    assert reading.part(0, 10) == LONG[:10]


def test_a_file_that_is_cut_short_is_not_read_beyond_its_end() -> None:
    reading = opened(SEALED[: 2 * SEGMENT])
    with pytest.raises(BadEnvelope):
        reading.part(len(LONG) - 1, 1)
