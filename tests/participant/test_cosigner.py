"""A cosigner signs a checkpoint only if it extends what it signed before, also after a restart."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from msgspec.structs import replace

from remote_bid.participant.cosigner import Cosigner
from remote_bid.seal.tree import EMPTY_ROOT, root_of
from remote_bid.timeline.note import Checkpoint, cosigned_at, platform_leaf, sign
from remote_bid.timeline.rotation import BadSuccessor, rotation
from remote_bid.timeline.witness import asked
from tests.timeline.cosigners import LOG_KEY, LOG_NAMED, ORIGIN, Neighbour, neighbours
from tests.timeline.hours import NOON

LEAVES = [platform_leaf("KB-1", seq, f"head {seq}") for seq in range(1, 9)]
FORK = [*LEAVES[:3], *(platform_leaf("KB-1", seq, f"other {seq}") for seq in range(4, 9))]


@pytest.fixture
async def neighbour(tmp_path: Path) -> AsyncIterator[Neighbour]:
    async with neighbours(1, tmp_path) as [neighbour]:
        yield neighbour


def note_over(leaves: list[bytes], origin: str = ORIGIN) -> str:
    root = root_of(leaves) if leaves else EMPTY_ROOT
    return sign(Checkpoint(origin=origin, size=len(leaves), root=root), origin, LOG_KEY)


async def answer(neighbour: Neighbour, body: str | bytes) -> tuple[int, str, str]:
    """Status, content type, text."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{neighbour.url}/add-checkpoint", data=body if isinstance(body, bytes) else body.encode()) as got,
    ):
        return got.status, got.content_type, await got.text()


async def sees(neighbour: Neighbour, leaves: list[bytes], old: int) -> int:
    return (await answer(neighbour, asked(note_over(leaves), old, leaves)))[0]


async def test_it_signs_what_extends_what_it_signed(neighbour: Neighbour) -> None:
    old = 0
    for size in (1, 2, 3, 5, 8):
        note = note_over(LEAVES[:size])
        status, _, line = await answer(neighbour, asked(note, old, LEAVES[:size]))
        at = cosigned_at(note + line, neighbour.named)
        assert status == 200
        assert at is not None
        assert abs(at - time.time()) < 5
        old = size


async def test_it_shows_the_logs_own_checkpoint_that_it_signed_last(neighbour: Neighbour) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{neighbour.url}/last-signed") as nothing:
            assert nothing.status == 404
        await sees(neighbour, LEAVES[:3], 0)
        await sees(neighbour, FORK, 3)
        await sees(neighbour, LEAVES[:2], 3)
        await neighbour.stop()
        await neighbour.start()
        async with http.post(f"{neighbour.url}/last-signed") as shown:
            assert (shown.status, await shown.text()) == (200, note_over(FORK))


async def test_it_signs_the_same_checkpoint_again(neighbour: Neighbour) -> None:
    assert [await sees(neighbour, LEAVES, old) for old in (0, 8, 8)] == [200, 200, 200]


async def test_asked_from_another_size_it_says_which_it_signed(neighbour: Neighbour) -> None:
    await sees(neighbour, LEAVES[:3], 0)
    for old in (0, 2, 4):
        said = await answer(neighbour, asked(note_over(LEAVES), old, LEAVES))
        assert said == (409, "text/x.tlog.size", "3\n")
    assert await sees(neighbour, LEAVES, 3) == 200


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
async def test_it_never_signs_a_fork(neighbour: Neighbour, restarted: bool) -> None:
    await sees(neighbour, LEAVES[:5], 0)
    if restarted:
        await neighbour.stop()
        await neighbour.start()
    assert await sees(neighbour, FORK[:5], 0) == 409
    assert await sees(neighbour, FORK, 5) == 422
    assert await sees(neighbour, LEAVES, 5) == 200


async def test_it_never_signs_a_shorter_log(neighbour: Neighbour) -> None:
    await sees(neighbour, LEAVES[:5], 0)
    shorter = asked(note_over(LEAVES[:3]), 3, LEAVES[:3]).replace("old 3", "old 5")
    assert (await answer(neighbour, shorter))[0] in (400, 422)
    assert await sees(neighbour, LEAVES[:3], 3) == 409
    assert await sees(neighbour, LEAVES, 5) == 200


async def test_a_refusal_is_not_remembered(neighbour: Neighbour) -> None:
    await sees(neighbour, LEAVES[:5], 0)
    before = neighbour.state.read_bytes()
    await sees(neighbour, FORK, 5)
    await answer(neighbour, asked(note_over(LEAVES, origin="other.example"), 5, LEAVES))
    assert neighbour.state.read_bytes() == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.replace("old 5\n", "old 5\n" + "A" * 43 + "=\n"),
        lambda body: "\n".join([body.split("\n")[0], *body.split("\n")[2:]]),
    ],
    ids=["a hash more", "a hash less"],
)
async def test_a_spoiled_proof_is_422(neighbour: Neighbour, spoil: object) -> None:
    assert callable(spoil)
    await sees(neighbour, LEAVES[:5], 0)
    body = asked(note_over(LEAVES), 5, LEAVES)
    assert (await answer(neighbour, spoil(body)))[0] == 422
    assert (await answer(neighbour, body))[0] == 200


async def test_a_checkpoint_that_the_log_did_not_sign_is_403(neighbour: Neighbour) -> None:
    note = note_over(LEAVES)
    for forged in (note.replace("\n8\n", "\n9\n"), note.replace(f"— {ORIGIN} ", "— stranger.example ")):
        assert (await answer(neighbour, asked(forged, 0, LEAVES)))[0] == 403


MALFORMED: list[str | bytes] = [
    "",
    "hello",
    "old 0\n\n",
    "old 0\n\nhello\n",
    "old 0\n" + note_over(LEAVES),
    "old -1\n\n" + note_over(LEAVES),
    "old 0\nno base64!\n\n" + note_over(LEAVES),
    b"old 0\n\n\xff\xfe\n8\n",
    "old 0\n" + "A" * 43 + "=\n" * 64 + "\n" + note_over(LEAVES),
]


@pytest.mark.parametrize("body", MALFORMED)
async def test_a_malformed_request_is_400(neighbour: Neighbour, body: str | bytes) -> None:
    assert (await answer(neighbour, body))[0] == 400


async def test_a_request_that_never_ends_is_413(neighbour: Neighbour) -> None:
    assert (await answer(neighbour, "old 0\n" * 20_000))[0] == 413
    assert await sees(neighbour, LEAVES, 0) == 200


async def test_nothing_else_is_answered(neighbour: Neighbour) -> None:
    async with aiohttp.ClientSession() as http:
        for path in ("/", "/add-checkpoint", "/key", "/../signed.json"):
            async with http.get(neighbour.url + path) as got:
                assert got.status in (404, 405)


IMPOSSIBLE = {
    "old in superscript": "old ²\n\n" + note_over(LEAVES),
    "old of 5,000 digits": f"old {'9' * 5000}\n\n" + note_over(LEAVES),
    "size of 5,000 digits": "old 0\n\n" + note_over(LEAVES).replace("\n8\n", f"\n{'9' * 5000}\n"),
}


@pytest.mark.parametrize("number", IMPOSSIBLE)
async def test_an_impossible_number_is_400(neighbour: Neighbour, number: str) -> None:
    assert (await answer(neighbour, IMPOSSIBLE[number]))[0] == 400


async def test_a_checkpoint_of_an_unknown_log_is_404(neighbour: Neighbour) -> None:
    note = note_over(LEAVES, origin="other.example")
    assert (await answer(neighbour, asked(note, 0, LEAVES)))[0] == 404


async def test_another_root_at_the_size_it_signed_is_409(neighbour: Neighbour) -> None:
    await sees(neighbour, LEAVES[:5], 0)
    assert await sees(neighbour, FORK[:5], 5) == 409


async def test_an_old_size_above_the_checkpoints_is_400(neighbour: Neighbour) -> None:
    body = asked(note_over(LEAVES[:3]), 3, LEAVES[:3]).replace("old 3", "old 5")
    assert (await answer(neighbour, body))[0] == 400


NEXT, OTHER = (ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (8, 9))
TO_NEXT, TO_OTHER = (rotation(ORIGIN, LOG_KEY, key, NOON) for key in (NEXT, OTHER))


async def signs(neighbour: Neighbour, key: ed25519.Ed25519PrivateKey) -> int:
    """The status of a checkpoint that this key has signed."""
    note = sign(Checkpoint(origin=ORIGIN, size=len(LEAVES), root=root_of(LEAVES)), ORIGIN, key)
    return (await answer(neighbour, asked(note, len(LEAVES), LEAVES)))[0]


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
async def test_the_logs_new_key_counts_once_the_old_one_has_signed_for_it(
    neighbour: Neighbour, restarted: bool
) -> None:
    await sees(neighbour, LEAVES, 0)
    assert await signs(neighbour, NEXT) == 403
    async with aiohttp.ClientSession() as http:
        assert await neighbour.introduce(http, [TO_NEXT]) == 200
        if restarted:
            await neighbour.stop()
            await neighbour.start()
        assert await signs(neighbour, NEXT) == 200
        assert await signs(neighbour, LOG_KEY) == 403
        assert await neighbour.introduce(http, [TO_NEXT]) == 200
        assert await neighbour.introduce(http, []) == 200
    assert await signs(neighbour, NEXT) == 200


async def test_the_logs_key_has_one_successor_only(neighbour: Neighbour) -> None:
    await sees(neighbour, LEAVES, 0)
    async with aiohttp.ClientSession() as http:
        assert await neighbour.introduce(http, [TO_NEXT]) == 200
        assert await neighbour.introduce(http, [TO_OTHER]) == 409
    assert await signs(neighbour, OTHER) == 403


async def test_a_key_for_which_the_old_one_has_not_signed_is_not_taken(neighbour: Neighbour) -> None:
    await sees(neighbour, LEAVES, 0)
    alone = replace(TO_NEXT, signatures=TO_NEXT.signatures[1:])
    async with aiohttp.ClientSession() as http:
        assert await neighbour.introduce(http, [alone]) == 400
        assert await neighbour.introduce(http, [rotation(ORIGIN, OTHER, NEXT, NOON)]) == 400
        async with http.post(f"{neighbour.url}/add-successors", data=b"[{") as got:
            assert got.status == 400
    assert await signs(neighbour, NEXT) == 403


def test_a_trust_file_that_names_another_successor_is_noticed(tmp_path: Path) -> None:
    state = tmp_path / "signed.json"
    state.write_bytes(msgspec.json.encode({"size": 0, "root": bytes(32), "successors": [TO_NEXT]}))
    Cosigner("c", OTHER, LOG_NAMED, state, successors=[TO_NEXT])
    with pytest.raises(BadSuccessor):
        Cosigner("c", OTHER, LOG_NAMED, state, successors=[TO_OTHER])
