"""Official socket.io clients of both languages on two servers over PostgreSQL and Redis, while everything breaks.

Lines dropped at random, Redis killed, paused, restarted and lied to, servers killed (SIGKILL) and restarted one after
the other, PostgreSQL restarted. Every acknowledged entry is then looked for in the log and with every client.
Last line: {"clients", "events", "drops", "faults", "lost", "doubled", "reordered", "heads"} and more.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.operation.chaos import FAULTS, Plan, played


def main() -> None:
    """One campaign."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--clients", type=int, default=66)
    wanted.add_argument("--events", type=int, default=1200)
    wanted.add_argument("--drops", type=int, default=400)
    wanted.add_argument("--over-s", type=float, default=75)
    wanted.add_argument("--seed", type=int, default=int(time.time()))
    asked = wanted.parse_args()
    print(f"seed {asked.seed}", flush=True)
    writers = min(8, asked.clients // 3)
    scripts = (asked.clients - writers) // 2
    watchers = asked.clients - writers - scripts
    plan = Plan(scripts, watchers, writers, asked.events, asked.drops, len(FAULTS), asked.over_s)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        figures = asyncio.run(played(plan, Path(folder), asked.seed, lambda text: print(text, flush=True)))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
