"""What falls due: the clock hands in the right command at the right time, is not early, and is not refused."""

from datetime import datetime

import pytest

from remote_bid.opening import commands as c
from remote_bid.opening.terms import Phase
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Command, Due
from remote_bid.timeline.marks import Tick
from tests.given import Act, Past, Story, at, given, handle
from tests.opening.actors import ALPHA
from tests.opening.acts import OPEN_LOBBY, TICK, answer_objection, raise_objection
from tests.opening.day import (
    ABORTED,
    CLOSED,
    CLOSED_FOR_BIDS,
    CONFIRM,
    CONVENED,
    COUNT_CHECK,
    CUSTODY,
    HELD,
    LOBBY,
    OBJECTION,
    POLICY_PUBLISHED,
    READOUT,
    RECORD,
    RELEASE,
    RELEASED,
    ROSTER,
    UNSEAL,
    WINDOW_CLOSED,
    opening,
)
from tests.opening.draws import DRAWING, NOBODY_SEALED
from tests.opening.preparing import countersign_timetable
from tests.opening.tender import T0, after_t0


def due(story: Story) -> list[Due]:
    return sorted(opening.context.due(story.state), key=lambda item: item.at)


OUTAGE = c.NoticeOutage
ANSWERED: Past = (*OBJECTION, raise_objection(ALPHA), answer_objection())

DUE: list[tuple[str, Past, dict[type[Command], datetime]]] = [
    ("no timetable", POLICY_PUBLISHED, {}),
    ("SCHEDULED", CONVENED, {Tick: after_t0(-85_800), c.OpenLobby: after_t0(-3600), OUTAGE: after_t0(-7200)}),
    ("LOBBY", LOBBY, {Tick: after_t0(-86_340), c.CloseBids: T0, OUTAGE: after_t0(-3300)}),
    ("CLOSED_FOR_BIDS", CLOSED_FOR_BIDS, {c.HoldOpening: after_t0(2)}),
    ("HELD", HELD, {}),
    ("COUNT_CHECK", COUNT_CHECK, {c.EndCountCheck: after_t0(600), OUTAGE: after_t0(660)}),
    ("ROSTER", ROSTER, {Tick: after_t0(60), OUTAGE: after_t0(120)}),
    ("RELEASE", RELEASE, {Tick: after_t0(60), c.CloseWindow: after_t0(1860), OUTAGE: after_t0(120)}),
    ("all released", RELEASED, {Tick: after_t0(60), c.CloseWindow: after_t0(60), OUTAGE: after_t0(120)}),
    ("window closed", WINDOW_CLOSED, {}),
    ("CUSTODY", CUSTODY, {c.EndCustody: after_t0(1860), OUTAGE: after_t0(1920)}),
    ("UNSEAL", UNSEAL, {c.SettleBids: after_t0(60)}),
    ("READOUT", READOUT, {}),
    ("DRAW", DRAWING, {c.DrawCoefficients: after_t0(60)}),
    ("lots are drawn by hand", NOBODY_SEALED, {}),
    ("CONFIRM", CONFIRM, {c.OpenObjections: after_t0(360), OUTAGE: after_t0(420)}),
    ("all have confirmed", OBJECTION[:-1], {c.OpenObjections: after_t0(60)}),
    ("OBJECTION", OBJECTION, {c.PrepareRecord: after_t0(660), OUTAGE: after_t0(720)}),
    ("not answered", (*OBJECTION, raise_objection(ALPHA)), {c.PrepareRecord: after_t0(1260), OUTAGE: after_t0(1320)}),
    (
        "answered",
        (*OBJECTION, raise_objection(ALPHA), answer_objection()),
        {c.PrepareRecord: after_t0(660), OUTAGE: after_t0(720)},
    ),
    ("RECORD", RECORD, {c.CloseOpening: after_t0(1260), OUTAGE: after_t0(1320)}),
    ("CLOSED", CLOSED, {}),
    ("ABORTED", ABORTED, {}),
]


@pytest.mark.parametrize(("past", "expected"), [pytest.param(past, due, id=name) for name, past, due in DUE])
def test_every_phase_has_its_deadlines(past: Past, expected: dict[type[Command], datetime]) -> None:
    assert {type(item.command): item.at for item in due(given(opening, past).story)} == expected


@pytest.mark.parametrize("past", [pytest.param(past, id=name) for name, past, _ in DUE])
def test_what_is_due_is_accepted_at_its_time_and_refused_before(past: Past) -> None:
    story = given(opening, past).story
    for item in due(story):
        when = max(item.at, story.at)
        assert handle(story, Act(item.command, CLOCK, when))[1]
        early = instant.later(item.at, -1)
        if early >= story.at:
            given(opening, past).when(Act(item.command, CLOCK), at=early).then_refused("not_yet")


def test_a_later_deadline_moves_what_is_due() -> None:
    later = countersign_timetable(deadline=instant.text(after_t0(86_400)))
    story = given(opening, CONVENED, at(after_t0(-7200), TICK), later).story
    assert {type(item.command): item.at for item in due(story)} == {
        Tick: after_t0(-6600),
        c.OpenLobby: after_t0(86_400 - 3600),
        OUTAGE: after_t0(86_400 - 7200),
    }


def test_postponed_in_the_lobby_the_session_stays_there_until_the_new_deadline() -> None:
    later = countersign_timetable(deadline=instant.text(after_t0(600)))
    story = given(opening, LOBBY, later).story
    assert story.state.phase is Phase.LOBBY
    assert due(story)[-1] == Due(after_t0(600), c.CloseBids())


def test_after_a_hold_ticks_go_on_and_the_lobby_opens_again() -> None:
    later = countersign_timetable(deadline=instant.text(after_t0(86_400)))
    story = given(opening, HELD, later).story
    assert {type(item.command): item.at for item in due(story)} == {
        Tick: after_t0(600),
        c.OpenLobby: after_t0(86_400 - 3600),
        OUTAGE: after_t0(86_400 - 7200),
    }


def test_left_alone_the_clock_leads_a_session_to_the_hold() -> None:
    """Nobody but the clock does anything, and no cosigner answers."""
    story = given(opening, CONVENED, at(after_t0(-3600), TICK), OPEN_LOBBY).story
    while items := due(story):
        story = handle(story, Act(items[0].command, CLOCK, max(items[0].at, story.at)))[0]
    assert story.state.phase is Phase.HELD
    assert story.at == after_t0(2)
