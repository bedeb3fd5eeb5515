"""FLOE (c2sp.org/FLOE): random-access authenticated encryption that commits to its key.

Parameters: AES-256-GCM, HKDF-Expand with SHA-384, 32-byte IV. A ciphertext opens under one key only: the header's tag
is derived from the key, so a second key is refused before any segment is read.
"""

import hmac
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY_SIZE = 32
HEADER_SIZE = 10 + 32 + 32
OVERHEAD = 4 + 12 + 16
"""Bytes that a segment is longer than its plaintext: length, nonce, tag."""

_NOT_LAST = 0xFFFFFFFF


class NotThisKey(ValueError):
    """The header was not made with this key, or not for this associated data."""


class BrokenSegment(ValueError):
    """A segment is cut, moved, changed or wrongly marked as last."""


class Floe:
    """One message under one key: encrypts (no header given) or decrypts (its header given) segment by segment.

    `segment` is the encrypted length of every segment but the last, in bytes. A data key serves 2**`rotation` segments.
    """

    def __init__(self, key: bytes, aad: bytes, segment: int, header: bytes | None = None, rotation: int = 20) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError(f"a FLOE key has {KEY_SIZE} bytes")
        self.segment = segment
        self.body = segment - OVERHEAD
        """Plaintext bytes of a full segment."""
        self._aad, self._rotation = aad, rotation
        self._parameters = struct.pack(">BBII", 0, 0, segment, 32)
        if header is not None and (len(header) != HEADER_SIZE or header[:10] != self._parameters):
            raise NotThisKey("the FLOE header has other parameters")
        self._iv = os.urandom(32) if header is None else header[10:42]
        tag = self._derive(key, b"HEADER_TAG:", 32)
        if header is not None and not hmac.compare_digest(tag, header[42:]):
            raise NotThisKey("the FLOE header was made with another key")
        self.header = self._parameters + self._iv + tag
        self._message_key = self._derive(key, b"MESSAGE_KEY:", 48)
        self._data_key_number = -1
        self._data_key: AESGCM

    def _derive(self, key: bytes, purpose: bytes, size: int) -> bytes:
        info = self._parameters + self._iv + purpose + self._aad
        return HKDFExpand(hashes.SHA384(), size, info).derive(key)

    def _aead(self, position: int) -> AESGCM:
        number = position >> self._rotation << self._rotation
        if number != self._data_key_number:
            self._data_key = AESGCM(self._derive(self._message_key, b"DEK:" + struct.pack(">Q", number), 32))
            self._data_key_number = number
        return self._data_key

    def encrypt(self, position: int, last: bool, plaintext: memoryview, out: memoryview) -> int:
        """Write segment `position` to `out`; returns its length."""
        size = len(plaintext) + OVERHEAD
        if size > self.segment or (not last and size != self.segment):
            raise ValueError("only the last segment may be short")
        nonce = os.urandom(12)
        struct.pack_into(">I", out, 0, size if last else _NOT_LAST)
        out[4:16] = nonce
        self._aead(position).encrypt_into(nonce, plaintext, _segment_aad(position, last), out[16:size])
        return size

    def decrypt(self, position: int, last: bool, ciphertext: memoryview, out: memoryview) -> int:
        """Write the plaintext of segment `position` to `out` once it is authenticated; returns its length."""
        size, marked = len(ciphertext), int.from_bytes(ciphertext[:4], "big")
        fits = (
            (OVERHEAD <= size <= self.segment and marked == size)
            if last
            else (size == self.segment and marked == _NOT_LAST)
        )
        if not fits:
            raise BrokenSegment(f"segment {position} has the wrong length")
        try:
            return self._aead(position).decrypt_into(
                bytes(ciphertext[4:16]), ciphertext[16:], _segment_aad(position, last), out[: size - OVERHEAD]
            )
        except InvalidTag as error:
            raise BrokenSegment(f"segment {position} was changed") from error


def _segment_aad(position: int, last: bool) -> bytes:
    return struct.pack(">QB", position, last)
