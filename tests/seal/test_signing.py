"""Signatures: Wycheproof's through the one door `signed_by`, and the kinds of keys that pass it."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from remote_bid.seal.signing import BadKey, KeySigner, PrivateKey, keyid_of, public_key, signed_by, spki_of
from tests.seal.published import wycheproof

P1363_SIZE = 64


def a_key(kind: str) -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1()) if kind == "P-256" else ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize(("name", "at_least"), [("ecdsa_secp256r1_sha256", 480), ("ed25519", 150)])
def test_a_signature_holds_exactly_when_wycheproof_calls_it_valid(name: str, at_least: int) -> None:
    cases = wycheproof(name)
    for group, case in cases:
        spki, message, signature = (bytes.fromhex(text) for text in (group["publicKeyDer"], case["msg"], case["sig"]))
        assert signed_by(spki, message, signature) == (case["result"] == "valid"), case["tcId"]
    assert len(cases) >= at_least


def test_a_browsers_p1363_signature_holds_once_it_is_der() -> None:
    cases = wycheproof("ecdsa_secp256r1_sha256_p1363")
    for group, case in cases:
        spki, message, signature = (bytes.fromhex(text) for text in (group["publicKeyDer"], case["msg"], case["sig"]))
        # Converting takes 64 bytes and nothing else; the server itself knows DER only.
        holds = len(signature) == P1363_SIZE and signed_by(spki, message, in_der(signature))
        assert holds == (case["result"] == "valid"), case["tcId"]
        assert not signed_by(spki, message, signature), case["tcId"]
    assert len(cases) > 250


def in_der(p1363: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(p1363[:32], "big"), int.from_bytes(p1363[32:], "big"))


@pytest.mark.parametrize("kind", ["P-256", "Ed25519"])
def test_a_signature_holds_for_its_message_and_key_only(kind: str) -> None:
    signer, other = KeySigner(a_key(kind)), KeySigner(a_key(kind))
    signature = signer.sign(b"a bid")
    assert signed_by(signer.spki, b"a bid", signature)
    assert not signed_by(signer.spki, b"a bit", signature)
    assert not signed_by(other.spki, b"a bid", signature)
    assert not signed_by(signer.spki, b"a bid", b"")
    assert not signed_by(signer.spki, b"a bid", signature + b"\0")


@pytest.mark.parametrize("kind", ["P-256", "Ed25519"])
def test_a_key_survives_its_spki(kind: str) -> None:
    signer = KeySigner(a_key(kind))
    assert public_key(signer.spki) == signer.key.public_key()
    assert spki_of(public_key(signer.spki)) == signer.spki
    assert signer.keyid == keyid_of(signer.spki)


def test_signatures_of_one_kind_do_not_hold_for_the_other() -> None:
    person, log = KeySigner(a_key("P-256")), KeySigner(a_key("Ed25519"))
    assert not signed_by(person.spki, b"a bid", log.sign(b"a bid"))
    assert not signed_by(log.spki, b"a bid", person.sign(b"a bid"))


def test_no_other_kind_of_key_is_taken() -> None:
    strangers: list[PublicKeyTypes] = [
        rsa.generate_private_key(65537, 2048).public_key(),
        ec.generate_private_key(ec.SECP384R1()).public_key(),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
        x25519.X25519PrivateKey.generate().public_key(),
    ]
    for stranger in strangers:
        spki = stranger.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        with pytest.raises(BadKey):
            public_key(spki)


def test_what_is_no_key_is_refused() -> None:
    spki = KeySigner(a_key("P-256")).spki
    off_the_curve = spki[:-1] + bytes([spki[-1] ^ 1])
    for junk in (b"", b"\x30\x00", spki[:-1], spki + b"\0", off_the_curve):
        with pytest.raises(BadKey):
            public_key(junk)
        with pytest.raises(BadKey):
            signed_by(junk, b"a bid", b"")
