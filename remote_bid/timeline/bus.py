"""Hints between the processes of a deployment: "session X is at version n", and nothing else.

A hint only makes its hearer look into the log sooner. Whoever forges, repeats, garbles or loses hints changes nothing
that anybody is told; without any, every process looks once a second (following.py).
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol

import msgspec


class Hint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session has reached a version, somebody says."""

    session: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


Heard = Callable[[Hint], None]
Missed = Callable[[], None]
"""Called when hints may have been lost: it is time to look everywhere."""


class Bus(Protocol):
    """Carries hints from each process to all the others, some of the time."""

    def listen(self, heard: Heard, missed: Missed) -> None:
        """Call `heard` with every hint from now on, `missed` after every gap. Said once, before `start`."""

    def tell(self, hint: Hint) -> None:
        """Send a hint some time soon, perhaps; never waits, never fails."""

    def start(self) -> None:
        """Begin to carry."""

    def close(self) -> Awaitable[None]:
        """Stop."""

    @property
    def alert(self) -> str:
        """Why hints are not carried, for health and operators; empty while they are."""


class InProcess:
    """The bus of processes that are one: for tests, and for a deployment that has nobody to tell."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def line(self) -> "Line":
        """One process's end of it."""
        self._lines.append(Line(self._carry))
        return self._lines[-1]

    def _carry(self, hint: Hint, sender: "Line") -> None:
        for line in self._lines:
            if line is not sender:
                line.hear(hint)


class Line:
    """A process's end of an in-process bus."""

    alert = ""

    def __init__(self, carry: Callable[[Hint, "Line"], None]) -> None:
        self._carry = carry
        self._heard: Heard | None = None
        self._open = False

    def listen(self, heard: Heard, missed: Missed) -> None:
        self._heard = heard

    def tell(self, hint: Hint) -> None:
        if self._open:
            self._carry(hint, self)

    def start(self) -> None:
        self._open = True

    async def close(self) -> None:
        self._open = False

    def hear(self, hint: Hint) -> None:
        """What another process told."""
        if self._open and self._heard is not None:
            self._heard(hint)


def nobody() -> Line:
    """The bus of a process that is alone."""
    return InProcess().line()
