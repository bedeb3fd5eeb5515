"""What a reader, mostly the public, may read whole of a session: the only events that papers are made from."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, event_of
from remote_bid.timeline.desk import Folded
from remote_bid.timeline.entry import Who

_PUBLIC = Who(person="", role="observer")

E = TypeVar("E", bound=Event)


class Told(msgspec.Struct, frozen=True):
    """One event that the reader may read whole, with its time."""

    at: datetime
    event: Event


def told(folded: Folded, reader: Who = _PUBLIC) -> list[Told]:
    """All events that a reader may read whole, by time; the main line's before those of side lines."""
    shown = [
        entry
        for entry in [*folded.main, *folded.lines.entries()]
        if folded.context.show(folded.state, entry.line, entry.fields, reader, False) is None
    ]
    found = [Told(instant.when(entry.fields["at"]), event_of(folded.context, entry.fields)) for entry in shown]
    return sorted(found, key=lambda each: each.at)


def all_of(story: list[Told], kind: type[E]) -> Iterator[tuple[datetime, E]]:
    """The events of one kind, with their times."""
    return ((each.at, each.event) for each in story if isinstance(each.event, kind))
