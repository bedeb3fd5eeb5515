"""The server as it is deployed, around one session on a board: doors, sockets, desk, and its database on the disk.

Asked to post, it hands in one command after the other at its desk, each at its time; a notice's text is the instant
(monotonic, nanoseconds) at which it was to be handed in.
"""

import argparse
import asyncio
import logging
import tempfile
import time
from pathlib import Path

import structlog
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ed25519

from bench.load.board import Post, board, nothing_to_look_up
from bench.load.control import say, told
from remote_bid.gateway.fanout.tuning import BACKLOG, new_loop, tune
from remote_bid.gateway.pace import Limits
from remote_bid.seal.signing import KeySigner
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.engines import engine_of
from remote_bid.timeline.entry import Who
from remote_bid.timeline.sql import SqlLog
from tests.gateway.fanout.front import front

SESSION = "KB-2026-0001"
_LIMITS = Limits(requests="9999999/minute", joins="9999999/minute", connects="9999999/minute", sockets=99_999)
_CLERK = Who(person="clerk", role="clerk")


async def serve(folder: Path, database: str, port: int) -> None:
    """Serve until killed, and do what is asked."""
    secret = bytes(range(32))
    log = SqlLog(engine_of(database, folder), AtRest(secret))
    await log.prepare()
    office = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(secret))
    desk = Desk(log, office, secret, {board.name: (board, nothing_to_look_up)})
    await desk.create(SESSION, board.name)
    await desk.handle(SESSION, Post(text="0"), _CLERK)
    async with front(desk, board, secret, f"http://127.0.0.1:{port}", _LIMITS) as here:
        await web.TCPSite(here.runner, "127.0.0.1", port, backlog=BACKLOG).start()
        tune()
        say(port=port)
        async for asked in told():
            took = await post(desk, asked["count"], asked["rate"])
            say(head=(await desk.look(SESSION)).head, commit_ms=_p99(took))


async def post(desk: Desk, count: int, rate: float) -> list[float]:
    """`count` notices, `rate` a second; one that is late tells when it should have been. How long each took, in ms."""
    began, took = time.monotonic_ns(), list[float]()
    for number in range(count):
        due = began + int(number * 1e9 / rate)
        await asyncio.sleep((due - time.monotonic_ns()) / 1e9)
        handed_in = time.monotonic_ns()
        await desk.handle(SESSION, Post(text=str(due)), _CLERK)
        took.append((time.monotonic_ns() - handed_in) / 1e6)
    return took


def _p99(took: list[float]) -> float:
    return round(sorted(took)[int(len(took) * 0.99)], 1)


def main() -> None:
    """Start as asked on the command line."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("port", type=int)
    wanted.add_argument("--database", default="")
    asked = wanted.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=new_loop) as loop:
        loop.run(serve(Path(folder), asked.database, asked.port))


if __name__ == "__main__":
    main()
