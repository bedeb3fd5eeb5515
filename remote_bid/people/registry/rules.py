"""The registry's rules. Nobody holds two offices, nobody decides about himself, and no office does another's work:
system admins say who may schedule and in which hall, security admins grant offices and approve people, audit admins
only read.
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from remote_bid.people.registry import commands as c
from remote_bid.people.registry import events as e
from remote_bid.people.registry.known import Known
from remote_bid.people.registry.state import Registry
from remote_bid.people.registry.terms import AdminRole, Enrolment, Issued
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import LOG, Command, Event, Refused, Turn
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import LogKeyRotated, RecordCheckpoint, RecordRotation, cosigned

SETTINGS = Who(person="settings", role="settings")
"""The server itself, with what its settings say."""
MOST_PENDING = 1000
"""Requests that may wait for a clerk."""


def begin(session: str) -> Registry:
    """Before the first event."""
    return Registry(session=session)


def decide(registry: Registry, command: Command, turn: Turn) -> Sequence[Event]:
    """The events that a command brings about, none if it is a repetition, or Refused."""
    return DECISIONS[type(command)](registry, command, turn)


def found(registry: Registry, command: c.FoundRegistry, turn: Turn) -> list[Event]:
    if registry.founded:
        return []
    if turn.by != SETTINGS:
        _refuse("not_allowed", "您无权办理此事。", "Only the settings name the first admins.")
    people = [admin.person for admin in command.admins]
    if len(set(people)) != len(people) or {admin.role for admin in command.admins} != set(AdminRole):
        _refuse("bad_admins", "三类管理员须各有其人，且不得兼任。", "Each office needs a holder, and nobody holds two.")
    return [e.RegistryFounded(admins=command.admins)]


def grant(registry: Registry, command: c.GrantRole, turn: Turn) -> list[Event]:
    _require(registry, turn, AdminRole.SECURITY)
    admin = command.admin
    _require_another(turn, admin.person)
    held = registry.admins.get(admin.person)
    if held is not None and held != admin:
        _refuse("holds_another", "此人已担任管理员，不得兼任。", "This person already holds an office.")
    return [] if held else [e.RoleGranted(admin=admin)]


def withdraw(registry: Registry, command: c.WithdrawRole, turn: Turn) -> list[Event]:
    _require(registry, turn, AdminRole.SECURITY)
    _require_another(turn, command.person)
    if command.person not in registry.admins:
        return []
    return [e.RoleWithdrawn(person=command.person, reason=command.reason)]


def request_enrolment(registry: Registry, command: c.RequestEnrolment, turn: Turn) -> list[Event]:
    asked, request = _known(turn).wanted, _known(turn).request
    if asked is None:
        _refuse("bad_request", "证书申请无效。", "This is not a certificate request.")
    if request in registry.enrolments:
        return []
    if sum(enrolment.pending for enrolment in registry.enrolments.values()) >= MOST_PENDING:
        _refuse("too_many_pending", "待审核的申请过多，请稍后再试。", "Too many requests are waiting; try again later.")
    return [
        e.EnrolmentRequested(
            request=request, person=asked.person, name=asked.name, keyid=asked.keyid, signed_request=command.request
        )
    ]


def approve(registry: Registry, command: c.ApproveEnrolment, turn: Turn) -> list[Event]:
    enrolment = _to_decide(registry, command.request, turn)
    if enrolment.certificate:
        return []
    if enrolment.refused:
        _refuse("decided_already", "该申请已被拒绝。", "The request was refused.")
    if enrolment.person in registry.admins:
        _refuse(
            "admin_person",
            "管理员的证书不得由本中心签发，请先解除其职务。",
            "An admin is not certified here: a clerk could become another office. Withdraw the office first.",
        )
    made = _known(turn).certificate
    if made is None:
        _refuse("no_authority", "本中心未设证书机构。", "This centre has no authority of its own.")
    old = [_of_person(registry, serial, enrolment.person) for serial in command.revoke]
    approved = e.EnrolmentApproved(request=command.request, certificate=made.der, serial=made.serial, until=made.until)
    replaced = [e.CertificateRevoked(serial=one.serial, reason="replaced") for one in old if not one.revoked]
    return [approved, *replaced]


def refuse_enrolment(registry: Registry, command: c.RefuseEnrolment, turn: Turn) -> list[Event]:
    enrolment = _to_decide(registry, command.request, turn)
    if enrolment.certificate:
        _refuse("decided_already", "该申请已获批准。", "The request was approved; revoke the certificate.")
    return [] if enrolment.refused else [e.EnrolmentRefused(request=command.request, reason=command.reason)]


def revoke(registry: Registry, command: c.RevokeCertificate, turn: Turn) -> list[Event]:
    issued = registry.issued.get(command.serial)
    if issued is None or issued.person != turn.by.person:
        _require(registry, turn, AdminRole.SECURITY)
    if issued is None:
        _refuse("no_such_certificate", "没有这张证书。", "This authority has issued no such certificate.")
    return [] if issued.revoked else [e.CertificateRevoked(serial=command.serial, reason=command.reason)]


def admit_agency(registry: Registry, command: c.AdmitAgency, turn: Turn) -> list[Event]:
    _require(registry, turn, AdminRole.SYSTEM)
    _require_another(turn, command.person)
    return [] if command.person in registry.agencies else [e.AgencyAdmitted(person=command.person)]


def dismiss_agency(registry: Registry, command: c.DismissAgency, turn: Turn) -> list[Event]:
    _require(registry, turn, AdminRole.SYSTEM)
    return [e.AgencyDismissed(person=command.person)] if command.person in registry.agencies else []


def open_hall(registry: Registry, command: c.OpenHall, turn: Turn) -> list[Event]:
    _require(registry, turn, AdminRole.SYSTEM)
    return [] if command.hall in registry.halls else [e.HallOpened(hall=command.hall)]


def close_hall(registry: Registry, command: c.CloseHall, turn: Turn) -> list[Event]:
    _require(registry, turn, AdminRole.SYSTEM)
    return [e.HallClosed(hall=command.hall)] if command.hall in registry.halls else []


def place_session(registry: Registry, command: c.PlaceSession, turn: Turn) -> list[Event]:
    _require(registry, turn, AdminRole.SYSTEM)
    if command.hall and command.hall not in registry.halls:
        _refuse("no_such_hall", "没有这个开标大厅。", "There is no such hall.")
    if registry.placed.get(command.session, "") == command.hall:
        return []
    return [e.SessionPlaced(session=command.session, hall=command.hall)]


def record_checkpoint(registry: Registry, command: RecordCheckpoint, turn: Turn) -> list[Event]:
    if turn.by != LOG:
        _refuse("not_allowed", "此事由日志办理。", "Only the log does this.")
    return [] if command.covers in registry.covered else [cosigned(command)]


def record_rotation(registry: Registry, command: RecordRotation, turn: Turn) -> list[Event]:
    if turn.by != LOG:
        _refuse("not_allowed", "此事由日志办理。", "Only the log does this.")
    known = statement_id(command.statement) in registry.rotations
    return [] if known else [LogKeyRotated(statement=command.statement)]


DECISIONS: dict[type[Command], Callable[[Registry, Any, Turn], Sequence[Event]]] = {
    c.FoundRegistry: found,
    c.GrantRole: grant,
    c.WithdrawRole: withdraw,
    c.RequestEnrolment: request_enrolment,
    c.ApproveEnrolment: approve,
    c.RefuseEnrolment: refuse_enrolment,
    c.RevokeCertificate: revoke,
    c.AdmitAgency: admit_agency,
    c.DismissAgency: dismiss_agency,
    c.OpenHall: open_hall,
    c.CloseHall: close_hall,
    c.PlaceSession: place_session,
    RecordCheckpoint: record_checkpoint,
    RecordRotation: record_rotation,
}
"""One decision for every command of the room."""


def _to_decide(registry: Registry, request: str, turn: Turn) -> Enrolment:
    _require(registry, turn, AdminRole.SECURITY)
    enrolment = registry.enrolments.get(request)
    if enrolment is None:
        _refuse("no_such_request", "没有这份申请。", "There is no such request.")
    _require_another(turn, enrolment.person)
    return enrolment


def _of_person(registry: Registry, serial: str, person: str) -> Issued:
    issued = registry.issued.get(serial)
    if issued is None or issued.person != person:
        _refuse("no_such_certificate", "此人没有这张证书。", "This person has no such certificate.")
    return issued


def _require(registry: Registry, turn: Turn, role: AdminRole) -> None:
    if registry.role_of(turn.by.person) is not role or turn.by.role != role:
        _refuse("not_allowed", "您的职务不能办理此事。", f"Only a {role} admin may do this.")


def _require_another(turn: Turn, person: str) -> None:
    if person == turn.by.person:
        _refuse("not_yourself", "不得为本人办理。", "Nobody decides about himself.")


def _known(turn: Turn) -> Known:
    return turn.known if isinstance(turn.known, Known) else Known()


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    raise Refused(code, zh, en)
