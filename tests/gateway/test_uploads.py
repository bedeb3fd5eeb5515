"""Uploads by tus 1.0 at the front door: in pieces, gone on with after a lost line, each person its own."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from remote_bid.gateway import uploads as routes
from remote_bid.seal.envelope import BadEnvelope, Secrets, keyed, read_head
from tests.gateway import tus
from tests.gateway.house import BIDDERS, HALL, PART_LIMIT, House, bearer
from tests.gateway.refusals import assert_refusal
from tests.seal.bids import HALVES, honest

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB = BIDDERS
UPLOADS = f"/api/sessions/{HALL}/uploads"
FILE = honest(b"x" * 100_000).file


@pytest_asyncio.fixture(loop_scope="module")
async def token(hall: House) -> str:
    """Ann's."""
    return await hall.sign_in(ANN)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """One for each test: names are written once."""
    return tus.base64_of(request.node.name.encode()).translate(str.maketrans("+/", "-_", "="))[-64:]


async def asked(
    hall: House, method: str, path: str, token: str, headers: tus.Headers, body: Any = b""
) -> tuple[int, dict[str, str], Any]:
    """Status, headers, and the refusal if there is one."""
    told = bearer(token) | headers
    async with hall.http.request(method, hall.url + path, data=body, headers=told) as answer:
        assert answer.status == 401 or answer.headers["Tus-Resumable"] == "1.0.0"
        refusal = await answer.json(content_type=None) if answer.status >= 400 and method != "HEAD" else None
        return answer.status, dict(answer.headers), refusal


async def begun(hall: House, token: str, name: str, length: int = len(FILE)) -> str:
    """The address of a new upload."""
    status, headers, refusal = await asked(hall, "POST", UPLOADS, token, tus.creation(name, length))
    assert status == 201, refusal
    return headers["Location"]


async def sent(hall: House, token: str, path: str, offset: int, data: bytes) -> int:
    """The new offset."""
    status, headers, refusal = await asked(hall, "PATCH", path, token, tus.piece(offset, data), data)
    assert status == 204, refusal
    return int(headers["Upload-Offset"])


async def offset_of(hall: House, token: str, path: str) -> int:
    status, headers, _ = await asked(hall, "HEAD", path, token, tus.VERSION)
    assert (status, headers["Upload-Length"], headers["Cache-Control"]) == (200, str(len(FILE)), "no-store")
    return int(headers["Upload-Offset"])


def kept(hall: House) -> list[bytes]:
    return [path.read_bytes() for path in hall.safe.rglob("*.sbe")]


async def test_a_server_says_what_it_can(hall: House) -> None:
    async with hall.http.options(hall.url + UPLOADS) as answer:
        assert answer.status == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Extension"] == "creation,checksum,expiration,termination"
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha256"
        assert answer.headers["Tus-Max-Size"] == str(PART_LIMIT)


async def test_an_upload_in_pieces_lies_in_the_safe_whole(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name)
    assert path == f"{UPLOADS}/{name}"
    offset = 0
    while offset < len(FILE):
        assert await offset_of(hall, token, path) == offset
        assert FILE not in kept(hall)
        offset = await sent(hall, token, path, offset, FILE[offset : offset + 30_000])
    assert await offset_of(hall, token, path) == len(FILE)
    assert FILE in kept(hall)


async def test_beginning_again_tells_how_far_it_is(hall: House, token: str, name: str) -> None:
    """A client that did not hear the answer asks again."""
    path = await begun(hall, token, name)
    await sent(hall, token, path, 0, FILE[:500])
    status, headers, _ = await asked(hall, "POST", UPLOADS, token, tus.creation(name, len(FILE)))
    assert (status, headers["Location"], headers["Upload-Offset"]) == (201, path, "500")
    status, _, refusal = await asked(hall, "POST", UPLOADS, token, tus.creation(name, len(FILE) + 1))
    assert status == 409
    assert_refusal(refusal, "name_taken")


async def test_a_piece_at_the_wrong_place_is_refused(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name)
    await sent(hall, token, path, 0, FILE[:500])
    for offset in (0, 499, 501, len(FILE)):
        status, _, refusal = await asked(hall, "PATCH", path, token, tus.piece(offset, b"x"), b"x")
        assert status == 409
        assert_refusal(refusal, "wrong_offset")
    assert await offset_of(hall, token, path) == 500


async def test_a_changed_piece_is_refused_by_its_checksum(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name)
    status, _, refusal = await asked(hall, "PATCH", path, token, tus.piece(0, FILE), FILE[:-1] + b"!")
    assert status == 460
    assert_refusal(refusal, "wrong_checksum")
    assert await offset_of(hall, token, path) == 0


@pytest.mark.parametrize(
    ("code", "status", "checksum"),
    [
        ("unknown_checksum", 400, "md5 1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("unknown_checksum", 400, ""),
        ("malformed_upload", 400, "sha256"),
        ("malformed_upload", 400, "sha256 ä"),
        ("malformed_upload", 400, "sha256 AAAA"),
    ],
)
async def test_a_checksum_is_a_sha256(
    hall: House, token: str, name: str, code: str, status: int, checksum: str
) -> None:
    path = await begun(hall, token, name)
    headers = tus.unchecked(0) | {"Upload-Checksum": checksum}
    answered, _, refusal = await asked(hall, "PATCH", path, token, headers, FILE)
    assert answered == status
    assert_refusal(refusal, code)


MALFORMED: dict[str, tus.Headers] = {
    "no length": {"Upload-Length": ""},
    "a negative length": {"Upload-Length": "-1"},
    "no bytes": {"Upload-Length": "0"},
    "a length in words": {"Upload-Length": "٣"},
    "a length beyond measure": {"Upload-Length": "9" * 16},
    "no name": {"Upload-Metadata": ""},
    "an empty name": {"Upload-Metadata": "name"},
    "another name": {"Upload-Metadata": "filename eA=="},
    "a name that is no base64": {"Upload-Metadata": "name !"},
    "a name that leads elsewhere": {"Upload-Metadata": f"name {tus.base64_of(b'../../office')}"},
    "a name of odd signs": {"Upload-Metadata": f"name {tus.base64_of('投标'.encode())}"},
    "a name that is no text": {"Upload-Metadata": f"name {tus.base64_of(bytes([255]))}"},
    "a long name": {"Upload-Metadata": f"name {tus.base64_of(b'x' * 65)}"},
}


@pytest.mark.parametrize("how", MALFORMED)
async def test_a_malformed_creation_is_refused(hall: House, token: str, name: str, how: str) -> None:
    headers = tus.creation(name, len(FILE)) | MALFORMED[how]
    status, _, refusal = await asked(hall, "POST", UPLOADS, token, headers)
    assert status == 400
    assert_refusal(refusal, "malformed_upload")


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.0", " 1 2"])
async def test_a_malformed_offset_is_refused(hall: House, token: str, name: str, offset: str) -> None:
    path = await begun(hall, token, name)
    headers = tus.unchecked(0) | {"Upload-Offset": offset}
    status, _, refusal = await asked(hall, "PATCH", path, token, headers, FILE)
    assert status == 400
    assert_refusal(refusal, "malformed_upload")


async def test_a_piece_of_another_type_is_refused(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name)
    headers = tus.piece(0, FILE) | {"Content-Type": "application/octet-stream"}
    status, _, refusal = await asked(hall, "PATCH", path, token, headers, FILE)
    assert status == 415
    assert_refusal(refusal, "wrong_content_type")


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1"])
async def test_another_version_of_tus_is_refused(hall: House, token: str, name: str, version: str | None) -> None:
    path = await begun(hall, token, name)
    for method, where in (("POST", UPLOADS), ("HEAD", path), ("PATCH", path), ("DELETE", path)):
        headers = {"Tus-Resumable": version} if version else {}
        status, told, refusal = await asked(hall, method, where, token, headers)
        assert (status, told["Tus-Version"]) == (412, "1.0.0")
        if refusal:
            assert_refusal(refusal, "wrong_tus_version")


async def test_what_is_no_envelope_is_refused_by_its_first_bytes(hall: House, token: str, name: str) -> None:
    """Not after half an hour of uploading."""
    path = await begun(hall, token, name)
    for code, start in (("not_an_envelope", b"PK\3\4" + bytes(5000)), ("malformed_header", FILE[:20] + bytes(5000))):
        status, _, refusal = await asked(hall, "PATCH", path, token, tus.piece(0, start), start)
        assert status == 409
        assert_refusal(refusal, code)
    assert await offset_of(hall, token, path) == 0


async def test_an_envelope_of_another_length_than_said_is_refused(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name, len(FILE) - 1)
    status, _, refusal = await asked(hall, "PATCH", path, token, tus.piece(0, FILE[:5000]), FILE[:5000])
    assert status == 409
    assert_refusal(refusal, "wrong_length")


async def test_more_than_the_limit_is_refused_before_it_comes(hall: House, token: str, name: str) -> None:
    await begun(hall, token, name, PART_LIMIT)
    status, _, refusal = await asked(hall, "POST", UPLOADS, token, tus.creation(f"{name}2"[-64:], PART_LIMIT + 1))
    assert status == 413
    assert_refusal(refusal, "too_large")


async def test_more_than_was_said_is_refused(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name)
    more = FILE + b"x"
    status, _, refusal = await asked(hall, "PATCH", path, token, tus.piece(0, more), more)
    assert status == 413
    assert_refusal(refusal, "too_large")
    assert await offset_of(hall, token, path) == 0


async def test_an_upload_on_its_way_is_taken_back_and_a_whole_one_stays(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name)
    await sent(hall, token, path, 0, FILE[:500])
    assert (await asked(hall, "DELETE", path, token, tus.VERSION))[0] == 204
    assert (await asked(hall, "HEAD", path, token, tus.VERSION))[0] == 404
    path = await begun(hall, token, name)
    await sent(hall, token, path, 0, FILE)
    status, _, refusal = await asked(hall, "DELETE", path, token, tus.VERSION)
    assert status == 409
    assert_refusal(refusal, "upload_finished")
    assert await offset_of(hall, token, path) == len(FILE)


async def test_anothers_upload_is_as_unknown_as_none(hall: House, token: str, name: str) -> None:
    path, other = await begun(hall, token, name), await hall.sign_in(BOB)
    await sent(hall, token, path, 0, FILE[:500])
    for method, headers in (("HEAD", tus.VERSION), ("PATCH", tus.piece(500, FILE)), ("DELETE", tus.VERSION)):
        answers = [await asked(hall, method, where, other, headers) for where in (path, f"{UPLOADS}/never")]
        for _, told, refusal in answers:
            told.pop("Date")
            (refusal or {}).pop("trace", None)
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        assert answers[0][2] is None or answers[0][2]["code"] == "no_such_upload"
    assert await offset_of(hall, token, path) == 500


async def test_people_do_not_share_names(hall: House, token: str, name: str) -> None:
    other, bobs = await hall.sign_in(BOB), honest(b"Bob's").file
    await sent(hall, token, await begun(hall, token, name), 0, FILE)
    await sent(hall, other, await begun(hall, other, name, len(bobs)), 0, bobs)
    assert {FILE, bobs} <= set(kept(hall))


async def test_the_start_of_ones_own_envelope_is_had_again_for_a_drill(hall: House, token: str, name: str) -> None:
    path = await begun(hall, token, name)
    await sent(hall, token, path, 0, FILE)
    async with hall.http.get(hall.url + path + "/head", headers=bearer(token)) as answer:
        assert answer.status == 200
        head = read_head(io.BytesIO(await answer.read()))
    assert head == read_head(io.BytesIO(FILE))
    keyed(head, HALVES)
    with pytest.raises(BadEnvelope):
        keyed(head, Secrets(HALVES.s_t, HALVES.s_b))


async def test_nobody_has_the_start_of_anothers_envelope_or_of_one_that_is_not_whole(
    hall: House, token: str, name: str
) -> None:
    whole, coming = await begun(hall, token, name), await begun(hall, token, f"coming{name}"[:64])
    await sent(hall, token, whole, 0, FILE)
    await sent(hall, token, coming, 0, FILE[:5000])
    other = await hall.sign_in(BOB)
    for path, by in ((whole, other), (f"{UPLOADS}/never", token), (coming, token)):
        async with hall.http.get(hall.url + path + "/head", headers=bearer(by)) as answer:
            assert answer.status == 404
            assert_refusal(await answer.json(), "no_such_upload")
    async with hall.http.get(hall.url + whole + "/head") as answer:
        assert answer.status == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic {token}", "{token}", "Bearer {token}x"])
async def test_nobody_uploads_without_a_token(hall: House, token: str, name: str, header: str) -> None:
    path = await begun(hall, token, name)
    for method, where in (("POST", UPLOADS), ("HEAD", path), ("PATCH", path), ("DELETE", path)):
        headers = tus.creation(name, len(FILE)) | tus.piece(0, FILE) | {"Authorization": header.format(token=token)}
        status, _, refusal = await asked(hall, method, where, "", headers)
        assert status == 401
        if refusal:
            assert_refusal(refusal, "not_signed_in")


async def test_an_upload_for_an_unknown_session_is_refused(hall: House, token: str) -> None:
    status, _, refusal = await asked(hall, "POST", "/api/sessions/nowhere/uploads", token, tus.creation("u", 9))
    assert status == 404
    assert_refusal(refusal, "no_such_session")


async def test_a_squeezed_piece_is_kept_as_it_came(hall: House, token: str, name: str) -> None:
    """Nothing is inflated: a bomb stays the few bytes it is."""
    path = await begun(hall, token, name)
    headers = tus.piece(0, FILE[:500]) | {"Content-Encoding": "gzip"}
    assert (await asked(hall, "PATCH", path, token, headers, FILE[:500]))[0] == 204
    assert await offset_of(hall, token, path) == 500


NAMES = ["..", ".", "%2e%2e", "..%2f..%2foffice.json", "%2fetc%2fpasswd", "a%00b", "é" * 300, "x" * 5000, "%ff", "a b"]


@pytest.mark.parametrize("odd", NAMES, ids=lambda name: name[:12])
async def test_no_address_leads_out_of_the_safe(hall: House, token: str, odd: str) -> None:
    outside = hall.elsewhere()
    status = await status_of(hall, raw(f"PATCH {UPLOADS}/{odd}", token, 0, "Content-Length: 1\r\n\r\nx"))
    assert status in (400, 404, 405)
    assert hall.elsewhere() == outside


def raw(start: str, token: str, offset: int, rest: str, **more: str) -> str:
    headers = bearer(token) | tus.unchecked(offset) | {"Host": "x"} | more
    return f"{start} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + rest


async def line(hall: House, written: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*hall.url.removeprefix("http://").split(":"))
    writer.write(written.encode("latin-1", errors="replace"))
    return reader, writer


async def status_of(hall: House, written: str) -> int:
    reader, writer = await line(hall, written)
    status = int((await asyncio.wait_for(reader.readline(), 5)).split()[1])
    writer.close()
    return status


HEAD = FILE[:600].decode("latin-1")
CUT = {
    "with a length": "Content-Length: 100000\r\n\r\n" + HEAD,
    "in chunks": "Transfer-Encoding: chunked\r\n\r\n258\r\n" + HEAD + "\r\n",
    "within a chunk": "Transfer-Encoding: chunked\r\n\r\nC350\r\n" + HEAD,
}


@pytest.mark.parametrize("how", CUT)
async def test_a_line_cut_off_half_way_loses_nothing_that_came(hall: House, token: str, name: str, how: str) -> None:
    path = await begun(hall, token, name)
    _, writer = await line(hall, raw(f"PATCH {path}", token, 0, CUT[how]))
    await asyncio.sleep(0.1)
    writer.close()
    await until(lambda: offset_of(hall, token, path), 600)
    await sent(hall, token, path, 600, FILE[600:])
    assert FILE in kept(hall)


async def until(ask: Callable[[], Any], wanted: int) -> None:
    for _ in range(300):
        if await ask() == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def test_a_newer_line_takes_over_from_one_that_hangs(hall: House, token: str, name: str) -> None:
    """A half-open line must not keep its owner away until the deadline has passed."""
    path = await begun(hall, token, name)
    reader, writer = await line(hall, raw(f"PATCH {path}", token, 0, CUT["with a length"], **checked(FILE[:100_000])))
    await asyncio.sleep(0.1)
    assert await asyncio.wait_for(sent(hall, token, path, 0, FILE), 3) == len(FILE)
    assert await asyncio.wait_for(reader.read(), 3) == b""
    writer.close()


def checked(data: bytes) -> tus.Headers:
    return {"Upload-Checksum": tus.piece(0, data)["Upload-Checksum"]}


@pytest.mark.parametrize("limit", ["_SILENCE_S", "_PIECE_S"])
async def test_who_stalls_or_trickles_is_cut_off(
    hall: House, token: str, name: str, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, limit, 0.2)
    path = await begun(hall, token, name)
    reader, writer = await line(hall, raw(f"PATCH {path}", token, 0, CUT["with a length"]))

    async def trickle() -> None:
        for byte in FILE[600:700]:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05 if limit == "_PIECE_S" else 10)

    trickling = asyncio.create_task(trickle())
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 3)
    assert b"too_slow" in await asyncio.wait_for(reader.read(1500), 3)
    trickling.cancel()
    writer.close()
    assert await offset_of(hall, token, path) >= 600


@pytest.mark.parametrize(
    "framing",
    ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: -1"],
)
async def test_a_body_of_two_lengths_is_refused(hall: House, token: str, name: str, framing: str) -> None:
    path = await begun(hall, token, name)
    assert await status_of(hall, raw(f"PATCH {path}", token, 0, f"{framing}\r\n\r\n0\r\n\r\nx")) == 400
    assert await offset_of(hall, token, path) == 0


async def test_uploads_on_their_way_lie_where_no_backup_confuses_them(hall: House, token: str, name: str) -> None:
    await begun(hall, token, name)
    assert {Path(path).parent.parent.name for path in hall.safe.rglob("*.part")} == {"arriving"}
