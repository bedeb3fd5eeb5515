"""Plain HTTP at the front door: signing in, downloads; and that every answer is safe."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from remote_bid.demo.authority import Authority
from remote_bid.participant.identity import read_identity
from remote_bid.people.certificates import Signed
from remote_bid.people.sign_in import SignIn
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import countersign
from remote_bid.tender.statements import CheckInStatement
from tests.gateway.house import BIDDERS, HALL, MEMBERS, TENDER, House
from tests.gateway.refusals import assert_refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB = BIDDERS
UPLOADS = f"/api/sessions/{HALL}/uploads"


@pytest_asyncio.fixture(loop_scope="module")
async def token(hall: House) -> str:
    """Ann's."""
    return await hall.sign_in(ANN)


# Signing in


async def signed(hall: House, person: str = ANN, **other: str) -> Signed:
    answer = {"origin": hall.url, "nonce": other.get("nonce") or await hall.nonce()} | other
    return hall.person(person).sign(SignIn(**answer))


async def test_who_signs_the_nonce_is_signed_in(hall: House) -> None:
    status, answer = await hall.post("/api/sign-in", await signed(hall))
    assert status == 200
    assert (answer["person"], answer["name"]) == (ANN, f"Name of {ANN}")
    assert len(answer["token"]) == 60


async def test_a_nonce_is_good_for_one_answer(hall: House) -> None:
    answer = await signed(hall)
    assert (await hall.post("/api/sign-in", answer))[0] == 200
    status, refusal = await hall.post("/api/sign-in", answer)
    assert status == 409
    assert_refusal(refusal, "stale_nonce")


async def test_no_two_nonces_or_tokens_are_alike(hall: House) -> None:
    nonces = {await hall.nonce() for _ in range(20)}
    tokens = {await hall.sign_in(ANN) for _ in range(5)}
    assert (len(nonces), len(tokens)) == (20, 5)
    assert {len(text) for text in nonces} == {75}
    assert {len(text) for text in tokens} == {60}


@pytest.mark.parametrize(
    "other", [{"nonce": "made up"}, {"nonce": "A" * 43}, {"origin": "https://evil.example"}, {"origin": ""}], ids=repr
)
async def test_an_answer_to_something_else_is_refused(hall: House, other: dict[str, str]) -> None:
    """Another origin: a page that passes our nonce on gets nothing for the answer."""
    status, refusal = await hall.post("/api/sign-in", await signed(hall, **other))
    assert status == 409
    assert_refusal(refusal, "stale_nonce")


async def test_a_certificate_of_another_authority_is_refused(hall: House, tmp_path: Path) -> None:
    Authority("Authority of the tests").enrol(tmp_path, ANN, "Ann")
    stranger = read_identity(tmp_path).sign(SignIn(origin=hall.url, nonce=await hall.nonce()))
    assert_refusal((await hall.post("/api/sign-in", stranger))[1], "not_trusted")


async def test_a_statement_of_another_kind_signs_nobody_in(hall: House) -> None:
    stolen = hall.person(ANN).sign(
        CheckInStatement(session=hall.url, person=ANN, role="bidder", nonce=await hall.nonce(), expires="")
    )
    assert_refusal((await hall.post("/api/sign-in", stolen))[1], "not_trusted")


async def test_the_signature_of_one_and_the_certificate_of_another_are_refused(hall: House) -> None:
    mixed = msgspec.structs.replace(await signed(hall), certificates=[hall.person(BOB).certificate])
    assert_refusal((await hall.post("/api/sign-in", mixed))[1], "not_trusted")


async def test_two_people_do_not_sign_in_at_once(hall: House) -> None:
    first, second = await signed(hall), hall.person(BOB)
    both = Signed(
        statement=countersign(first.statement, second.signer),
        certificates=[*first.certificates, second.certificate],
    )
    assert_refusal((await hall.post("/api/sign-in", both))[1], "not_trusted")


async def test_nobody_is_signed_in_by_no_signature(hall: House) -> None:
    answer = await signed(hall)
    bare = Signed(statement=msgspec.structs.replace(answer.statement, signatures=[]), certificates=[])
    assert_refusal((await hall.post("/api/sign-in", bare))[1], "not_trusted")


BODIES: list[Any] = [
    None,
    1,
    "x",
    [],
    {},
    {"statement": {}, "certificates": []},
    {"statement": None, "certificates": [], "more": 1},
    {"statement": {"payloadType": "x", "payload": "", "signatures": []}, "certificates": "x"},
]


@pytest.mark.parametrize("body", BODIES, ids=repr)
@pytest.mark.parametrize("path", ["/api/sign-in", "/api/sessions"])
async def test_a_malformed_body_is_refused(hall: House, path: str, body: Any) -> None:
    status, refusal = await hall.post(path, body, await hall.sign_in("host-01"))
    assert status == 400
    assert_refusal(refusal, "malformed")


@pytest.mark.parametrize("raw", [b"", b"not json", b"\xff\xfe", b"{", b"\x1f\x8b\x08\x00"])
async def test_what_is_not_json_is_malformed(hall: House, raw: bytes) -> None:
    status, refusal = await hall.post("/api/sign-in", raw)
    assert status == 400
    assert_refusal(refusal, "malformed")


@pytest.mark.parametrize("raw", [b'{"\xff":1}', b'{"certificates":["\xff"]}'])
async def test_what_is_not_utf8_is_malformed(hall: House, raw: bytes) -> None:
    status, refusal = await hall.post("/api/sign-in", raw)
    assert status == 400
    assert_refusal(refusal, "malformed")


async def test_a_body_of_megabytes_is_refused(hall: House) -> None:
    async with hall.http.post(f"{hall.url}/api/sign-in", data=b" " * (2 << 20)) as answer:
        assert answer.status == 413
    assert await hall.sign_in(ANN)


# Scheduling


async def test_only_an_agency_schedules(hall: House, token: str) -> None:
    body = hall.plan("KB-2")
    for bearer_token, status, code in ((token, 403, "not_allowed"), ("", 401, "not_signed_in")):
        answered = await hall.post("/api/sessions", body, bearer_token)
        assert answered[0] == status
        assert_refusal(answered[1], code)
    assert "KB-2" not in await listed(hall)


async def test_a_session_is_scheduled_once(hall: House) -> None:
    host = await hall.sign_in("host-01")
    assert (await hall.post("/api/sessions", hall.plan(), host))[0] == 200
    other = hall.plan(tender=msgspec.structs.replace(TENDER, title="Other works"))
    status, refusal = await hall.post("/api/sessions", other, host)
    assert status == 409
    assert_refusal(refusal, "scheduled_already")
    assert await listed(hall) == [HALL]


async def test_a_refused_session_is_not_there(hall: House) -> None:
    host = await hall.sign_in("host-01")
    assert_refusal((await hall.post("/api/sessions", hall.plan("KB-3", members=[]), host))[1], "bad_members")
    assert "KB-3" not in await listed(hall)


@pytest.mark.parametrize("name", ["", " ", "a/b", "..", 'x"; filename="y', "x\r\nSet-Cookie: a=b", "\0", "é" * 5000])
async def test_a_sessions_name_is_plain(hall: House, name: str) -> None:
    host = await hall.sign_in("host-01")
    status, refusal = await hall.post("/api/sessions", hall.plan(name), host)
    assert status in (400, 409)
    assert_refusal(refusal, "malformed", "bad_name")


async def test_a_number_that_cannot_be_hashed_is_malformed(hall: House) -> None:
    lots = [msgspec.structs.replace(TENDER.lots[0], minimum=2**60)]
    tender = msgspec.structs.replace(TENDER, lots=lots)
    plan = msgspec.json.encode({"session": "KB-4", "tender": tender, "members": MEMBERS})
    command = hall.plan("KB-4")["command"]
    command["signed"]["statement"]["payload"] = b64(plan)
    host = await hall.sign_in("host-01")
    status, refusal = await hall.post("/api/sessions", {"session": "KB-4", "command": command}, host)
    assert status == 409
    assert_refusal(refusal, "not_trusted", "malformed_statement")


async def listed(hall: House) -> list[str]:
    async with hall.http.get(f"{hall.url}/api/sessions") as answer:
        return [view["session"] for view in (await answer.json())["sessions"]]


# Downloads, and everything else


async def told(hall: House, raw: str) -> int:
    """The status of the answer to bytes written by hand."""
    reader, writer = await asyncio.open_connection(*hall.url.removeprefix("http://").split(":"))
    writer.write(raw.encode())
    status = int((await asyncio.wait_for(reader.readline(), 5)).split()[1])
    writer.close()
    return status


async def test_there_is_no_bundle_before_the_end(hall: House) -> None:
    async with hall.http.get(f"{hall.url}/api/sessions/{HALL}/bundle.zip") as answer:
        assert answer.status == 409
        assert_refusal(await answer.json(), "not_over")


async def test_there_is_no_bundle_of_an_unknown_session(hall: House) -> None:
    async with hall.http.get(f"{hall.url}/api/sessions/nowhere/bundle.zip") as answer:
        assert answer.status == 404
        assert_refusal(await answer.json(), "no_such_session")


UNKNOWN = [
    ("GET", "/nowhere"),
    ("GET", "/api"),
    ("GET", "/api/"),
    ("GET", "/api/sessions/x/uploads/y"),
    ("DELETE", "/api/sessions"),
    ("GET", "/api/sign-in"),
    ("POST", "/api/time"),
    ("GET", "/office.json"),
    ("GET", "/../office.json"),
    ("GET", "/assets/../../office.json"),
    ("GET", "/assets/%2e%2e/%2e%2e/office.json"),
    ("GET", "//etc/passwd"),
    ("GET", "/timeline.sqlite"),
    ("TRACE", "/"),
]


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
async def test_what_is_not_offered_is_not_there(hall: House, method: str, path: str) -> None:
    raw = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    assert await told(hall, raw) in (403, 404, 405)


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("DELETE", "/api/sessions")])
async def test_an_unknown_route_is_refused_as_everything_is(hall: House, method: str, path: str) -> None:
    async with hall.http.request(method, hall.url + path) as answer:
        assert_refusal(await answer.json(content_type=None), "not_found", "method_not_allowed")


EVERYWHERE = [
    ("GET", "/api/time"),
    ("GET", "/api/trust"),
    ("GET", "/api/sessions"),
    ("POST", "/api/challenge"),
    ("POST", "/api/sign-in"),
    ("OPTIONS", UPLOADS),
    ("POST", UPLOADS),
    ("HEAD", f"{UPLOADS}/u-1"),
    ("PATCH", f"{UPLOADS}/u-1"),
    ("DELETE", f"{UPLOADS}/u-1"),
    ("GET", f"/api/sessions/{HALL}/bundle.zip"),
    ("GET", "/"),
    ("GET", f"/hall/{HALL}"),
    ("GET", "/nowhere"),
    ("DELETE", "/api/sessions"),
    ("GET", "/socket.io/?EIO=4&transport=polling"),
    ("GET", "/socket.io/?EIO=3&transport=websocket"),
    ("OPTIONS", "/socket.io/"),
]


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
async def test_every_answer_carries_the_safety_headers(hall: House, method: str, path: str) -> None:
    async with hall.http.request(method, hall.url + path, headers={"Origin": hall.url}) as answer:
        rules = [rule.strip() for rule in answer.headers["Content-Security-Policy"].split(";")]
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} < set(rules)
        assert any(rule.startswith("connect-src 'self' ws") for rule in rules)
        assert not any("script-src" in rule and "unsafe" in rule for rule in rules)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_no_answer_sets_a_cookie_or_opens_to_other_origins(hall: House) -> None:
    for method, path in EVERYWHERE:
        async with hall.http.request(method, hall.url + path, headers={"Origin": "https://evil.example"}) as answer:
            assert "Set-Cookie" not in answer.headers
            assert answer.headers.get("Access-Control-Allow-Origin") in (None, hall.url)


async def test_the_trust_that_is_told_is_the_deployments(hall: House) -> None:
    async with hall.http.get(f"{hall.url}/api/trust") as answer:
        told = await answer.json()
    assert told["roots"] == [hall.authority.pem]
    assert (told["log"]["name"], told["quorum"], len(told["cosigners"])) == ("log.house.example", 1, 1)


async def test_a_line_that_says_nothing_holds_nobody_up(hall: House) -> None:
    silent = [await asyncio.open_connection(*hall.url.removeprefix("http://").split(":")) for _ in range(50)]
    for _, writer in silent:
        writer.write(b"POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
    assert await asyncio.wait_for(hall.sign_in(ANN), 3)
    for _, writer in silent:
        writer.close()
