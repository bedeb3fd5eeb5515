"""The day itself: raises the curtain, watches as a member of the public would, brings home the bundle."""

import asyncio
import io
import ssl
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import aiohttp

from remote_bid.demo import parts
from remote_bid.demo.bidding import play_bidder
from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.evaluating import NOT_EVALUATED, Evaluated
from remote_bid.demo.troupe import PlayFailed as PlayFailed
from remote_bid.demo.troupe import Troupe as Troupe
from remote_bid.demo.troupe import bundle_of, downloaded, while_all_play
from remote_bid.demo.troupe import troupe as troupe
from remote_bid.opening.terms import Outcome, Phase, Role
from remote_bid.opening.view import OpeningView
from remote_bid.paper.opening_sheets import PAPERS
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.verify import container
from remote_bid.verify.manifest import RECORD

Watch = Callable[[Client], None]
"""Called on every change that the public sees."""


@dataclass(frozen=True)
class Day:
    """What came of it."""

    view: OpeningView
    entries: int
    bundle: bytes
    papers: dict[str, bytes]
    """The documents by file name; none if the session was aborted or no Chinese font is installed."""
    evaluated: Evaluated | None = None
    """What followed; None where too few bids were opened."""

    @property
    def record(self) -> bytes | None:
        """The opening record as it lies in the bundle; None if the session was aborted."""
        return container.read(io.BytesIO(self.bundle))[0].get(RECORD)

    def figures(self) -> dict[str, Any]:
        """For the last line: live bids at close, what became of them, and what the evaluation has come to."""
        rows = (self.view.bids or {}).values()
        outcomes = [row.outcome for row in rows]
        return {
            "bids": sum(count.bids for count in self.view.counts or []),
            "opened": outcomes.count(Outcome.OPENED) + outcomes.count(Outcome.REMEDIED),
            "revoked": outcomes.count(Outcome.DEEMED_REVOKED),
            "withdrawn": outcomes.count(Outcome.DEEMED_WITHDRAWN),
            "entries": self.entries,
            **(self.evaluated.figures() if self.evaluated else NOT_EVALUATED),
        }


Disturb = Callable[[Cast, Troupe, BaseProcess], Awaitable[None]]
"""What happens to the server's process during the day."""


def open_house(players: Troupe, cast: Cast) -> BaseProcess:
    """Cosigner and server; gives the server's process."""
    players.enter(parts.play_cosigner, cast)
    return enter_server(players, cast)


def enter_server(players: Troupe, cast: Cast) -> BaseProcess:
    """The server, with chairs for people where there are to be any."""
    if cast.playable:
        return players.enter(parts.play_hall, cast)
    return players.enter(parts.play_server, cast.settings, cast.server_folder)


def raise_curtain(players: Troupe, cast: Cast, absent: Collection[str] = ()) -> None:
    """Everybody else; two of the four custodians stay away on the day. Bidders and custodians who are `absent` leave
    their chairs to others.
    """
    players.enter(parts.play_host, cast)
    players.enter(parts.play_tenderer, cast)
    players.enter(parts.play_supervisor, cast)
    players.enter(parts.play_witness, cast)
    custodians = [member.person for member in cast.members if member.role is Role.CUSTODIAN]
    for number, person in enumerate(custodians):
        if person not in absent:
            players.enter(parts.play_custodian, cast, person, number % 2 == 0)
    for contender in cast.contenders:
        if contender.person not in absent:
            players.enter(play_bidder, cast, contender)


async def play(cast: Cast, players: Troupe, watch: Watch, limit_s: float, disturb: Disturb | None = None) -> Day:
    """The whole day, as the public sees it; PlayFailed if anybody gives up or it takes too long."""
    server = open_house(players, cast)
    await answering(cast.url, players, cast.trusting())
    raise_curtain(players, cast)
    disturbing = asyncio.ensure_future(disturb(cast, players, server)) if disturb else None
    try:
        return await seen(cast, players, watch, limit_s)
    finally:
        if disturbing is not None:
            disturbing.cancel()
            await asyncio.gather(disturbing, return_exceptions=True)


async def seen(cast: Cast, players: Troupe, watch: Watch, limit_s: float) -> Day:
    """The day from the public's place, until the bundle is there."""
    async with Client(cast.url, SESSION, None, tls=cast.trusting()).connected() as client:
        over = asyncio.create_task(client.until(lambda view: _watched(client, watch, view)))
        view = await while_all_play(over, players, limit_s)
        bundle = await bundle_of(client, players)
        return Day(view, client.copy.head, bundle, await _papers(client, players))


async def answering(url: str, players: Troupe, tls: ssl.SSLContext | None = None) -> None:
    """Wait until the server answers."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls or True)) as http:
        while True:
            if who := players.failed():
                raise PlayFailed(f"{who} did not start")
            try:
                async with http.get(f"{url}/api/time"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


def _watched(client: Client, watch: Watch, view: OpeningView) -> bool:
    watch(client)
    return view.phase in (Phase.CLOSED, Phase.ABORTED)


async def _papers(client: Client, players: Troupe) -> dict[str, bytes]:
    try:
        return {f"{name}.pdf": await downloaded(client, players, f"papers/{name}.pdf") for name in PAPERS}
    except ServerRefused as refusal:
        if refusal.code not in ("not_over", "no_font"):
            raise
        return {}


def keep(day: Day, cast: Cast, out: Path) -> None:
    """Write bundle, trust file, record and documents to a folder."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "bundle.zip").write_bytes(day.bundle)
    (out / "trust.json").write_bytes((cast.folder / "trust.json").read_bytes())
    if day.record is not None:
        (out / "record.json").write_bytes(day.record)
    if day.evaluated is not None:
        (out / "evaluation.zip").write_bytes(day.evaluated.bundle)
    papers = day.papers | (day.evaluated.papers if day.evaluated else {})
    for name, paper in papers.items():
        (out / name).write_bytes(paper)
