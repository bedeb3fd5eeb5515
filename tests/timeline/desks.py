"""What tests see of a desk: its guestbook, what is kept of it, and what it told."""

from itertools import pairwise

from remote_bid.timeline.desk import Desk, Folded, Moved
from remote_bid.timeline.entry import Entry
from tests.timeline.faults import Faulty
from tests.timeline.guestbook import (
    Guestbook,
    desk_over,
)
from tests.timeline.logs import HALL

SESSION = HALL.id


async def book(desk: Desk) -> Guestbook:
    state: Guestbook = (await desk.look(SESSION)).state
    return state


async def kept(log: Faulty) -> list[Entry]:
    return [entry for _, entries in await log.read(SESSION, 0) for entry in entries]


def heard(desk: Desk) -> list[Moved]:
    moves: list[Moved] = []
    desk.listen(moves.append)
    return moves


async def refetched(log: Faulty) -> Folded:
    [folded] = await desk_over(log).load()
    return folded


def assert_one_after_another(moves: list[Moved]) -> None:
    """Each begins where the one before ended."""
    assert all(later.before == earlier.after for earlier, later in pairwise(moves))
    assert all(later.after.version == earlier.after.version + 1 for earlier, later in pairwise(moves))
