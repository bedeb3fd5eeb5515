"""One process, one core, one UDP port: carries rooms until the server, its parent, is gone.

Started by `workers.py`; its only argument is `WorkerSettings` as JSON.
"""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog
import uvloop

from remote_bid.timeline import failpoints
from remote_bid.video.media.call import Call, House
from remote_bid.video.media.lite import Mux
from remote_bid.video.media.rtc.dtls import Certificate
from remote_bid.video.media.wire import (
    Answered,
    Ask,
    Order,
    Ready,
    Said,
    WorkerSettings,
    frame,
    next_frame,
    read_ask,
)
from remote_bid.video.stage import Arrange, BadOffer, CloseRoom, Join, Leave, OpenRoom

TICK_S = 0.06
_TICKS_TO_HEAR, _TICKS_TO_REPORT = 8, 16
_SWITCH_S = 0.0005
"""A recorder's thread gives the interpreter back after so long: the loop must not wait for it."""
_LOG = structlog.get_logger("media worker")


class Worker:
    """Carries out orders on the rooms it was given."""

    def __init__(self, settings: WorkerSettings, tell: Callable[[Said], None]) -> None:
        self.mux = Mux(settings.bind, settings.called, settings.clients)
        self._house = House(self.mux, Certificate(), Path(settings.recordings), settings.segment_s, tell)
        self._calls: dict[str, Call] = {}

    async def carry_out(self, order: Order) -> str:
        """The answer to a Join, else "". BadOffer; KeyError if there is no such room."""
        match order:
            case OpenRoom():
                if order.room not in self._calls:
                    self._calls[order.room] = Call(order, self._house)
            case Join():
                return self._calls[order.room].join(order)
            case Arrange():
                self._calls[order.room].arrange(order)
            case Leave():
                await self._calls[order.room].leave(order.seat)
            case CloseRoom():
                if (call := self._calls.pop(order.room, None)) is not None:
                    await call.close()
        return ""

    async def tick(self) -> None:
        """Until cancelled: everything that is done every so often."""
        ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            ticks += 1
            now = time.monotonic()
            self.mux.tick()
            for call in list(self._calls.values()):
                call.tick(now)
                if ticks % _TICKS_TO_HEAR == 0:
                    call.hear()
                if ticks % _TICKS_TO_REPORT == 0:
                    call.report(now)

    async def close(self) -> None:
        """Finish what is recorded, tell it, and hear nobody any more."""
        await asyncio.gather(*(self.carry_out(CloseRoom(room=room)) for room in list(self._calls)))
        self.mux.close()


async def _serve(settings: WorkerSettings) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=socket.socket(fileno=settings.socket))

    def tell(message: Said) -> None:
        writer.write(frame(message))

    worker = Worker(settings, tell)
    ticking = asyncio.create_task(worker.tick())
    _settle()
    tell(Ready(worker.mux.socket.getsockname()[1]))
    working: set[asyncio.Task[None]] = set()
    while (content := await next_frame(reader)) is not None:
        task = asyncio.create_task(_answer(worker, read_ask(content), tell))
        working.add(task)
        task.add_done_callback(working.discard)
    await asyncio.gather(*working)
    ticking.cancel()
    await worker.close()
    with contextlib.suppress(ConnectionError):
        await writer.drain()


async def _answer(worker: Worker, ask: Ask, tell: Callable[[Said], None]) -> None:
    try:
        answered = Answered(number=ask.number, sdp=await worker.carry_out(ask.order))
    except BadOffer as refusal:
        answered = Answered(number=ask.number, bad_offer=str(refusal))
    except KeyError:
        answered = Answered(number=ask.number, failed="there is no such room")
    except Exception as error:  # one order's fault is no other room's
        _LOG.exception("order failed", order=type(ask.order).__name__)
        answered = Answered(number=ask.number, failed=type(error).__name__)
    tell(answered)


def _settle() -> None:
    """What is there stays: collecting garbage must not look at it, nor come often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(_SWITCH_S)


def main(argument: str) -> None:
    """Ends when the server does; an interrupt is the server's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    failpoints.arm_from_environment()
    uvloop.run(_serve(msgspec.json.decode(argument, type=WorkerSettings)))


if __name__ == "__main__":
    main(sys.argv[1])
