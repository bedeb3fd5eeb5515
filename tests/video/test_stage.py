"""What every carrier of media keeps to: the real one, and the pretended one of the room's tests."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from remote_bid.video.media.process import Media
from remote_bid.video.media.workers import Workers
from remote_bid.video.stage import Arrange, BadOffer, CloseRoom, Join, Leave, Linked, NoMedia, OpenRoom, Stage
from tests.video.media.staged import ROOM, Reports, everybody, workers
from tests.video.media.test_offers import OFFER

SEAT = "anna"


@dataclass
class Carrier:
    """One that works and one that has nobody to work for it."""

    works: Stage
    away: Stage


@pytest.fixture(params=[pytest.param("workers", marks=pytest.mark.slow), "pretended"])
async def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Carrier]:
    if request.param == "workers":
        async with workers(tmp_path) as stage:
            yield Carrier(stage, Workers(Media(recordings=tmp_path)))
    else:
        fake: Any = pytest.importorskip("tests.video.fake")
        away = fake.FakeStage()
        away.away = True
        yield Carrier(fake.FakeStage(), away)


async def test_a_room_is_opened_and_told_whether_it_is_recorded(carrier: Carrier) -> None:
    reports = Reports(carrier.works)
    await carrier.works.open(OpenRoom(room=ROOM, slots=1))
    await reports.healthy()


async def test_an_offer_that_is_none_is_refused_and_seats_nobody(carrier: Carrier) -> None:
    reports = Reports(carrier.works)
    await carrier.works.open(OpenRoom(room=ROOM, slots=1))
    with pytest.raises(BadOffer):
        await carrier.works.join(Join(room=ROOM, seat=SEAT, offer="nonsense"))
    assert not reports.of(Linked)


async def test_an_offer_is_answered_a_seat_is_arranged_for_left_and_the_room_closed(carrier: Carrier) -> None:
    stage = carrier.works
    await stage.open(OpenRoom(room=ROOM, slots=1))
    assert await stage.join(Join(room=ROOM, seat=SEAT, offer=OFFER))
    await stage.arrange(Arrange(room=ROOM, paths=everybody(SEAT, "bert"), lease_s=1.0))
    await stage.leave(Leave(room=ROOM, seat=SEAT))
    await stage.close(CloseRoom(room=ROOM))


async def test_without_a_worker_there_are_no_media(carrier: Carrier) -> None:
    with pytest.raises(NoMedia):
        await carrier.away.open(OpenRoom(room=ROOM, slots=1))
    with pytest.raises(NoMedia):
        await carrier.away.join(Join(room=ROOM, seat=SEAT, offer=OFFER))
    with pytest.raises(NoMedia):
        await carrier.away.arrange(Arrange(room=ROOM, paths=[], lease_s=1.0))
