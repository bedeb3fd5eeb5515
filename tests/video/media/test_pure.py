"""Frames, order, pairs: the small pure parts."""

import pytest

from remote_bid.video.media.frames import Arrived, Frame, OpusFrames, Vp8Frames
from remote_bid.video.media.pairs import seated
from remote_bid.video.media.reorder import WAIT_S, Reorder
from remote_bid.video.media.vp8 import descriptor_size, starts_frame, starts_key_frame

KEY = bytes.fromhex("1002009d012a8002e001")


@pytest.mark.parametrize(
    ("payload", "size"),
    [("10", 1), ("9080 05", 3), ("9080 8005", 4), ("90c0 05 01", 4), ("90e0 8005 01 20", 6), ("9020 20", 3)],
)
def test_a_descriptor_is_as_long_as_it_says(payload: str, size: int) -> None:
    assert descriptor_size(bytes.fromhex(payload) + bytes(8)) == size


@pytest.mark.parametrize("payload", [b"", b"\x10", b"\x90", b"\x90\x80", b"\x90\xff\xff", b"\x00\x00", b"\x11\x00"])
def test_what_is_cut_or_goes_on_begins_no_picture(payload: bytes) -> None:
    assert not starts_key_frame(payload)


def test_a_key_frame_is_known_by_its_first_byte() -> None:
    assert starts_key_frame(b"\x10" + KEY)
    assert not starts_key_frame(b"\x10\x01" + KEY)
    assert starts_frame(b"\x10\x01")


def ordered(reorder: Reorder[int], *seqs: int, now: float = 0.0) -> list[int | None]:
    return [item for seq in seqs for item in reorder.put(seq, seq, now)]


def test_what_came_out_of_turn_is_put_in_order() -> None:
    assert ordered(Reorder(), 65_534, 0, 65_535, 2, 1) == [65_534, 65_535, 0, 1, 2]


def test_a_hole_is_waited_for_and_then_told() -> None:
    reorder: Reorder[int] = Reorder()
    assert ordered(reorder, 1, 3, 4) == [1]
    assert list(reorder.due(WAIT_S / 2)) == []
    assert list(reorder.due(WAIT_S)) == [None, 3, 4]
    assert ordered(reorder, 2, 5, now=WAIT_S) == [5], "too late"


def test_only_what_is_in_order_goes_on_by_itself() -> None:
    reorder: Reorder[int] = Reorder()
    assert reorder.in_order(1)
    assert not reorder.in_order(3)
    assert ordered(reorder, 3) == []
    assert not reorder.in_order(2)
    assert ordered(reorder, 2) == [2, 3]
    assert reorder.in_order(4)


def packets(*payloads: bytes, stamp: int = 0) -> list[Arrived]:
    last = len(payloads) - 1
    return [Arrived(0x80 * (at == last), at, stamp, payload, 5.0) for at, payload in enumerate(payloads)]


def test_a_picture_is_put_together_from_its_packets() -> None:
    frames = Vp8Frames()
    first, second = packets(b"\x10" + KEY, b"\x00rest")
    assert frames.take(first) is None
    assert frames.take(second) == Frame(KEY + b"rest", 0, 5.0, True)


def test_after_a_hole_nothing_is_used_before_a_key_frame() -> None:
    frames = Vp8Frames()
    assert frames.wants_key()
    frames.take(*packets(b"\x10" + KEY))
    assert not frames.wants_key()
    assert frames.take(None) is None
    assert frames.wants_key()
    assert frames.take(*packets(b"\x10\x01delta", stamp=3000)) is None
    assert frames.take(*packets(b"\x10" + KEY, stamp=6000)) == Frame(KEY, 6000, 5.0, True)


@pytest.mark.parametrize("payload", [b"", b"\x90", b"\x00middle", b"\x10\x00"])
def test_a_malformed_picture_is_none(payload: bytes) -> None:
    assert Vp8Frames().take(*packets(payload)) is None


def test_a_voice_packet_is_a_frame() -> None:
    assert OpusFrames().take(*packets(b"opus")) == Frame(b"opus", 0, 5.0, True)
    assert OpusFrames().take(None) is None


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (["", ""], ["a"], ["a", ""]),
        (["a", "b"], ["b", "c"], ["c", "b"]),
        (["a"], ["a", "b"], ["a"]),
        (["a"], ["b", "a"], ["b"]),
        (["a", "b"], [], ["", ""]),
        ([], ["a"], []),
    ],
)
def test_who_is_shown_stays_where_he_is(before: list[str], wanted: list[str], after: list[str]) -> None:
    assert seated(before, wanted) == after
