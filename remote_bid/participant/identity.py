"""A participant's own signing key and certificate, in a folder of its own."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Payload, state

KEY, CERTIFICATE = "key.pem", "certificate.pem"


class Identity:
    """Signs statements as one person."""

    def __init__(self, signer: KeySigner, certificate: x509.Certificate) -> None:
        self.signer = signer
        self.certificate = b64(certificate.public_bytes(serialization.Encoding.DER))

    def sign(self, payload: Payload) -> Signed:
        """The payload as a statement of this person's."""
        return Signed(statement=state(payload, self.signer), certificates=[self.certificate])


def read_identity(folder: Path) -> Identity:
    """The identity kept in `folder`."""
    key = serialization.load_pem_private_key((folder / KEY).read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise ValueError("a signing key is P-256 or Ed25519")
    return Identity(KeySigner(key), x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes()))
