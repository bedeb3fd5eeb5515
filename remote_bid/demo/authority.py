"""A centre's authority for demonstration: issues the certificates that real bidders get from licensed authorities."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from remote_bid.gateway.crls import CrlAt
from remote_bid.participant.identity import CERTIFICATE, KEY
from remote_bid.people.certificates import fingerprint
from remote_bid.people.issuing import Issuer, Wanted
from remote_bid.seal.signing import spki_of

KEY_FILE = "key.p12"
"""Key and certificate as an authority hands them out: for taking a simulated person's chair in a browser."""

PASSPHRASE = "演示口令"  # noqa: S105 - the demonstration's, said on screen


class Authority:
    """Its key lives as long as this object."""

    def __init__(self, name: str) -> None:
        self.issuer = Issuer.founded(name, datetime.now(UTC))
        self.root = self.issuer.root

    @property
    def pem(self) -> str:
        """The authority's own certificate."""
        return self.issuer.pem

    def publish_crl(self, path: Path) -> CrlAt:
        """Write the list of revoked certificates, none; gives where it is."""
        path.write_bytes(self.issuer.crl(1, [], datetime.now(UTC)))
        return CrlAt(authority=fingerprint(self.root), at=str(path))

    def enrol(self, folder: Path, person: str, name: str) -> None:
        """Make a key for a person and write key and certificate to its folder, as PEM and as PKCS#12."""
        key = ec.generate_private_key(ec.SECP256R1())
        asked = Wanted(person=person, name=name, spki=spki_of(key.public_key()))
        certificate = self.issuer.certify(asked, datetime.now(UTC))
        folder.mkdir(parents=True, exist_ok=True)
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        (folder / KEY).touch(0o600)
        (folder / KEY).write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
        (folder / CERTIFICATE).write_bytes(certificate.public_bytes(pem))
        sealed = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        (folder / KEY_FILE).touch(0o600)
        (folder / KEY_FILE).write_bytes(
            pkcs12.serialize_key_and_certificates(person.encode(), key, certificate, None, sealed)
        )
