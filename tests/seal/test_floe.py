"""FLOE against its specification's vectors, and against people who change a ciphertext or bring a second key."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal import floe
from remote_bid.seal.floe import HEADER_SIZE, OVERHEAD, BrokenSegment, Floe, NotThisKey
from tests.seal.published import ELSEWHERE, one_for_each

KEY, AAD, SEGMENT = bytes(32), b"This is AAD", 64
BODY = SEGMENT - OVERHEAD
MESSAGE = bytes(range(3 * BODY + 5))


def encrypted(message: bytes, key: bytes = KEY, rotation: int = 20) -> tuple[bytes, list[bytes]]:
    writer = Floe(key, AAD, SEGMENT, rotation=rotation)
    parts = [message[at : at + BODY] for at in range(0, len(message), BODY)] or [b""]
    return writer.header, list(written(writer, parts))


def written(writer: Floe, parts: Sequence[bytes]) -> Iterator[bytes]:
    out = memoryview(bytearray(writer.segment))
    for position, part in enumerate(parts):
        size = writer.encrypt(position, position == len(parts) - 1, memoryview(part), out)
        yield bytes(out[:size])


def opened(header: bytes, segments: Sequence[bytes], key: bytes = KEY, aad: bytes = AAD, rotation: int = 20) -> bytes:
    segment = int.from_bytes(header[2:6], "big")
    reader = Floe(key, aad, segment, header, rotation)
    return b"".join(read(reader, at, at == len(segments) - 1, one) for at, one in enumerate(segments))


def read(reader: Floe, position: int, last: bool, segment: bytes) -> bytes:
    out = memoryview(bytearray(reader.body))
    return bytes(out[: reader.decrypt(position, last, memoryview(segment), out)])


def flipped(raw: bytes, at: int, mask: int = 1) -> bytes:
    return raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :]


class Kat:
    """One message of the specification: what it says, its header, its segments."""

    def __init__(self, name: str) -> None:
        folder = ELSEWHERE / "floe-kats"
        self.message = bytes.fromhex((folder / f"{name}_pt.txt").read_text())
        whole = bytes.fromhex((folder / f"{name}_ct.txt").read_text())
        self.header, body = whole[:HEADER_SIZE], whole[HEADER_SIZE:]
        self.segment = int.from_bytes(self.header[2:6], "big")
        self.segments = [body[at : at + self.segment] for at in range(0, len(body), self.segment)]
        self.parts = [
            self.message[at * (self.segment - OVERHEAD) :][: len(segment) - OVERHEAD]
            for at, segment in enumerate(self.segments)
        ]
        self.rotation = 2 if name.endswith("_rotation") else 20


@pytest.mark.parametrize("name", one_for_each("floe-kats", "_ct.txt"))
def test_the_specifications_ciphertexts_open(name: str) -> None:
    kat = Kat(name)
    assert opened(kat.header, kat.segments, rotation=kat.rotation) == kat.message


@pytest.mark.parametrize("name", one_for_each("floe-kats", "_ct.txt"))
def test_the_specifications_ciphertexts_are_written_again_from_their_random_bytes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kat = Kat(name)
    drawn = iter([kat.header[10:42], *(segment[4:16] for segment in kat.segments)])
    monkeypatch.setattr(floe, "os", SimpleNamespace(urandom=lambda size: next(drawn)))
    writer = Floe(KEY, AAD, kat.segment, rotation=kat.rotation)
    assert writer.header == kat.header
    assert list(written(writer, kat.parts)) == kat.segments


@settings(deadline=None, max_examples=60)
@given(message=st.binary(max_size=8 * BODY + 1), rotation=st.integers(0, 3))
def test_what_is_encrypted_opens(message: bytes, rotation: int) -> None:
    header, segments = encrypted(message, rotation=rotation)
    assert opened(header, segments, rotation=rotation) == message
    assert sum(map(len, segments)) == len(message) + OVERHEAD * len(segments)


def test_segments_open_in_any_order_at_their_own_position() -> None:
    header, segments = encrypted(MESSAGE, rotation=1)
    reader = Floe(KEY, AAD, SEGMENT, header, rotation=1)
    for position in (2, 0, 3, 1, 0):
        expected = MESSAGE[position * BODY : (position + 1) * BODY]
        assert read(reader, position, position == 3, segments[position]) == expected


@pytest.mark.parametrize("at", range(HEADER_SIZE))
def test_a_header_with_one_byte_changed_is_not_of_this_key(at: int) -> None:
    header, _ = encrypted(MESSAGE)
    with pytest.raises(NotThisKey):
        Floe(KEY, AAD, SEGMENT, flipped(header, at))


@pytest.mark.parametrize("header_size", [0, 10, HEADER_SIZE - 1, HEADER_SIZE + 1])
def test_a_header_of_another_length_is_not_of_this_key(header_size: int) -> None:
    header, _ = encrypted(MESSAGE)
    with pytest.raises(NotThisKey):
        Floe(KEY, AAD, SEGMENT, (header + b"\0")[:header_size])


def test_a_second_key_and_other_associated_data_are_refused_before_any_segment() -> None:
    header, _ = encrypted(MESSAGE)
    with pytest.raises(NotThisKey):
        Floe(flipped(KEY, 31), AAD, SEGMENT, header)
    with pytest.raises(NotThisKey):
        Floe(KEY, AAD + b"\0", SEGMENT, header)
    with pytest.raises(NotThisKey):
        Floe(KEY, AAD, SEGMENT + 1, header)


def test_each_byte_changed_in_a_segment_breaks_it() -> None:
    header, segments = encrypted(MESSAGE)
    reader = Floe(KEY, AAD, SEGMENT, header)
    for position, segment in enumerate(segments):
        for at in range(len(segment)):
            with pytest.raises(BrokenSegment):
                read(reader, position, position == 3, flipped(segment, at, 0x80))


def test_a_message_cut_after_any_segment_is_broken() -> None:
    header, segments = encrypted(MESSAGE)
    for kept in (1, 2, 3):
        with pytest.raises(BrokenSegment):
            opened(header, segments[:kept])


def test_a_segment_cut_or_lengthened_is_broken() -> None:
    header, segments = encrypted(MESSAGE)
    reader = Floe(KEY, AAD, SEGMENT, header)
    for position, last in ((0, False), (3, True)):
        for size in range(len(segments[position])):
            with pytest.raises(BrokenSegment):
                read(reader, position, last, segments[position][:size])
        with pytest.raises(BrokenSegment):
            read(reader, position, last, segments[position] + b"\0")


def test_segments_in_any_other_order_are_broken() -> None:
    header, segments = encrypted(MESSAGE)
    for order in permutations(segments):
        if list(order) != segments:
            with pytest.raises(BrokenSegment):
                opened(header, order)


def test_a_segment_of_another_message_under_the_same_key_is_broken() -> None:
    header, segments = encrypted(MESSAGE)
    _, others = encrypted(MESSAGE)
    for position in range(4):
        with pytest.raises(BrokenSegment):
            opened(header, [*segments[:position], others[position], *segments[position + 1 :]])


def test_a_segment_wrongly_taken_for_the_last_or_for_a_middle_one_is_broken() -> None:
    full = MESSAGE[: 2 * BODY]
    header, (middle, last) = encrypted(full)
    assert len(middle) == len(last) == SEGMENT
    reader = Floe(KEY, AAD, SEGMENT, header)
    marked_last = SEGMENT.to_bytes(4, "big") + middle[4:]
    marked_middle = b"\xff\xff\xff\xff" + last[4:]
    for position, as_last, segment in (
        (0, True, middle),
        (0, True, marked_last),
        (0, False, marked_last),
        (1, False, last),
        (1, False, marked_middle),
        (1, True, marked_middle),
    ):
        with pytest.raises(BrokenSegment):
            read(reader, position, as_last, segment)


def test_only_the_last_segment_may_be_short_and_none_too_long() -> None:
    writer, out = Floe(KEY, AAD, SEGMENT), memoryview(bytearray(2 * SEGMENT))
    for size, last in ((BODY - 1, False), (0, False), (BODY + 1, False), (BODY + 1, True)):
        with pytest.raises(ValueError, match="only the last"):
            writer.encrypt(0, last, memoryview(bytes(size)), out)


def test_a_key_has_32_bytes() -> None:
    for size in (0, 16, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            Floe(bytes(size), AAD, SEGMENT)
