"""The platform's seal, judged by poppler."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from remote_bid.paper.seal_key import BadSealKey, seal_key
from remote_bid.paper.sealing import sealed
from remote_bid.paper.typeset import typeset
from tests.paper.reading import signatures_of
from tests.paper.test_typeset import SHEET


def test_a_pdf_reader_finds_the_seal_valid(tmp_path: Path) -> None:
    made = sealed(typeset(SHEET), seal_key(tmp_path / "seal.pem", "中心"))
    assert signatures_of(made, tmp_path) == ["Signature is Valid."]


def test_a_changed_document_breaks_it(tmp_path: Path) -> None:
    made = bytearray(sealed(typeset(SHEET), seal_key(tmp_path / "seal.pem", "中心")))
    made[made.index(b"/Title")] ^= 1
    assert signatures_of(bytes(made), tmp_path) != ["Signature is Valid."]


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "seal.pem"
    first = seal_key(path, "中心")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert seal_key(path, "another name").certificate == first.certificate


def test_another_key_beside_the_certificate_is_refused(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.pem", tmp_path / "theirs.pem"
    seal_key(ours, "中心")
    seal_key(theirs, "中心")
    mixed = (
        ours.read_text().partition("-----BEGIN CERT")[0]
        + "-----BEGIN CERT"
        + theirs.read_text().partition("-----BEGIN CERT")[2]
    )
    ours.write_text(mixed)
    with pytest.raises(BadSealKey, match="not for the key"):
        seal_key(ours, "中心")


@pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_spoiled_file_is_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "seal.pem"
    path.write_text(content)
    with pytest.raises(BadSealKey, match="private key and its certificate"):
        seal_key(path, "中心")


def test_a_key_that_readers_cannot_check_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seal.pem"
    certificate = seal_key(path, "中心").certificate.public_bytes(Encoding.PEM)
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(key + certificate)
    with pytest.raises(BadSealKey, match="ECDSA or RSA"):
        seal_key(path, "中心")
