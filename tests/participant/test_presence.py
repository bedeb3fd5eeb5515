"""Checking in: who comes while the deadline falls comes again behind it, and who is too late is told so."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from remote_bid.opening.commands import CheckIn
from remote_bid.opening.terms import Phase, Role
from remote_bid.opening.view import Me, OpeningView
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.identity import Identity
from remote_bid.participant.member import Staff
from remote_bid.participant.presence import come


class Door:
    """A server whose session goes on to its next phase at every attempt to come in; it lets in during `open_in`."""

    copy = cast(Any, type("Copy", (), {"session": "KB"}))

    def __init__(self, *phases: Phase, open_in: Phase) -> None:
        self._phases, self._open_in = list(phases), open_in
        self.let_in = 0

    async def until(self, condition: Callable[[OpeningView], bool]) -> OpeningView:
        while not condition(view := self._view()):
            self._phases.pop(0)
        return view

    def _view(self) -> OpeningView:
        me = Me(person="host-01", role=Role.HOST, ask="wait")
        return OpeningView(session="KB", phase=self._phases[0], me=me)

    async def hand_in(self, command: CheckIn) -> list[str]:
        if self._phases[0] is not self._open_in:
            raise ServerRefused("wrong_phase", "no")
        self.let_in += 1
        return []


class Signs:
    """An identity that need not be one."""

    def sign(self, statement: object) -> object:
        return statement


def at(door: Door) -> tuple[Client, Identity]:
    return cast(Client, cast(Any, door)), cast(Identity, cast(Any, Signs()))


async def test_a_host_whom_the_deadline_overtakes_comes_in_with_the_roster() -> None:
    door = Door(Phase.SCHEDULED, Phase.LOBBY, Phase.CLOSED_FOR_BIDS, Phase.ROSTER, open_in=Phase.ROSTER)
    await Staff(*at(door), "host-01", Role.HOST).check_in()
    assert door.let_in == 1


@pytest.mark.parametrize("end", [Phase.CUSTODY, Phase.ABORTED])
async def test_who_comes_too_late_does_not_wait_for_ever(end: Phase) -> None:
    door = Door(Phase.CLOSED_FOR_BIDS, end, open_in=Phase.ROSTER)
    assert not await come(*at(door), "host-01", Role.HOST)
    assert door.let_in == 0
