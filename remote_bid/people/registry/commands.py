"""What may be asked of the registry."""

from typing import Annotated, Literal

import msgspec

from remote_bid.people.issuing import PersonId
from remote_bid.people.registry.terms import Admin, HallName
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class FoundRegistry(Command, frozen=True):
    """The server's, at its first start: the first admins are those whom the settings name."""

    admins: list[Admin]


class GrantRole(Command, frozen=True):
    """A security admin gives somebody else an office."""

    admin: Admin


class WithdrawRole(Command, frozen=True):
    """A security admin takes an office from somebody else."""

    person: PersonId
    reason: Reason


class RequestEnrolment(Command, frozen=True):
    """Anybody asks for a certificate: a PKCS#10 request (DER, base64url)."""

    request: Annotated[str, msgspec.Meta(max_length=8192)]


class ApproveEnrolment(Command, frozen=True):
    """A security admin has seen the person: its key is certified, and its certificates in `revoke` are taken back."""

    request: str
    revoke: list[str] = msgspec.field(default_factory=list)


class RefuseEnrolment(Command, frozen=True):
    """A security admin says no."""

    request: str
    reason: Reason


class RevokeCertificate(Command, frozen=True):
    """A security admin, or its own person, takes a certificate back."""

    serial: str
    reason: Reason


class AdmitAgency(Command, frozen=True):
    """A system admin lets somebody schedule sessions."""

    person: PersonId


class DismissAgency(Command, frozen=True):
    """A system admin lets somebody schedule sessions no longer."""

    person: PersonId


class OpenHall(Command, frozen=True):
    """A system admin adds a hall of the centre's."""

    hall: HallName


class CloseHall(Command, frozen=True):
    """A system admin takes a hall away; what is held there has none then."""

    hall: HallName


class PlaceSession(Command, frozen=True):
    """A system admin says in which hall a session is held; in none if `hall` is empty."""

    session: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{2,39}\Z")]
    hall: HallName | Literal[""]


RegistryCommand = (
    FoundRegistry
    | GrantRole
    | WithdrawRole
    | RequestEnrolment
    | ApproveEnrolment
    | RefuseEnrolment
    | RevokeCertificate
    | AdmitAgency
    | DismissAgency
    | OpenHall
    | CloseHall
    | PlaceSession
    | RecordCheckpoint
    | RecordRotation
)
