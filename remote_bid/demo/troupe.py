"""All processes of the play, and waiting for what they bring about."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

import aiohttp

from remote_bid.demo.forks import fork_server
from remote_bid.participant.client import Line, ServerRefused

T = TypeVar("T")

_STOP_S = 3
_HOUSE = ("play_cosigner", "play_server", "play_hall")
"""Parts without whom nothing goes on."""


class PlayFailed(Exception):
    """A participant or the server gave up; the sentence says who."""


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


@contextlib.contextmanager
def troupe(playable: bool = False) -> Iterator[Troupe]:
    """A troupe for the time of the context."""
    players = Troupe(playable)
    try:
        yield players
    finally:
        players.leave()


async def while_all_play(over: "asyncio.Task[T]", players: Troupe, limit_s: float) -> T:
    """What comes of it; PlayFailed if anybody gives up before, or it takes too long."""
    until = time.monotonic() + limit_s
    while not over.done():
        await asyncio.wait([over], timeout=0.2)
        if who := players.failed():
            raise PlayFailed(f"gave up: {who}")
        if time.monotonic() > until:
            raise PlayFailed(f"not over after {limit_s:.0f} s")
    return over.result()


async def bundle_of(client: Line[Any], players: Troupe) -> bytes:
    """The bundle, as soon as the end is cosigned."""
    while True:
        try:
            return await downloaded(client, players, "bundle.zip")
        except ServerRefused as refusal:
            if refusal.code != "not_over" or players.failed():
                raise
            await asyncio.sleep(0.1)


async def downloaded(client: Line[Any], players: Troupe, name: str) -> bytes:
    """Asked for again while the server is being restarted."""
    while True:
        try:
            return await client.download(name)
        except aiohttp.ClientError:
            if players.failed():
                raise
            await asyncio.sleep(0.1)
