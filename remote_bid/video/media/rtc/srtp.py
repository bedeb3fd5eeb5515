"""Packets sealed and opened in one scratch buffer, without a copy more than libsrtp itself makes.

Everything here runs to its end on the one thread of the worker's loop, so one buffer serves all.
"""

import struct
from collections.abc import Callable

from pylibsrtp import Error, Session, ffi, lib  # type: ignore[attr-defined]  # the last two are private

_protect, _unprotect = lib.srtp_protect, lib.srtp_unprotect
_ROOM = 4096
"""For the largest datagram taken in (2048 bytes) and what sealing adds."""
_chars = ffi.new("char[]", _ROOM)
_buffer = ffi.buffer(_chars)
_view = memoryview(_buffer)
_length = ffi.new("int *")

_HEADER = struct.Struct("!BBHLL")
_pack, _unpack = _HEADER.pack_into, _HEADER.unpack_from
_VERSION_2 = 0x80
_PADDED, _EXTENDED, _CONTRIBUTORS = 0x20, 0x10, 0x0F

Opened = tuple[int, int, int, int, bytes, bytes]
"""Second byte of the header, sequence number, timestamp, SSRC, header extensions, payload."""
Send = Callable[[memoryview, tuple[str, int]], int]
Address = tuple[str, int]


class Outward:
    """To one peer: its socket's way out, its address, its key."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._session: Session | None = None
        self._srtp: object = None
        self.address: Address | None = None
        """Where the peer was last found; changes when it moves."""
        self.unsent = 0
        """Packets that the system would not take."""

    def key(self, session: Session) -> None:
        """From now on packets can be sealed."""
        self._session, self._srtp = session, session._srtp[0]

    def rtp(self, marker_type: int, seq: int, stamp: int, ssrc: int, payload: bytes) -> None:
        """The hot path: a header of our own, no extensions, sealed, sent."""
        size = 12 + len(payload)
        _pack(_buffer, 0, _VERSION_2, marker_type, seq, stamp, ssrc)
        _buffer[12:size] = payload
        _length[0] = size
        if _protect(self._srtp, _chars, _length):
            return
        try:
            self._send(_view[: _length[0]], self.address)  # type: ignore[arg-type]  # set before the key is
        except OSError:
            self.unsent += 1

    def rtcp(self, compound: bytes) -> None:
        """Reports and feedback; silently nothing before there is a key."""
        if self._session is None or self.address is None:
            return
        try:
            self._send(memoryview(self._session.protect_rtcp(compound)), self.address)
        except (OSError, Error):
            self.unsent += 1


class Inward:
    """From one peer."""

    def __init__(self, session: Session) -> None:
        self._session, self._srtp = session, session._srtp[0]

    def rtp(self, sealed: bytes) -> Opened | None:
        """What the packet holds; None if it is not from this peer, is a replay, or no RTP."""
        size = len(sealed)
        _buffer[0:size] = sealed
        _length[0] = size
        if size < 12 or _unprotect(self._srtp, _chars, _length):
            return None
        size = _length[0]
        first, marker_type, seq, stamp, ssrc = _unpack(_buffer)
        begin = 12 + ((first & _CONTRIBUTORS) << 2)
        extension = b""
        if first & _EXTENDED:
            words = int.from_bytes(_buffer[begin + 2 : begin + 4], "big")
            extension = _buffer[begin + 4 : begin + 4 + (words << 2)]
            begin += 4 + (words << 2)
        if first & _PADDED:
            size -= _buffer[size - 1][0]
        return (marker_type, seq, stamp, ssrc, extension, _buffer[begin:size] if size > begin else b"")

    def rtcp(self, sealed: bytes) -> bytes | None:
        """The compound, or None if it is not from this peer."""
        try:
            return self._session.unprotect_rtcp(sealed)
        except Error:
            return None
