"""An envelope hashed while it arrives has the root that it has when it is read whole."""

import io

import pytest

from remote_bid.seal.arriving import ArrivingEnvelope, covered_by
from remote_bid.seal.envelope import SEGMENT, BadEnvelope, tree_root
from remote_bid.seal.tree import root_of
from tests.seal.bids import honest

SMALL = honest(b"x" * 100).file
LARGE = honest(b"x" * (2 * SEGMENT + 5)).file


def arrived(file: bytes, size: int) -> list[bytes]:
    envelope = ArrivingEnvelope(len(file))
    for start in range(0, len(file), size):
        envelope.take(file[start : start + size])
    return envelope.leaves


@pytest.mark.parametrize(
    ("file", "size"),
    [(SMALL, 1), (SMALL, 11), (SMALL, 1 << 20), (LARGE, 99_991), (LARGE, SEGMENT)],
    ids=["1", "11", "small at once", "99991", "segments"],
)
def test_pieces_of_any_size_give_the_same_root(file: bytes, size: int) -> None:
    assert root_of(arrived(file, size)) == tree_root(io.BytesIO(file))[1]


@pytest.mark.parametrize("cut", [0, 5, 12, 700, SEGMENT, SEGMENT + 900, 2 * SEGMENT + 700, len(LARGE) - 1])
def test_it_is_gone_on_with_from_its_whole_leaves(cut: int) -> None:
    first = ArrivingEnvelope(len(LARGE))
    first.take(LARGE[:cut])
    covered = covered_by(len(first.leaves), LARGE[:cut])
    assert covered <= cut
    second = ArrivingEnvelope(len(LARGE), first.leaves, covered)
    second.take(LARGE[covered:])
    assert second.leaves == arrived(LARGE, len(LARGE))


@pytest.mark.parametrize(
    ("code", "start", "length"),
    [
        ("not_an_envelope", b"PK\3\4" + bytes(20), len(SMALL)),
        ("header_too_large", SMALL[:8] + b"\xff" * 4, len(SMALL)),
        ("wrong_length", SMALL, len(SMALL) - 1),
        ("wrong_length", SMALL, len(SMALL) + 1),
        ("truncated", SMALL[:5], 5),
        ("truncated", SMALL[:100], 100),
        ("unknown_suite", SMALL.replace(b"sbe/1", b"sbe/2", 1), len(SMALL)),
    ],
    ids=["a zip", "header too large", "one byte less", "one byte more", "5 bytes", "100 bytes", "another suite"],
)
def test_what_is_no_envelope_is_told_by_its_first_bytes(code: str, start: bytes, length: int) -> None:
    with pytest.raises(BadEnvelope) as refusal:
        ArrivingEnvelope(length).take(start)
    assert refusal.value.code == code
