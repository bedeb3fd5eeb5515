"""The server killed (SIGKILL) at fifty random moments of opening days, restarted each time, and everything reconciled.

Clients go on by themselves. In the end every receipt and every leaf that any participant was shown is looked for in the
verified bundle. Last line: {"kills", "lost", "forked", "verified"} and more.
"""

import argparse
import asyncio
import io
import json
import random
import tempfile
import time
from pathlib import Path

import msgspec

from remote_bid.demo import parts
from remote_bid.demo.cast import Cast, Pace, assemble
from remote_bid.demo.day import Day, Troupe, answering, open_house, raise_curtain, seen, troupe
from remote_bid.demo.programme import own_programme
from remote_bid.demo.stage import JOURNAL
from remote_bid.seal.statements import Statement, statement_id
from remote_bid.tender.statements import Cadence, Windows
from remote_bid.timeline.entry import Shown
from remote_bid.verify import container, verify
from remote_bid.verify.manifest import LINES, TIMELINE

BIDDERS = 3
DAY_S = 300


def main() -> None:
    """Play days until the server was killed so often."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--kills", type=int, default=50)
    wanted.add_argument("--seed", type=int, default=int(time.time()))
    asked = wanted.parse_args()
    dice = random.Random(asked.seed)  # noqa: S311 - moments of a campaign; the seed repeats it
    print(f"seed {asked.seed}")
    kills = days = lost = forked = entries = 0
    verified = True
    while kills < asked.kills:
        with tempfile.TemporaryDirectory() as folder, troupe() as players:
            cast = assemble(Path(folder), own_programme(BIDDERS, days), _pace())
            day, killed = asyncio.run(_played(cast, players, dice, asked.kills - kills))
            gone, other = _reconciled(cast, day)
            kills, days, lost, forked = kills + killed, days + 1, lost + gone, forked + other
            entries += day.entries
            verified = verified and verify(io.BytesIO(day.bundle), cast.trust).verified
            print(f"day {days}: kills {killed}, entries {day.entries}, lost {gone}, forked {other}")
    figures = {"kills": kills, "days": days, "entries": entries, "lost": lost, "forked": forked, "verified": verified}
    print(json.dumps(figures))


def _pace() -> Pace:
    """Slow enough to be killed many times in every phase."""
    return Pace(
        until_deadline_ms=14_000,
        lobby_ms=7000,
        ticks=Cadence(every_ms=1000, slots=256),
        windows=Windows(release_ms=9000, custody_ms=120_000, confirm_ms=9000, objection_ms=6000, record_ms=60_000),
        pause_s=1.5,
    )


async def _played(cast: Cast, players: Troupe, dice: random.Random, most: int) -> tuple[Day, int]:
    server = open_house(players, cast)
    await answering(cast.url, players)
    raise_curtain(players, cast)
    over = asyncio.create_task(seen(cast, players, lambda client: None, DAY_S))
    killed = 0
    while killed < most:
        await asyncio.wait([over], timeout=dice.uniform(0.05, 2.5))
        if over.done():
            break
        players.kill(server)
        killed += 1
        await asyncio.sleep(dice.uniform(0, 0.3))
        server = players.enter(parts.play_server, cast.settings, cast.server_folder)
        await answering(cast.url, players)
    return await over, killed


def _reconciled(cast: Cast, day: Day) -> tuple[int, int]:
    """How many receipts or leaves shown to anybody are not in the bundle, and how many stand there otherwise."""
    members, _ = container.read(io.BytesIO(day.bundle))
    kept = [*_entries(members[TIMELINE]), *_entries(members[LINES])]
    leaves = {(shown.line, shown.seq): shown.leaf for shown in kept}
    lost = forked = 0
    for journal in cast.folder.glob(f"people/*/{JOURNAL}"):
        for row in journal.read_text().splitlines():
            line, seq, leaf = row.split()
            found = leaves.get((line, int(seq)))
            lost, forked = lost + (found is None), forked + (found not in (None, leaf))
    receipts = [
        msgspec.json.decode(p.read_bytes(), type=Statement) for p in cast.folder.glob("people/*/*.receipt.json")
    ]
    known = {statement_id(receipt) for receipt in _receipts(kept)}
    return lost + sum(statement_id(receipt) not in known for receipt in receipts), forked


def _entries(raw: bytes) -> list[Shown]:
    return msgspec.json.decode(raw, type=list[Shown])


def _receipts(kept: list[Shown]) -> list[Statement]:
    told = [shown.event["receipt"] for shown in kept if shown.event and "receipt" in shown.event]
    return [msgspec.convert(receipt, type=Statement) for receipt in told]


if __name__ == "__main__":
    main()
