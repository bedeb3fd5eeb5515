"""What was secret is told: that side-line entries exist, and where something was lodged the keys that open it."""

from remote_bid.opening.events import ReadoutOpened
from remote_bid.opening.rules.guards import cadence
from remote_bid.opening.rules.lodging import published_seeds
from remote_bid.opening.rules.state import Opening
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import disclose


def disclosed(opening: Opening, turn: Turn, events: list[Event], after: int = 0) -> list[Event]:
    """These events, which follow on `after` others of this turn, and the disclosure."""
    return [*events, *disclose(turn, cadence(opening).slots, before=after + len(events))]


def to_readout(opening: Opening, turn: Turn, events: list[Event]) -> list[Event]:
    """These events, then everything that readers of the outcomes need, then the readout."""
    return [*disclosed(opening, turn, events), *published_seeds(opening, turn), ReadoutOpened()]
