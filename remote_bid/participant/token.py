"""Signing with a hardware token through PKCS#11: the key never leaves it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from remote_bid.participant.identity import BadIdentity, Identity
from remote_bid.seal.signing import keyid_of, spki_of


class TokenAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a token's key is: the vendor's library, the token's label, the label that key and certificate share."""

    module: str
    token: str
    label: str


class TokenSigner:
    """A P-256 key on an open token."""

    def __init__(self, key: pkcs11.SignMixin, public: ec.EllipticCurvePublicKey) -> None:
        self._key = key
        self.keyid = keyid_of(spki_of(public))

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256, in DER."""
        raw = bytes(self._key.sign(hashlib.sha256(message).digest(), mechanism=pkcs11.Mechanism.ECDSA))
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))


@contextmanager
def token_identity(at: TokenAt, pin: str) -> Iterator[Identity]:
    """The identity on a token, for as long as the context lasts; BadIdentity says what is missing."""
    try:
        token = pkcs11.lib(at.module).get_token(token_label=at.token)
        opened = token.open(user_pin=pin)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise BadIdentity(_sentence(at, error)) from error
    with opened as session:
        yield _identity(session, at.label)


def _identity(session: pkcs11.Session, label: str) -> Identity:
    try:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: label}
        raw = next(iter(session.get_objects(wanted)))[pkcs11.Attribute.VALUE]
    except (pkcs11.PKCS11Error, StopIteration) as error:
        raise BadIdentity(f"the token holds no key with a certificate under the label {label}") from error
    certificate = x509.load_der_x509_certificate(bytes(raw))
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise BadIdentity("a token's key must be P-256")
    if not isinstance(key, pkcs11.SignMixin):
        raise BadIdentity("the key on the token may not sign")
    return Identity(TokenSigner(key, public), certificate)


def _sentence(at: TokenAt, error: Exception) -> str:
    match error:
        case pkcs11.PinIncorrect() | pkcs11.PinLenRange() | pkcs11.PinInvalid():
            return "the PIN is wrong"
        case pkcs11.PinLocked():
            return "the token has locked itself after too many wrong PINs"
        case pkcs11.NoSuchToken():
            return f"no token with the label {at.token} is plugged in"
        case _:
            return f"the token cannot be used: {error or type(error).__name__}"
