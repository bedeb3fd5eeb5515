"""Enrolment and offices at the front door: from a key made at home to a first sign-in, and to its end."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from remote_bid.app import serving
from remote_bid.people.certificates import Signed
from remote_bid.people.registry.terms import Admin, AdminRole
from remote_bid.people.sign_in import SignIn
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import state
from tests.gateway.house import MEMBERS, House, bearer, house, premises
from tests.gateway.refusals import assert_refusal
from tests.people.issuing import name_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADMINS = [Admin(person=f"{role}-admin", name=role, role=role) for role in AdminRole]
SYSTEM, SECURITY, AUDIT = (admin.person for admin in ADMINS)
OFFICES: dict[str, Any] = {"admins": ADMINS, "centre_authority": "Centre"}
COMMANDS = "/api/registry/commands"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server with a registry and an authority of its own."""
    async with house(tmp_path_factory.mktemp("house"), **OFFICES) as found:
        yield found


class Applicant:
    """Makes a key, asks for a certificate, signs in with it."""

    def __init__(self, hall: House, person: str) -> None:
        self.hall, self.key = hall, ec.generate_private_key(ec.SECP256R1())
        csr = (
            x509.CertificateSigningRequestBuilder().subject_name(name_of("Ann", person)).sign(self.key, hashes.SHA256())
        )
        self.request = b64(csr.public_bytes(Encoding.DER))
        self.certificate, self.id = "", ""

    async def asks(self) -> None:
        status, answer = await self.hall.post("/api/enrolments", {"request": self.request})
        assert status == 200, answer
        self.id = answer["request"]

    async def looks(self) -> str:
        answer = await got(self.hall, f"/api/enrolments/{self.id}")
        self.certificate = answer["certificate"]
        return str(answer["state"])

    async def signs_in(self) -> tuple[int, Any]:
        statement = state(SignIn(origin=self.hall.url, nonce=await self.hall.nonce()), KeySigner(self.key))
        return await self.hall.post("/api/sign-in", Signed(statement=statement, certificates=[self.certificate]))


async def got(hall: House, path: str, token: str = "") -> Any:
    async with hall.http.get(hall.url + path, headers=bearer(token)) as answer:
        return await answer.json()


async def ordered(hall: House, by: str, kind: str, **fields: Any) -> tuple[int, Any]:
    return await hall.post(COMMANDS, {"type": kind} | fields, await hall.sign_in(by))


async def enrolled(hall: House, person: str) -> Applicant:
    ann = Applicant(hall, person)
    await ann.asks()
    assert (await ordered(hall, SECURITY, "ApproveEnrolment", request=ann.id))[0] == 200
    assert await ann.looks() == "approved"
    return ann


async def test_from_a_key_to_a_first_sign_in(hall: House) -> None:
    ann = Applicant(hall, "91330000000000101A")
    await ann.asks()
    assert await ann.looks() == "pending"
    await ann.asks()
    status, answer = await ordered(hall, SECURITY, "ApproveEnrolment", request=ann.id)
    assert (status, [entry["type"] for entry in answer["entries"]]) == (200, ["EnrolmentApproved"])
    assert await ann.looks() == "approved"
    status, answer = await ann.signs_in()
    assert (status, answer["person"]) == (200, "91330000000000101A")


async def test_a_refused_request_gets_nothing(hall: House) -> None:
    ann = Applicant(hall, "91330000000000102A")
    await ann.asks()
    assert (await ordered(hall, SECURITY, "RefuseEnrolment", request=ann.id, reason="not seen"))[0] == 200
    assert await ann.looks() == "refused"
    assert ann.certificate == ""


async def test_a_person_takes_its_own_certificate_back_and_the_list_says_so(hall: House) -> None:
    ann = await enrolled(hall, "91330000000000103A")
    serial = x509.load_der_x509_certificate(unb64(ann.certificate)).serial_number
    token = (await ann.signs_in())[1]["token"]
    order = {"type": "RevokeCertificate", "serial": f"{serial:x}", "reason": "lost"}
    assert (await hall.post(COMMANDS, order, token))[0] == 200
    async with hall.http.get(f"{hall.url}/api/authority/crl") as answer:
        crl = x509.load_der_x509_crl(await answer.read())
    [root] = [root for root in (await got(hall, "/api/trust"))["roots"] if root != hall.authority.pem]
    key = x509.load_pem_x509_certificate(root.encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert crl.is_signature_valid(key)
    assert crl.get_revoked_certificate_by_serial_number(serial) is not None


async def test_each_office_sees_its_own(hall: House) -> None:
    views = [await got(hall, "/api/registry", await hall.sign_in(who)) for who in (SYSTEM, SECURITY, AUDIT)]
    assert [sorted(view) for view in views] == [
        ["agencies", "halls", "placed", "role"],
        ["admins", "enrolments", "issued", "role"],
        ["role"],
    ]


async def test_the_audit_log_tells_everything_in_order(hall: House) -> None:
    await enrolled(hall, "91330000000000104A")
    log = await got(hall, "/api/registry/log", await hall.sign_in(AUDIT))
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    assert log[0]["event"]["type"] == "RegistryFounded"
    approved = [entry["event"] for entry in log if entry["event"]["type"] == "EnrolmentApproved"]
    assert approved[-1]["by"] == {"person": SECURITY, "role": "security"}
    for who in (SYSTEM, SECURITY):
        assert_refusal(await got(hall, "/api/registry/log", await hall.sign_in(who)), "not_allowed")


async def test_whom_a_system_admin_admits_may_schedule(hall: House) -> None:
    person = msgspec.structs.replace(MEMBERS[0], person="host-02")
    body = hall.plan("KB-ADMITTED", "host-02", members=[person, *MEMBERS[1:]])
    token = await hall.sign_in("host-02")
    assert (await hall.post("/api/sessions", body, token))[0] == 403
    assert (await ordered(hall, SYSTEM, "AdmitAgency", person="host-02"))[0] == 200
    assert (await hall.post("/api/sessions", body, token))[0] == 200


async def test_anybody_may_know_in_which_hall_a_session_is_held(hall: House) -> None:
    token = await hall.sign_in(SYSTEM)
    placed = {"type": "PlaceSession", "session": "KB-7", "hall": "Hall 1"}
    assert_refusal((await hall.post(COMMANDS, placed, token))[1], "no_such_hall")
    assert (await hall.post(COMMANDS, {"type": "OpenHall", "hall": "Hall 1"}, token))[0] == 200
    assert (await hall.post(COMMANDS, placed, token))[0] == 200
    assert await got(hall, "/api/halls") == {"halls": ["Hall 1"], "placed": {"KB-7": "Hall 1"}}


async def test_a_page_learns_which_office_its_person_holds(hall: House) -> None:
    told = await got(hall, "/api/me", await hall.sign_in(AUDIT))
    assert (told["office"], told["agency"]) == ("audit", False)
    told = await got(hall, "/api/me", await hall.sign_in("host-01"))
    assert (told["office"], told["agency"]) == ("", True)


MALFORMED: list[Any] = [None, {}, {"request": 1}, {"request": "A" * 9000}, {"request": "", "person": "x"}]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: str(body)[:30])
async def test_a_malformed_request_is_refused(hall: House, body: Any) -> None:
    status, refusal = await hall.post("/api/enrolments", body)
    assert status in (400, 409)
    assert_refusal(refusal, "malformed", "bad_request")


async def test_offices_outlive_a_restart_and_the_settings_that_named_them(tmp_path: Any) -> None:
    async with premises(tmp_path, **OFFICES) as found:
        async with serving(found.settings, found.server_folder):
            ann = await enrolled(found, "91330000000000105A")
            assert (await ordered(found, SECURITY, "WithdrawRole", person=SYSTEM, reason="retired"))[0] == 200
        async with serving(found.settings, found.server_folder):
            assert (await ann.signs_in())[0] == 200
            assert_refusal((await ordered(found, SYSTEM, "AdmitAgency", person="host-02"))[1], "not_allowed")


async def test_without_admins_there_is_no_registry(tmp_path: Any) -> None:
    async with house(tmp_path) as found:
        assert_refusal(await got(found, "/api/registry", await found.sign_in(SECURITY)), "no_such_session")
        assert_refusal((await found.post("/api/enrolments", {"request": ""}))[1], "no_such_session")
        assert await got(found, "/api/halls") == {"halls": [], "placed": {}}
