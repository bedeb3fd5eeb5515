"""One ciphertext never says two things: plain AES-GCM would let it, FLOE does not (threats, row 23)."""

import hashlib
import struct

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from remote_bid.seal.floe import HEADER_SIZE, OVERHEAD, Floe, NotThisKey
from tests.seal.equivocation import BLOCK, two_faced

KEYS = hashlib.sha256(b"dear").digest(), hashlib.sha256(b"cheap").digest()
DEAR, CHEAP = b"PRICE=9,800,000;", b"PRICE=9,100,000;"
NONCE = bytes(range(12))


def test_plain_aes_gcm_opens_one_ciphertext_to_two_prices() -> None:
    ciphertext = two_faced(KEYS, NONCE, (DEAR, CHEAP), b"the same header")
    assert AESGCM(KEYS[0]).decrypt(NONCE, ciphertext, b"the same header")[:BLOCK] == DEAR
    assert AESGCM(KEYS[1]).decrypt(NONCE, ciphertext, b"the same header")[BLOCK : 2 * BLOCK] == CHEAP


def test_floe_opens_a_two_faced_segment_under_the_one_key_its_header_names() -> None:
    iv, aad, size = bytes(32), b"aad", 3 * BLOCK + OVERHEAD
    parameters = struct.pack(">BBII", 0, 0, size, 32)

    def derived(key: bytes, purpose: bytes, length: int) -> bytes:
        return HKDFExpand(hashes.SHA384(), length, parameters + iv + purpose + aad).derive(key)

    def data_key(key: bytes) -> bytes:
        return derived(derived(key, b"MESSAGE_KEY:", 48), b"DEK:" + bytes(8), 32)

    def header(key: bytes) -> bytes:
        return parameters + iv + derived(key, b"HEADER_TAG:", 32)

    position_and_last = bytes(8) + b"\1"
    sealed = two_faced((data_key(KEYS[0]), data_key(KEYS[1])), NONCE, (DEAR, CHEAP), position_and_last)
    segment = struct.pack(">I", size) + NONCE + sealed

    def opened(key: bytes, named: bytes) -> bytes:
        out = memoryview(bytearray(size - OVERHEAD))
        Floe(key, aad, size, header(named)).decrypt(0, True, memoryview(segment), out)
        return bytes(out)

    # The segment is as two-faced as it can be made; what differs is 32 bytes of the header, which are in ct.
    assert len(header(KEYS[0])) == HEADER_SIZE
    assert opened(KEYS[0], named=KEYS[0])[:BLOCK] == DEAR
    assert opened(KEYS[1], named=KEYS[1])[BLOCK : 2 * BLOCK] == CHEAP
    with pytest.raises(NotThisKey):
        opened(KEYS[1], named=KEYS[0])
    with pytest.raises(NotThisKey):
        opened(KEYS[0], named=KEYS[1])
