"""X-Wing and HPKE against published vectors, and against changed ciphertexts, keys and contexts.

No published vector has exactly our suite (X-Wing, HKDF-SHA256, AES-256-GCM). So the key schedule is written a second
time from the RFC, checked against all vectors of RFC 9180 and of HPKE-PQ that share its KDF, and used to seal to the
published X-Wing encapsulations for our suite; `open_with` must open that with nothing but the published seed.
"""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography_vectors import open_vector_file
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import unb64
from remote_bid.seal.xwing import PUBLIC_SIZE, SEED_SIZE, CannotOpen, key_id, open_with, public_key, seal_to
from tests.seal.hpke_by_hand import HKDF_SHA256, KEY_SIZES, base_mode

X_WING, AES_256_GCM = 0x647A, 2
CIPHERS: dict[int, type[AESGCM] | type[ChaCha20Poly1305]] = {1: AESGCM, 2: AESGCM, 3: ChaCha20Poly1305}

SEED = hashlib.sha256(b"a custodian").digest()
PUBLIC = public_key(SEED)


def hpke_vectors(name: str) -> list[dict[str, Any]]:
    with open_vector_file(f"HPKE/{name}", "r") as file:
        return [vector for vector in json.load(file) if vector["mode"] == 0]


def published_for_x_wing() -> list[dict[str, Any]]:
    return [vector for vector in hpke_vectors("hpke-pq-test-vectors.json") if vector["kem_id"] == X_WING]


def raw(vector: dict[str, Any], *names: str) -> list[bytes]:
    return [bytes.fromhex(vector[name]) for name in names]


@pytest.mark.parametrize("name", ["test-vectors.json", "hpke-pq-test-vectors.json"])
def test_the_key_schedule_written_by_hand_is_that_of_the_vectors(name: str) -> None:
    fitting = [v for v in hpke_vectors(name) if v["kdf_id"] == HKDF_SHA256 and v["aead_id"] in KEY_SIZES]
    for vector in fitting:
        secret, info, key, nonce = raw(vector, "shared_secret", "info", "key", "base_nonce")
        assert base_mode(vector["kem_id"], vector["aead_id"], secret, info) == (key, nonce)
        aad, sealed, message = raw(vector["encryptions"][0], "aad", "ct", "pt")
        assert CIPHERS[vector["aead_id"]](key).decrypt(nonce, sealed, aad) == message
    assert {vector["aead_id"] for vector in fitting} >= ({1, 2, 3} if name == "test-vectors.json" else {1, 3})


def test_a_published_seed_gives_its_published_key() -> None:
    vectors = published_for_x_wing()
    for vector in vectors:
        seed, public = raw(vector, "skRm", "pkRm")
        assert public_key(seed) == public
    assert len(vectors) == 2


def test_what_is_sealed_by_hand_to_a_published_encapsulation_opens() -> None:
    for vector in published_for_x_wing():
        seed, enc, secret = raw(vector, "skRm", "enc", "shared_secret")
        key, nonce = base_mode(X_WING, AES_256_GCM, secret, b"which share")
        sealed = enc + AESGCM(key).encrypt(nonce, b"a share", b"")
        assert open_with(seed, sealed, b"which share") == b"a share"
        with pytest.raises(CannotOpen):
            open_with(seed, sealed, b"which other share")


@settings(deadline=None, max_examples=40)
@given(seed=st.binary(min_size=32, max_size=32), plaintext=st.binary(max_size=80), info=st.binary(max_size=80))
def test_what_is_sealed_to_a_key_opens_with_its_seed(seed: bytes, plaintext: bytes, info: bytes) -> None:
    sealed = seal_to(public_key(seed), plaintext, info)
    assert len(sealed) == 1088 + 32 + len(plaintext) + 16
    assert open_with(seed, sealed, info) == plaintext


def test_sealing_twice_gives_two_ciphertexts() -> None:
    assert seal_to(PUBLIC, b"a share", b"") != seal_to(PUBLIC, b"a share", b"")


def test_another_seed_or_context_opens_nothing() -> None:
    sealed = seal_to(PUBLIC, b"a share", b"info")
    for seed, info in ((bytes(32), b"info"), (SEED, b"inf0"), (SEED, b""), (SEED, b"info\0")):
        with pytest.raises(CannotOpen):
            open_with(seed, sealed, info)


def test_no_changed_byte_and_no_other_length_opens() -> None:
    sealed = seal_to(PUBLIC, b"a share", b"info")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        # Also the highest bit of the X25519 point, which X25519 ignores and X-Wing's hash does not.
        changed[at] ^= 0x80
        with pytest.raises(CannotOpen):
            open_with(SEED, bytes(changed), b"info")
    for size in (*range(0, len(sealed), 97), 1119, 1120, 1121, 1135, 1136, len(sealed) - 1):
        with pytest.raises(CannotOpen):
            open_with(SEED, sealed[:size], b"info")
    with pytest.raises(CannotOpen):
        open_with(SEED, sealed + b"\0", b"info")


def test_a_point_that_hides_nothing_is_refused_on_both_sides() -> None:
    for nothing in (bytes(32), b"\1" + bytes(31)):
        with pytest.raises(CannotOpen):
            seal_to(PUBLIC[:-32] + nothing, b"a share", b"info")
        sealed = seal_to(PUBLIC, b"a share", b"info")
        with pytest.raises(CannotOpen):
            open_with(SEED, sealed[:1088] + nothing + sealed[1120:], b"info")


def test_what_is_no_key_is_refused() -> None:
    unreduced = b"\xff" * 1184 + PUBLIC[1184:]
    for public in (b"", PUBLIC[:-1], PUBLIC + b"\0", unreduced):
        with pytest.raises(CannotOpen):
            seal_to(public, b"a share", b"")
    for size in (0, SEED_SIZE - 1, SEED_SIZE + 1, 96):
        with pytest.raises(CannotOpen):
            public_key(bytes(size))
        with pytest.raises(CannotOpen):
            open_with(bytes(size), seal_to(PUBLIC, b"", b""), b"")


def test_a_key_is_named_by_its_hash() -> None:
    assert len(PUBLIC) == PUBLIC_SIZE
    assert unb64(key_id(PUBLIC)) == hashlib.sha256(PUBLIC).digest()
