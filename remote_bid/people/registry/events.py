"""What has happened in the registry; its audit log, entry by entry."""

from remote_bid.people.registry.terms import Admin
from remote_bid.timeline.context import Event
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated


class RegistryFounded(Event, frozen=True):
    """The first admins, named in the settings."""

    admins: list[Admin]


class RoleGranted(Event, frozen=True):
    """Somebody holds an office."""

    admin: Admin


class RoleWithdrawn(Event, frozen=True):
    """Somebody holds it no longer."""

    person: str
    reason: str


class EnrolmentRequested(Event, frozen=True):
    """A person wants this key certified; `signed_request` is the PKCS#10 request."""

    request: str
    person: str
    name: str
    keyid: str
    signed_request: str


class EnrolmentApproved(Event, frozen=True):
    """The key is certified until then; `serial` is the certificate's number (hex)."""

    request: str
    certificate: str
    serial: str
    until: str


class EnrolmentRefused(Event, frozen=True):
    """It is not."""

    request: str
    reason: str


class CertificateRevoked(Event, frozen=True):
    """It counts no more from now on; what was signed with it before still does."""

    serial: str
    reason: str


class AgencyAdmitted(Event, frozen=True):
    """May schedule sessions."""

    person: str


class AgencyDismissed(Event, frozen=True):
    """May no longer."""

    person: str


class HallOpened(Event, frozen=True):
    """The centre has this hall."""

    hall: str


class HallClosed(Event, frozen=True):
    """It has it no longer."""

    hall: str


class SessionPlaced(Event, frozen=True):
    """A session is held in this hall; in none if it is empty."""

    session: str
    hall: str


RegistryEvent = (
    RegistryFounded
    | RoleGranted
    | RoleWithdrawn
    | EnrolmentRequested
    | EnrolmentApproved
    | EnrolmentRefused
    | CertificateRevoked
    | AgencyAdmitted
    | AgencyDismissed
    | HallOpened
    | HallClosed
    | SessionPlaced
    | CheckpointCosigned
    | LogKeyRotated
)
