"""Who is behind a key: X.509 certificates of the authorities that a deployment trusts, checked at a given time.

The subject's serialNumber names the person in every statement (an organisation's unified social credit code, or the id
that the centre gave a natural person); organizationName or commonName is how it is shown.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.signing import keyid_of, public_key, spki_of
from remote_bid.seal.statements import P, Statement, is_signed_by, said

_MAX_DEPTH = 3


class NotTrusted(ValueError):
    """No certificate, none of a trusted authority, or not valid at that time."""


class Certified(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a trusted certificate names it, and the key that signs for it."""

    person: str
    name: str
    keyid: str
    spki: bytes


class Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement together with its signers' certificates (DER, base64url), in the order of the signatures."""

    statement: Statement
    certificates: list[str]


def roots_of(pems: Sequence[str]) -> list[x509.Certificate]:
    """The authorities' own certificates; ValueError when one is not readable."""
    return [x509.load_pem_x509_certificate(pem.encode()) for pem in pems]


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the DER form, base64url: how a policy names an authority."""
    return b64(hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest())


def identify(certificate: str, roots: Sequence[x509.Certificate], at: datetime) -> Certified:
    """The person a certificate names, if one of the `roots` vouches for it at that time; NotTrusted otherwise."""
    try:
        leaf = x509.load_der_x509_certificate(unb64(certificate))
        verifier = (
            PolicyBuilder()
            .store(Store(list(roots)))
            .time(at)
            .max_chain_depth(_MAX_DEPTH)
            .extension_policies(ca_policy=_authority(), ee_policy=_signer())
            .build_client_verifier()
        )
        verifier.verify(leaf, [])
        return _named(leaf)
    except (ValueError, TypeError, VerificationError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
        raise NotTrusted(f"the certificate is not one of a trusted authority: {error}") from error


def signers(signed: Signed, roots: Sequence[x509.Certificate], at: datetime) -> list[Certified]:
    """Who signed: every certificate is trusted and every signature holds, or NotTrusted."""
    claimed = [signature.keyid for signature in signed.statement.signatures]
    people = [identify(certificate, roots, at) for certificate in signed.certificates]
    if not people or [person.keyid for person in people] != claimed:
        raise NotTrusted("signatures and certificates do not belong together")
    for person in people:
        if not is_signed_by(signed.statement, person.spki, person.keyid):
            raise NotTrusted("a signature does not hold")
    return people


def payload(signed: Signed, kind: type[P]) -> P:
    """What the statement says; BadStatement if it is of another kind."""
    return said(signed.statement, kind)


def _named(leaf: x509.Certificate) -> Certified:
    spki = leaf.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    spki = spki_of(public_key(spki))
    serials = leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    names = leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME) or leaf.subject.get_attributes_for_oid(
        NameOID.COMMON_NAME
    )
    if len(serials) != 1 or not names:
        raise NotTrusted("the certificate names nobody")
    return Certified(person=str(serials[0].value), name=str(names[0].value), keyid=keyid_of(spki), spki=spki)


def _authority() -> ExtensionPolicy:
    return ExtensionPolicy.webpki_defaults_ca()


def _signer() -> ExtensionPolicy:
    """Signing certificates of Chinese authorities carry no subjectAltName; they must be allowed to sign."""
    return (
        ExtensionPolicy.permit_all()
        .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign)
        .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_no_authority)
    )


def _may_sign(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.digital_signature:
        raise ValueError("the certificate may not sign")


def _is_no_authority(
    _policy: Policy, _certificate: x509.Certificate, constraints: x509.BasicConstraints | None
) -> None:
    if constraints is not None and constraints.ca:
        raise ValueError("an authority's certificate does not sign statements")
