"""From when on whom the bidders' names may be told."""

from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.tender.statements import NamesShown
from remote_bid.timeline.entry import Who


def names_shown(opening: Opening, who: Who) -> bool:
    """To supervisor and witness from the roster on, to the session as the timetable says, to the public at readout."""
    if who.role in (Role.SUPERVISOR, Role.WITNESS):
        return reached(opening.phase, Phase.ROSTER)
    if who.role == Role.OBSERVER:
        return reached(opening.phase, Phase.READOUT)
    table = opening.timetable
    if table is not None and table.names_shown is NamesShown.ROSTER:
        return reached(opening.phase, Phase.ROSTER)
    return after_window(opening)


def after_window(opening: Opening) -> bool:
    """The bidders' window is over: who has come and released is no secret any more."""
    return opening.window_closed is not None and opening.phase is not Phase.ABORTED
