"""Uploads by tus 1.0 at the front door: in pieces, gone on with after a lost line, and nothing else is taken."""

import pytest

from tests.gateway import tus
from tests.gateway.house import BIDDERS, PART_LIMIT, House
from tests.gateway.refusals import assert_refusal
from tests.gateway.uploading import FILE, UPLOADS, asked, begun, kept, offset_of, sent

pytestmark = pytest.mark.asyncio(loop_scope="module")


ANN, BOB = BIDDERS


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


async def test_a_squeezed_piece_is_kept_as_it_came(hall: House, token: str, name: str) -> None:
    """Nothing is inflated: a bomb stays the few bytes it is."""
    path = await begun(hall, token, name)
    headers = tus.piece(0, FILE[:500]) | {"Content-Encoding": "gzip"}
    assert (await asked(hall, "PATCH", path, token, headers, FILE[:500]))[0] == 204
    assert await offset_of(hall, token, path) == 500
