"""An authority for tests: certificates with fixed dates, for keys that are always the same."""

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from remote_bid.seal.canonical import b64, unb64

VALID = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def key_of(name: str) -> ec.EllipticCurvePrivateKey:
    """The one key of this name."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(name.encode()).digest()) >> 1, ec.SECP256R1())


class Authority:
    """Vouches for whomever it is told to."""

    def __init__(self, name: str) -> None:
        self._key, self._name = key_of(name), _named((NameOID.COMMON_NAME, name))
        self.root = (
            _built(self._name, self._name, self._key.public_key(), VALID)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def certify(self, person: str, name: str, valid: tuple[datetime, datetime] = VALID) -> str:
        """A certificate for the key of `person`: DER, base64url."""
        subject = _named((NameOID.ORGANIZATION_NAME, name), (NameOID.SERIAL_NUMBER, person))
        certificate = (
            _built(subject, self._name, key_of(person).public_key(), valid)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return b64(certificate.public_bytes(serialization.Encoding.DER))

    def list_of(
        self, begins: datetime, *revoked: tuple[str, x509.ReasonFlags | None], ends: datetime = VALID[1]
    ) -> bytes:
        """Its list of revoked certificates (DER, base64url), with the reason for each, in DER."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._name).last_update(begins).next_update(ends)
        for certificate, reason in revoked:
            serial = x509.load_der_x509_certificate(unb64(certificate)).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(begins)
            if reason is not None:
                entry = entry.add_extension(x509.CRLReason(reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _named(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _built(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, valid: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(int.from_bytes(hashlib.sha256(subject.public_bytes()).digest()[:8]))
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
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
