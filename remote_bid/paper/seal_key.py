"""The key of the platform's seal on documents, with its certificate, in one file that only the server may read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from remote_bid.timeline import durable

_LIFE = timedelta(days=3650)


class BadSealKey(ValueError):
    """The file holds no usable key with its certificate; the sentence says why."""


class SealKey:
    """An ECDSA or RSA key and the certificate that names the platform."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
        self.key, self.certificate = key, certificate


def seal_key(path: Path, name: str) -> SealKey:
    """The key in `path` (PEM, key and certificate). Made there with a certificate of its own if the file is missing:
    a centre that has a certificate for documents puts it in its place.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.create(path, _pem(_made(name)), 0o600)
    raw = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(raw, password=None)
        certificate = x509.load_pem_x509_certificate(raw)
    except (ValueError, TypeError) as error:
        raise BadSealKey(f"{path} must hold a private key and its certificate (PEM): {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise BadSealKey(f"{path} holds a key that PDF readers cannot check; ECDSA or RSA is needed")
    if key.public_key() != certificate.public_key():
        raise BadSealKey(f"the certificate in {path} is not for the key beside it")
    return SealKey(key, certificate)


def _made(name: str) -> SealKey:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    return SealKey(key, builder.sign(key, hashes.SHA256()))


def _pem(made: SealKey) -> bytes:
    private = made.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.certificate.public_bytes(serialization.Encoding.PEM)
