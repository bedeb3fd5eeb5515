"""given(opening, RELEASE).when(release(ALPHA), by=BETA).then_refused("not_signed_by_you"): one sentence a rule.

A past is a tuple of acts. It is lived through once, by the room's own rules and look-ups over a chained log in memory,
and remembered: sentences that begin alike share that work.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
import pytest

from remote_bid.seal.signing import Signer
from remote_bid.timeline import instant
from remote_bid.timeline.chain import genesis, link
from remote_bid.timeline.context import AnyContext, Aside, Command, Event, Facts, Refused, Turn
from remote_bid.timeline.desk import Folded, fold, unfolded
from remote_bid.timeline.entry import MAIN, Entry, Who
from remote_bid.timeline.log import Session


@dataclass(frozen=True, eq=False)
class Room:
    """A room under test, and the one session that all its sentences tell of."""

    context: AnyContext
    facts: Facts
    session: str
    begins: datetime
    office: Signer
    line_secret: bytes


@dataclass(frozen=True)
class Story:
    """A session so far: folded, and every turn as it was committed."""

    room: Room
    folded: Folded
    at: datetime
    turns: tuple[Sequence[Entry], ...] = ()

    @property
    def state(self) -> Any:
        """The room's state."""
        return self.folded.state


@dataclass(frozen=True, eq=False, repr=False)
class Act:
    """A command and whose it is by nature. What it says may depend on the story so far, as a signed answer does."""

    ask: Command | Callable[[Story], Command]
    by: Who
    at: datetime | None = None
    """None: `after_ms` after the act before."""
    after_ms: int = 0

    def asked(self, story: Story) -> Command:
        """The command itself, word for word."""
        return self.ask if isinstance(self.ask, Command) else self.ask(story)

    def __repr__(self) -> str:
        """What is done, by whom: what was sealed and signed would fill a page."""
        done = type(self.ask).__name__ if isinstance(self.ask, Command) else self.ask.__qualname__.split(".")[0]
        return f"{done} by {self.by.person or self.by.role}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """As Hypothesis prints it: it would print the fields."""
        printer.text(repr(self))


Past = tuple[Act, ...]


def at(when: datetime, act: Act) -> Act:
    """The same act at a certain time."""
    return replace(act, at=when)


def after(ms: int, act: Act) -> Act:
    """The same act so long after the one before."""
    return replace(act, after_ms=ms)


def given(room: Room, *past: Past | Act) -> "Given":
    """A session in which all this was done, and nothing of it refused but on record."""
    acts = tuple(act for item in past for act in (item if isinstance(item, tuple) else (item,)))
    return Given(_lived(room, acts))


@lru_cache(maxsize=4096)
def _lived(room: Room, past: Past) -> Story:
    if not past:
        empty = unfolded(Session(room.session, room.context.name, ""), room.context)
        return Story(room, empty, room.begins)
    try:
        return handle(_lived(room, past[:-1]), past[-1])[0]
    except RefusedOnRecord as refusal:
        return refusal.story


def handle(story: Story, act: Act) -> tuple[Story, Sequence[Event | Aside]]:
    """One turn at the desk: look up, decide, chain, fold. Raises Refused."""
    room, folded, when = story.room, story.folded, act.at or instant.later(story.at, act.after_ms)
    assert when >= story.at, "the log's clock never goes back"
    command = act.asked(story)
    known = asyncio.run(_looked_up(room, folded.state, command, act.by))
    turn = Turn(
        session=room.session,
        by=act.by,
        at=when,
        head=folded.head,
        lines=folded.lines,
        office=room.office,
        line_secret=room.line_secret,
        seed=hashlib.sha256(b"turn %d" % folded.version).digest(),
        known=known,
    )
    try:
        events = room.context.decide(folded.state, command, turn)
    except Refused as refusal:
        if not refusal.evidence:
            raise
        raise RefusedOnRecord(refusal, _after(story, turn, refusal.evidence)) from refusal
    return _after(story, turn, events), events


def _after(story: Story, turn: Turn, events: Sequence[Event | Aside]) -> Story:
    entries = _chained(story.folded, turn, events)
    if not entries:
        return replace(story, at=turn.at)
    after = fold(story.folded, story.folded.version + 1, entries)
    return Story(story.room, after, turn.at, (*story.turns, entries))


class RefusedOnRecord(Refused):
    """A refusal that is evidence: the session has moved, to `story`."""

    def __init__(self, refusal: Refused, story: Story) -> None:
        super().__init__(refusal.code, refusal.zh, refusal.en, refusal.statement, refusal.evidence)
        self.story = story


async def _looked_up(room: Room, state: Any, command: Command, by: Who) -> Any:
    return await room.facts(state, command, by)


def _chained(folded: Folded, turn: Turn, events: Sequence[Event | Aside]) -> list[Entry]:
    heads = dict(folded.lines.heads)
    if folded.main:
        heads[MAIN] = (folded.head, folded.main[-1].leaf)
    chained: list[Entry] = []
    for number, item in enumerate(events):
        line, event = (turn.line_of(item.person), item.event) if isinstance(item, Aside) else (MAIN, item)
        seq, prev = heads.get(line, (0, genesis(turn.session, line)))
        fields = msgspec.to_builtins(event) | {"at": instant.text(turn.at), "by": msgspec.to_builtins(turn.by)}
        chained.append(link(line, seq + 1, prev, fields, turn.entry_salt(number)))
        heads[line] = (seq + 1, chained[-1].leaf)
    return chained


class Given:
    """The beginning of a sentence."""

    def __init__(self, story: Story) -> None:
        self.story = story

    def when(self, act: Act, by: Who | None = None, at: datetime | None = None) -> "When":
        """Somebody hands in a command: whose it is, or `by` another."""
        return When(self.story, replace(act, by=by or act.by, at=at or act.at))


class When:
    """The middle of a sentence; every ending hands the command in."""

    def __init__(self, story: Story, act: Act) -> None:
        self._story, self._act = story, act

    def then(self, *expected: type[Event] | Event) -> list[Any]:
        """This happened, in this order, for all to see; events to look at more closely."""
        return self._told(None, expected)

    def then_aside(self, who: Who, *expected: type[Event] | Event) -> list[Any]:
        """This happened in the side line of `who`, and nothing elsewhere."""
        return self._told(who.person, expected)

    def then_nothing(self) -> None:
        """It is a repetition: nothing happened, nothing is refused."""
        assert self.happened() == []

    def happened(self) -> Sequence[Event | Aside]:
        """Whatever it brings about."""
        return self._lived()[1]

    def then_refused(self, code: str) -> Refused:
        """A rule said no, in both languages."""
        with pytest.raises(Refused) as refusal:
            self._lived()
        assert refusal.value.code == code
        assert refusal.value.zh
        assert refusal.value.en
        return refusal.value

    def then_refused_on_record(self, code: str, who: Who, kind: type[Event]) -> Any:
        """A rule said no, and this is kept of it in the side line of `who`; the event."""
        refusal = self.then_refused(code)
        [item] = refusal.evidence
        assert isinstance(item, Aside)
        assert item.person == who.person
        assert isinstance(item.event, kind)
        return item.event

    @property
    def story(self) -> Story:
        """The session afterwards."""
        return self._lived()[0]

    def _told(self, person: str | None, expected: Sequence[type[Event] | Event]) -> list[Any]:
        happened = self.happened()
        assert [item.person if isinstance(item, Aside) else None for item in happened] == [person] * len(happened)
        events = [item.event if isinstance(item, Aside) else item for item in happened]
        wanted = [event if isinstance(event, type) else type(event) for event in expected]
        assert [type(event) for event in events] == wanted
        for event, like in zip(events, expected, strict=True):
            assert isinstance(like, type) or event == like
        return events

    def _lived(self) -> tuple[Story, Sequence[Event | Aside]]:
        return handle(self._story, self._act)
