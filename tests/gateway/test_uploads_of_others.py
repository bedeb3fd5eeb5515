"""Each person's uploads are its own: for others they are not there."""

import io

import pytest

from remote_bid.seal.envelope import BadEnvelope, Secrets, keyed, read_head
from tests.gateway import tus
from tests.gateway.house import BIDDERS, House, bearer
from tests.gateway.refusals import assert_refusal
from tests.gateway.uploading import FILE, UPLOADS, asked, begun, kept, offset_of, sent
from tests.seal.bids import HALVES, honest

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANN, BOB = BIDDERS


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
