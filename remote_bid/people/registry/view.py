"""Who sees what of the registry: the only redaction. Offices are separate here too."""

from collections.abc import Collection

import msgspec
from msgspec import UNSET, UnsetType

from remote_bid.people.registry.state import Registry
from remote_bid.people.registry.terms import Admin, AdminRole, Enrolment, Issued
from remote_bid.timeline.entry import Fields, Who


class RegistryView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The registry as one office sees it; what is absent is not that office's business."""

    role: str
    admins: list[Admin] | UnsetType = UNSET
    enrolments: list[Enrolment] | UnsetType = UNSET
    issued: list[Issued] | UnsetType = UNSET
    agencies: list[str] | UnsetType = UNSET
    halls: list[str] | UnsetType = UNSET
    placed: dict[str, str] | UnsetType = UNSET


def see(registry: Registry, who: Who) -> RegistryView:
    """What an admin sees; an audit admin reads the log instead, anybody else sees nothing."""
    match who.role:
        case AdminRole.SECURITY:
            return RegistryView(
                role=who.role,
                admins=list(registry.admins.values()),
                enrolments=list(registry.enrolments.values()),
                issued=list(registry.issued.values()),
            )
        case AdminRole.SYSTEM:
            return RegistryView(
                role=who.role,
                agencies=sorted(registry.agencies),
                halls=sorted(registry.halls),
                placed=registry.placed,
            )
        case _:
            return RegistryView(role=who.role)


def show(registry: Registry, line: str, fields: Fields, who: Who, own: bool) -> Collection[str] | None:
    """The audit log is the audit admins'."""
    return None if who.role == AdminRole.AUDIT else ()
