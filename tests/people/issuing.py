"""Authorities for tests: they issue whatever certificate is asked for, also such as no honest authority would."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from remote_bid.seal.canonical import b64
from tests.timeline.hours import NOON

DAY = timedelta(days=1)
ANN = "91330000000000001A"

Extensions = Sequence[tuple[x509.ExtensionType, bool]]


def name_of(common: str, *serials: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    return x509.Name([*parts, *(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial) for serial in serials)])


def usage(**wanted: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    more = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in (*names, *more)})


SIGNS = usage(digital_signature=True)
CERTIFIES = usage(key_cert_sign=True, crl_sign=True)


@dataclass
class Wish:
    """A certificate for a person; every field may be wished otherwise."""

    subject: x509.Name = field(default_factory=lambda: name_of("Ann", ANN))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    begins: datetime = NOON - DAY
    ends: datetime = NOON + DAY
    extensions: Extensions = ((SIGNS, True),)


class Authority:
    """A key that certifies, and its own certificate."""

    def __init__(
        self, name: str = "Authority", parent: "Authority | None" = None, path_length: int | None = None
    ) -> None:
        self.key: Any = ec.generate_private_key(ec.SECP256R1())
        self.name = name_of(name)
        marks: Extensions = (
            (x509.BasicConstraints(ca=True, path_length=path_length), True),
            (CERTIFIES, True),
            (x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False),
        )
        wish = Wish(self.name, self.key, NOON - 365 * DAY, NOON + 365 * DAY, marks)
        self.certificate = (parent or self).issue(wish)

    def issue(self, wish: Wish) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(wish.subject)
            .issuer_name(self.name)
            .public_key(wish.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(wish.begins)
            .not_valid_after(wish.ends)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        for extension, critical in wish.extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def text(certificate: x509.Certificate) -> str:
    """As it travels."""
    return b64(certificate.public_bytes(serialization.Encoding.DER))


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
