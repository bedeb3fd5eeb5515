"""A participant's own signing key and certificate: a folder, an encrypted PKCS#12 file, or a token (token.py)."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12

from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner, Signer
from remote_bid.seal.statements import Payload, countersign, state

KEY, CERTIFICATE = "key.pem", "certificate.pem"


class BadIdentity(ValueError):
    """No signing key with its certificate here, or not with this passphrase; the sentence says which."""


class Identity:
    """Signs statements as one person."""

    def __init__(self, signer: Signer, certificate: x509.Certificate) -> None:
        self.signer = signer
        self.certificate = b64(certificate.public_bytes(serialization.Encoding.DER))

    def sign(self, payload: Payload) -> Signed:
        """The payload as a statement of this person's."""
        return Signed(statement=state(payload, self.signer), certificates=[self.certificate])

    def countersign(self, signed: Signed) -> Signed:
        """What others have signed, with this person's signature too."""
        statement = countersign(signed.statement, self.signer)
        return Signed(statement=statement, certificates=[*signed.certificates, self.certificate])


def read_identity(folder: Path) -> Identity:
    """The identity kept in `folder`, its key unencrypted."""
    key = serialization.load_pem_private_key((folder / KEY).read_bytes(), password=None)
    return _identity(key, x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes()))


def read_pkcs12(path: Path, passphrase: str) -> Identity:
    """The identity in a PKCS#12 file, as authorities and browsers hand it out."""
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise BadIdentity(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadIdentity(f"{path} is no PKCS#12 file, or the passphrase is another") from error
    if certificate is None:
        raise BadIdentity(f"{path} holds no certificate")
    return _identity(key, certificate)


def _identity(key: object, certificate: x509.Certificate) -> Identity:
    if not isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise BadIdentity("a signing key is P-256 or Ed25519")
    if key.public_key() != certificate.public_key():
        raise BadIdentity("the certificate is not for the key beside it")
    return Identity(KeySigner(key), certificate)
