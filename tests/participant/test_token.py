"""Signing with a token: SoftHSM2, a real PKCS#11 library."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace
from pkcs11.util.ec import encode_named_curve_parameters
from pkcs11.util.x509 import decode_x509_certificate

from remote_bid.demo.authority import Authority
from remote_bid.opening.statements import RecordSignature
from remote_bid.participant.identity import CERTIFICATE, KEY, BadIdentity
from remote_bid.participant.token import TokenAt, token_identity
from remote_bid.people.certificates import NotTrusted, signers
from remote_bid.seal.statements import said
from tests.participant.softhsm import library

PIN, LABEL, TOKEN = "123456", "bid-signing", "bidder-01"
NOTE = RecordSignature(session="KB-1", person="bidder-01", record="r")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("测试机构")


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> TokenAt:
    """A token that holds a key and its certificate. The library reads its settings once in a process."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    tool = shutil.which("softhsm2-util")
    assert tool, "softhsm2 is missing: ./dev doctor says how to install it"
    made = [tool, "--init-token", "--free", "--label", TOKEN, "--so-pin", "0000", "--pin", PIN]
    subprocess.run(made, check=True, capture_output=True)  # noqa: S603 - our own words
    authority.enrol(folder / "person", "bidder-01", "投标人甲")
    _carry_over(folder / "person", library())
    return TokenAt(module=library(), token=TOKEN, label=LABEL)


def _carry_over(person: Path, module: str) -> None:
    """Put key and certificate onto the token, as an authority's clerk does."""
    key = serialization.load_pem_private_key((person / KEY).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = x509.load_pem_x509_certificate((person / CERTIFICATE).read_bytes())
    with pkcs11.lib(module).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC,
                pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1"),
                pkcs11.Attribute.VALUE: key.private_numbers().private_value.to_bytes(32, "big"),
                pkcs11.Attribute.LABEL: LABEL,
                pkcs11.Attribute.SIGN: True,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.PRIVATE: True,
            }
        )
        carried = decode_x509_certificate(certificate.public_bytes(serialization.Encoding.DER))
        session.create_object(carried | {pkcs11.Attribute.LABEL: LABEL, pkcs11.Attribute.TOKEN: True})


def test_what_a_token_signs_is_signed_by_its_person(token: TokenAt, authority: Authority) -> None:
    with token_identity(token, PIN) as identity:
        signed = identity.sign(NOTE)
    assert [person.person for person in signers(signed, [authority.root], datetime.now(UTC))] == ["bidder-01"]
    assert said(signed.statement, RecordSignature) == NOTE


def test_its_signature_holds_for_nothing_else(token: TokenAt, authority: Authority) -> None:
    with token_identity(token, PIN) as identity:
        signed = identity.sign(NOTE)
        other = identity.sign(replace(NOTE, record="s"))
    mixed = replace(signed, statement=replace(signed.statement, signatures=other.statement.signatures))
    with pytest.raises(NotTrusted):
        signers(mixed, [authority.root], datetime.now(UTC))


@pytest.mark.parametrize(
    ("changed", "pin", "sentence"),
    [
        ({}, "654321", "PIN is wrong"),
        ({"token": "another"}, PIN, "plugged in"),
        ({"label": "another"}, PIN, "under the label another"),
        ({"module": "/nowhere.so"}, PIN, "cannot be used"),
    ],
)
def test_what_is_missing_is_said(token: TokenAt, changed: dict[str, str], pin: str, sentence: str) -> None:
    with pytest.raises(BadIdentity, match=sentence), token_identity(replace(token, **changed), pin):
        pass
