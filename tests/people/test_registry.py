"""The registry: three offices, each with its own work, and nobody decides about himself."""

from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from remote_bid.people.issuing import Issuer, request_id
from remote_bid.people.registry import NOBODY, registry
from remote_bid.people.registry import commands as c
from remote_bid.people.registry import events as e
from remote_bid.people.registry.facts import RegistryFacts
from remote_bid.people.registry.rules import DECISIONS, SETTINGS
from remote_bid.people.registry.terms import REGISTRY, Admin, AdminRole
from remote_bid.people.registry.view import see, show
from remote_bid.seal.canonical import b64
from remote_bid.timeline.context import LOG
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated, RecordCheckpoint, RecordRotation
from remote_bid.timeline.rotation import rotation
from tests.given import Act, Room, given
from tests.people.issuing import ANN, name_of
from tests.timeline.guestbook import LINE_SECRET, OFFICE
from tests.timeline.hours import NOON

ISSUER = Issuer.founded("Centre", NOON)
SYSTEM, SECURITY, AUDIT = (Who(person=f"{role}-1", role=role) for role in AdminRole)
FIRST = [Admin(person=who.person, name=who.person, role=AdminRole(who.role)) for who in (SYSTEM, SECURITY, AUDIT)]
CLERK = Who(person="clerk-2", role=AdminRole.SECURITY)
ANYBODY = Who(person="", role=NOBODY)
ANNA = Who(person=ANN, role=NOBODY)


def room(issuer: Issuer | None = ISSUER) -> Room:
    return Room(registry, RegistryFacts(issuer, lambda: NOON), REGISTRY, NOON, OFFICE, LINE_SECRET)


CENTRE = room()
FOUNDED = Act(c.FoundRegistry(admins=FIRST), SETTINGS)


def request_of(name: str = "Ann", person: str = ANN, key: Any = None) -> str:
    key = key or ec.generate_private_key(ec.SECP256R1())
    csr = x509.CertificateSigningRequestBuilder().subject_name(name_of(name, person)).sign(key, hashes.SHA256())
    return b64(csr.public_bytes(Encoding.DER))


REQUEST = request_of()
ASKED = Act(c.RequestEnrolment(request=REQUEST), ANYBODY)
APPROVED = Act(c.ApproveEnrolment(request=request_id(REQUEST)), SECURITY)
REFUSED = Act(c.RefuseEnrolment(request=request_id(REQUEST), reason="not seen"), SECURITY)
SECOND_CLERK = Act(c.GrantRole(admin=Admin(person=CLERK.person, name="C", role=AdminRole.SECURITY)), SECURITY)


# Offices


def test_the_settings_name_the_first_admins_once() -> None:
    given(CENTRE).when(FOUNDED).then(e.RegistryFounded(admins=FIRST))
    given(CENTRE, FOUNDED).when(FOUNDED).then_nothing()
    given(CENTRE, FOUNDED).when(Act(c.FoundRegistry(admins=[]), SETTINGS)).then_nothing()


@pytest.mark.parametrize("by", [SYSTEM, SECURITY, AUDIT, ANNA, LOG])
def test_nobody_else_names_them(by: Who) -> None:
    given(CENTRE).when(FOUNDED, by=by).then_refused("not_allowed")


def test_each_office_needs_a_holder_of_its_own() -> None:
    twice = [*FIRST[:2], Admin(person=SECURITY.person, name="S", role=AdminRole.AUDIT)]
    for admins in ([], FIRST[:2], twice):
        given(CENTRE).when(Act(c.FoundRegistry(admins=admins), SETTINGS)).then_refused("bad_admins")


def test_a_security_admin_gives_and_takes_offices() -> None:
    given(CENTRE, FOUNDED).when(SECOND_CLERK).then(e.RoleGranted)
    given(CENTRE, FOUNDED, SECOND_CLERK).when(SECOND_CLERK).then_nothing()
    taken = Act(c.WithdrawRole(person=CLERK.person, reason="retired"), SECURITY)
    given(CENTRE, FOUNDED, SECOND_CLERK).when(taken).then(e.RoleWithdrawn)
    given(CENTRE, FOUNDED).when(taken).then_nothing()
    given(CENTRE, FOUNDED, SECOND_CLERK, taken).when(ASKED).then(e.EnrolmentRequested)
    given(CENTRE, FOUNDED, SECOND_CLERK, taken, ASKED).when(APPROVED, by=CLERK).then_refused("not_allowed")


@pytest.mark.parametrize("role", AdminRole)
def test_nobody_holds_two_offices(role: AdminRole) -> None:
    for held in (SYSTEM, AUDIT):
        if held.role != role:
            more = c.GrantRole(admin=Admin(person=held.person, name="two", role=role))
            given(CENTRE, FOUNDED).when(Act(more, SECURITY)).then_refused("holds_another")


@pytest.mark.parametrize("role", AdminRole)
def test_nobody_grants_himself(role: AdminRole) -> None:
    own = c.GrantRole(admin=Admin(person=SECURITY.person, name="me", role=role))
    given(CENTRE, FOUNDED).when(Act(own, SECURITY)).then_refused("not_yourself")
    given(CENTRE, FOUNDED).when(Act(c.WithdrawRole(person=SECURITY.person, reason="x"), SECURITY)).then_refused(
        "not_yourself"
    )


WORK: dict[type[Any], tuple[Act, Who]] = {
    c.GrantRole: (SECOND_CLERK, SECURITY),
    c.WithdrawRole: (Act(c.WithdrawRole(person=AUDIT.person, reason="x"), SECURITY), SECURITY),
    c.ApproveEnrolment: (APPROVED, SECURITY),
    c.RefuseEnrolment: (REFUSED, SECURITY),
    c.RevokeCertificate: (Act(c.RevokeCertificate(serial="ff", reason="x"), SECURITY), SECURITY),
    c.AdmitAgency: (Act(c.AdmitAgency(person="host-01"), SYSTEM), SYSTEM),
    c.OpenHall: (Act(c.OpenHall(hall="2"), SYSTEM), SYSTEM),
    c.CloseHall: (Act(c.CloseHall(hall="1"), SYSTEM), SYSTEM),
    c.PlaceSession: (Act(c.PlaceSession(session="KB-1", hall=""), SYSTEM), SYSTEM),
    c.DismissAgency: (Act(c.DismissAgency(person="host-01"), SYSTEM), SYSTEM),
}
ALL_MAY = {c.FoundRegistry, c.RequestEnrolment, RecordCheckpoint, RecordRotation}


def test_every_command_is_some_offices_work() -> None:
    assert set(WORK) | ALL_MAY == set(DECISIONS)


@pytest.mark.parametrize("command", WORK)
def test_each_tries_the_work_of_the_others(command: type[Any]) -> None:
    act, holder = WORK[command]
    for other in (SYSTEM, SECURITY, AUDIT, ANYBODY, ANNA, LOG, SETTINGS):
        if other.role != holder.role:
            given(CENTRE, FOUNDED, ASKED).when(act, by=other).then_refused("not_allowed")


@pytest.mark.parametrize("command", WORK)
def test_a_role_that_was_not_granted_is_nothing(command: type[Any]) -> None:
    act, holder = WORK[command]
    pretender = Who(person="pretender", role=holder.role)
    given(CENTRE, FOUNDED, ASKED).when(act, by=pretender).then_refused("not_allowed")


def test_a_system_admin_says_who_may_schedule() -> None:
    admitted, dismissed = WORK[c.AdmitAgency][0], WORK[c.DismissAgency][0]
    given(CENTRE, FOUNDED).when(admitted).then(e.AgencyAdmitted)
    given(CENTRE, FOUNDED, admitted).when(admitted).then_nothing()
    given(CENTRE, FOUNDED, admitted).when(dismissed).then(e.AgencyDismissed)
    given(CENTRE, FOUNDED).when(dismissed).then_nothing()
    given(CENTRE, FOUNDED).when(Act(c.AdmitAgency(person=SYSTEM.person), SYSTEM)).then_refused("not_yourself")


def test_a_system_admin_says_in_which_hall_a_session_is_held() -> None:
    opened, closed = Act(c.OpenHall(hall="1"), SYSTEM), WORK[c.CloseHall][0]
    placed = Act(c.PlaceSession(session="KB-1", hall="1"), SYSTEM)
    given(CENTRE, FOUNDED).when(opened).then(e.HallOpened)
    given(CENTRE, FOUNDED, opened).when(opened).then_nothing()
    given(CENTRE, FOUNDED).when(placed).then_refused("no_such_hall")
    given(CENTRE, FOUNDED, opened).when(placed).then(e.SessionPlaced)
    given(CENTRE, FOUNDED, opened, placed).when(placed).then_nothing()
    given(CENTRE, FOUNDED, opened, placed).when(WORK[c.PlaceSession][0]).then(e.SessionPlaced)
    given(CENTRE, FOUNDED).when(closed).then_nothing()
    given(CENTRE, FOUNDED, opened, placed).when(closed).then(e.HallClosed)
    given(CENTRE, FOUNDED, opened, placed, closed, opened).when(placed).then(e.SessionPlaced)


# Enrolment


def test_anybody_asks_and_a_clerk_approves() -> None:
    [asked] = given(CENTRE, FOUNDED).when(ASKED).then(e.EnrolmentRequested)
    assert (asked.person, asked.name, asked.request) == (ANN, "Ann", request_id(REQUEST))
    [approved] = given(CENTRE, FOUNDED, ASKED).when(APPROVED).then(e.EnrolmentApproved)
    assert approved.request == asked.request
    given(CENTRE, FOUNDED, ASKED, APPROVED).when(APPROVED).then_nothing()
    given(CENTRE, FOUNDED, ASKED, APPROVED).when(ASKED).then_nothing()


def test_a_refused_request_stays_refused() -> None:
    given(CENTRE, FOUNDED, ASKED).when(REFUSED).then(e.EnrolmentRefused)
    given(CENTRE, FOUNDED, ASKED, REFUSED).when(REFUSED).then_nothing()
    given(CENTRE, FOUNDED, ASKED, REFUSED).when(APPROVED).then_refused("decided_already")
    given(CENTRE, FOUNDED, ASKED, APPROVED).when(REFUSED).then_refused("decided_already")


def test_a_clerk_does_not_approve_himself_nor_another_admin() -> None:
    """Else a clerk could make himself a second office's certificate."""
    for person, code in ((SECURITY.person, "not_yourself"), (AUDIT.person, "admin_person")):
        request = request_of(person=person)
        asked = Act(c.RequestEnrolment(request=request), ANYBODY)
        approved = Act(c.ApproveEnrolment(request=request_id(request)), SECURITY)
        given(CENTRE, FOUNDED, asked).when(approved).then_refused(code)


def test_what_was_not_asked_for_is_not_decided() -> None:
    given(CENTRE, FOUNDED).when(APPROVED).then_refused("no_such_request")
    given(CENTRE, FOUNDED).when(REFUSED).then_refused("no_such_request")


def test_a_centre_without_an_authority_approves_nobody() -> None:
    given(room(None), FOUNDED, ASKED).when(APPROVED).then_refused("no_authority")


@pytest.mark.parametrize("request_", ["", "AAAA", "not base64!", "é", REQUEST[:-8]])
def test_what_is_no_request_is_refused(request_: str) -> None:
    given(CENTRE, FOUNDED).when(Act(c.RequestEnrolment(request=request_), ANYBODY)).then_refused("bad_request")


def serial_of(act: Act) -> str:
    return str(given(CENTRE, FOUNDED, ASKED).when(act).then(e.EnrolmentApproved)[0].serial)


def revoked(story: Any) -> c.RevokeCertificate:
    [serial] = story.state.issued
    return c.RevokeCertificate(serial=serial, reason="lost")


@pytest.mark.parametrize("by", [SECURITY, ANNA])
def test_a_certificate_is_taken_back_by_a_clerk_or_its_own_person(by: Who) -> None:
    given(CENTRE, FOUNDED, ASKED, APPROVED).when(Act(revoked, by)).then(e.CertificateRevoked)
    given(CENTRE, FOUNDED, ASKED, APPROVED, Act(revoked, by)).when(Act(revoked, SECURITY)).then_nothing()


@pytest.mark.parametrize("by", [SYSTEM, AUDIT, Who(person="91330000000000002B", role=NOBODY)])
def test_nobody_else_takes_it_back(by: Who) -> None:
    given(CENTRE, FOUNDED, ASKED, APPROVED).when(Act(revoked, by)).then_refused("not_allowed")


def test_who_lost_its_key_gets_a_new_certificate_and_the_old_one_counts_no_more() -> None:
    again = request_of()

    def replacing(story: Any) -> c.ApproveEnrolment:
        return c.ApproveEnrolment(request=request_id(again), revoke=list(story.state.issued))

    past = (FOUNDED, ASKED, APPROVED, Act(c.RequestEnrolment(request=again), ANYBODY))
    when = given(CENTRE, *past).when(Act(replacing, SECURITY))
    approved, taken_back = when.then(e.EnrolmentApproved, e.CertificateRevoked)
    assert approved.serial != taken_back.serial
    issued = when.story.state.issued
    assert [(one.person, bool(one.revoked)) for one in issued.values()] == [(ANN, True), (ANN, False)]


def test_nobody_elses_certificate_is_taken_back_with_it() -> None:
    other = request_of("Bob", "91330000000000002B")

    def replacing(story: Any) -> c.ApproveEnrolment:
        return c.ApproveEnrolment(request=request_id(other), revoke=list(story.state.issued))

    past = (FOUNDED, ASKED, APPROVED, Act(c.RequestEnrolment(request=other), ANYBODY))
    given(CENTRE, *past).when(Act(replacing, SECURITY)).then_refused("no_such_certificate")


def test_the_log_hands_in_checkpoints_and_nobody_else() -> None:
    cosigned = RecordCheckpoint(covers=1, head="h", note="n", index=0, path=[])
    given(CENTRE, FOUNDED).when(Act(cosigned, LOG)).then(CheckpointCosigned)
    given(CENTRE, FOUNDED, Act(cosigned, LOG)).when(Act(cosigned, LOG)).then_nothing()
    given(CENTRE, FOUNDED).when(Act(cosigned, AUDIT)).then_refused("not_allowed")


def test_the_log_tells_of_its_new_key_once_and_nobody_else_does() -> None:
    old, new = (ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
    told = RecordRotation(statement=rotation("log.example", old, new, NOON))
    given(CENTRE, FOUNDED).when(Act(told, LOG)).then(LogKeyRotated(statement=told.statement))
    given(CENTRE, FOUNDED, Act(told, LOG)).when(Act(told, LOG)).then_nothing()
    given(CENTRE, FOUNDED).when(Act(told, AUDIT)).then_refused("not_allowed")


# Who sees what

SEEN = {
    SECURITY: {"role", "admins", "enrolments", "issued"},
    SYSTEM: {"role", "agencies", "halls", "placed"},
    AUDIT: {"role"},
    ANNA: {"role"},
    ANYBODY: {"role"},
}


@pytest.mark.parametrize("who", SEEN)
def test_an_office_sees_its_own_work(who: Who) -> None:
    story = given(CENTRE, FOUNDED, ASKED, APPROVED, WORK[c.AdmitAgency][0]).story
    assert set(msgspec.to_builtins(see(story.state, who))) == SEEN[who]


@pytest.mark.parametrize("who", SEEN)
def test_the_audit_log_is_the_audit_admins(who: Who) -> None:
    story = given(CENTRE, FOUNDED, ASKED).story
    for entry in story.folded.main:
        shown = show(story.state, entry.line, entry.fields, who, False)
        assert shown is None if who == AUDIT else shown == ()
