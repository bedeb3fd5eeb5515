"""A room for benchmarks: notices on a board, for everybody to read. One command, one kind of entry."""

from collections.abc import Sequence
from typing import Any

import msgspec

from remote_bid.timeline.context import Command, Context, Event, Happened, Turn


class Post(Command, frozen=True):
    """Put a notice up."""

    text: str


class Posted(Event, frozen=True):
    """A notice is up."""

    text: str


class Board(msgspec.Struct, frozen=True):
    """How many notices there are, and the last one."""

    posted: int = 0
    last: str = ""


def _decide(_board: Board, command: Post, _turn: Turn) -> Sequence[Event]:
    return [Posted(text=command.text)]


def _evolve(board: Board, happened: Happened) -> Board:
    return Board(board.posted + 1, happened.event.text) if isinstance(happened.event, Posted) else board


board: Context[Board, Board] = Context(
    name="board",
    command=Post,
    event=Posted,
    view=Board,
    begin=lambda session: Board(),
    decide=_decide,
    evolve=_evolve,
    due=lambda board: (),
    see=lambda board, who: board,
    show=lambda board, line, fields, who, own: None,
    overlooks=lambda who: False,
    curtain=lambda board: None,
    veiled=frozenset(),
    standing=lambda board, person: "reader",
    audience=lambda who: f"{who.role}/{who.person}",
    checkpoints=lambda event: False,
)


async def nothing_to_look_up(state: Any, command: Any, by: Any) -> None:
    """The room's facts: none."""
