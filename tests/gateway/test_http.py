"""Plain HTTP at the front door: signing in, uploads, downloads; and that every answer is safe."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from remote_bid.demo.authority import Authority
from remote_bid.opening.statements import CheckInStatement
from remote_bid.participant.identity import read_identity
from remote_bid.people.certificates import Signed
from remote_bid.people.sign_in import SignIn
from remote_bid.seal.envelope import BadEnvelope, Secrets, keyed, read_head
from remote_bid.seal.statements import countersign
from tests.gateway.house import BIDDERS, HALL, PART_LIMIT, SCHEDULE, House, bearer
from tests.gateway.refusals import assert_refusal
from tests.seal.bids import HALVES, honest

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB = BIDDERS


@pytest_asyncio.fixture(loop_scope="module")
async def token(hall: House) -> str:
    """Ann's."""
    return await hall.sign_in(ANN)


class SafeFolder:
    """The safe as whoever stole the disk sees it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return sorted(path.name for path in self._folder.iterdir())

    def contents(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in self._folder.iterdir())

    def clear(self) -> None:
        for path in self._folder.iterdir():
            path.unlink()


@pytest.fixture
def safe(hall: House) -> Iterator[SafeFolder]:
    """Empty before and after."""
    folder = SafeFolder(hall.safe)
    yield folder
    folder.clear()


def uploads(name: str = "u-1", session: str = HALL) -> str:
    return f"/api/sessions/{session}/uploads/{name}"


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
    body = {"session": "KB-2", "command": msgspec.to_builtins(SCHEDULE)}
    for bearer_token, status, code in ((token, 403, "not_allowed"), ("", 401, "not_signed_in")):
        answered = await hall.post("/api/sessions", body, bearer_token)
        assert answered[0] == status
        assert_refusal(answered[1], code)
    assert "KB-2" not in await listed(hall)


async def test_a_session_is_scheduled_once(hall: House) -> None:
    host = await hall.sign_in("host-01")
    same, other = (msgspec.to_builtins(SCHEDULE) for _ in range(2))
    other["tender"]["title"] = "Other works"
    assert (await hall.post("/api/sessions", {"session": HALL, "command": same}, host))[0] in (200, 409)
    status, refusal = await hall.post("/api/sessions", {"session": HALL, "command": other}, host)
    assert status == 409
    assert_refusal(refusal, "scheduled_already")
    assert await listed(hall) == [HALL]


async def test_a_refused_session_is_not_there(hall: House) -> None:
    command = msgspec.to_builtins(msgspec.structs.replace(SCHEDULE, members=[]))
    host = await hall.sign_in("host-01")
    assert_refusal((await hall.post("/api/sessions", {"session": "KB-3", "command": command}, host))[1], "bad_members")
    assert "KB-3" not in await listed(hall)


@pytest.mark.parametrize("name", ["", " ", "a/b", "..", 'x"; filename="y', "x\r\nSet-Cookie: a=b", "\0", "é" * 5000])
async def test_a_sessions_name_is_plain(hall: House, name: str) -> None:
    command = msgspec.to_builtins(SCHEDULE)
    host = await hall.sign_in("host-01")
    status, refusal = await hall.post("/api/sessions", {"session": name, "command": command}, host)
    assert status in (400, 409)
    assert_refusal(refusal, "malformed", "bad_name")


async def test_a_number_that_cannot_be_hashed_is_malformed(hall: House) -> None:
    command = msgspec.to_builtins(SCHEDULE)
    command["tender"]["lots"][0]["minimum"] = 2**60
    host = await hall.sign_in("host-01")
    status, refusal = await hall.post("/api/sessions", {"session": "KB-4", "command": command}, host)
    assert status == 400
    assert_refusal(refusal, "malformed")


async def listed(hall: House) -> list[str]:
    async with hall.http.get(f"{hall.url}/api/sessions") as answer:
        return [view["session"] for view in (await answer.json())["sessions"]]


# Uploads


async def put(hall: House, path: str, token: str, body: Any) -> tuple[int, Any]:
    async with hall.http.put(hall.url + path, data=body, headers=bearer(token)) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_an_upload_lies_in_the_safe_whole(hall: House, token: str, safe: SafeFolder) -> None:
    body = bytes(range(256)) * 500
    assert await put(hall, uploads(), token, body) == (200, {"length": len(body)})
    assert safe.contents() == [body]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic {token}", "{token}", "Bearer {token}x", "bearer {token}"]
)
async def test_nobody_uploads_without_a_token(hall: House, token: str, safe: SafeFolder, header: str) -> None:
    headers = {"Authorization": header.format(token=token)} if header else {}
    async with hall.http.put(hall.url + uploads(), data=b"x", headers=headers) as answer:
        assert answer.status == 401
        assert_refusal(await answer.json(), "not_signed_in")
    assert safe.names() == []


async def test_an_upload_is_not_exchanged(hall: House, token: str, safe: SafeFolder) -> None:
    assert (await put(hall, uploads("u"), token, b"first"))[0] == 200
    assert await put(hall, uploads("u"), token, b"first") == (200, {"length": 5})
    status, refusal = await put(hall, uploads("u"), token, b"second")
    assert status == 409
    assert_refusal(refusal, "name_taken")
    assert safe.contents() == [b"first"]


async def test_the_start_of_ones_own_envelope_is_had_again_for_a_drill(
    hall: House, token: str, safe: SafeFolder
) -> None:
    file = honest(b"a form").file
    assert (await put(hall, uploads("sealed"), token, file))[0] == 200
    async with hall.http.get(hall.url + uploads("sealed") + "/head", headers=bearer(token)) as answer:
        assert answer.status == 200
        head = read_head(io.BytesIO(await answer.read()))
    assert head == read_head(io.BytesIO(file))
    keyed(head, HALVES)
    with pytest.raises(BadEnvelope):
        keyed(head, Secrets(HALVES.s_t, HALVES.s_b))


async def test_nobody_has_anothers_envelope_or_one_that_is_not_there(hall: House, token: str, safe: SafeFolder) -> None:
    assert (await put(hall, uploads("anns"), token, honest(b"a form").file))[0] == 200
    assert (await put(hall, uploads("no envelope"), token, b"x" * 100))[0] == 200
    bob = await hall.sign_in(next(person for person in BIDDERS if person != ANN))
    for name, by in (("anns", bob), ("nothing", token), ("no envelope", token)):
        async with hall.http.get(hall.url + uploads(name) + "/head", headers=bearer(by)) as answer:
            assert answer.status == 404
            assert_refusal(await answer.json(), "no_such_upload")
    async with hall.http.get(hall.url + uploads("anns") + "/head") as answer:
        assert answer.status == 401


async def test_an_upload_for_an_unknown_session_is_refused(hall: House, token: str, safe: SafeFolder) -> None:
    status, refusal = await put(hall, uploads(session="nowhere"), token, b"x")
    assert status == 404
    assert_refusal(refusal, "no_such_session")
    assert safe.names() == []


async def test_an_upload_of_the_limit_is_taken_and_one_byte_more_is_not(
    hall: House, token: str, safe: SafeFolder
) -> None:
    assert (await put(hall, uploads("fits"), token, bytes(PART_LIMIT)))[0] == 200
    status, refusal = await put(hall, uploads("too large"), token, bytes(PART_LIMIT + 1))
    assert status == 413
    assert_refusal(refusal, "too_large")
    assert [len(content) for content in safe.contents()] == [PART_LIMIT]


async def test_an_endless_upload_is_cut_off(hall: House, token: str, safe: SafeFolder) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 200 * PART_LIMIT:
            sent += 65_536
            yield bytes(65_536)

    try:
        status, refusal = await put(hall, uploads("endless"), token, endless())
        assert status == 413
        assert_refusal(refusal, "too_large")
    except aiohttp.ClientConnectionError:
        assert sent < 200 * PART_LIMIT
    assert safe.names() == []


async def test_a_squeezed_upload_is_kept_as_it_came(hall: House, token: str, safe: SafeFolder) -> None:
    """Nothing is inflated: a bomb stays the few bytes it is."""
    headers = bearer(token) | {"Content-Encoding": "gzip"}
    async with hall.http.put(hall.url + uploads(), data=b"\x1f\x8b not really", headers=headers) as answer:
        assert (await answer.json())["length"] == 13
    assert safe.contents() == [b"\x1f\x8b not really"]


NAMES = ["..", ".", "%2e%2e", "..%2f..%2foffice.json", "%2fetc%2fpasswd", "a%00b", "é" * 300, "x" * 5000, "%ff", "a b"]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:12])
async def test_no_name_leads_out_of_the_safe(hall: House, token: str, safe: SafeFolder, name: str) -> None:
    outside = hall.elsewhere()
    raw = f"PUT {uploads(name)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1\r\n\r\nx"
    status = await told(hall, raw)
    assert status in (200, 400, 404, 405)
    assert hall.elsewhere() == outside
    assert [len(name) for name in safe.names()] == [47] * (status == 200)


async def told(hall: House, raw: str) -> int:
    """The status of the answer to bytes written by hand."""
    reader, writer = await asyncio.open_connection(*hall.url.removeprefix("http://").split(":"))
    writer.write(raw.encode())
    status = int((await asyncio.wait_for(reader.readline(), 5)).split()[1])
    writer.close()
    return status


async def test_people_and_sessions_do_not_share_uploads(hall: House, token: str, safe: SafeFolder) -> None:
    other = await hall.sign_in(BOB)
    assert (await put(hall, uploads("same"), token, b"Ann's"))[0] == 200
    assert (await put(hall, uploads("same"), other, b"Bob's"))[0] == 200
    assert safe.contents() == [b"Ann's", b"Bob's"]


CUT = {
    "with a length": "Content-Length: 100000\r\n\r\n" + "x" * 50_000,
    "in chunks": "Transfer-Encoding: chunked\r\n\r\nC350\r\n" + "x" * 50_000 + "\r\n",
    "within a chunk": "Transfer-Encoding: chunked\r\n\r\nC350\r\n" + "x" * 20_000,
    "before its first byte": "Content-Length: 100000\r\n\r\n",
}


@pytest.mark.parametrize("how", CUT)
async def test_an_upload_cut_off_half_way_leaves_nothing(hall: House, token: str, safe: SafeFolder, how: str) -> None:
    start = f"PUT {uploads('cut')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    _, writer = await asyncio.open_connection(*hall.url.removeprefix("http://").split(":"))
    writer.write((start + CUT[how]).encode())
    await until(lambda: bool(safe.names()))
    writer.close()
    await until(lambda: not safe.names())


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize(
    "framing",
    ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: -1"],
)
async def test_a_body_of_two_lengths_is_refused(hall: House, token: str, safe: SafeFolder, framing: str) -> None:
    raw = f"PUT {uploads()} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{framing}\r\n\r\n0\r\n\r\nx"
    assert await told(hall, raw) == 400
    assert safe.names() == []


# Downloads, and everything else


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
    ("PUT", uploads()),
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
