"""Before the deadline a bidder learns nothing of its rivals; before custody nobody learns anything of the bids."""

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from remote_bid.demo.authority import Authority
from remote_bid.demo.day import answering, troupe
from remote_bid.demo.parts import play_server
from remote_bid.opening.commands import OpenRelease
from remote_bid.opening.events import BidSubmitted
from remote_bid.opening.terms import Phase
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.client import Client
from remote_bid.participant.release_file import read_release
from remote_bid.seal.canonical import labelled_hash, unb64
from remote_bid.seal.envelope import Secrets
from remote_bid.seal.statements import said
from remote_bid.seal.xwing import key_id, open_with, public_key
from remote_bid.tender.statements import Deal
from tests.gateway.house import BIDDERS, HALL, House, house, premises
from tests.journeys.alike import differences
from tests.journeys.listening import Ear
from tests.journeys.morning import CUSTODIANS, LOT, PASSPHRASE, Morning, Pace, form, morning
from tests.journeys.thief import Loot, folder, memory

pytestmark = pytest.mark.slow

ANN = BIDDERS[0]
PACES = (Pace(lobby_s=6.5, deadline_s=9, tick_s=2.5), Pace(lobby_s=19.5, deadline_s=27, tick_s=7.5))
"""The slower one for a machine that is busy with other things: both mornings must keep to the same steps."""
STEPS = ["Ticked", "BidSubmitted", "Ticked", "LobbyOpened", "BidderCheckedIn", "Ticked", "Ticked", "BidsClosed"]


@pytest.mark.timeout(150)
async def test_what_a_bidder_receives_is_alike_with_3_rivals_and_with_30(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every HTTP answer and every socket message that one bidder gets before T0, in two mornings of the same people."""
    monkeypatch.setattr("remote_bid.participant.sealing.write_release", lambda *args: None)
    authority, people = Authority("Authority of the tests"), tmp_path / "people"
    for pace in PACES:
        heard = await both_heard(tmp_path / str(pace.tick_s), authority, people, pace)
        if all(steps_of(one) == STEPS for one in heard):
            break
    assert [steps_of(one) for one in heard] == [STEPS, STEPS], "the machine was too busy to keep the steps"
    few, many = heard
    assert {way: len(items) for way, items in few.items()} == {way: len(items) for way, items in many.items()}
    assert list(differences(few, many)) == []


async def both_heard(folder: Path, authority: Authority, people: Path, pace: Pace) -> list[dict[str, list[Any]]]:
    """What Ann hears in two mornings at the same time, in two houses."""
    async with (
        house(folder / "few", authority, people) as quiet,
        house(folder / "many", authority, people) as crowded,
    ):
        return list(await asyncio.gather(heard_among(3, quiet, pace), heard_among(30, crowded, pace)))


async def heard_among(rivals: int, found: House, pace: Pace) -> dict[str, list[Any]]:
    """What Ann hears up to the deadline in a morning with so many rivals."""
    async with morning(found, pace) as day:
        await day.prepare()
        await day.begin()
        async with Ear(found, ANN).listening() as ear:
            ann = Bidder(cast(Client, ear), found.person(ANN), ANN, found.trust, found.home(ANN), PASSPHRASE)
            crowd = asyncio.gather(*(rival(day, found, number) for number in range(rivals)))
            await day.until_main(1, "Ticked")
            await day.quiet()
            await ann.submit(LOT, form())
            await day.until_main(1, "LobbyOpened")
            await day.quiet()
            await ann.check_in()
            await ear.look_around()
            await day.until_main(1, "BidsClosed")
            await crowd
            await day.quiet()
            return ear.heard | {"frames": until_closed(ear.heard["frames"])}


async def rival(day: Any, found: House, number: int) -> None:
    """Bids some time before the lobby, checks in some time before the deadline."""
    bidder = await day.bidder(f"9133000000000{number:04d}R")
    await asyncio.sleep(random.random() * 3)  # noqa: S311 - no secret
    await bidder.submit(LOT, form(price=f"{random.randrange(10**5, 10**7)}.00", manager="X" * number))  # noqa: S311 - no secret
    await bidder.check_in()


def until_closed(frames: list[Any]) -> list[Any]:
    """What came before anything was counted."""
    types = [(frame[1].get("event") or {}).get("type") for frame in frames]
    return frames[: types.index("BidsClosed") + 1]


def steps_of(heard: dict[str, list[Any]]) -> list[str]:
    """The entries whose order the clock and Ann decide."""
    types = [(frame[1].get("event") or {}).get("type", "") for frame in heard["frames"]]
    return [kind for kind in types if kind in STEPS]


@dataclass
class Sealed:
    """A bidder and what only it knows."""

    person: str
    manager: str
    price: str
    bid: str = ""
    halves: Secrets = field(default_factory=lambda: Secrets(b"", b""))


CANARIES = [
    Sealed(f"9133000000000{number}00C", f"Canary{number}Qx7fJ3", price)
    for number, price in enumerate(("7391846.27", "8402957.36", "9513068.45"))
]


@pytest.mark.timeout(90)
async def test_up_to_custody_neither_disk_nor_memory_opens_a_bid(tmp_path: Path) -> None:
    """The server in a process of its own; every bidder has released, no custodian has published."""
    pace = Pace(lobby_s=2, deadline_s=3.5, tick_s=1)
    with troupe() as players:
        async with premises(tmp_path / "house") as found:
            server = players.enter(play_server, found.settings, found.server_folder)
            await answering(found.url, players)
            async with morning(found, pace) as day:
                await released(day)
                assert server.pid is not None
                loot = Loot(await asyncio.to_thread(taken, found.server_folder, server.pid))
                seeds = [seed for name in CUSTODIANS for seed in seeds_of(found.home(name))]
                shares = [share for sealed in CANARIES for share in dealt(day, sealed.bid, seeds)]
    assert len(shares) == len(CANARIES) * len(CUSTODIANS)
    assert_nothing_opens(loot, seeds, shares)
    assert_the_thief_is_a_thief(loot)


async def released(day: Morning) -> None:
    """From nothing to CUSTODY."""
    await day.prepare()
    await day.begin()
    bidders = [(await day.bidder(sealed.person), sealed) for sealed in CANARIES]
    for bidder, sealed in bidders:
        sealed.bid = await bidder.submit(LOT, form(sealed.price, sealed.manager))
        release = day.house.home(sealed.person) / f"{sealed.bid}.release"
        sealed.halves = (await asyncio.to_thread(read_release, release, PASSPHRASE))[1]
    await day.host.client.until(lambda view: view.phase is Phase.ROSTER)
    await day.host.client.hand_in(OpenRelease())
    await asyncio.gather(*(bidder.release(sealed.bid) for bidder, sealed in bidders))
    await day.host.client.until(lambda view: view.phase is Phase.CUSTODY)
    await day.quiet()


def taken(server: Path, pid: int) -> dict[str, bytes]:
    """Database with its write-ahead log, safe, logs, keys, settings; and the memory of the process."""
    return folder(server) | {"memory": memory(pid)}


def seeds_of(custodian: Path) -> list[bytes]:
    return [path.read_bytes() for path in custodian.glob("*.seed")]


def dealt(day: Morning, bid: str, seeds: list[bytes]) -> list[bytes]:
    """The shares of a bid's s_T, opened by its custodians' seeds: the bidder's own line tells the deal."""
    copies = [client.copy for client in day.clients if bid in (client.copy.view.me.bids or {})]
    events = [event for copy in copies for _, event in copy.events(BidSubmitted) if event.bid == bid]
    deal = said(events[0].parts[0].deal, Deal)
    keys = {key_id(public_key(seed)): seed for seed in seeds}
    ctx = unb64(deal.ctx)
    return [
        open_with(keys[share.kid], unb64(share.hpke), labelled_hash("sbe/1 share", ctx, share.kid.encode()))
        for share in deal.shares
    ]


def assert_nothing_opens(loot: Loot, seeds: list[bytes], shares: list[bytes]) -> None:
    for sealed in CANARIES:
        for plain in (sealed.manager, sealed.price, sealed.price.replace(".", "")):
            assert loot.holding(plain.encode()) == []
        assert loot.holding(sealed.halves.s_t) == []
        assert loot.holding(sealed.halves.s_b) in ([], ["memory"])
    for secret in [*seeds, *shares, *(share[:-1] for share in shares)]:
        assert loot.holding(secret) == []


def assert_the_thief_is_a_thief(loot: Loot) -> None:
    """It finds what is there: else that it found nothing would mean nothing."""
    assert [sealed.person for sealed in CANARIES if "memory" not in loot.holding(sealed.halves.s_b)] == []
    assert {"memory", "timeline.sqlite-wal"} <= set(loot.holding(HALL.encode()))
    assert sum(name.startswith("safe/") for name in loot.holding(b"SBENV\0\0\1")) == len(CANARIES)
    assert "office.json" in loot.places
    assert "server.log" in loot.places
