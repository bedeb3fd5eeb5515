"""A day whose committee speaks with a bidder: its call is held, recorded, public with the report, and verified."""

import asyncio
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from remote_bid.config import MediaAt
from remote_bid.demo.cast import assemble, fast
from remote_bid.demo.day import answering, open_house, raise_curtain, seen, troupe
from remote_bid.demo.evaluating import evaluate
from remote_bid.demo.programme import own_programme
from remote_bid.seal.canonical import parse_jcs
from remote_bid.verify import container, verify

LIMIT_S = 120
CALL_S = 4


@pytest.mark.slow
async def test_a_committee_speaks_with_a_bidder(tmp_path: Path) -> None:
    pace = replace(fast(3), call_s=CALL_S)
    with troupe() as players:
        cast = assemble(tmp_path, own_programme(3, seed=7), pace)
        assert cast.settings.media == MediaAt(bind="127.0.0.1", called=["127.0.0.1"])
        open_house(players, cast)
        await answering(cast.url, players)
        raise_curtain(players, cast)
        day = await seen(cast, players, lambda _: None, LIMIT_S)
        async with asyncio.timeout(LIMIT_S):
            result = await evaluate(cast, players, day.view, lambda _: None, LIMIT_S)
        assert result is not None
        [room] = [row.room for row in (result.view.calls or {}).values()]
        bundle = await bundle_at(f"{cast.url}/api/sessions/{room}/bundle.zip")
    folder = cast.server_folder / "recordings"
    hashes = {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*.webm")}
    report = verify(io.BytesIO(bundle), cast.trust, (), hashes)
    assert report.verified, [msgspec.to_builtins(item) for item in report.items if item.verdict == "failed"]
    told = [entry["event"] for entry in entries_of(bundle)]
    assert {event["segment"]["path"] for event in told if event["type"] == "SegmentRecorded"} == set(hashes)
    opened = next(event for event in told if event["type"] == "CallOpened")
    spoke = {event["segment"]["seat"] for event in told if event["type"] == "SegmentRecorded"}
    assert {opened["seats"][seat] for seat in spoke} == {"supervisor", "bidder", "expert"}
    assert "GateOpened" in [event["type"] for event in told]


async def bundle_at(url: str) -> bytes:
    """As soon as its last entry is cosigned."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(30):
        while True:
            async with http.get(url) as answer:
                if answer.status == 200:
                    return await answer.read()
            await asyncio.sleep(0.2)


def entries_of(bundle: bytes) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = parse_jcs(container.read(io.BytesIO(bundle))[0]["timeline.json"])
    return entries
