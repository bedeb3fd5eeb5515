"""Frames are what a websocket client reads, whole or in fragments."""

import json
from dataclasses import dataclass

import pytest

from remote_bid.gateway.fanout.framing import CLOSE, PIECE, PING, Ready, event, frame

TEXT, BINARY, CLOSED = 1, 2, 8


@dataclass
class Message:
    """What a client has read: a text as str, everything else as bytes."""

    type: int
    data: str | bytes


def read(data: bytes) -> list[Message]:
    """As RFC 6455, section 5 has it; fragments of a message are put together."""
    found: list[Message] = []
    whole, kind = b"", 0
    while data:
        first, size, data = data[0], data[1], data[2:]
        assert first & 0x70 == 0, "no extension is agreed on"
        if size > 125:
            wide = 2 if size == 126 else 8
            size, data = int.from_bytes(data[:wide], "big"), data[wide:]
            assert size > (125 if wide == 2 else 0xFFFF), "the shortest form is to be used"
        assert (first & 0x0F == 0) == bool(kind), "only a first fragment says what it is"
        kind = kind or first & 0x0F
        whole, data = whole + data[:size], data[size:]
        if first & 0x80:
            found.append(Message(kind, whole.decode() if kind == TEXT else whole))
            whole, kind = b"", 0
    assert not kind
    return found


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 200_000])
def test_a_text_of_any_size_is_read_as_it_was(size: int) -> None:
    text = "界" * (size // 3) + "x" * (size % 3)
    [message] = read(frame(text))
    assert (message.type, message.data) == (TEXT, text)


def test_bytes_stay_bytes() -> None:
    [message] = read(frame(b"\x00\xff"))
    assert (message.type, message.data) == (BINARY, b"\x00\xff")


def test_several_frames_in_one_write_are_several_messages() -> None:
    assert [message.data for message in read(frame("a") + PING + frame("b"))] == ["a", "2", "b"]


def test_the_farewell_is_said_in_both_protocols() -> None:
    said, closed = read(CLOSE)
    assert said.data == "1"
    assert (closed.type, closed.data) == (CLOSED, (1000).to_bytes(2, "big"))


def test_an_event_is_socketios() -> None:
    [message] = read(event("frame", b'{"n":1}'))
    assert message.data == '42["frame",{"n":1}]'


@pytest.mark.parametrize(("namespace", "start"), [("/", "4317["), ("/admin", "43/admin,17[")])
@pytest.mark.parametrize("size", [0, 10, PIECE - 4, PIECE - 2, PIECE, 3 * PIECE, 3 * PIECE + 1])
def test_an_answer_is_one_message_whatever_its_size(size: int, namespace: str, start: str) -> None:
    text = json.dumps("x" * size).encode()
    pieces = Ready(text).answers(namespace, 17)
    [message] = read(b"".join(pieces))
    assert message.data == f"{start}{text.decode()}]"
    assert all(len(piece) <= PIECE + 100 for piece in pieces)


def test_a_long_answer_is_kept_once_for_all_who_get_it() -> None:
    ready = Ready(b"7" * (3 * PIECE))
    first, second = ready.answers("/", 1), ready.answers("/", 2)
    assert first[0] != second[0]
    assert all(one is other for one, other in zip(first[1:-1], second[1:-1], strict=True))
