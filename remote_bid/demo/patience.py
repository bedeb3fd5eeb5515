"""The tenderer's patience: on a slow machine it postpones the deadline until every bid and every seed for a draw is in.

A real tenderer does not know who has bid. That of the play looks into the folders where bidders keep their receipts.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from remote_bid.demo.cast import Cast, Pace
from remote_bid.demo.programme import Fault
from remote_bid.opening.terms import Phase, reached
from remote_bid.opening.view import OpeningView
from remote_bid.participant.client import ServerRefused
from remote_bid.participant.staff import OVERTAKEN, Tenderer
from remote_bid.tender.statements import Timetable
from remote_bid.timeline import instant

_LOOK_S = 0.2
SEALING = "sealing"
"""Lies in the folder of whoever still has seeds to seal."""


class Patience:
    """Timetables of one day, each with half as much time again as the one before: deadlines that were missed show how
    slow the machine is.
    """

    def __init__(self, cast: Cast, table: Callable[[Pace], Timetable]) -> None:
        self._cast, self._table, self._pace = cast, table, cast.pace

    def next(self) -> Timetable:
        """The next timetable, from now."""
        table = self._table(self._pace)
        self._pace = self._pace.slower()
        return table

    async def keep_postponing(self, tenderer: Tenderer) -> None:
        """While bids or seeds are missing and less than half of the time is left: the next timetable, which two must
        still sign before the deadline.
        """
        while self._cast.pace.patient:
            view = await tenderer.client.until(lambda view: _waiting(view) or reached(view.phase, Phase.ROSTER))
            if not _waiting(view) or (all_in(self._cast) and seeds_in(self._cast)):
                return
            if _left_ms(view) < self._pace.until_deadline_ms / 3:
                await self._postpone(tenderer)
            await asyncio.sleep(_LOOK_S)

    async def _postpone(self, tenderer: Tenderer) -> None:
        try:
            await tenderer.propose(self.next())
        except ServerRefused as refusal:
            if refusal.code not in OVERTAKEN:
                raise


def all_in(cast: Cast) -> bool:
    """Whether every bidder keeps a receipt for each of its bids; who hands in late on purpose is not waited for."""
    return all(
        len(list(cast.home(contender.person).glob("*.receipt.json"))) >= len(contender.forms)
        for contender in cast.contenders
        if Fault.LATE not in contender.faults
    )


def seeds_in(cast: Cast) -> bool:
    """Whether nobody of the play is still sealing a seed for a draw."""
    return not any((cast.home(member.person) / SEALING).exists() for member in cast.members)


def _waiting(view: OpeningView) -> bool:
    return view.phase in (Phase.SCHEDULED, Phase.LOBBY) and bool(view.timetable)


def _left_ms(view: OpeningView) -> float:
    return (instant.when(str(view.deadline)) - datetime.now(UTC)).total_seconds() * 1000
