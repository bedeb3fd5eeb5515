"""All that somebody can read of a session: its page, and every entry as the view lets it through."""

from collections.abc import Iterator
from typing import Any

import msgspec

from remote_bid.opening.view import OpeningView
from remote_bid.seal.canonical import unb64
from remote_bid.timeline.entry import MAIN, Entry, Shown, Who, show
from remote_bid.timeline.sideline import line_of
from tests.given import Story


def page(story: Story, who: Who) -> OpeningView:
    """What `see` gives."""
    seen: OpeningView = story.room.context.see(story.state, who)
    return seen


def entries(story: Story, who: Who) -> list[Shown]:
    """What `show` gives of every entry of every line, in the order of their commits."""
    return [show(entry, fields_for(story, entry, who)) for turn in story.turns for entry in turn]


def fields_for(story: Story, entry: Entry, who: Who) -> Any:
    """The fields of one entry that somebody may read."""
    own = entry.line == line_of(story.room.line_secret, story.room.session, who.person)
    return story.room.context.show(story.state, entry.line, entry.fields, who, own)


def readable(story: Story, who: Who) -> str:
    """Every word of it, those inside statements too; entries whose existence is secret are not even named."""
    shown = [item for item in entries(story, who) if item.line == MAIN or item.event is not None]
    return "\n".join(_words(msgspec.to_builtins([page(story, who), shown])))


def _words(value: Any) -> Iterator[str]:
    match value:
        case dict():
            if "payloadType" in value:
                yield unb64(value["payload"]).decode()
            for key, inner in value.items():
                yield from (key, *_words(inner))
        case list():
            for inner in value:
                yield from _words(inner)
        case _:
            yield str(value)
