"""Checking what is signed before it is decided upon: trusted certificates, good signatures, nothing taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from cryptography import x509

from remote_bid.people.certificates import Certified, NotTrusted, Signed, signers
from remote_bid.people.revocation import Crls, Status, list_for, status_of
from remote_bid.seal.statements import BadStatement, statement_id
from remote_bid.timeline.context import Refused


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """Whose list (hash) tells that the certificate that signed is revoked; `authority` is its fingerprint."""

    authority: str
    crl: str


def all_signed(value: Any) -> list[Signed]:
    """Every signed statement that a command carries."""
    if isinstance(value, Signed):
        return [value]
    if isinstance(value, list):
        return [signed for item in value for signed in all_signed(item)]
    if isinstance(value, msgspec.Struct):
        return [signed for name in value.__struct_fields__ for signed in all_signed(getattr(value, name))]
    return []


def signers_of(command: Any, roots: Sequence[x509.Certificate], at: datetime) -> dict[str, list[Certified]]:
    """Who signed each statement that a command carries; refused where somebody is not trusted."""
    try:
        return {statement_id(signed.statement): signers(signed, roots, at) for signed in all_signed(command)}
    except (NotTrusted, BadStatement) as error:
        raise Refused("not_trusted", "证书或签名无效。", str(error)) from error


def revoked_by(command: Any, crls: Crls, at: datetime) -> Revoked | None:
    """By which list one of the signers' certificates is revoked now; they are known to be certificates."""
    certificates = {certificate for signed in all_signed(command) for certificate in signed.certificates}
    for certificate in sorted(certificates):
        crl = list_for(certificate, crls.current())
        if crl is not None and status_of(certificate, [crl], at) is Status.REVOKED:
            return Revoked(authority=crl.noted.authority, crl=crl.noted.hash)
    return None
