"""What a process needs that has thousands of sockets open."""

import asyncio
import gc
import resource

import uvloop

BACKLOG = 4096
"""Connections that may wait to be accepted: a hall full of pages comes back at once."""
_FILES = 65_536
_THRESHOLDS = (50_000, 100, 1_000_000)
"""Of the collector's generations: with thousands of sockets a full collection stops everybody, and finds little."""


def new_loop() -> asyncio.AbstractEventLoop:
    """The event loop of a server."""
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def tune() -> None:
    """As many open files as the system lets us have, and a collector that leaves alone what is here to stay."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, _FILES)), hard))
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
