"""An envelope changed after sealing, or tried with the wrong halves: refused by name, never opened wrongly."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import b64, jcs, parse_jcs
from remote_bid.seal.envelope import SEGMENT, BadEnvelope, Secrets, read_head, tree_root, unseal
from remote_bid.seal.floe import HEADER_SIZE, OVERHEAD
from tests.seal import bids
from tests.seal.bids import HALVES, honest, unsealed

CODES = {
    "not_an_envelope",
    "header_too_large",
    "malformed_header",
    "unknown_suite",
    "truncated",
    "wrong_length",
    "wrong_half_b",
    "wrong_half_t",
    "garbage",
}
PLAINTEXT = b"9800000.00"
BID = honest(PLAINTEXT)
SEGMENTS_AT = 12 + len(BID.sealed.header) + HEADER_SIZE
LARGE_PLAINTEXT = bytes(range(256)) * (SEGMENT // 128)
LARGE = honest(LARGE_PLAINTEXT)
FIRST = 12 + len(LARGE.sealed.header) + HEADER_SIZE
SECOND, THIRD = FIRST + SEGMENT, FIRST + 2 * SEGMENT

OTHER_PLACES: list[dict[str, Any]] = [
    {"policy": "p-2"},
    {"lot": "lot-2"},
    {"part": "technical"},
    {"bidder": "bidder-8"},
    {"version": 3},
    {"nonce": b64(bytes(31) + b"\1")},
]


def refusal(file: bytes, halves: Secrets = HALVES) -> str:
    with pytest.raises(BadEnvelope) as caught:
        unsealed(file, halves)
    assert caught.value.code in CODES
    return caught.value.code


def root(file: bytes) -> bytes | str:
    """The tree root, or the code of the refusal."""
    try:
        return tree_root(io.BytesIO(file))[1]
    except BadEnvelope as refused:
        return refused.code


def with_header(header: dict[str, Any]) -> bytes:
    return bids.framed(jcs(header)) + BID.file[12 + len(BID.sealed.header) :]


def with_core(**changes: Any) -> dict[str, Any]:
    header = parse_jcs(BID.sealed.header)
    return {**header, "core": {**header["core"], **changes}}


def flipped(file: bytes, at: int, mask: int) -> bytes:
    return file[:at] + bytes([file[at] ^ mask]) + file[at + 1 :]


def test_the_bid_itself_opens() -> None:
    assert unsealed(BID.file) == PLAINTEXT
    assert unsealed(LARGE.file) == LARGE_PLAINTEXT


def test_each_byte_of_the_head_changed_is_refused_and_changes_ct() -> None:
    for at in range(SEGMENTS_AT):
        changed = flipped(BID.file, at, 1)
        refusal(changed)
        assert root(changed) != BID.sealed.ct


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(BID.file) - 1), st.integers(1, 255))
def test_any_byte_changed_in_any_way_is_refused_and_changes_ct(at: int, mask: int) -> None:
    changed = flipped(BID.file, at, mask)
    refusal(changed)
    assert root(changed) != BID.sealed.ct


@pytest.mark.parametrize("at", [0, FIRST, SECOND - 1, SECOND, THIRD, len(LARGE.file) - 1])
def test_a_byte_changed_in_a_large_file_is_refused_and_only_true_bytes_were_written(at: int) -> None:
    target = io.BytesIO()
    with pytest.raises(BadEnvelope):
        unseal(io.BytesIO(flipped(LARGE.file, at, 0x10)), target, HALVES)
    assert LARGE_PLAINTEXT.startswith(target.getvalue())


def test_a_file_cut_anywhere_is_refused() -> None:
    for size in (*range(SEGMENTS_AT + 1), *range(SEGMENTS_AT + 1, len(BID.file), 97), len(BID.file) - 1):
        code = "truncated" if size >= 12 else "not_an_envelope"
        assert refusal(BID.file[:size]) == code
        assert root(BID.file[:size]) == (code if size < SEGMENTS_AT else "wrong_length")


def test_a_large_file_cut_after_a_segment_is_refused() -> None:
    for end in (FIRST, SECOND, THIRD):
        assert refusal(LARGE.file[:end]) == "truncated"
        assert root(LARGE.file[:end]) == "wrong_length"


def test_a_file_with_more_behind_it_is_refused() -> None:
    last = LARGE.file[THIRD:]
    for file, more in ((BID.file, b"\0"), (BID.file, BID.file), (BID.file, bytes(OVERHEAD)), (LARGE.file, last)):
        assert refusal(file + more) == "wrong_length"
        assert root(file + more) == "wrong_length"


def other_orders() -> Iterator[bytes]:
    """The large file's segments exchanged, doubled or taken from another envelope of the same place and text."""
    head, rest = LARGE.file[:FIRST], LARGE.file[THIRD:]
    first, second = LARGE.file[FIRST:SECOND], LARGE.file[SECOND:THIRD]
    yield head + second + first + rest
    yield head + first + first + rest
    yield head + second + second + rest
    yield LARGE.file[:SECOND] + honest(LARGE_PLAINTEXT).file[SECOND:]


def test_segments_in_another_order_or_from_another_envelope_are_refused() -> None:
    for changed in other_orders():
        assert refusal(changed) == "garbage"
        assert root(changed) != LARGE.sealed.ct


@pytest.mark.parametrize("changes", OTHER_PLACES, ids=lambda changes: next(iter(changes)))
def test_a_bid_moved_to_another_place_is_refused(changes: dict[str, Any]) -> None:
    moved = with_header(with_core(**changes))
    assert refusal(moved) == "wrong_half_b"
    assert root(moved) != BID.sealed.ct


@pytest.mark.parametrize("changes", OTHER_PLACES, ids=lambda changes: next(iter(changes)))
def test_a_bid_moved_by_someone_who_knows_both_halves_is_refused(changes: dict[str, Any]) -> None:
    core = with_core(**changes)["core"]
    assert refusal(with_header(bids.header_of(core))) == "garbage"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 8192}, "wrong_half_b"),
        ({"size": 4097}, "malformed_header"),
        ({"segment": 4096}, "unknown_suite"),
        ({"suite": "xwing.hkdf-sha256.aes256gcm/none"}, "unknown_suite"),
    ],
)
def test_a_parameter_changed_in_the_header_is_refused(changes: dict[str, Any], code: str) -> None:
    assert refusal(with_header(with_core(**changes))) == code


def test_commitments_of_others_are_refused() -> None:
    header = parse_jcs(BID.sealed.header)
    other = parse_jcs(honest(PLAINTEXT).sealed.header)
    assert refusal(with_header({**header, "B": other["B"]})) == "wrong_half_b"
    assert refusal(with_header({**header, "T": other["T"]})) == "wrong_half_t"
    assert refusal(with_header({**header, "B": header["T"], "T": header["B"]})) == "wrong_half_b"


def test_a_head_before_anothers_segments_is_refused() -> None:
    other = honest(PLAINTEXT).file
    assert refusal(BID.file[:SEGMENTS_AT] + other[SEGMENTS_AT:]) == "garbage"
    assert refusal(BID.file[: SEGMENTS_AT - HEADER_SIZE] + other[SEGMENTS_AT - HEADER_SIZE :]) == "garbage"
    assert read_head(io.BytesIO(BID.file)).floe != read_head(io.BytesIO(other)).floe


def test_a_wrong_half_is_named() -> None:
    wrong = bytes(32)
    assert refusal(BID.file, Secrets(wrong, HALVES.s_t)) == "wrong_half_b"
    assert refusal(BID.file, Secrets(HALVES.s_b, wrong)) == "wrong_half_t"
    assert refusal(BID.file, Secrets(HALVES.s_t, HALVES.s_b)) == "wrong_half_b"
    assert refusal(BID.file, Secrets(HALVES.s_b + HALVES.s_t, b"")) == "wrong_half_b"
    assert refusal(BID.file, Secrets(HALVES.s_b, HALVES.s_t + b"\0")) == "wrong_half_t"
