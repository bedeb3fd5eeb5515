"""A session goes on while everything breaks: lines drop, Redis dies, hangs and lies, servers are killed, PostgreSQL
restarts. In the end every acknowledged entry is compared with what each client saw and with what the log holds.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from remote_bid.opening.commands import OfferCustodianKey
from remote_bid.opening.terms import Member, Role
from remote_bid.seal.canonical import b64
from remote_bid.seal.xwing import SEED_SIZE, public_key
from remote_bid.tender.statements import CustodianKey
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.bus import Hint
from remote_bid.timeline.engines import postgres_engine
from remote_bid.timeline.entry import MAIN, Entry
from remote_bid.timeline.office import office_keys
from remote_bid.timeline.sql import SqlLog
from tests.gateway.house import HALL, LOG, MEMBERS, TIRELESS, House, premises
from tests.operation.balancer import Balancer
from tests.operation.servers import Server, servers
from tests.operation.watching import Scripts, Seen, Watcher, scripts
from tests.postgres import Cluster, migrate
from tests.timeline.buses import OwnRedis, own_redis

_HEALED_S = 5.0
"""Within which all clients must be at the same head after healing (threats.md, I4)."""
_OFTEN = "1000000/minute"
_BUSY = msgspec.structs.replace(TIRELESS, connects=_OFTEN, joins=_OFTEN, requests=_OFTEN, commands=_OFTEN)


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    scripts: int
    watchers: int
    writers: int
    events: int
    drops: int
    faults: int
    over_s: float
    """Seconds over which events and drops are spread, at least."""


@dataclass
class Play:
    """Everything that takes part; `acknowledged`: statements whose senders were answered, with the seq if told."""

    plan: Plan
    house: House
    cluster: Cluster
    redis: OwnRedis
    servers: Sequence[Server]
    balancer: Balancer
    dice: random.Random
    watchers: list[Watcher] = field(default_factory=list)
    writers: list[Watcher] = field(default_factory=list)
    acknowledged: list[tuple[str, int | None]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


async def played(plan: Plan, folder: Path, seed: int, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Play it through; the figures."""
    async with AsyncExitStack() as stack:
        play = await stack.enter_async_context(_set_up(plan, folder, seed))
        script = await stack.enter_async_context(scripts(play.house.url, HALL, plan.scripts))
        for watcher in [*play.watchers, *play.writers]:
            await stack.enter_async_context(watcher.watching())
        say(f"{plan.scripts + len(play.watchers) + len(play.writers)} clients, {len(play.servers)} servers")
        begun = time.monotonic()
        writing = asyncio.gather(*(_write(play, n, writer) for n, writer in enumerate(play.writers)))
        dropping = asyncio.create_task(_drop(play))
        await _break(play, writing, say)
        await writing
        await dropping
        say(f"written and healed after {time.monotonic() - begun:.0f} s")
        kept = await _kept(play)
        healed_s = await _healed(play, script, kept)
        seen = [*await script.seen(), *(watcher.seen for watcher in [*play.watchers, *play.writers])]
        return _reconciled(play, kept, seen) | {"healed_s": round(healed_s, 2)}


@asynccontextmanager
async def _set_up(plan: Plan, folder: Path, seed: int) -> AsyncIterator[Play]:
    dice = random.Random(seed)  # noqa: S311 - moments of a campaign; the seed repeats it
    async with AsyncExitStack() as stack:
        cluster = Cluster()
        stack.callback(cluster.destroy)
        redis = stack.enter_context(own_redis())
        how: dict[str, Any] = {"database": cluster.url, "redis": redis.url, "limits": _BUSY}
        house = await stack.enter_async_context(premises(folder, **how))
        migrate(cluster.url)
        found = await stack.enter_async_context(servers(house, 2))
        balancer = Balancer([server.port for server in found], dice)
        await stack.enter_async_context(balancer.laid(house.settings.port))
        play = Play(plan, house, cluster, redis, found, balancer, dice)
        await _scheduled(play)
        play.watchers = [Watcher(house.url, HALL) for _ in range(plan.watchers)]
        play.writers = [Watcher(house.url, HALL, await house.sign_in(_writer(n))) for n in range(plan.writers)]
        yield play


def _writer(number: int) -> str:
    return f"custodian-{number + 10:02}"


async def _scheduled(play: Play) -> None:
    """Writers are custodians: an offered key is an entry of the main line, with a statement of its sender."""
    writers = [
        Member(person=_writer(n), name=f"Writer {n}", role=Role.CUSTODIAN, side=f"side {n}")
        for n in range(play.plan.writers)
    ]
    body = play.house.plan(members=[*MEMBERS, *writers])
    status, answer = await play.house.post("/api/sessions", body, await play.house.sign_in("host-01"))
    if status != 200:
        raise RuntimeError(str(answer))


async def _write(play: Play, number: int, writer: Watcher) -> None:
    person = play.house.person(_writer(number))
    key = b64(public_key(bytes([number]) * SEED_SIZE))
    each_s = play.plan.over_s * play.plan.writers / play.plan.events
    for _ in range(play.plan.events // play.plan.writers):
        offer = CustodianKey(session=HALL, lot="1", part="readout_form", public_key=key)
        signed = person.sign(offer)
        seqs = await writer.hand_in(msgspec.to_builtins(OfferCustodianKey(signed=signed)))
        play.acknowledged.append((signed.statement.signatures[0].sig, seqs[0] if seqs else None))
        await asyncio.sleep(play.dice.uniform(0, 2 * each_s))


async def _drop(play: Play) -> None:
    while play.balancer.dropped < play.plan.drops:
        await asyncio.sleep(play.dice.uniform(0, 2 * play.plan.over_s / play.plan.drops))
        play.balancer.drop()


# ── What breaks ──────────────────────────────────────────────────────────────────────────────────────


async def _break(play: Play, writing: "asyncio.Future[Any]", say: Callable[[str], None]) -> None:
    """One after the other, each while the writers go on and before the one before is forgotten."""
    for fault in FAULTS[: play.plan.faults]:
        await asyncio.sleep(play.dice.uniform(0.5, 1.5))
        say(f"{fault.__name__.strip('_').replace('_', ' ')}{' (nobody writes any more)' if writing.done() else ''}")
        await fault(play)
        play.faults.append(fault.__name__)


async def _forged_and_junk(play: Play) -> None:
    for version in (1, 2, 999_999_999):
        for session in (HALL, "nowhere", "*"):
            forged = msgspec.json.encode(Hint(session, version))
            play.redis.publish(f"remote-bid:{LOG}:{session}", forged)
    for _ in range(200):
        play.redis.publish(f"remote-bid:{LOG}:{HALL}", play.dice.randbytes(play.dice.randrange(400)))


async def _redis_killed(play: Play) -> None:
    play.redis.kill()
    await asyncio.sleep(play.dice.uniform(1, 2))
    play.redis.start()


async def _server_killed(play: Play) -> None:
    server = play.dice.choice(play.servers)
    await server.kill()
    await asyncio.sleep(play.dice.uniform(0, 1))
    await server.start()


async def _postgres_restarted(play: Play) -> None:
    await asyncio.to_thread(play.cluster.stop)
    await asyncio.sleep(play.dice.uniform(0, 1))
    await asyncio.to_thread(play.cluster.start)


async def _redis_paused(play: Play) -> None:
    play.redis.pause()
    await asyncio.sleep(play.dice.uniform(2, 3))
    play.redis.go_on()


async def _one_after_the_other_restarted(play: Play) -> None:
    """As for a new version."""
    for server in play.servers:
        await server.stop()
        await server.start()


async def _every_server_killed_with_redis_away(play: Play) -> None:
    play.redis.kill()
    await asyncio.gather(*(server.kill() for server in play.servers))
    await asyncio.gather(*(server.start() for server in play.servers))
    play.redis.start()


async def _redis_restarted_again_and_again(play: Play) -> None:
    for _ in range(3):
        play.redis.kill()
        play.redis.start()
        await asyncio.sleep(play.dice.uniform(0, 0.5))


FAULTS: Sequence[Callable[[Play], Awaitable[None]]] = (
    _forged_and_junk,
    _server_killed,
    _redis_killed,
    _postgres_restarted,
    _redis_paused,
    _server_killed,
    _one_after_the_other_restarted,
    _redis_restarted_again_and_again,
    _every_server_killed_with_redis_away,
)


# ── What came of it ──────────────────────────────────────────────────────────────────────────────────


async def _kept(play: Play) -> list[Entry]:
    """The main line as the database has it, its chain checked by reading it."""
    keys = office_keys(play.house.server_folder / "office.json")
    log = SqlLog(postgres_engine(play.cluster.url), AtRest(keys.storage))
    turns = await log.read(HALL, 0)
    await log.close()
    return [entry for _, entries in turns for entry in entries if entry.line == MAIN]


async def _healed(play: Play, script: Scripts, kept: list[Entry]) -> float:
    """Seconds until every client was at the head of the log."""
    begun = time.monotonic()
    while time.monotonic() - begun < 6 * _HEALED_S:
        heads = [*await script.heads(), *(watcher.seen.last for watcher in [*play.watchers, *play.writers])]
        if min(heads) >= kept[-1].seq:
            break
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


def _reconciled(play: Play, kept: list[Entry], seen: list[Seen]) -> dict[str, Any]:
    """Every acknowledged entry is once in the log, and every client saw every entry of the log with that very leaf."""
    true = {entry.seq: b64(entry.leaf) for entry in kept}
    by_statement: dict[str, list[int]] = {}
    for entry in kept:
        if entry.type == "CustodianKeyOffered":
            signature = entry.fields["signed"]["statement"]["signatures"][0]["sig"]
            by_statement.setdefault(signature, []).append(entry.seq)
    lost = sum(
        seq not in {None, *by_statement.get(sig, [])} or sig not in by_statement for sig, seq in play.acknowledged
    )
    doubled = sum(len(seqs) - 1 for seqs in by_statement.values())
    for one in seen:
        lost += sum(one.leaves.get(seq) != leaf for seq, leaf in true.items())
        doubled += one.doubled
    heads = {(max(one.leaves, default=0), one.leaves.get(one.last, "")) for one in seen}
    return {
        "clients": len(seen),
        "events": len(play.acknowledged),
        "entries": len(kept),
        "deliveries": sum(len(one.leaves) for one in seen),
        "connections": sum(one.connections for one in seen),
        "drops": play.balancer.dropped,
        "faults": len(play.faults),
        "lost": lost,
        "doubled": doubled,
        "reordered": sum(one.reordered for one in seen),
        "gaps": sum(one.gaps for one in seen),
        "heads": len(heads | {(kept[-1].seq, b64(kept[-1].leaf))}),
    }
