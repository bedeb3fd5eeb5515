"""One event to thousands of sockets: this house's fan-out beside Socket.IO's own and python-socketio as it comes.

Every server has a core to itself, the listeners another one. Compared are deliveries per CPU-second of the server: the
same event of ~350 bytes, the next one sent when everybody has the last. Then the whole server, with a commit to its
database (SQLite with an fsync, unless --database names another) before each event: milliseconds from when a command
was to be handed in until a listener has the frame; memory of a connection; and 2000 clients that all break off and come
back while entries go on. Every listener checks that each frame is the next. Last line: {"ratio_node", "ratio_stock",
"p99_ms_1000", "p99_ms_2000", "p99_ms_5000", "kb_per_connection", "storm_2000_s", "delivered"}.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.load.control import Peer, python, started
from bench.load.listeners import Crowd, House, stay_on
from bench.load.whole import SESSION
from tests.gateway.house import free_port

SIZES = (1000, 2000, 5000)
ROUNDS = 9
DELIVERIES = {"ours": 60_000, "node": 60_000, "stock": 20_000}
"""Of one round: about a second's work."""
RATES = {1000: 20, 2000: 20, 5000: 10}
"""Commits a second."""
LASTS_S = 20
STORM = 2000
NODE = Path(__file__).parent / "load/node"
WITHIN_S = 120


def main() -> None:
    """Measure and print."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--database", default="", help="postgresql://…; SQLite without it")
    wanted.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked = wanted.parse_args()
    stay_on(1)
    install_node_peer()
    ratios = [compared(size) for size in asked.sizes]
    figures: dict[str, float] = {
        "ratio_node": min(found["node"] for found in ratios),
        "ratio_stock": min(found["stock"] for found in ratios),
    }
    delivered, kb_each = 0, list[float]()
    for size in asked.sizes:
        figures[f"p99_ms_{size}"], kb, heard = with_commits(size, asked.database)
        kb_each.append(kb)
        delivered += heard
    figures["kb_per_connection"] = max(kb_each)
    seconds, heard = storm(asked.database)
    print(json.dumps(figures | {f"storm_{STORM}_s": seconds, "delivered": delivered + heard}))


def install_node_peer() -> None:
    """What the lock names, once."""
    if not (NODE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=NODE, check=True, stdout=sys.stderr)  # noqa: S607


def compared(size: int) -> dict[str, float]:
    """By how much ours is ahead of each peer: medians over rounds, as the machine's speed drifts."""
    commands: dict[str, Sequence[str | Path]] = {
        "ours": python("ours"),
        "node": ["node", NODE / "server.mjs"],
        "stock": python("stock"),
    }
    with ExitStack() as stack:
        peers = {name: stack.enter_context(started(*command)) for name, command in commands.items()}
        crowds = {name: Crowd(House(peer.port)) for name, peer in peers.items()}
        for crowd in crowds.values():
            crowd.gather(size)
        rates: dict[str, list[float]] = {name: [] for name in peers}
        for _ in range(ROUNDS):
            for name, peer in peers.items():
                rates[name].append(_rate(peer, crowds[name], size, max(4, DELIVERIES[name] // size)))
        said = {name: round(statistics.median(found)) for name, found in rates.items()}
        print(f"{size} sockets, deliveries per CPU-second of {crowds['ours'].size} bytes: {said}", flush=True)
    return {name: _ahead(rates["ours"], rates[name]) for name in ("node", "stock")}


def _rate(peer: Peer, crowd: Crowd, size: int, events: int) -> float:
    began, heard = peer.cpu_s, crowd.heard
    for number in range(1, events + 1):
        peer.ask(do="send")
        crowd.listen(lambda sent=number: crowd.heard >= heard + sent * size, WITHIN_S)  # type: ignore[misc]
    return events * size / (peer.cpu_s - began)


def _ahead(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 2)


def with_commits(size: int, database: str) -> tuple[float, float, int]:
    """p99 in ms, kB of memory for a connection, and how many frames were heard: none is missing."""
    with _whole(database) as (peer, crowd):
        before = peer.rss_kb
        crowd.gather(size)
        kb = (peer.rss_kb - before) / size
        began, count = peer.cpu_s, RATES[size] * LASTS_S
        heard, commit_ms = _posted(peer, crowd, count, RATES[size], size)
        core = (peer.cpu_s - began) / LASTS_S
        delays = statistics.quantiles((nanoseconds / 1e6 for nanoseconds in crowd.delays), n=100)
        print(f"{size} sockets, {RATES[size]} commits a second, frames of {crowd.size} bytes:")
        print(
            f"  p50 {delays[49]:.1f} ms, p90 {delays[89]:.1f} ms, p99 {delays[98]:.1f} ms; commits {commit_ms} ms (p99)"
        )
        print(f"  {kb:.1f} kB a connection, {core:.0%} of a core", flush=True)
    return round(delays[98], 1), round(kb, 1), heard


def _posted(peer: Peer, crowd: Crowd, count: int, rate: float, size: int) -> tuple[int, float]:
    before = crowd.heard
    peer.ask(count=count, rate=rate)
    crowd.listen(lambda: crowd.heard >= before + count * size, WITHIN_S)
    answer = peer.answer()
    if not crowd.reached(answer["head"]):
        raise SystemExit("somebody missed something")
    return crowd.heard - before, answer["commit_ms"]


def storm(database: str) -> tuple[float, int]:
    """Seconds until all are back in, and how many frames they heard in the end; each from where it was, no gap."""
    with _whole(database) as (peer, crowd):
        crowd.gather(STORM)
        _posted(peer, crowd, 20, 20, STORM)
        peer.ask(count=100, rate=20)
        crowd.listen(lambda: crowd.heard >= 40 * STORM, WITHIN_S)
        crowd.scatter(STORM)
        seconds = crowd.gather(STORM)
        head = peer.answer()["head"]
        crowd.listen(lambda: crowd.reached(head), WITHIN_S)
        print(f"{STORM} clients broke off and were back after {seconds:.2f} s without a gap", flush=True)
        return round(seconds, 2), crowd.heard


@contextmanager
def _whole(database: str) -> Iterator[tuple[Peer, Crowd]]:
    port = free_port()
    with started(*python("whole", str(port), *(["--database", database] if database else []))) as peer:
        yield peer, Crowd(House(port, SESSION))


if __name__ == "__main__":
    main()
