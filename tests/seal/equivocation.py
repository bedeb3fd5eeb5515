"""The attack that FLOE is there for: one AES-GCM ciphertext, valid under two keys, that says two different things.

GHASH is a polynomial over GF(2^128), so one free block of ciphertext suffices to make the tags under both keys equal
(Dodis, Grubbs, Ristenpart, Woodage: Fast Message Franking, 2018).
"""

import struct
from collections.abc import Sequence
from functools import reduce

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16


def two_faced(keys: tuple[bytes, bytes], nonce: bytes, sayings: tuple[bytes, bytes], aad: bytes = b"") -> bytes:
    """Ciphertext ‖ tag whose plaintext starts with the first saying under the first key, and under the second key has
    the second saying right behind as many bytes of noise. Each saying is whole blocks."""
    first, second = (_Gcm(key, nonce) for key in keys)
    told = first.masked(sayings[0], 0) + second.masked(sayings[1], len(sayings[0]) // BLOCK)
    size = len(told) + BLOCK
    lengths = struct.pack(">QQ", 8 * len(aad), 8 * size)
    unsettled = _blocks(aad) + _blocks(told) + _blocks(bytes(BLOCK)) + [_number(lengths)]
    gap = first.tag(unsettled) ^ second.tag(unsettled)
    free = _times(gap, _inverse(_times(first.h, first.h) ^ _times(second.h, second.h)))
    tag = first.tag([*unsettled[:-2], free, unsettled[-1]])
    return told + _bytes(free) + _bytes(tag)


class _Gcm:
    """What AES-GCM does with one key and one nonce of 12 bytes."""

    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._key, self._nonce = key, nonce
        self.h = _number(self._aes(bytes(BLOCK)))

    def _aes(self, block: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(self._key), modes.ECB()).encryptor()  # noqa: S305 — one block
        return encryptor.update(block)

    def _counter(self, number: int) -> bytes:
        return self._aes(self._nonce + struct.pack(">I", number))

    def masked(self, plain: bytes, first_block: int) -> bytes:
        stream = b"".join(self._counter(2 + first_block + at) for at in range(len(plain) // BLOCK))
        return bytes(a ^ b for a, b in zip(plain, stream, strict=True))

    def tag(self, blocks: Sequence[int]) -> int:
        return _number(self._counter(1)) ^ reduce(lambda sum_, block: _times(sum_ ^ block, self.h), blocks, 0)


def _blocks(raw: bytes) -> list[int]:
    return [_number(raw[at : at + BLOCK].ljust(BLOCK, b"\0")) for at in range(0, len(raw), BLOCK)]


def _number(block: bytes) -> int:
    return int.from_bytes(block, "big")


def _bytes(number: int) -> bytes:
    return number.to_bytes(BLOCK, "big")


_ONE, _REDUCTION = 1 << 127, 0xE1 << 120
"""GCM writes the polynomial's lowest coefficient first."""


def _times(a: int, b: int) -> int:
    product = 0
    for bit in range(127, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (_REDUCTION if b & 1 else 0)
    return product


def _inverse(a: int) -> int:
    """a to the power 2^128 - 2."""
    power = _ONE
    for _ in range(127):
        a = _times(a, a)
        power = _times(power, a)
    return power
