"""Lists of revoked certificates, also such as no honest authority would sign."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from tests.people.issuing import DAY, Authority
from tests.timeline.hours import NOON


def crl(
    authority: Authority,
    *revoked: tuple[x509.Certificate, datetime],
    begins: datetime = NOON - timedelta(hours=1),
    ends: datetime | None = NOON + DAY,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """A list in DER."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.name).last_update(begins)
    builder = builder.next_update(ends or NOON + DAY)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    for certificate, since in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
