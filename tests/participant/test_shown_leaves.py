"""A cosigner that is shown the log's leaves signs nothing else, and never two heads of a session at one entry."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest

from remote_bid.seal.tree import root_of
from remote_bid.timeline.note import Checkpoint, sign
from remote_bid.timeline.witness import AddLeaves, LeafData, asked
from tests.timeline.cosigners import LOG_KEY, ORIGIN, Neighbour, neighbours

LEAVES = [LeafData(session="KB-1", seq=seq, head=f"head {seq}") for seq in range(1, 6)]


@pytest.fixture
async def neighbour(tmp_path: Path) -> AsyncIterator[Neighbour]:
    async with neighbours(1, tmp_path) as [neighbour]:
        yield neighbour


async def posted(neighbour: Neighbour, path: str, body: bytes) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.post(neighbour.url + path, data=body) as answer:
        return answer.status, await answer.text()


async def shows(neighbour: Neighbour, start: int, leaves: list[LeafData]) -> tuple[int, str]:
    return await posted(neighbour, "/add-leaves", msgspec.json.encode(AddLeaves(start=start, leaves=leaves)))


async def signs(neighbour: Neighbour, leaves: list[LeafData]) -> int:
    hashes = [leaf.hash for leaf in leaves]
    note = sign(Checkpoint(origin=ORIGIN, size=len(hashes), root=root_of(hashes)), ORIGIN, LOG_KEY)
    return (await posted(neighbour, "/add-checkpoint", asked(note, 0, hashes).encode()))[0]


async def test_what_was_shown_is_signed_and_what_was_not_is_not(neighbour: Neighbour) -> None:
    assert await shows(neighbour, 0, LEAVES[:3]) == (200, "3\n")
    assert await signs(neighbour, LEAVES) == 422
    assert await shows(neighbour, 3, LEAVES[3:]) == (200, "5\n")
    assert await signs(neighbour, LEAVES) == 200


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_second_head_for_one_entry_is_refused_and_never_signed(neighbour: Neighbour, restarted: bool) -> None:
    await shows(neighbour, 0, LEAVES)
    if restarted:
        await neighbour.stop()
        await neighbour.start()
    second = LeafData(session="KB-1", seq=3, head="another head")
    assert (await shows(neighbour, 5, [second]))[0] == 422
    assert await signs(neighbour, [*LEAVES, second]) == 422
    assert (await shows(neighbour, 2, [second]))[0] == 422


async def test_it_says_from_which_leaf_on_it_must_be_shown(neighbour: Neighbour) -> None:
    await shows(neighbour, 0, LEAVES[:2])
    assert await shows(neighbour, 4, LEAVES[4:]) == (409, "2\n")
    assert await shows(neighbour, 0, LEAVES) == (200, "5\n")
    assert (await posted(neighbour, "/add-leaves", b"{}"))[0] == 400
