"""Which certificates their authorities have taken back: CRLs, checked before they are believed, the newest kept.

An authority that is down or slow leaves its last list in force; when that is over, the status of its certificates is
`unknown`, and acts are taken: whose fault it is shows in the record. One that lies (another's signature, an older list,
one from the future) is not believed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtensionOID

from remote_bid.people.certificates import fingerprint
from remote_bid.seal.canonical import b64, unb64
from remote_bid.timeline import instant

_SKEW = timedelta(minutes=5)
_UNDERSTOOD = (ExtensionOID.CRL_NUMBER, ExtensionOID.AUTHORITY_KEY_IDENTIFIER)


class BadCrl(ValueError):
    """Not a list that can be believed; the sentence says why."""


class Status(StrEnum):
    """What is known of a certificate at an instant."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class CrlNoted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list as a session records it: whose (fingerprint), which (SHA-256 of its DER), from when to when it holds."""

    authority: str
    hash: str
    this_update: str
    next_update: str


class Crl(msgspec.Struct, frozen=True, kw_only=True):
    """A list that its authority has signed."""

    root: x509.Certificate
    noted: CrlNoted
    raw: bytes
    revoked: Mapping[int, datetime]
    reasons: Mapping[int, x509.ReasonFlags]
    """Why, where the list tells."""

    @property
    def this_update(self) -> datetime:
        """Since when it holds."""
        return instant.when(self.noted.this_update)

    def status(self, certificate: x509.Certificate, at: datetime) -> Status:
        """Of a certificate of this authority, at an instant."""
        since = self.revoked.get(certificate.serial_number)
        if since is not None and since <= at:
            return Status.REVOKED
        return Status.GOOD if at <= instant.when(self.noted.next_update) else Status.UNKNOWN


def read_crl(raw: bytes, roots: Iterable[x509.Certificate]) -> Crl:
    """The list, if one of the authorities has signed it and it is whole (no delta, no part); BadCrl otherwise."""
    crl = _parsed(raw)
    try:
        return _believed(crl, roots)
    except BadCrl:
        raise
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise BadCrl(f"the list cannot be understood: {error}") from error


def _believed(crl: x509.CertificateRevocationList, roots: Iterable[x509.Certificate]) -> Crl:
    root = next((root for root in roots if root.subject == crl.issuer and _signed(crl, root)), None)
    if root is None:
        raise BadCrl("no authority of ours has signed the list")
    if any(extension.critical and extension.oid not in _UNDERSTOOD for extension in crl.extensions):
        raise BadCrl("the list is only a part or a delta, or says more than can be understood")
    if crl.next_update_utc is None:
        raise BadCrl("the list does not say until when it holds")
    der = crl.public_bytes(serialization.Encoding.DER)
    if not der.endswith(b"\0" + crl.signature):  # the count of unused bits is not signed, and may not name another list
        raise BadCrl("the list's signature has unused bits")
    noted = CrlNoted(
        authority=fingerprint(root),
        hash=b64(hashlib.sha256(der).digest()),
        this_update=instant.text(crl.last_update_utc),
        next_update=instant.text(crl.next_update_utc),
    )
    revoked = {entry.serial_number: entry.revocation_date_utc for entry in crl}
    return Crl(root=root, noted=noted, raw=der, revoked=revoked, reasons=_reasons(crl))


def _reasons(crl: x509.CertificateRevocationList) -> dict[int, x509.ReasonFlags]:
    found = {}
    for entry in crl:
        with suppress(x509.ExtensionNotFound):
            found[entry.serial_number] = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    return found


_ITS_OWN = (x509.ReasonFlags.ca_compromise, x509.ReasonFlags.aa_compromise)


def taken_back_wrongly(certificate: str, then: Crl, last: Crl) -> bool:
    """Whether it is the authority's failure that its list `then` had this certificate, by what its lists say: it was
    itself compromised, or it had put the certificate on hold and no longer has it on its list `last`, though the
    certificate has not run out.
    Whatever else a certificate is revoked for lies with its holder.
    """
    leaf = x509.load_der_x509_certificate(unb64(certificate))
    reason = then.reasons.get(leaf.serial_number)
    if reason is x509.ReasonFlags.certificate_hold:
        return leaf.serial_number not in last.revoked and last.this_update <= leaf.not_valid_after_utc
    return reason in _ITS_OWN


def status_of(certificate: str, crls: Sequence[Crl], at: datetime) -> Status:
    """The status of a certificate (DER, base64url) that an authority vouches for, by the lists at hand."""
    leaf = x509.load_der_x509_certificate(unb64(certificate))
    crl = list_for(certificate, crls)
    return crl.status(leaf, at) if crl else Status.UNKNOWN


def list_for(certificate: str, crls: Sequence[Crl]) -> Crl | None:
    """The list of the authority that has issued the certificate."""
    leaf = x509.load_der_x509_certificate(unb64(certificate))
    return next((crl for crl in crls if _issued(leaf, crl.root)), None)


class Crls:
    """The lists in force: of each authority the newest."""

    def __init__(self, roots: Sequence[x509.Certificate]) -> None:
        self._roots = list(roots)
        self._current: dict[str, Crl] = {}
        self._known: dict[str, Crl] = {}

    def current(self) -> list[Crl]:
        """Every authority's, in a fixed order."""
        return [self._current[authority] for authority in sorted(self._current)]

    def take(self, raw: bytes, now: datetime, of: str = "") -> Crl | None:
        """A list that came; None if it is the one in force. BadCrl if it cannot be believed, or is not the authority
        `of` which it came.
        """
        crl = read_crl(raw, self._roots)
        if of and crl.noted.authority != of:
            raise BadCrl("the list is another authority's")
        if crl.this_update > now + _SKEW:
            raise BadCrl("the list comes from the future")
        before = self._current.get(crl.noted.authority)
        if before is not None and before.noted.hash == crl.noted.hash:
            return None
        if before is not None and crl.this_update < before.this_update:
            raise BadCrl("the list is older than the one in force")
        self._current[crl.noted.authority] = self._known[crl.noted.hash] = crl
        return crl

    def known(self) -> Mapping[str, Crl]:
        """Every list that was ever in force here, by its hash."""
        return self._known

    def status(self, certificate: str, at: datetime) -> Status:
        """The status of a certificate by the lists in force."""
        return status_of(certificate, self.current(), at)


def _parsed(raw: bytes) -> x509.CertificateRevocationList:
    pem = raw.lstrip().startswith(b"-----BEGIN")
    try:
        return x509.load_pem_x509_crl(raw) if pem else x509.load_der_x509_crl(raw)
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        raise BadCrl(f"not a list of revoked certificates: {error}") from error


def _signed(crl: x509.CertificateRevocationList, root: x509.Certificate) -> bool:
    key = root.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey):
        return False
    try:
        usage = root.extensions.get_extension_for_class(x509.KeyUsage).value
        return usage.crl_sign and crl.is_signature_valid(key)
    except (x509.ExtensionNotFound, ValueError, TypeError):
        return False


def _issued(leaf: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
