"""A day on which custodians were struck and bids dealt again: it verifies, and what is changed of it is named."""

import pytest

from remote_bid.opening.terms import Outcome
from remote_bid.tender.terms import DRAW
from remote_bid.timeline.entry import Who
from tests.given import Past, at, given
from tests.opening.actors import ALPHA, BETA, FIRST, SECOND, SUPERVISOR, TENDERER, THIRD
from tests.opening.acts import (
    SETTLE,
    answer_drill,
    begin_drill,
    deal_again,
    pass_drill,
    publish_key,
)
from tests.opening.day import CLOSED, READOUT, between, opening
from tests.opening.draws import BOTH_SEALED, DRAW_COEFFICIENTS, seal_draw, until_unsealed
from tests.opening.preparing import countersign_strike
from tests.opening.tender import after_t0
from tests.opening.test_parts import PARTS_CLOSED
from tests.opening.test_striking import ANOTHER, CALLED, THE_DAY
from tests.verify.forger import Day
from tests.verify.judging import fails, holds, judged
from tests.verify.kept import TRUST, bundle_of, day_of
from tests.verify.pieces import Payload, again, payload_of
from tests.verify.told import verified

STRUCK: Past = (
    *CALLED,
    begin_drill(THIRD),
    answer_drill(THIRD),
    at(after_t0(-7000), deal_again(ALPHA)),
    deal_again(BETA),
    pass_drill(ALPHA),
    *THE_DAY,
    publish_key(FIRST, lot=ANOTHER),
    publish_key(THIRD),
    SETTLE,
    *between(READOUT, CLOSED),
)


@pytest.fixture
def struck() -> Day:
    return day_of(STRUCK)


def test_a_day_with_strikes_and_new_deals_verifies(struck: Day) -> None:
    report = judged(bundle_of(STRUCK), TRUST)
    assert report.verified, [item for item in report.items if item.verdict == "failed"]
    holds(struck)
    outcomes = [entry.fields["outcome"] for entry in struck.all("BidSettled")]
    assert sorted(outcomes) == [Outcome.DEEMED_WITHDRAWN, Outcome.OPENED, Outcome.OPENED]


def test_a_day_with_several_parts_verifies() -> None:
    report = judged(bundle_of(PARTS_CLOSED), TRUST)
    assert report.verified, [item for item in report.items if item.verdict == "failed"]


@pytest.mark.parametrize("again_by", [(TENDERER, SUPERVISOR), (TENDERER,), ()], ids=len)
def test_a_day_verifies_on_which_a_custodian_of_the_draw_was_struck(again_by: tuple[Who, ...]) -> None:
    """Seeds sealed before open with the keys of those who stay; no seed was changed but by its sealer, before T0."""
    again_sealed = [seal_draw(who) for who in again_by]
    sealed = (*BOTH_SEALED, countersign_strike(FIRST, part=DRAW), *again_sealed)
    past = (*until_unsealed(*sealed, keys=(SECOND, THIRD)), SETTLE, DRAW_COEFFICIENTS, *between(READOUT, CLOSED))
    report = verified(past)
    assert report.verified, [item for item in report.items if item.verdict == "failed"]
    [drawn] = happened_in(past, "CoefficientDrawn")
    assert [seed["fault"] for seed in drawn["envelopes"]] == ["", ""]


def happened_in(past: Past, kind: str) -> list[Payload]:
    return [entry.fields for entry in given(opening, past).story.folded.main if entry.type == kind]


def test_the_key_of_a_struck_custodian_opens_no_draw() -> None:
    sealed = (*BOTH_SEALED, countersign_strike(FIRST, part=DRAW))
    past = until_unsealed(*sealed, keys=(SECOND,))
    given(opening, past).when(publish_key(FIRST, part=DRAW)).then_refused("not_your_key")


def test_a_bid_settled_by_the_deal_that_was_replaced_is_named(struck: Day) -> None:
    dealt = struck.one("DealtAgain")
    struck.drop(dealt)
    fails(struck, dealt.fields["bid"], why="arithmetic says")


def test_a_deal_that_comes_again_replaces_nothing(struck: Day) -> None:
    dealt = struck.one("DealtAgain")
    held = struck.tick_of(dealt).held
    twice = again(dealt)
    held.insert(held.index(dealt) + 1, twice)
    fails(struck, why="does not replace the one before it")


def test_a_deal_for_the_struck_custodians_is_named(struck: Day) -> None:
    """The deal of the submission, signed as if it were a new one."""
    submitted = struck.of("BidSubmitted", bidder=ALPHA.person)
    old = submitted.fields["parts"][0]["deal"]

    def as_before(deal: Payload) -> Payload:
        return deal if deal["prev"] is None else deal | {"shares": payload_of(old)["shares"]}

    struck.lies["deal"] = as_before
    fails(struck, why="not for the policy's custodians")


def test_a_strike_by_one_signature_is_none(struck: Day) -> None:
    strike = struck.one("CustodianStruck")
    signed = strike.fields["signed"]
    signed["certificates"] = signed["certificates"][:1]
    signed["statement"]["signatures"] = signed["statement"]["signatures"][:1]
    fails(struck, strike)


@pytest.mark.parametrize("lie", [{"prev": "another"}, {"session": "another"}, {"person": "somebody"}], ids=str)
def test_a_strike_that_does_not_follow_is_named(struck: Day, lie: Payload) -> None:
    struck.lies["strike"] = lambda strike: strike | lie
    fails(struck, *struck.all("CustodianStruck"))


def test_a_strike_that_throws_others_out_too_is_named(struck: Day) -> None:
    struck.lies["strike"] = lambda strike: strike | {"custodians": strike["custodians"][1:]}
    fails(struck)


def test_a_drill_that_was_not_dealt_is_named(struck: Day) -> None:
    struck.lies["custodian_drill"] = lambda drill: drill | {"secret": "A" * 43}
    fails(struck, struck.one("CustodianDrilled"), why="says something else")
