"""Wycheproof's vectors against exactly the calls that seal makes: AES-256-GCM, HKDF-Expand, HMAC-SHA-256."""

import hmac

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tests.seal.published import wycheproof


def test_aes_256_gcm_encrypts_and_opens_as_wycheproof_says() -> None:
    cases = wycheproof("aes_gcm", keySize=256, ivSize=96, tagSize=128)
    for _, case in cases:
        key, nonce, aad, message, sealed = (
            bytes.fromhex(text)
            for text in (case["key"], case["iv"], case["aad"], case["msg"], case["ct"] + case["tag"])
        )
        assert gcm_opens(key, nonce, aad, sealed, message) == (case["result"] == "valid"), case["tcId"]
        if case["result"] == "valid":
            out = bytearray(len(sealed))
            AESGCM(key).encrypt_into(nonce, message, aad, out)
            assert out == sealed, case["tcId"]
    assert len(cases) > 60


def gcm_opens(key: bytes, nonce: bytes, aad: bytes, sealed: bytes, message: bytes) -> bool:
    out = bytearray(len(sealed) - 16)
    try:
        AESGCM(key).decrypt_into(nonce, sealed, aad, out)
    except InvalidTag:
        return False
    return out == message


@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA384()], ids=lambda hash_: hash_.name)
def test_hkdf_expand_derives_as_wycheproof_says(algorithm: hashes.HashAlgorithm) -> None:
    cases = wycheproof(f"hkdf_{algorithm.name}")
    for _, case in cases:
        key, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
        # Seal's keys are uniform already, so it leaves HKDF's first step out; the vectors contain it.
        pseudorandom = hmac.digest(salt, key, algorithm.name)
        if case["result"] == "valid":
            derived = HKDFExpand(algorithm, case["size"], info).derive(pseudorandom)
            assert derived == bytes.fromhex(case["okm"]), case["tcId"]
        else:
            with pytest.raises(ValueError, match="larger than"):
                HKDFExpand(algorithm, case["size"], info)
    assert len(cases) > 80


def test_hmac_sha256_is_as_wycheproof_says() -> None:
    cases = wycheproof("hmac_sha256", tagSize=256)
    for _, case in cases:
        tag = hmac.digest(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), "sha256")
        assert (tag == bytes.fromhex(case["tag"])) == (case["result"] == "valid"), case["tcId"]
    assert len(cases) > 80
