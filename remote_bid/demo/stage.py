"""What every part stands on: a process and a log of its own, a line to the server, an identity."""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import structlog

from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.chairs import TAKEN, until_taken
from remote_bid.demo.committee import EVALUATION
from remote_bid.opening.statements import Refusal
from remote_bid.opening.terms import Phase, reached
from remote_bid.participant.checks import from_server
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.evaluating.line import EvaluationLine
from remote_bid.participant.identity import Identity, read_identity
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import Command

JOURNAL, EVALUATION_JOURNAL = "journal", "evaluation.journal"
"""Each participant's lists of the leaves it was shown."""

_AGAIN_S = 0.2


class Visitor(Client):
    """A participant's line to the server. Whoever is told that the session is suspended waits until it goes on; what
    the server refuses under its own key is kept.
    """

    def __init__(self, cast: Cast, person: str) -> None:
        self.identity, self._cast, self._home = identity_of(cast, person), cast, cast.home(person)
        super().__init__(cast.url, SESSION, self.identity, self._home / JOURNAL, cast.trusting())
        self._breath_s = cast.breath_s(person)

    async def hand_in(self, command: Command) -> list[str]:
        """As a client does, after a breath, and again after a suspension."""
        if self.copy.head and reached(self.copy.view.phase, Phase.LOBBY):
            await asyncio.sleep(self._breath_s)
        while True:
            try:
                return await super().hand_in(command)
            except ServerRefused as refusal:
                self._file_away(refusal)
                if refusal.code != "suspended":
                    raise
            await asyncio.sleep(_AGAIN_S)
            await self.until(lambda view: not view.suspended)

    def _file_away(self, refused: ServerRefused) -> None:
        if refused.refusal is not None:
            from_server(self._cast.trust, self.copy, refused.refusal, Refusal)
            name = f"{statement_id(refused.refusal)}.refusal.json"
            (self._home / name).write_bytes(msgspec.json.encode(refused.refusal))


class Attendant(EvaluationLine):
    """A participant's line to the evaluation, with a breath before each act, and patience while it is suspended or a
    site is without network.
    """

    def __init__(self, cast: Cast, person: str) -> None:
        self.identity, home = identity_of(cast, person), cast.home(person)
        super().__init__(cast.url, EVALUATION, self.identity, home / EVALUATION_JOURNAL, cast.trusting())
        self._breath_s = cast.breath_s(person)

    async def hand_in(self, command: Command) -> list[str]:
        """As a line does, after a breath, and again when the work goes on."""
        await asyncio.sleep(self._breath_s)
        while True:
            try:
                return await super().hand_in(command)
            except ServerRefused as refusal:
                if refusal.code not in ("suspended", "site_lost"):
                    raise
            await asyncio.sleep(_AGAIN_S)
            await self.until(lambda view: not view.suspended and not view.sites_lost)


def identity_of(cast: Cast, person: str) -> Identity:
    """Who signs as this person."""
    return read_identity(cast.home(person))


def alone(log: Path, play: Callable[[], Awaitable[None]], yields: str = TAKEN) -> None:
    """Run a part as a program of its own: its log in its folder, one sentence on stderr if it fails. It `yields` when
    somebody takes the person's chair; where that is empty, it plays on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with log.open("a") as file:
        logging.basicConfig(stream=file, level=logging.WARNING)
        structlog.configure(
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.PrintLoggerFactory(file),
        )
        try:
            asyncio.run(_awaited(play, log.parent, yields))
        except Exception as error:
            structlog.get_logger("part").exception("failed")
            print(f"{log.parent.name}: {type(error).__name__}: {error}", file=sys.stderr)
            sys.exit(1)


async def _awaited(play: Callable[[], Awaitable[None]], home: Path, yields: str) -> None:
    """Play until the part is over, is given up, or the demonstration itself is gone."""
    demonstration = multiprocessing.parent_process()
    if demonstration is not None:
        asyncio.get_running_loop().add_reader(demonstration.sentinel, os._exit, 1)
    await (until_given_up(play(), home, yields) if yields else play())


async def until_given_up(play: Awaitable[None], home: Path, yields: str) -> None:
    """Play until the part is over, or a person takes the chair."""
    playing, taken = asyncio.ensure_future(play), asyncio.ensure_future(until_taken(home, yields))
    await asyncio.wait([playing, taken], return_when=asyncio.FIRST_COMPLETED)
    taken.cancel()
    if playing.done():
        playing.result()
    else:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
