"""Watching a session from a terminal: each entry as it comes, in words."""

from rich.console import Console
from rich.markup import escape

from remote_bid.opening.terms import Phase
from remote_bid.participant.client import Client
from remote_bid.timeline.entry import Shown


async def watched(client: Client, console: Console) -> None:
    """Print every entry once, until the session is over."""
    printed = 0
    while True:
        view = await client.until(lambda view, seen=printed: client.copy.head > seen or _over(view.phase))  # type: ignore[misc]  # a lambda with a default
        for shown in client.copy.main[printed:]:
            console.print(_line(shown))
        printed = client.copy.head
        if _over(view.phase):
            console.print(f"[bold]{view.phase}[/]")
            return


def _over(phase: Phase) -> bool:
    return phase in (Phase.CLOSED, Phase.ABORTED)


def _line(shown: Shown) -> str:
    event = shown.event or {}
    at, what = str(event.get("at", ""))[11:23], str(event.get("type", "—"))
    who = event.get("by", {}).get("person", "")
    return f"[bright_black]{shown.seq:>5}  {at:<12}[/]  {escape(what):<22} [bright_black]{escape(who)}[/]"
