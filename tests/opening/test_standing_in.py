"""Deputies: a step that waits for the host waits ten minutes; offices are handed over by a signature."""

from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.opening.events import BidReadOut, OpeningClosed, ReleaseOpened, RoleHandedOver
from remote_bid.opening.terms import Member, Role
from remote_bid.timeline import instant
from tests.given import Act, Past, given
from tests.opening.actors import ALPHA, DEPUTISED, DEPUTY, FIRST, HOST, MEMBERS, SUPERVISOR, TENDERER
from tests.opening.acts import CLOSE_OPENING, OPEN_RELEASE, read_out
from tests.opening.course import DEPUTY_IN_OFFICE, WITH_DEPUTY, hand_over, suspend
from tests.opening.day import READOUT, RECORD, ROSTER, opening
from tests.opening.preparing import schedule
from tests.opening.tender import after_t0

STEPS = [
    (ROSTER, OPEN_RELEASE, ReleaseOpened),
    (READOUT, read_out(ALPHA), BidReadOut),
    (RECORD, CLOSE_OPENING, OpeningClosed),
]


@pytest.mark.parametrize(("past", "step", "event"), STEPS)
def test_without_a_deputy_the_supervisor_acts_after_ten_minutes(past: Past, step: Act, event: Any) -> None:
    since = given(opening, past).story.at
    early, late = (instant.later(since, ms) for ms in (599_999, 600_000))
    given(opening, past).when(step, by=SUPERVISOR, at=early).then_refused("not_yet")
    given(opening, past).when(step, by=SUPERVISOR, at=late).then(event)
    given(opening, past).when(step, by=TENDERER, at=late).then_refused("not_allowed")


def test_first_the_deputy_then_the_supervisor() -> None:
    before = given(opening, WITH_DEPUTY)
    before.when(OPEN_RELEASE, by=DEPUTY, at=after_t0(599)).then_refused("not_yet")
    before.when(OPEN_RELEASE, by=DEPUTY, at=after_t0(600)).then(ReleaseOpened)
    before.when(OPEN_RELEASE, by=SUPERVISOR, at=after_t0(1199)).then_refused("not_yet")
    before.when(OPEN_RELEASE, by=SUPERVISOR, at=after_t0(1200)).then(ReleaseOpened)


def test_an_office_is_handed_over_and_back_by_a_signature() -> None:
    given(opening, WITH_DEPUTY).when(hand_over(HOST, DEPUTY)).then(RoleHandedOver)
    given(opening, DEPUTY_IN_OFFICE).when(OPEN_RELEASE, by=DEPUTY).then(ReleaseOpened)
    given(opening, DEPUTY_IN_OFFICE).when(suspend(HOST)).then_refused("not_in_office")
    given(opening, WITH_DEPUTY).when(suspend(DEPUTY)).then_refused("not_in_office")
    given(opening, DEPUTY_IN_OFFICE).when(OPEN_RELEASE, by=HOST).then_refused("not_yet")
    given(opening, DEPUTY_IN_OFFICE).when(hand_over(HOST, DEPUTY, number=1)).then_nothing()
    back: Past = (*DEPUTY_IN_OFFICE, hand_over(DEPUTY, HOST))
    given(opening, back).when(OPEN_RELEASE, by=HOST).then(ReleaseOpened)


def test_it_goes_to_nobody_but_the_deputy_from_nobody_but_the_holder() -> None:
    given(opening, WITH_DEPUTY).when(hand_over(HOST, ALPHA)).then_refused("no_such_deputy")
    given(opening, WITH_DEPUTY).when(hand_over(HOST, SUPERVISOR)).then_refused("no_such_deputy")
    given(opening, WITH_DEPUTY).when(hand_over(HOST, HOST)).then_refused("no_such_deputy")
    given(opening, WITH_DEPUTY).when(hand_over(DEPUTY, HOST)).then_refused("not_in_office")
    given(opening, WITH_DEPUTY).when(hand_over(FIRST, DEPUTY, Role.CUSTODIAN)).then_refused("not_allowed")
    given(opening, WITH_DEPUTY).when(hand_over(HOST, DEPUTY, number=2)).then_refused("not_the_next")


@pytest.mark.parametrize(
    "deputy",
    [
        replace(DEPUTISED[-1], deputy_of="nobody"),
        replace(DEPUTISED[-1], deputy_of=SUPERVISOR.person),
        replace(DEPUTISED[-1], role=Role.CUSTODIAN, deputy_of=FIRST.person),
        replace(DEPUTISED[-1], deputy_of=""),
    ],
)
def test_a_deputy_stands_in_for_one_of_its_own_role(deputy: Member) -> None:
    given(opening).when(schedule(members=[*MEMBERS, deputy])).then_refused("bad_members")
    second = replace(DEPUTISED[-1], person="another")
    given(opening).when(schedule(members=[*DEPUTISED, second])).then_refused("bad_members")
