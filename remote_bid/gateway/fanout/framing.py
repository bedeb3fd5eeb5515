"""Bytes of the websocket (RFC 6455) and of Socket.IO, as a server sends them: unmasked, uncompressed."""

import struct

PIECE = 64 << 10
"""Bytes written in one go; a longer message is sent in fragments of this size."""

_CONTINUATION, _TEXT, _BINARY, _CLOSE = 0, 1, 2, 8
_FINAL = 0x80

_EVENT, _ACK = "42", "43"
"""Engine.IO's "message" followed by Socket.IO's packet type."""


def frame(payload: str | bytes) -> bytes:
    """A whole message: text for a str, binary for bytes."""
    if isinstance(payload, str):
        return _framed(payload.encode(), _FINAL | _TEXT)
    return _framed(payload, _FINAL | _BINARY)


def event(name: str, text: bytes) -> bytes:
    """The frame of an event with one argument, which is JSON already."""
    return _framed(b'%s["%s",%s]' % (_EVENT.encode(), name.encode(), text), _FINAL | _TEXT)


class Ready:
    """An answer that is JSON already: made once, for all who are answered alike."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        parts = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
        self._pieces = [_framed(part, _CONTINUATION) for part in parts] if len(parts) > 1 else None

    def answers(self, namespace: str, number: int) -> list[bytes]:
        """The acknowledgement `number` as it is to be written, piece after piece: only its first one is not shared."""
        place = "" if namespace == "/" else f"{namespace},"
        start = f"{_ACK}{place}{number}[".encode()
        if self._pieces is None:
            return [_framed(b"%s%s]" % (start, self.text), _FINAL | _TEXT)]
        return [_framed(start, _TEXT), *self._pieces, _framed(b"]", _FINAL | _CONTINUATION)]


def _framed(payload: bytes, first: int) -> bytes:
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


PING = frame("2")
CLOSE = frame("1") + struct.pack("!BBH", _FINAL | _CLOSE, 2, 1000)
"""Engine.IO's farewell and the websocket's."""
