"""The registry's words."""

from enum import StrEnum
from typing import Annotated

import msgspec

from remote_bid.people.issuing import PersonId, PersonName

REGISTRY = "@registry"
"""Its session's name, which no opening can have."""


HallName = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*\Z")]
"""How a hall is called, by which it is also known."""


class AdminRole(StrEnum):
    """The three offices (系统、安全、审计); nobody holds two."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


class Admin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who holds an office."""

    person: PersonId
    name: PersonName
    role: AdminRole


class Enrolment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request for a certificate, and what became of it; `request` is its id."""

    request: str
    person: str
    name: str
    keyid: str
    signed_request: str
    certificate: str = ""
    refused: str = ""

    @property
    def pending(self) -> bool:
        """Nobody has decided yet."""
        return not self.certificate and not self.refused


class Issued(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A certificate of the centre's authority by its serial number (hex); `revoked`: since when it counts no more."""

    serial: str
    person: str
    keyid: str
    until: str
    revoked: str = ""
