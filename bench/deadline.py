"""Five hundred bids finalised in the last ten seconds by clients in processes of their own, plus late ones.

Every client has sealed and uploaded before; measured is handing in the submission until it is acknowledged.
Afterwards every receipt is looked for in the set that the close counted. Last line:
{"finalised", "p99_s", "lost", "late_accepted"} and more.
"""

import argparse
import asyncio
import json
import multiprocessing
import queue
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path

from msgspec import structs

from remote_bid.demo import parts
from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import SESSION, Cast, Pace, assemble
from remote_bid.demo.day import Troupe, answering, troupe
from remote_bid.demo.programme import Contender, own_programme
from remote_bid.opening.commands import SubmitBid
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.identity import read_identity
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import statement_id
from remote_bid.tender.statements import Cadence, Windows
from remote_bid.tender.terms import READOUT_FORM, LotPart, Tender
from remote_bid.timeline import instant

PROCESSES = 8
LAST_S = 10
MARGIN_S = 0.4
"""On-time bids are handed in no later than this before the deadline: what is on the way at the deadline may be late."""


class Outcome:
    """What came of one bid: seconds until acknowledged, or the refusal; whether the close counted it."""

    def __init__(self, late: bool, seconds: float, refusal: str, counted: bool) -> None:
        self.late, self.seconds, self.refusal, self.counted = late, seconds, refusal, counted


def main() -> None:
    """Play the last minute before a deadline."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--bids", type=int, default=500)
    wanted.add_argument("--late", type=int, default=40)
    asked = wanted.parse_args()
    programme = own_programme(asked.bids + asked.late, 1)
    programme = replace(
        programme,
        tender=_form_only(programme.tender),
        contenders=[replace(c, faults=frozenset()) for c in programme.contenders],
    )
    with tempfile.TemporaryDirectory() as folder, troupe() as players:
        cast = assemble(Path(folder), programme, _pace(asked.bids))
        outcomes = _played(cast, players, asked.bids)
    print(json.dumps(_figures(outcomes)))


def _form_only(tender: Tender) -> Tender:
    """The tender without draws and without other parts than the readout form."""
    lots = [
        structs.replace(lot, draw=None, parts=[LotPart(part=READOUT_FORM, opened_here=True)]) for lot in tender.lots
    ]
    return structs.replace(tender, lots=lots)


def _pace(bids: int) -> Pace:
    prepared_ms = 30_000 + 150 * bids
    return Pace(
        until_deadline_ms=prepared_ms,
        lobby_ms=LAST_S * 1000,
        ticks=Cadence(every_ms=5000, slots=4096),
        windows=Windows(),
        pause_s=0,
        patient=False,
    )


def _played(cast: Cast, players: Troupe, bids: int) -> list[Outcome]:
    parts_needed = (parts.play_host, parts.play_tenderer, parts.play_supervisor)
    players.enter(parts.play_cosigner, cast)
    players.enter(parts.play_server, cast.settings, cast.server_folder)
    asyncio.run(answering(cast.url, players))
    for part in parts_needed:
        players.enter(part, cast)
    for member in cast.members:
        if member.role is Role.CUSTODIAN:
            players.enter(parts.play_custodian, cast, member.person, False)
    found: Queue[list[Outcome]] = multiprocessing.get_context("forkserver").Queue()
    for number in range(PROCESSES):
        mine = [(c, i >= bids) for i, c in enumerate(cast.contenders) if i % PROCESSES == number]
        players.enter(_bid_together, cast, mine, found)
    return [outcome for _ in range(PROCESSES) for outcome in _next(found, players)]


def _next(found: "Queue[list[Outcome]]", players: Troupe) -> list[Outcome]:
    """The next process's outcomes; gives up as soon as anybody has."""
    while True:
        try:
            return found.get(timeout=1)
        except queue.Empty:
            if who := players.failed():
                raise SystemExit(f"gave up: {who}") from None


def _bid_together(cast: Cast, mine: Sequence[tuple[Contender, bool]], found: "Queue[list[Outcome]]") -> None:
    """One process: many clients, each with its own connections."""
    found.put(asyncio.run(_all(cast, mine)))


async def _all(cast: Cast, mine: Sequence[tuple[Contender, bool]]) -> list[Outcome]:
    gate = asyncio.Semaphore(4)
    return await asyncio.gather(*(_one(cast, contender, late, gate) for contender, late in mine))


async def _one(cast: Cast, contender: Contender, late: bool, gate: asyncio.Semaphore) -> Outcome:
    home = cast.home(contender.person)
    identity = read_identity(home)
    async with Client(cast.url, SESSION, identity).connected() as client:
        bidder = Bidder(client, identity, contender.person, cast.trust, home, PASSPHRASE)
        async with gate:
            command = await prepared(client, bidder, contender)
        await _at(client, late)
        began = time.monotonic()
        refusal = ""
        try:
            await client.hand_in(command)
        except ServerRefused as refused:
            refusal = refused.code
        seconds = time.monotonic() - began
        bid = statement_id(command.parts[0].submission.statement)
        view = await client.until(lambda view: reached(view.phase, Phase.ROSTER))
        own = (view.me.bids or {}).get(bid)
        return Outcome(late, seconds, refusal, own is not None and bool(own.proofs))


async def prepared(client: Client, bidder: Bidder, contender: Contender) -> SubmitBid:
    """Sealed and uploaded; only the submission is left to hand in."""
    lot, form = next(iter(contender.forms.items()))
    await client.until(lambda view: bool(view.timetable))
    upload = b64(secrets.token_bytes(16))
    part, envelope = await asyncio.to_thread(bidder.seal, lot, form, upload)
    await client.upload(upload, envelope)
    return SubmitBid(lot=lot, parts=[part])


async def _at(client: Client, late: bool) -> None:
    """Wait for this client's moment: in the last ten seconds, or just after the deadline."""
    deadline = instant.when(str(client.copy.view.deadline))
    before = -random.uniform(0.005, 1) if late else random.uniform(MARGIN_S, LAST_S)  # noqa: S311 - a load, no secret
    await asyncio.sleep(max(0, (deadline - datetime.now(UTC)).total_seconds() - before))


def _figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    on_time = [outcome for outcome in outcomes if not outcome.late]
    late = [outcome for outcome in outcomes if outcome.late]
    accepted = [outcome for outcome in on_time if not outcome.refusal]
    seconds = sorted(outcome.seconds for outcome in accepted)
    return {
        "finalised": len(accepted),
        "p99_s": round(statistics.quantiles(seconds, n=100)[98], 3),
        "p50_s": round(statistics.median(seconds), 3),
        "lost": sum(not outcome.counted for outcome in accepted),
        "late": len(late),
        "late_accepted": sum(not outcome.refusal for outcome in late),
    }


if __name__ == "__main__":
    main()
