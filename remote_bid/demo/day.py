"""The day itself: raises the curtain, watches as a member of the public would, brings home the bundle."""

import asyncio
import contextlib
import io
import ssl
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import aiohttp

from remote_bid.demo import parts
from remote_bid.demo.bidding import play_bidder
from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.forks import fork_server
from remote_bid.opening.terms import Outcome, Phase, Role
from remote_bid.opening.view import OpeningView
from remote_bid.paper.opening_sheets import PAPERS
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.verify import container
from remote_bid.verify.manifest import RECORD

Watch = Callable[[Client], None]
"""Called on every change that the public sees."""

_STOP_S = 3
_HOUSE = [part.__name__ for part in (parts.play_cosigner, parts.play_server, parts.play_hall)]


class PlayFailed(Exception):
    """A participant or the server gave up; the sentence says who."""


@dataclass(frozen=True)
class Day:
    """What came of it."""

    view: OpeningView
    entries: int
    bundle: bytes
    papers: dict[str, bytes]
    """The documents by file name; none if the session was aborted or no Chinese font is installed."""

    @property
    def record(self) -> bytes | None:
        """The opening record as it lies in the bundle; None if the session was aborted."""
        return container.read(io.BytesIO(self.bundle))[0].get(RECORD)

    def figures(self) -> dict[str, int]:
        """Counts for the last line: live bids at close, and what became of them."""
        rows = (self.view.bids or {}).values()
        outcomes = [row.outcome for row in rows]
        return {
            "bids": sum(count.bids for count in self.view.counts or []),
            "opened": outcomes.count(Outcome.OPENED) + outcomes.count(Outcome.REMEDIED),
            "revoked": outcomes.count(Outcome.DEEMED_REVOKED),
            "withdrawn": outcomes.count(Outcome.DEEMED_WITHDRAWN),
            "entries": self.entries,
        }


class Troupe:
    """All processes of the play; they end with the context. `playable`: people take chairs and do as they like, so a
    participant whom that brings out of step ends nobody's day but its own.
    """

    def __init__(self, playable: bool = False) -> None:
        self._context = fork_server()
        self._playable = playable
        self._playing: list[BaseProcess] = []

    def enter(self, part: Callable[..., None], *args: Any) -> BaseProcess:
        """Start one part."""
        process = self._context.Process(target=part, args=args, name=f"{part.__name__}")
        process.start()
        self._playing.append(process)
        return process

    def kill(self, process: BaseProcess) -> None:
        """End a process as a power cut would; it does not count as given up."""
        self._playing.remove(process)
        process.kill()
        process.join()

    def failed(self) -> str:
        """Who has given up; empty if nobody."""
        needed = [one for one in self._playing if not self._playable or one.name in _HOUSE]
        return ", ".join(process.name for process in needed if process.exitcode not in (None, 0))

    def leave(self) -> None:
        """End everybody, politely first."""
        for process in self._playing:
            process.terminate()
        until = time.monotonic() + _STOP_S
        for process in self._playing:
            process.join(max(0.1, until - time.monotonic()))
            if process.is_alive():
                process.kill()


Disturb = Callable[[Cast, Troupe, BaseProcess], Awaitable[None]]
"""What happens to the server's process during the day."""


@contextlib.contextmanager
def troupe(playable: bool = False) -> Iterator[Troupe]:
    """A troupe for the time of the context."""
    players = Troupe(playable)
    try:
        yield players
    finally:
        players.leave()


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
        await _while_all_play(over, players, limit_s)
        bundle = await _bundle(client, players)
        return Day(over.result(), client.copy.head, bundle, await _papers(client, players))


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


async def _while_all_play(over: "asyncio.Task[OpeningView]", players: Troupe, limit_s: float) -> None:
    until = time.monotonic() + limit_s
    while not over.done():
        await asyncio.wait([over], timeout=0.2)
        if who := players.failed():
            raise PlayFailed(f"gave up: {who}")
        if time.monotonic() > until:
            raise PlayFailed(f"not over after {limit_s:.0f} s")
    over.result()


async def _bundle(client: Client, players: Troupe) -> bytes:
    """The bundle, as soon as the end is cosigned."""
    while True:
        try:
            return await _downloaded(client, players, "bundle.zip")
        except ServerRefused as refusal:
            if refusal.code != "not_over" or players.failed():
                raise
            await asyncio.sleep(0.1)


async def _downloaded(client: Client, players: Troupe, name: str) -> bytes:
    """Asked for again while the server is being restarted."""
    while True:
        try:
            return await client.download(name)
        except aiohttp.ClientError:
            if players.failed():
                raise
            await asyncio.sleep(0.1)


async def _papers(client: Client, players: Troupe) -> dict[str, bytes]:
    try:
        return {f"{name}.pdf": await _downloaded(client, players, f"papers/{name}.pdf") for name in PAPERS}
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
    for name, paper in day.papers.items():
        (out / name).write_bytes(paper)
