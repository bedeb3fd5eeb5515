"""From when on whom the bidders' names may be told."""

from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.timeline.entry import Who


def names_shown(opening: Opening, who: Who) -> bool:
    """To the supervisor from the roster on, to the session after the bidders' window, to the public at readout."""
    if who.role == Role.SUPERVISOR:
        return reached(opening.phase, Phase.ROSTER)
    if who.role == Role.OBSERVER:
        return reached(opening.phase, Phase.READOUT)
    return opening.window_closed is not None and opening.phase is not Phase.ABORTED
