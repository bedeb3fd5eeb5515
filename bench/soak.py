"""A server for twenty minutes (--minutes) while clients come and go: does its memory grow?

Three hundred listen, and every second twenty of them break off and as many come; one asks again and again and never
reads; a notice is posted twice a minute (a server keeps its sessions in memory, so an entry costs a few kB for good).
Memory is looked at every second; its slope is the line of least squares without the first quarter, in which everything
is touched for the first time. Last line: {"slope_kb_per_minute", "rss_mib", "came_and_went", "cut_off", "delivered"}.
"""

import argparse
import json
import socket
import statistics
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.load.control import Peer, python, started
from bench.load.listeners import Crowd, House, join_from, say, stay_on, upgrade
from bench.load.whole import SESSION
from tests.gateway.house import free_port

LISTENERS = 300
EVERY_S = 1
LEAVE = 20
POST_EVERY_S = 30
ASKS = 500
"""Of the one who never reads, every second."""


def main() -> None:
    """Watch and print."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--minutes", type=float, default=20)
    asked = wanted.parse_args()
    stay_on(1)
    port = free_port()
    with started(*python("whole", str(port))) as peer:
        crowd = Crowd(House(port, SESSION))
        crowd.gather(LISTENERS)
        deaf = NeverReading(crowd.house)
        seen, gone = watched(peer, crowd, deaf, asked.minutes * 60)
    figures = {
        "slope_kb_per_minute": round(slope(seen) * 60, 1),
        "rss_mib": round(seen[-1][1] / 1024, 1),
        "came_and_went": gone,
        "cut_off": deaf.cut_off,
        "delivered": crowd.heard,
    }
    print(json.dumps(figures))


def watched(peer: Peer, crowd: Crowd, deaf: "NeverReading", lasts_s: float) -> tuple[list[tuple[float, float]], int]:
    """(seconds, kB) of the server, and how many came and went."""
    began, posted, gone = time.monotonic(), 0, 0
    seen: list[tuple[float, float]] = []
    while (passed := time.monotonic() - began) < lasts_s:
        crowd.scatter(LEAVE)
        crowd.gather(LEAVE)
        deaf.ask()
        gone += LEAVE
        if passed >= posted * POST_EVERY_S:
            peer.ask(count=1, rate=1)
            posted += 1
            crowd.listen(partial(crowd.reached, peer.answer()["head"]), 60)
        crowd.listen(partial(_is_past, time.monotonic() + EVERY_S), 60)
        seen.append((passed, peer.rss_kb))
        if len(seen) % 60 == 0:
            print(f"{passed / 60:.0f} min: {seen[-1][1] / 1024:.1f} MiB, {gone} came and went", flush=True)
    return seen, gone


def _is_past(instant: float) -> bool:
    return time.monotonic() > instant


def slope(seen: list[tuple[float, float]]) -> float:
    """kB a second."""
    settled = seen[len(seen) // 4 :]
    return statistics.linear_regression(*zip(*settled, strict=True)).slope


class NeverReading:
    """One who asks for everything and reads nothing; cut off, it comes again."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._socket = self._come()
        self.cut_off = 0

    def ask(self) -> None:
        """Again and again."""
        try:
            for _ in range(ASKS):
                say(self._socket, join_from(self._house, 0))
        except BlockingIOError:
            pass  # the server reads no more of it for now
        except OSError:
            self.cut_off += 1
            self._socket.close()
            self._socket = self._come()

    def _come(self) -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect(("127.0.0.1", self._house.port))
        made.setblocking(False)
        made.send(upgrade(self._house.port))
        say(made, b"40")
        return made


if __name__ == "__main__":
    main()
