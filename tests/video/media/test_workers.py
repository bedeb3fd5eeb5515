"""A stage of real processes over real sockets: what passes, and that nothing else does."""

import asyncio
from pathlib import Path

import pytest

from remote_bid.video.stage import (
    CloseRoom,
    Heard,
    Linked,
    OpenRoom,
    Recorded,
    Showed,
    Unlinked,
)
from tests.video.media.peers import Peer
from tests.video.media.staged import ROOM, Reports, arranged, everybody, until, workers

pytestmark = pytest.mark.slow


async def test_what_is_arranged_is_heard_and_seen_and_recorded(tmp_path: Path) -> None:
    async with workers(tmp_path) as stage:
        reports = Reports(stage)
        await stage.open(OpenRoom(room=ROOM, slots=1))
        anna, bert = Peer(ROOM, "anna", slots=1), Peer(ROOM, "bert", slots=1)
        for peer in (anna, bert):
            await peer.join(stage)
        await until(lambda: {linked.seat for linked in reports.of(Linked)} == {"anna", "bert"})
        await reports.healthy()
        await stage.arrange(arranged(everybody("anna", "bert")))
        await until(lambda: all(peer.received("audio") and peer.received("video") > 10 for peer in (anna, bert)))
        await until(lambda: reports.of(Heard))
        await asyncio.gather(anna.leave(), bert.leave())
        await until(lambda: len(reports.of(Unlinked)) == 2)
        await stage.close(CloseRoom(room=ROOM))
        await until(lambda: len(reports.of(Recorded)) == 4)
        assert {"bert"} in [{carried.speaker for carried in showed.showing} for showed in reports.of(Showed)]
