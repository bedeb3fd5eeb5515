"""A centre's own authority: certifies the keys of people whom a clerk has seen, and says which certificates it has
taken back. Its key lies in a file that only the server may read.
"""

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from remote_bid.seal.canonical import NotCanonical, b64, unb64
from remote_bid.seal.signing import BadKey, PublicKey, keyid_of, public_key, spki_of

_EARLIER = timedelta(days=1)
"""Certificates begin a little earlier: clocks differ."""
_LONGEST = timedelta(days=365)
_AUTHORITY = timedelta(days=3650)
_CRL_GOOD = timedelta(days=2)
_KEY, _CERTIFICATE = "authority-key.pem", "authority.pem"

PersonId = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{2,39}\Z")]
PersonName = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class BadRequest(ValueError):
    """What was handed in is no certificate request that this authority could grant."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a PKCS#10 request asks for: a certificate for this person's key (SubjectPublicKeyInfo)."""

    person: PersonId
    name: PersonName
    spki: bytes

    @property
    def keyid(self) -> str:
        """The key's id in statements."""
        return keyid_of(self.spki)


def wanted(request: str) -> Wanted:
    """What a request (DER, base64url) asks for, its own signature checked; BadRequest otherwise."""
    try:
        csr = x509.load_der_x509_csr(unb64(request))
        serials = csr.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
        names = csr.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        names = names or csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        form, der = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.Encoding.DER
        spki = spki_of(public_key(csr.public_key().public_bytes(der, form)))
        if not csr.is_signature_valid or len(serials) != 1 or len(names) != 1:
            raise BadRequest("the request is not signed by its own key, or does not name one person")
        asked = {"person": serials[0].value, "name": names[0].value, "spki": spki}
        return msgspec.convert(asked, type=Wanted)
    except (NotCanonical, BadKey, UnsupportedAlgorithm, x509.InvalidVersion, ValueError, TypeError) as error:
        raise BadRequest(f"not a certificate request for a P-256 or Ed25519 key: {error}") from error


def request_id(request: str) -> str:
    """How a request is called: SHA-256 over its DER, base64url. NotCanonical if it is not base64url."""
    return b64(hashlib.sha256(unb64(request)).digest())


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that was taken back: its serial number (hex), and since when."""

    serial: str
    since: datetime


class Issuer:
    """An authority's key and certificate."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, root: x509.Certificate) -> None:
        self._key, self.root = key, root

    @classmethod
    def founded(cls, name: str, now: datetime) -> "Issuer":
        """A new authority of this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named(name)
        root = (
            _dated(subject, subject, key.public_key(), now, _AUTHORITY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, root)

    @property
    def pem(self) -> str:
        """The authority's own certificate."""
        return self.root.public_bytes(serialization.Encoding.PEM).decode()

    def certify(self, asked: Wanted, now: datetime) -> x509.Certificate:
        """A certificate for a person's key, for a year at most and never beyond the authority's own."""
        long = min(_LONGEST, self.root.not_valid_after_utc - now)
        return (
            _dated(_named(asked.name, asked.person), self.root.subject, public_key(asked.spki), now, long)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def crl(self, number: int, revoked: Sequence[Revoked], now: datetime) -> bytes:
        """The list of certificates taken back, in DER; `number` grows with every change."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(now)
            .next_update(now + _CRL_GOOD)
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(int(one.serial, 16)).revocation_date(one.since)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def issuer_in(folder: Path, name: str) -> Issuer:
    """The authority kept in `folder`; founded there under this name if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _CERTIFICATE).exists():
        _keep(folder, Issuer.founded(name, datetime.now(UTC)))
    key = serialization.load_pem_private_key((folder / _KEY).read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("an authority's key is on P-256")
    return Issuer(key, x509.load_pem_x509_certificate((folder / _CERTIFICATE).read_bytes()))


def _keep(folder: Path, issuer: Issuer) -> None:
    """The certificate last: without it the authority is founded anew, with it the key is there."""
    pkcs8, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key = issuer._key.private_bytes(serialization.Encoding.PEM, pkcs8, bare)
    for name, content in ((_KEY, key), (_CERTIFICATE, issuer.pem.encode())):
        temporary = folder / f".{name}.new"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(folder / name)
    here = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(here)
    finally:
        os.close(here)


def _named(name: str, person: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(kind_of_name(name), name)]
    return x509.Name(parts + ([x509.NameAttribute(NameOID.SERIAL_NUMBER, person)] if person else []))


def kind_of_name(name: str) -> x509.ObjectIdentifier:
    """A common name has at most 64 bytes: 21 Chinese characters, 32 Cyrillic ones. Longer ones are organisations."""
    return NameOID.COMMON_NAME if len(name.encode()) <= 64 else NameOID.ORGANIZATION_NAME


def _dated(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, now: datetime, long: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + long)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
