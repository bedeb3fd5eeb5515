"""What a process needs that has thousands of sockets open."""

import asyncio
import gc
import resource
import sys

import uvloop

BACKLOG = 4096
"""Connections that may wait to be accepted: a hall full of pages comes back at once."""
_FILES = 65_536
_SWITCH_S = 0.0005
"""After which another thread has its turn: a commit is made in the database's thread, in many small steps, and each
would else wait 5 ms for sockets that are being written to.
"""
_THRESHOLDS = (50_000, 100, 1_000_000)
"""Of the collector's generations: with thousands of sockets a full collection stops everybody, and finds little."""


def new_loop() -> asyncio.AbstractEventLoop:
    """The event loop of a server."""
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def tune() -> None:
    """As many open files as the system lets us have, threads that do not wait for each other, and a collector that
    leaves alone what is here to stay.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, _FILES)), hard))
    sys.setswitchinterval(_SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
