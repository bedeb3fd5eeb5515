"""The registry as its events have made it."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.people.registry import events as e
from remote_bid.people.registry.terms import Admin, AdminRole, Enrolment, Issued
from remote_bid.seal.statements import statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """Offices, requests, certificates of the centre's authority, and the agencies."""

    session: str
    founded: bool = False
    admins: dict[str, Admin] = {}
    enrolments: dict[str, Enrolment] = {}
    issued: dict[str, Issued] = {}
    agencies: frozenset[str] = frozenset()
    halls: frozenset[str] = frozenset()
    placed: dict[str, str] = {}
    """Sessions that are held in a hall."""
    covered: frozenset[int] = frozenset()
    rotations: frozenset[str] = frozenset()
    """Ids of the statements by which the log's key has changed."""

    def role_of(self, person: str) -> AdminRole | None:
        """The office that somebody holds."""
        admin = self.admins.get(person)
        return admin.role if admin else None


def _founded(registry: Registry, event: e.RegistryFounded, _: Happened) -> Registry:
    return _with(registry, founded=True, admins={admin.person: admin for admin in event.admins})


def _granted(registry: Registry, event: e.RoleGranted, _: Happened) -> Registry:
    return _with(registry, admins=registry.admins | {event.admin.person: event.admin})


def _withdrawn(registry: Registry, event: e.RoleWithdrawn, _: Happened) -> Registry:
    return _with(registry, admins={who: admin for who, admin in registry.admins.items() if who != event.person})


def _requested(registry: Registry, event: e.EnrolmentRequested, _: Happened) -> Registry:
    enrolment = Enrolment(
        request=event.request,
        person=event.person,
        name=event.name,
        keyid=event.keyid,
        signed_request=event.signed_request,
    )
    return _with(registry, enrolments=registry.enrolments | {event.request: enrolment})


def _approved(registry: Registry, event: e.EnrolmentApproved, _: Happened) -> Registry:
    before = registry.enrolments[event.request]
    issued = Issued(serial=event.serial, person=before.person, keyid=before.keyid, until=event.until)
    enrolment = msgspec.structs.replace(before, certificate=event.certificate)
    return _with(
        registry,
        enrolments=registry.enrolments | {event.request: enrolment},
        issued=registry.issued | {event.serial: issued},
    )


def _refused(registry: Registry, event: e.EnrolmentRefused, _: Happened) -> Registry:
    enrolment = msgspec.structs.replace(registry.enrolments[event.request], refused=event.reason)
    return _with(registry, enrolments=registry.enrolments | {event.request: enrolment})


def _revoked(registry: Registry, event: e.CertificateRevoked, happened: Happened) -> Registry:
    revoked = msgspec.structs.replace(registry.issued[event.serial], revoked=instant.text(happened.at))
    return _with(registry, issued=registry.issued | {event.serial: revoked})


def _admitted(registry: Registry, event: e.AgencyAdmitted, _: Happened) -> Registry:
    return _with(registry, agencies=registry.agencies | {event.person})


def _dismissed(registry: Registry, event: e.AgencyDismissed, _: Happened) -> Registry:
    return _with(registry, agencies=registry.agencies - {event.person})


def _hall_opened(registry: Registry, event: e.HallOpened, _: Happened) -> Registry:
    return _with(registry, halls=registry.halls | {event.hall})


def _hall_closed(registry: Registry, event: e.HallClosed, _: Happened) -> Registry:
    placed = {session: hall for session, hall in registry.placed.items() if hall != event.hall}
    return _with(registry, halls=registry.halls - {event.hall}, placed=placed)


def _placed(registry: Registry, event: e.SessionPlaced, _: Happened) -> Registry:
    placed = registry.placed | {event.session: event.hall}
    return _with(registry, placed={session: hall for session, hall in placed.items() if hall})


def _cosigned(registry: Registry, event: CheckpointCosigned, _: Happened) -> Registry:
    return _with(registry, covered=registry.covered | {event.covers})


def _rotated(registry: Registry, event: LogKeyRotated, _: Happened) -> Registry:
    return _with(registry, rotations=registry.rotations | {statement_id(event.statement)})


def _with(registry: Registry, **changed: Any) -> Registry:
    return msgspec.structs.replace(registry, **changed)


_FOLDS: dict[type[Event], Callable[[Registry, Any, Happened], Registry]] = {
    e.RegistryFounded: _founded,
    e.RoleGranted: _granted,
    e.RoleWithdrawn: _withdrawn,
    e.EnrolmentRequested: _requested,
    e.EnrolmentApproved: _approved,
    e.EnrolmentRefused: _refused,
    e.CertificateRevoked: _revoked,
    e.AgencyAdmitted: _admitted,
    e.AgencyDismissed: _dismissed,
    e.HallOpened: _hall_opened,
    e.HallClosed: _hall_closed,
    e.SessionPlaced: _placed,
    CheckpointCosigned: _cosigned,
    LogKeyRotated: _rotated,
}


def evolve(registry: Registry, happened: Happened) -> Registry:
    """The registry after one more event."""
    return _FOLDS[type(happened.event)](registry, happened.event, happened)
