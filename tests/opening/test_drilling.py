"""Drills: a custodian's lost key and a bidder's lost file are found before the deadline, and nobody learns who bids."""

import pytest

from remote_bid.opening.events import CustodianDrilled, DrillDealt, DrillPassed
from remote_bid.seal.canonical import b64
from remote_bid.seal.drill import dummy_for, secret_in, told
from remote_bid.seal.xwing import CannotOpen, public_key
from remote_bid.timeline.entry import Who
from tests.given import Past, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    CUSTODIANS,
    EVERYBODY,
    FIRST,
    HOST,
    PUBLIC,
    SECOND,
    SUPERVISOR,
    TENDERER,
    public_of,
    seed_of,
)
from tests.opening.acts import answer_drill, begin_drill, pass_drill
from tests.opening.day import CLOSED_FOR_BIDS, CONVENED, KEYS_OFFERED, LOBBY, THREE_BIDS, between, opening
from tests.opening.pages import page, readable
from tests.opening.tender import SESSION

BIDS: Past = (*CONVENED, *THREE_BIDS)
DEALT: Past = (*KEYS_OFFERED, begin_drill(FIRST))


def test_a_dummy_is_opened_by_the_key_it_was_sealed_to_and_by_no_other() -> None:
    dummy = dummy_for(SESSION, public_of(FIRST))
    assert told(SESSION, dummy.kid, secret_in(SESSION, dummy, seed_of(FIRST))) == dummy.c
    with pytest.raises(CannotOpen):
        secret_in(SESSION, dummy, seed_of(SECOND))
    with pytest.raises(CannotOpen):
        secret_in("another session", dummy, seed_of(FIRST))
    assert dummy != dummy_for(SESSION, public_key(seed_of(FIRST)))


def test_a_custodian_drills_on_its_own_key() -> None:
    given(opening, KEYS_OFFERED).when(begin_drill(FIRST)).then(DrillDealt)
    given(opening, DEALT).when(answer_drill(FIRST)).then(CustodianDrilled)
    given(opening, KEYS_OFFERED).when(begin_drill(FIRST, key_of=SECOND)).then_refused("not_your_key")


def test_a_custodian_may_drill_as_often_as_it_likes() -> None:
    again = (*DEALT, answer_drill(FIRST), begin_drill(FIRST))
    given(opening, again).when(answer_drill(FIRST)).then(CustodianDrilled)


def test_an_answer_is_the_secret_of_a_dummy_dealt_to_whoever_answers() -> None:
    given(opening, KEYS_OFFERED).when(answer_drill(FIRST)).then_refused("wrong_answer")
    given(opening, DEALT).when(answer_drill(FIRST, secret=b64(bytes(32)))).then_refused("wrong_answer")
    given(opening, DEALT).when(answer_drill(FIRST, session="another")).then_refused("other_session")
    answer = answer_drill(FIRST).asked(given(opening, DEALT).story)
    secret = answer.signed  # type: ignore[attr-defined]  # AnswerDrill
    assert secret
    given(opening, DEALT, begin_drill(SECOND)).when(answer_drill(FIRST), by=SECOND).then_refused("not_signed_by_you")


def test_after_the_deadline_nobody_drills() -> None:
    given(opening, CLOSED_FOR_BIDS).when(begin_drill(FIRST)).then_refused("wrong_phase")
    given(opening, CLOSED_FOR_BIDS).when(pass_drill(ALPHA)).then_refused("wrong_phase")


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_who_runs_the_session_sees_which_custodians_are_ready(who: Who) -> None:
    story = given(opening, *DEALT, answer_drill(FIRST), *between(KEYS_OFFERED, BIDS)).story
    rows = page(story, who).custodians
    assert isinstance(rows, dict)
    told_of = {custodian for custodian in CUSTODIANS if rows[custodian.person].drilled in (True, False)}
    assert told_of == (set(CUSTODIANS) if who in (HOST, SUPERVISOR, TENDERER) else {who} & set(CUSTODIANS))
    assert all(rows[custodian.person].drilled == (custodian == FIRST) for custodian in told_of)
    assert ("CustodianDrilled" in readable(story, who)) == (who in (HOST, SUPERVISOR, TENDERER, FIRST))


def test_a_bidder_records_its_drill_where_only_it_can_read_it() -> None:
    [passed] = given(opening, BIDS).when(pass_drill(ALPHA)).then_aside(ALPHA, DrillPassed)
    story = given(opening, BIDS, pass_drill(ALPHA)).story
    assert passed.lot
    [own] = page(story, ALPHA).me.bids.values()  # type: ignore[union-attr]  # a bidder has bids
    assert own.drilled is True
    for who in (HOST, SUPERVISOR, BETA, PUBLIC):
        assert "DrillPassed" not in readable(story, who)


def test_a_drill_is_of_ones_own_live_bid() -> None:
    bid = pass_drill(ALPHA).asked(given(opening, BIDS).story)
    assert bid
    given(opening, CONVENED).when(pass_drill(ALPHA)).then_refused("not_your_bid")
    given(opening, LOBBY).when(pass_drill(ALPHA), by=BETA).then_refused("not_your_bid")
