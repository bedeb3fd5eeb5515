"""The one thing that each page asks of its reader now."""

from collections.abc import Sequence

import pytest

from remote_bid.opening.terms import Phase
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who
from tests.given import Past, given
from tests.opening.actors import ALPHA, BIDDERS, CUSTODIANS, DELTA, EVERYBODY, HOST, SUPERVISOR, TENDERER, WITNESS
from tests.opening.acts import (
    answer_objection,
    confirm_line,
    raise_objection,
    refuse_record,
    release,
    sign_record,
)
from tests.opening.day import (
    ABORTED,
    CLOSED,
    CONFIRM,
    CONVENED,
    HELD,
    KEYS_OFFERED,
    LOBBY,
    OBJECTION,
    PHASES,
    POLICY_PUBLISHED,
    READOUT,
    RECORD,
    RELEASE,
    ROSTER,
    SCHEDULED,
    UNSEAL,
    between,
    opening,
)
from tests.opening.draws import DRAW_CONVENED, DRAWING, NOBODY_SEALED, lottery_proposed
from tests.opening.pages import page
from tests.opening.preparing import propose_timetable
from tests.opening.tender import after_t0


def each(people: Sequence[Who], ask: str) -> dict[str, str]:
    return {who.person: ask for who in people}


ASKS: list[tuple[Past, dict[str, str]]] = [
    (SCHEDULED, each(CUSTODIANS, "offer_key") | {TENDERER.person: "publish_policy"}),
    (KEYS_OFFERED, {TENDERER.person: "publish_policy"}),
    (POLICY_PUBLISHED, {TENDERER.person: "propose_timetable"}),
    ((*POLICY_PUBLISHED, propose_timetable()), {SUPERVISOR.person: "countersign_timetable"}),
    (CONVENED, each((*BIDDERS, DELTA), "submit")),
    (LOBBY, each(BIDDERS, "check_in") | {DELTA.person: "submit"}),
    (HELD, {TENDERER.person: "propose_timetable"}),
    (ROSTER, {HOST.person: "open_release"}),
    ((*RELEASE, release(ALPHA)), each(BIDDERS[1:], "release")),
    (PHASES[Phase.CUSTODY], each(CUSTODIANS, "publish_key")),
    (READOUT, {HOST.person: "read_out"}),
    (DRAW_CONVENED, each((*BIDDERS, DELTA), "submit") | each((TENDERER, SUPERVISOR), "seal_draw")),
    (DRAWING, {}),
    (NOBODY_SEALED, each((HOST, SUPERVISOR), "draw_by_lottery")),
    ((*NOBODY_SEALED, lottery_proposed()), {SUPERVISOR.person: "countersign"}),
    ((*CONFIRM, confirm_line(ALPHA)), each(BIDDERS[1:], "confirm_line")),
    (OBJECTION, {}),
    ((*OBJECTION, raise_objection(ALPHA)), {HOST.person: "answer_objection"}),
    ((*OBJECTION, raise_objection(ALPHA), answer_objection()), {}),
    (
        (*RECORD, sign_record(HOST), sign_record(ALPHA)),
        {HOST.person: "close_opening"} | each((SUPERVISOR, WITNESS, *BIDDERS[1:]), "sign_record"),
    ),
    (
        (*RECORD, refuse_record(HOST), refuse_record(ALPHA)),
        {HOST.person: "close_opening"} | each((SUPERVISOR, WITNESS, *BIDDERS[1:]), "sign_record"),
    ),
    (UNSEAL, {}),
    (CLOSED, {}),
    (ABORTED, {}),
]


@pytest.mark.parametrize(("past", "asks"), ASKS)
def test_each_page_asks_for_one_thing_or_waits(past: Past, asks: dict[str, str]) -> None:
    story = given(opening, past).story
    asked = {who.person: page(story, who).me.ask for who in EVERYBODY}
    assert {person: ask for person, ask in asked.items() if ask != "wait"} == asks


OUTDATED = propose_timetable(deadline=instant.text(after_t0(600)))


def test_a_proposal_that_nobody_signed_is_not_asked_for_after_the_deadline() -> None:
    at_the_end = given(opening, LOBBY, OUTDATED, between(LOBBY, RECORD)).story
    assert page(at_the_end, SUPERVISOR).me.ask == "sign_record"
    held = given(opening, LOBBY, OUTDATED, between(LOBBY, HELD)).story
    assert page(held, TENDERER).me.ask == "propose_timetable"
