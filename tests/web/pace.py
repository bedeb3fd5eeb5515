"""A day that waits for people, not for clocks: the deadline is postponed until all bids are in, and every window closes
with the last of those who may use it. How long a window is says only how slow a machine may be.
"""

from dataclasses import replace

from remote_bid.demo.cast import Pace
from remote_bid.demo.programme import Fault, Programme, own_programme
from remote_bid.tender.statements import Cadence, Windows

_SEED = 7
UNHURRIED = Pace(
    until_deadline_ms=12_000,
    lobby_ms=10_000,
    ticks=Cadence(every_ms=2000, slots=256),
    windows=Windows(release_ms=60_000, custody_ms=60_000, confirm_ms=60_000, objection_ms=1000, record_ms=60_000),
    pause_s=0.2,
)
SIGNED_BY_HAND = replace(UNHURRIED, until_deadline_ms=15_000, lobby_ms=13_000)
"""Leaves a person the time to sign another timetable before this one's deadline."""


def all_release() -> Programme:
    """Three bidders of whom one objects and none loses its key: nobody waits for the end of the window."""
    programme = own_programme(3, _SEED)
    contenders = [replace(one, faults=one.faults - {Fault.LOST_KEY}) for one in programme.contenders]
    return replace(programme, contenders=contenders)
