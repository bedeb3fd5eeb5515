"""How tests of the verifier speak: a forged day fails, and is named where it does not hold."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from remote_bid.timeline.entry import MAIN
from remote_bid.verify import Report, Trust, verify
from remote_bid.verify.report import Item, Verdict
from tests.verify.forger import Day
from tests.verify.pieces import Loose

COSIGNED = [
    "OpeningScheduled",
    "TimetableSigned",
    "LobbyOpened",
    "Ticked",
    "BidsClosed",
    "RosterPublished",
    "ReleaseOpened",
    "WindowClosed",
    "CustodyOpened",
    "DrawOpened",
    "ReadoutOpened",
    "ConfirmationOpened",
    "ObjectionsOpened",
    "RecordPrepared",
    "OpeningClosed",
]
"""What the log's cosigners must have signed."""


class Judged(NamedTuple):
    """A bundle, and what became of it."""

    bundle: bytes
    trust: Trust | None
    report: Report


_watching: list[list[Judged]] = []


@contextmanager
def watched() -> Iterator[list[Judged]]:
    """Whatever is judged meanwhile."""
    seen: list[Judged] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def judged(bundle: bytes, trust: Trust | None) -> Report:
    report = verify(io.BytesIO(bundle), trust)
    for seen in _watching:
        seen.append(Judged(bundle, trust, report))
    return report


def failures(report: Report) -> list[Item]:
    return [item for item in report.items if item.verdict is Verdict.FAILED]


def fails(day: Day, *named: str | Loose, why: str = "") -> None:
    """Though trust is in order, something named so fails, for a reason that says `why`."""
    found = failures(judged(day.bundle(), day.trust))
    names = [_name(name) for name in named] or [""]
    assert found, "verified"
    assert any(name in item.what and why in item.why for item in found for name in names), found


def holds(day: Day) -> None:
    found = failures(judged(day.bundle(), day.trust))
    assert not found, found


def _name(named: str | Loose) -> str:
    if isinstance(named, str):
        return named
    return f"timeline.json entry {named.seq}" if named.line == MAIN else f"lines.json {named.line} entry {named.seq}"
