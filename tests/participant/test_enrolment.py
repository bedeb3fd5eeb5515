"""From a shell to a certificate of the centre's own authority: the key is made at home and never leaves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from remote_bid.participant import enrolment
from remote_bid.participant.identity import BadIdentity, read_pkcs12
from remote_bid.participant.refusals import ServerRefused
from remote_bid.people.sign_in import SignIn
from tests.gateway.house import House, house
from tests.gateway.test_registry import OFFICES, SECURITY, ordered

ANN, SECRET = "91330000000000201A", "口令"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server with a registry and an authority of its own."""
    async with house(tmp_path_factory.mktemp("house"), **OFFICES) as found:
        yield found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read(path: Path) -> bytes:
    return path.read_bytes()


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_a_clerk_approves_signs_in(hall: House, tmp_path: Path) -> None:
    request = await enrolment.request(hall.url, ANN, "安宁建设有限公司", tmp_path, SECRET)
    assert await enrolment.request(hall.url, ANN, "安宁建设有限公司", tmp_path, SECRET) == request
    with pytest.raises(enrolment.NotYet):
        await enrolment.fetch(hall.url, tmp_path, SECRET)
    assert (await ordered(hall, SECURITY, "ApproveEnrolment", request=request))[0] == 200
    kept = await enrolment.fetch(hall.url, tmp_path, SECRET)
    assert await enrolment.fetch(hall.url, tmp_path, SECRET) == kept
    ann = read_pkcs12(kept, SECRET)
    status, answer = await hall.post("/api/sign-in", ann.sign(SignIn(origin=hall.url, nonce=await hall.nonce())))
    assert (status, answer["person"]) == (200, ANN)
    assert names(tmp_path) == ["enrolment.csr", "identity.p12"]
    assert kept.stat().st_mode & 0o777 == 0o600


async def test_the_key_waits_under_its_passphrase(hall: House, tmp_path: Path) -> None:
    request = await enrolment.request(hall.url, "91330000000000202A", "Ann", tmp_path, SECRET)
    assert b"ENCRYPTED" in read(tmp_path / "enrolment.key")
    assert (await ordered(hall, SECURITY, "ApproveEnrolment", request=request))[0] == 200
    with pytest.raises(BadIdentity, match="passphrase is another"):
        await enrolment.fetch(hall.url, tmp_path, "another")


async def test_what_a_clerk_refuses_is_told(hall: House, tmp_path: Path) -> None:
    request = await enrolment.request(hall.url, "91330000000000203A", "Ann", tmp_path, SECRET)
    assert (await ordered(hall, SECURITY, "RefuseEnrolment", request=request, reason="not seen"))[0] == 200
    with pytest.raises(BadIdentity, match="not seen"):
        await enrolment.fetch(hall.url, tmp_path, SECRET)


async def test_a_request_that_cannot_be_granted_is_refused_at_once(hall: House, tmp_path: Path) -> None:
    with pytest.raises(ServerRefused) as refusal:
        await enrolment.request(hall.url, "AB", "Ann", tmp_path, SECRET)
    assert refusal.value.code == "bad_request"
    with pytest.raises(BadIdentity, match="letters, digits"):
        await enrolment.request(hall.url, "no number!", "Ann", tmp_path, SECRET)
    with pytest.raises(BadIdentity, match="somebody else"):
        await enrolment.request(hall.url, ANN, "Ann", tmp_path, SECRET)


async def test_where_nothing_was_asked_for_nothing_is_fetched(hall: House, tmp_path: Path) -> None:
    with pytest.raises(BadIdentity, match="nothing was asked for"):
        await enrolment.fetch(hall.url, tmp_path, SECRET)
