"""The fork server from which the demonstration's processes come."""

import multiprocessing
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, util
from multiprocessing.context import ForkServerContext
from pathlib import Path

_LONGEST = 70
"""Bytes that the folder of its socket may have: a socket's whole path may have 107."""

_ONCE = ("__main__", "demo.parts", "demo.bidding", "demo.evaluators", "demo.offices")
"""Loaded once, before any process is forked. The command line too: each process runs its script's imports anew
(naming `__main__` alone has no effect before Python 3.14).
"""


def fork_server() -> ForkServerContext:
    """A running one. Ctrl-C, which a terminal sends to all of a program's processes, ends the demonstration, not it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"remote_bid.{name}" for name in _ONCE])
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _short_temporary_folder():
            util.get_temp_dir()
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)
    return context


def end_fork_server() -> None:
    """Return when it is gone: interrupted while it still loads, it would outlive the demonstration by seconds."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # nothing that is public waits for its end


@contextmanager
def _short_temporary_folder() -> Iterator[None]:
    """Where TMPDIR is too long for a socket, the system's own."""
    before, system = tempfile.gettempdir(), Path("/tmp")  # noqa: S108 - a folder of a random name is made in it
    if len(before.encode()) > _LONGEST and system.is_dir():
        tempfile.tempdir = str(system)
    try:
        yield
    finally:
        tempfile.tempdir = before
