"""Uploads that no bid ever named go some days after the end; what a bid named stays, also an old version of it."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from remote_bid.gateway.orphans import Orphans, named
from remote_bid.people.registry import registry
from remote_bid.people.registry.terms import REGISTRY
from remote_bid.tender.safe import NotThere, Safe
from remote_bid.timeline.desk import Folded, unfolded
from remote_bid.timeline.log import Session
from tests.given import Past, given
from tests.opening.actors import ALPHA
from tests.opening.acts import submit
from tests.opening.day import ALPHAS_BID, CLOSED, CONVENED, RELEASE, opening
from tests.opening.tender import T0
from tests.tender.safes import SMALL, held, put, safe_in

DAYS = 30
LATER = T0 + timedelta(days=DAYS)


class Sessions:
    """As many of a desk as is needed here."""

    def __init__(self, *folded: Folded) -> None:
        self._folded = folded

    async def load(self) -> list[Folded]:
        return list(self._folded)


def swept(safe: Safe, past: Past, now: datetime) -> int:
    return asyncio.run(_swept(safe, given(opening, past).story.folded, now))


async def _swept(safe: Safe, folded: Folded, now: datetime) -> int:
    for person, upload in named(folded):
        await put(safe, session=folded.session.id, person=person, upload=upload)
    await put(safe, session=folded.session.id, upload="orphan")
    desk: Any = Sessions(unfolded(Session(REGISTRY, registry.name, ""), registry), folded)
    taken = await Orphans(desk, safe, DAYS, lambda: now).sweep()
    for person, upload in named(folded):
        assert held(safe, folded.session.id, person, upload) == SMALL
    if taken:
        with pytest.raises(NotThere):
            held(safe, folded.session.id, upload="orphan")
    return taken


def test_orphans_go_some_days_after_the_deadline(tmp_path: Path) -> None:
    assert swept(safe_in(tmp_path / "early"), CLOSED, LATER - timedelta(milliseconds=1)) == 0
    assert swept(safe_in(tmp_path), CLOSED, LATER) == 1


def test_while_a_session_is_not_over_nothing_goes(tmp_path: Path) -> None:
    """It may be held, and get a deadline that lies ahead."""
    for number, past in enumerate(((), CONVENED, RELEASE)):
        assert swept(safe_in(tmp_path / str(number)), past, LATER) == 0


def test_an_old_version_of_a_bid_has_a_receipt_too() -> None:
    first = given(opening, CONVENED, ALPHAS_BID).story
    second = given(opening, CONVENED, ALPHAS_BID, submit(ALPHA)).story
    assert named(first.folded) < named(second.folded)
    assert len(named(second.folded)) == 2
