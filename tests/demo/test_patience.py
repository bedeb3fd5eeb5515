"""The tenderer of the play postpones the deadline until every bidder has receipts, by half as much again each time."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from remote_bid.demo.cast import Cast, assemble, fast
from remote_bid.demo.parts import timetable
from remote_bid.demo.patience import SEALING, Patience, all_in
from remote_bid.demo.programme import own_programme
from remote_bid.opening.terms import Phase, Role
from remote_bid.opening.view import Me, OpeningView
from remote_bid.participant.client import ServerRefused
from remote_bid.participant.staff import Tenderer
from remote_bid.tender.statements import Timetable
from remote_bid.timeline import instant


class Waiting:
    """A tenderer whose timetable runs out in a moment; what is missing comes in with its proposal number `until`."""

    def __init__(self, cast: Cast, until: int, refusal: str = "") -> None:
        self.client, self.proposed = self, list[Timetable]()
        self._cast, self._until, self._refusal = cast, until, refusal

    async def until(self, condition: Callable[[OpeningView], bool]) -> OpeningView:
        soon = instant.text(instant.later(datetime.now(UTC), 100))
        me = Me(person="tenderer-01", role=Role.TENDERER, ask="wait")
        view = OpeningView(session="KB", phase=Phase.LOBBY, me=me, timetable="t", deadline=soon)
        assert condition(view)
        return view

    async def propose(self, table: Timetable) -> None:
        self.proposed.append(table)
        if len(self.proposed) == self._until:
            hand_in(self._cast)
        if self._refusal:
            raise ServerRefused(self._refusal, "no")


def hand_in(day: Cast) -> None:
    """Every bidder has its receipt, the supervisor has sealed its seed."""
    (day.home("supervisor-01") / SEALING).unlink(missing_ok=True)
    for contender in day.contenders:
        (day.home(contender.person) / "bid.receipt.json").write_bytes(b"{}")


@pytest.fixture
def day(tmp_path: Path) -> Cast:
    return assemble(tmp_path, own_programme(3, seed=7), fast(3))


async def postponed(day: Cast, tenderer: Waiting) -> list[int]:
    """How long bidders may release, in the timetables that were proposed."""
    await Patience(day, timetable).keep_postponing(cast(Tenderer, cast(Any, tenderer)))
    return [table.windows.release_ms for table in tenderer.proposed]


async def test_it_postpones_until_everybodys_bid_is_in(day: Cast) -> None:
    first = day.pace.windows.release_ms
    assert await postponed(day, Waiting(day, until=3)) == [first, 3 * first // 2, 9 * first // 4]


async def test_nobody_is_waited_for_when_all_bids_are_in(day: Cast) -> None:
    assert not all_in(day)
    hand_in(day)
    assert all_in(day)
    assert await postponed(day, Waiting(day, until=1)) == []


async def test_it_postpones_until_every_seed_for_a_draw_is_in(day: Cast) -> None:
    hand_in(day)
    (day.home("supervisor-01") / SEALING).touch()
    assert len(await postponed(day, Waiting(day, until=2))) == 2


async def test_a_timetable_that_the_deadline_has_overtaken_is_no_end(day: Cast) -> None:
    assert len(await postponed(day, Waiting(day, until=2, refusal="deadline_passed"))) == 2


async def test_any_other_refusal_is(day: Cast) -> None:
    with pytest.raises(ServerRefused):
        await postponed(day, Waiting(day, until=2, refusal="not_allowed"))
