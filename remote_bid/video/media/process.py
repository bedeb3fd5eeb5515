"""One worker process as the server sees it: asked, heard, and started again whenever it ends unasked."""

import asyncio
import contextlib
import itertools
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from remote_bid.video.media.wire import Answered, Ask, Order, Ready, WorkerSettings, frame, next_frame, read_said
from remote_bid.video.stage import BadOffer, NoMedia, Report

_ANSWER_S = 10.0
"""A worker that answers nothing for so long hangs, and is ended."""
_STOP_S = 30.0
_WELL_S = 10.0
"""A worker that ran so long did not fail to start."""
_AGAIN_S = (0.0, 0.2, 1.0, 5.0)
"""How long to wait before a start, after so many that failed in a row."""
_LOG = structlog.get_logger("media")


@dataclass(frozen=True, kw_only=True)
class Media:
    """How the workers run. `port`: the first's, the next ones follow; 0: whatever is free."""

    recordings: Path
    workers: int = 1
    bind: str = "127.0.0.1"
    port: int = 0
    called: Sequence[str] = ("127.0.0.1",)
    """The addresses at which clients reach `bind`."""
    clients: Sequence[str] = ()
    """The networks that clients may call from; none: from wherever a person's machine can be."""
    segment_s: float = 10.0


class Process:
    """`came` is called when it can be asked, `went` when it no longer can."""

    def __init__(
        self,
        media: Media,
        index: int,
        *,
        heard: Callable[[Report], None],
        came: Callable[[], Awaitable[None]],
        went: Callable[["Process"], None],
    ) -> None:
        self._media, self._index = media, index
        self._heard, self._came, self._went = heard, came, went
        self.ready = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Answered]] = {}
        self._running: asyncio.Task[None] | None = None
        self._placing: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def is_ready(self) -> bool:
        return self.ready.is_set()

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """And keep it running until `stop`."""
        self._running = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """In order: it finishes and tells what it records, then ends. By force if it takes too long."""
        self._stopping = True
        if self._writer is not None and self._writer.can_write_eof():
            self._writer.write_eof()
        if self._running is not None:
            try:
                async with asyncio.timeout(_STOP_S):
                    await asyncio.shield(self._running)
            except TimeoutError:
                self._kill()
                await self._running

    async def ask(self, order: Order, answer_s: float = _ANSWER_S) -> str:
        """The answer to a Join, else "". BadOffer if it refuses, NoMedia if it is or goes away, or hangs."""
        if self._writer is None or not self.is_ready:
            raise NoMedia("the media worker is gone")
        number = next(self._numbers)
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._asked[number] = future
        self._writer.write(frame(Ask(number, order)))
        try:
            async with asyncio.timeout(answer_s):
                answered = await future
        except TimeoutError as error:
            _LOG.error("media worker hangs", pid=self.pid, order=type(order).__name__)
            self._kill()
            raise NoMedia("the media worker does not answer") from error
        finally:
            self._asked.pop(number, None)
        if answered.bad_offer is not None:
            raise BadOffer(answered.bad_offer)
        if answered.failed is not None:
            raise NoMedia(answered.failed)
        return answered.sdp

    async def _keep(self) -> None:
        failed = 0
        while not self._stopping:
            await asyncio.sleep(_AGAIN_S[min(failed, len(_AGAIN_S) - 1)])
            began = time.monotonic()
            await self._run()
            failed = failed + 1 if time.monotonic() - began < _WELL_S else 0
            if not self._stopping:
                _LOG.error("media worker ended unasked", index=self._index, in_a_row=failed)

    async def _run(self) -> None:
        """One process, from its start to its end."""
        ours, its = socket.socketpair()
        with its:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "remote_bid.video.media.worker",
                msgspec.json.encode(self._settings(its.fileno())).decode(),
                pass_fds=[its.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
            )
        reader, self._writer = await asyncio.open_unix_connection(sock=ours)
        try:
            while (content := await next_frame(reader)) is not None:
                self._take(content)
        finally:
            self._gone()
            self._writer.close()
            await self._end()

    def _settings(self, descriptor: int) -> WorkerSettings:
        media = self._media
        return WorkerSettings(
            socket=descriptor,
            bind=(media.bind, media.port + self._index if media.port else 0),
            called=list(media.called),
            clients=list(media.clients),
            recordings=str(media.recordings),
            segment_s=media.segment_s,
        )

    def _take(self, content: bytes) -> None:
        match read_said(content):
            case Answered() as answered:
                if (future := self._asked.get(answered.number)) and not future.done():
                    future.set_result(answered)
            case Ready():
                self.ready.set()
                self._placing = asyncio.ensure_future(self._came())
            case report:
                self._heard(report)

    def _gone(self) -> None:
        self.ready.clear()
        for future in self._asked.values():
            if not future.done():
                future.set_exception(NoMedia("the media worker is gone"))
        self._went(self)

    async def _end(self) -> None:
        """Its socket is closed, so it is ending; in a while it has to."""
        if self._process is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                await self._process.wait()
        self._kill()
        await self._process.wait()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
