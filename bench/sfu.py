"""What a forwarded packet costs, beside Debian's Janus and beside the two calls that nobody can save, in one run.

The server measured has one core, the load another; both servers get the same packets, and both record all of them. Last
line: {"ratio_janus": CPU per packet that arrived, ours ÷ Janus's, the worse of a hall and of rooms of six,
"packets_per_core": packets a second that one core forwards, counted where they arrive, "ratio_floor": ours ÷ (sendto +
srtp_protect), "rooms_of_six": rooms of six people, all to all, at 70 % of a core, "delivery": the least share of
packets that arrived, of all our runs}.
"""

import asyncio
import json
import os
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from bench.media.cores import CLIENT, own_address
from bench.media.floor import floor_us
from bench.media.janus import janus
from bench.media.load import Counted, Load, Stream
from bench.media.ours import ours

LISTENERS = 10
STEADY = Stream("video", 3_000)
FULL, HALLS = Stream("video", 5_100), 2
"""A peer may send 10 000 packets a second and no more, so that one alone cannot fill a core."""
SIX = [Stream("audio", 50), Stream("video", 100)]
"""A voice, and a picture of 880 kbit/s."""
AUDIENCE = 200
ROOMS, COMPARED_ROOMS = 12, 3
WARM_S, RUN_S, ROUNDS = 1.0, 4.0, 3
CORE_SHARE = 0.7

Pids = Sequence[int]


async def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {CLIENT})
    address = own_address()
    hall, their_hall = await beside(address, "hall")
    six, their_six = await beside(address, "six")
    full, rooms = await alone(address, "full"), await alone(address, "rooms")
    broadcast = await alone(address, "broadcast")
    floor = statistics.median([await floor_us(address) for _ in range(ROUNDS)])
    print(f"sendto + srtp_protect                {floor:5.2f} µs a packet")
    all_ours = [*hall, *six, *full, *rooms, *broadcast]
    print(
        json.dumps(
            {
                "ratio_janus": round(max(_ratio(hall, their_hall), _ratio(six, their_six)), 2),
                "packets_per_core": round(statistics.median(run.received / run.seconds for run in full)),
                "ratio_floor": round(_cost(hall) / floor, 2),
                "rooms_of_six": int(ROOMS * CORE_SHARE / statistics.median(run.share / run.delivery for run in rooms)),
                "delivery": round(min(run.delivery for run in all_ours), 4),
            }
        )
    )


async def beside(address: str, what: str) -> tuple[list[Counted], list[Counted]]:
    """Ours and Janus's, in turns."""
    async with AsyncExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        mine = await stack.enter_async_context(ours(folders[0], address))
        theirs = await stack.enter_async_context(janus(folders[1], address))
        loads: list[tuple[Load, Pids]] = []
        for server in (mine, theirs):
            if what == "hall":
                loads.append((await server.one_to_many(LISTENERS, STEADY), server.pids))
            else:
                loads.append((await server.all_to_all(COMPARED_ROOMS, 6, SIX), server.pids))
        ran = await _in_turns(loads)
        _tell(f"ours, {what}", ran[0])
        _tell(f"janus, {what}", ran[1])
        return ran[0], ran[1]


async def alone(address: str, what: str) -> list[Counted]:
    """Ours, as much as a core can take, or the rooms that it should."""
    with tempfile.TemporaryDirectory() as folder:
        async with ours(Path(folder), address) as mine:
            if what == "full":
                load = await mine.one_to_many(LISTENERS, FULL, HALLS)
            elif what == "broadcast":
                load = await mine.one_to_many(AUDIENCE, SIX[-1])
            else:
                load = await mine.all_to_all(ROOMS, 6, SIX)
            [ran] = await _in_turns([(load, mine.pids)])
            _tell(f"ours, {what}", ran)
            return ran


async def _in_turns(loads: Sequence[tuple[Load, Pids]]) -> list[list[Counted]]:
    for load, pids in loads:
        load.run(WARM_S, pids)
    rounds = [[load.run(RUN_S, pids) for load, pids in loads] for _ in range(ROUNDS)]
    for load, _ in loads:
        await load.close()
    return [list(runs) for runs in zip(*rounds, strict=True)]


def _cost(runs: Sequence[Counted]) -> float:
    return statistics.median(run.us_per_packet for run in runs)


def _ratio(mine: Sequence[Counted], theirs: Sequence[Counted]) -> float:
    """Median of the ratios of neighbours in time: the machine's speed drifts."""
    return statistics.median(a.us_per_packet / b.us_per_packet for a, b in zip(mine, theirs, strict=True))


def _tell(name: str, runs: Sequence[Counted]) -> None:
    rate = statistics.median(run.received / run.seconds for run in runs)
    share = statistics.median(run.share for run in runs)
    lost = 1 - min(run.delivery for run in runs)
    client = max(run.client for run in runs)
    print(
        f"{name:18}{rate:10.0f} packets/s {_cost(runs):6.2f} µs a packet, {share:4.0%} of a core, "
        f"{lost:.2%} lost; load's core {client:.0%} busy",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main())
