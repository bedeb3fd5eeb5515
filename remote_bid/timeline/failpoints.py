"""Numbered failpoints: where tests let a process die or an operation fail. Inert unless armed when a program starts.

REMOTE_BID_FAILPOINT=<name>.<number>:<fault> strikes the <number>th time, counted from 1, that a point of this name is
passed; `any` counts all of them.
"""

import contextlib
import errno
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

ANY = "any"
VARIABLE = "REMOTE_BID_FAILPOINT"

_LOG = structlog.get_logger("failpoints")


class Fault(StrEnum):
    """What happens at the point."""

    KILL = "kill"
    """The process dies before the operation."""
    KILL_AFTER = "kill_after"
    """The process dies after the operation."""
    EIO = "eio"
    """The operation fails, not done: the device is broken."""
    ENOSPC = "enospc"
    """The operation fails, not done: no space is left."""
    CUT = "cut"
    """The operation fails, not done: the connection is lost."""
    FAILED_BUT_PERSISTED = "failed_but_persisted"
    """The operation is done, but its answer is lost with the connection."""
    COUNT = "count"
    """Nothing; the points are only counted."""


_BEFORE = {Fault.EIO: errno.EIO, Fault.ENOSPC: errno.ENOSPC, Fault.CUT: errno.ECONNRESET}


@dataclass
class _Armed:
    name: str
    number: int
    fault: Fault
    passed: list[str] = field(default_factory=list)


_armed: _Armed | None = None


def arm(described: str) -> None:
    """Strike as `<name>.<number>:<fault>` says, from now on; ValueError if it is not so written."""
    global _armed
    place, _, fault = described.partition(":")
    name, _, number = place.rpartition(".")
    _armed = _Armed(name, int(number), Fault(fault))
    _LOG.warning("failpoint armed", name=name, number=number, fault=fault)


def arm_from_environment() -> None:
    """Once, when a program starts; nothing is armed where the variable is not set."""
    if described := os.environ.get(VARIABLE):
        arm(described)


def passed() -> list[str]:
    """The names of the points passed since arming, in order."""
    return list(_armed.passed) if _armed else []


def moment(name: str) -> None:
    """Nothing can fail here, but the process may die."""
    if _struck(name) in (Fault.KILL, Fault.KILL_AFTER):
        _die()


@contextlib.contextmanager
def point(name: str) -> Iterator[None]:
    """The operation inside may be struck."""
    fault = _struck(name)
    if fault is Fault.KILL:
        _die()
    if fault in _BEFORE:
        code = _BEFORE[fault]
        raise OSError(code, f"{os.strerror(code)} (failpoint {name})")
    yield
    if fault is Fault.KILL_AFTER:
        _die()
    if fault is Fault.FAILED_BUT_PERSISTED:
        raise OSError(errno.ECONNRESET, f"failed but persisted (failpoint {name})")


def _struck(name: str) -> Fault | None:
    if _armed is None:
        return None
    _armed.passed.append(name)
    counted = len(_armed.passed) if _armed.name == ANY else _armed.passed.count(_armed.name)
    return _armed.fault if counted == _armed.number and _armed.name in (ANY, name) else None


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()
