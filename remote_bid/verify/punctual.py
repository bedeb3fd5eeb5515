"""Step 6, beside the phases: ticks have the timetable's size and cadence, none is missing while the server was up."""

from datetime import datetime

from remote_bid.opening.rules import Opening
from remote_bid.opening.rules.deadlines import ticks_due
from remote_bid.opening.rules.guards import cadence
from remote_bid.timeline import instant
from remote_bid.timeline.context import Happened
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.marks import Ticked
from remote_bid.timeline.sideline import MOST_SLOTS
from remote_bid.verify.case import Case, Failed, entry_name

_LATE_MS = 10_000
"""How long a busy server may be late with a tick while it goes on to take other things."""


class Punctual:
    """Goes along with the replay. A server that was away ticks when it is back; one that is up does not go on taking
    entries without the tick that is due.
    """

    def __init__(self) -> None:
        self._overdue_since: datetime | None = None
        """When the server was first seen to be up although a tick was due."""

    def see(self, case: Case, shown: Shown, happened: Happened, opening: Opening) -> None:
        """The next entry, and the state that it met."""
        if isinstance(happened.event, Ticked):
            following = [(entry.event or {}).get("at") for entry in case.main[shown.seq : shown.seq + 1]]
            self._tick(shown, happened.event, opening, happened.at, alone=instant.text(happened.at) not in following)
        else:
            self._other(shown, happened, opening)

    def _tick(self, shown: Shown, ticked: Ticked, opening: Opening, at: datetime, alone: bool) -> None:
        """`alone`: it is not the tick that a close brings with it, which waits for no cadence."""
        wanted = cadence(opening)
        if ticked.slots not in (wanted.slots, MOST_SLOTS):
            raise Failed(entry_name(shown), f"a tick has {wanted.slots} slots here")
        last = opening.last_tick_at
        if alone and last is not None and at < instant.later(last, wanted.every_ms):
            raise Failed(entry_name(shown), "the tick came before its time")
        self._overdue_since = None

    def _other(self, shown: Shown, happened: Happened, opening: Opening) -> None:
        if opening.timetable is None or not any(each.at < happened.at for each in ticks_due(opening)):
            self._overdue_since = None
            return
        since = self._overdue_since = min(self._overdue_since or happened.at, happened.at)
        if happened.at > instant.later(since, _LATE_MS):
            raise Failed(entry_name(shown), "a tick that was due before this entry is missing")
