"""A custodian is struck before the deadline: by two signatures, without uploading again, and to no bidder's harm."""

from typing import Any

import pytest

from remote_bid.opening.events import BidSettled, CustodianStruck, DealtAgain, StrikeProposed
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.terms import Cause, Outcome, Phase
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import said, statement_id
from remote_bid.seal.xwing import key_id
from remote_bid.tender.statements import Receipt
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, Story, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    EVERYBODY,
    FIRST,
    FOURTH,
    GAMMA,
    HOST,
    SECOND,
    SUPERVISOR,
    TENDERER,
    THIRD,
    public_of,
)
from tests.opening.acts import SETTLE, deal_again, publish_key, submit
from tests.opening.day import CONVENED, CUSTODY, LOBBY, OPENS_LOBBY, THREE_BIDS, between, opening
from tests.opening.pages import page, readable
from tests.opening.preparing import countersign_strike, custodians, offer_key, propose_strike
from tests.opening.tender import T0

BIDS: Past = (*CONVENED, *THREE_BIDS)
ANOTHER = "another key"
NEW_KEY: Past = (offer_key(FIRST, public_key=b64(public_of(FIRST, ANOTHER))),)
REPLACED: Past = (*BIDS, *NEW_KEY, countersign_strike(FIRST, replaced=True))
"""FIRST has lost its key: its old one is struck, its new one stands last."""
CALLED: Past = (*REPLACED, countersign_strike(SECOND))
"""SECOND is gone too: of the four to whom bids were dealt, k remain."""
THE_DAY: Past = (OPENS_LOBBY, *between(LOBBY, CUSTODY))


def kids(story: Story) -> list[str]:
    """The custodians' keys of now."""
    [name] = story.state.policies
    return custodian_kids(story.state.current(name))


def outcomes(past: Past, *by: Any) -> dict[str, Any]:
    """What became of every bid once these have published."""
    events = given(opening, past, *by).when(SETTLE).happened()
    return {event.bidder: event for event in events if isinstance(event, BidSettled)}


def test_a_custodian_is_struck_by_tenderer_and_supervisor() -> None:
    given(opening, CONVENED).when(propose_strike(FIRST)).then(StrikeProposed)
    given(opening, CONVENED, propose_strike(FIRST)).when(countersign_strike(FIRST)).then(CustodianStruck)
    for signers in ((TENDERER,), (SUPERVISOR,), (SUPERVISOR, TENDERER), (TENDERER, HOST)):
        given(opening, CONVENED).when(countersign_strike(FIRST, *signers)).then_refused("two_signatures")


def test_the_supervisor_is_asked_to_sign_what_the_tenderer_proposes() -> None:
    assert page(given(opening, CONVENED, propose_strike(FIRST)).story, SUPERVISOR).me.ask == "countersign_strike"
    struck = given(opening, CONVENED, propose_strike(FIRST), countersign_strike(FIRST)).story
    assert page(struck, SUPERVISOR).me.ask == "wait"


def test_a_strike_takes_out_one_and_leaves_the_others_as_they_were() -> None:
    story = given(opening, CONVENED).story
    first, *others = custodians(story)
    for left in ([first, *others], others[1:], others[::-1], [first], []):
        given(opening, CONVENED).when(countersign_strike(FIRST, custodians=left)).then_refused("other_custodians")
    given(opening, CONVENED).when(countersign_strike(HOST)).then_refused("other_custodians")


def test_a_strike_follows_the_one_before_it() -> None:
    given(opening, CONVENED).when(countersign_strike(FIRST, prev="another")).then_refused("not_the_latest")
    twice = (*CONVENED, countersign_strike(FIRST))
    given(opening, twice).when(countersign_strike(SECOND, prev=None)).then_refused("not_the_latest")
    given(opening, CONVENED).when(countersign_strike(FIRST, policy="another")).then_refused("unknown_policy")
    given(opening, CONVENED).when(countersign_strike(FIRST, session="another")).then_refused("other_session")


def test_whoever_is_new_has_offered_its_key() -> None:
    story = given(opening, CONVENED).story
    _, second, third, fourth = custodians(story)
    from_nowhere = [second, third, fourth, custodians(given(opening, *CONVENED, *NEW_KEY).story)[0]]
    given(opening, CONVENED).when(countersign_strike(FIRST, custodians=from_nowhere)).then_refused("unknown_custodian")


def test_as_many_custodians_remain_as_are_needed() -> None:
    two_left = (*CONVENED, countersign_strike(FIRST), countersign_strike(SECOND))
    given(opening, two_left).when(countersign_strike(THIRD)).then_refused("bad_quorum")


def test_nobody_is_struck_after_the_deadline() -> None:
    given(opening, BIDS, OPENS_LOBBY).when(countersign_strike(FIRST), at=T0).then_refused("too_late")
    given(opening, CUSTODY).when(countersign_strike(FIRST)).then_refused("wrong_phase")
    given(opening, REPLACED, OPENS_LOBBY).when(deal_again(ALPHA), at=T0).then_refused("too_late")


def test_new_bids_are_dealt_to_the_custodians_of_now() -> None:
    story = given(opening, REPLACED).story
    assert kids(story) == [key_id(public_of(who)) for who in (SECOND, THIRD, FOURTH)] + [
        key_id(public_of(FIRST, ANOTHER))
    ]
    given(opening, REPLACED).when(submit(ALPHA)).happened()
    old = submit(ALPHA).asked(given(opening, BIDS).story)
    given(opening, REPLACED).when(Act(old, ALPHA)).then_refused("bad_deal")


def test_a_bid_is_dealt_again_without_uploading_again() -> None:
    [dealt] = given(opening, REPLACED).when(deal_again(ALPHA)).then_aside(ALPHA, DealtAgain)
    assert said(dealt.receipt, Receipt).statements == [statement_id(deal.statement) for deal in dealt.deals]
    before = given(opening, REPLACED).story.state.bid_of(ALPHA.person, "lot-1")
    after = given(opening, REPLACED, deal_again(ALPHA)).story.state.bid_of(ALPHA.person, "lot-1")
    assert (after.bid, after.parts[0].upload, after.parts[0].header) == (
        before.bid,
        before.parts[0].upload,
        before.parts[0].header,
    )
    assert after.parts[0].deal != before.parts[0].deal


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prev": None}, "not_the_latest"),
        ({"ctx": b64(bytes(32))}, "bad_deal"),
        ({"k": 3}, "bad_deal"),
        ({"shares": []}, "bad_deal"),
        ({"version": 2}, "not_your_seal"),
        ({"bidder": "another"}, "not_your_seal"),
        ({"policy": "another"}, "unknown_policy"),
    ],
    ids=str,
)
def test_a_new_deal_is_for_the_same_envelope_and_the_custodians_of_now(changes: dict[str, Any], code: str) -> None:
    given(opening, REPLACED).when(deal_again(ALPHA, **changes)).then_refused(code)


def test_nobody_deals_for_another() -> None:
    given(opening, REPLACED).when(deal_again(ALPHA), by=BETA).then_refused("not_your_bid")
    given(opening, REPLACED).when(deal_again(ALPHA, signer=BETA)).then_refused("not_signed_by_you")


def asked_again(past: Past) -> list[Who]:
    story = given(opening, past).story
    return [who for who in BIDDERS if page(story, who).me.ask == "deal_again"]


def test_bidders_are_asked_to_deal_again_only_when_fewer_than_k_and_one_remain() -> None:
    assert asked_again((*BIDS, countersign_strike(FIRST))) == []
    assert asked_again(REPLACED) == []
    assert asked_again(CALLED) == BIDDERS
    assert asked_again((*CALLED, deal_again(ALPHA))) == [BETA, GAMMA]


def test_where_nobody_is_new_a_new_deal_would_help_nobody() -> None:
    assert asked_again((*BIDS, countersign_strike(FIRST), countersign_strike(SECOND))) == []


def test_that_a_bid_was_dealt_again_is_its_bidders_secret() -> None:
    story = given(opening, CALLED, deal_again(ALPHA)).story
    for who in EVERYBODY:
        assert ("DealtAgain" in readable(story, who)) == (who == ALPHA)


def test_a_struck_custodian_publishes_no_key() -> None:
    past = (*REPLACED, *THE_DAY)
    given(opening, past).when(publish_key(FIRST)).then_refused("not_your_key")
    given(opening, past).when(publish_key(FIRST, lot=ANOTHER)).happened()


def test_a_bid_is_opened_by_the_deal_that_held_at_the_close() -> None:
    past = (*CALLED, *(deal_again(who) for who in BIDDERS), *THE_DAY)
    found = outcomes(past, publish_key(FIRST, lot=ANOTHER), publish_key(THIRD))
    assert {event.outcome for event in found.values()} == {Outcome.OPENED}


def test_the_opening_waits_for_keys_of_bids_that_need_not_be_dealt_again() -> None:
    past = (*REPLACED, deal_again(ALPHA), *THE_DAY, publish_key(FIRST, lot=ANOTHER), publish_key(SECOND))
    assert given(opening, past).story.state.phase is Phase.CUSTODY
    found = outcomes(past, publish_key(THIRD))
    assert {event.outcome for event in found.values()} == {Outcome.OPENED}


def test_it_does_not_wait_for_those_who_should_have_dealt_again_and_nobody_is_punished() -> None:
    past = (*CALLED, deal_again(ALPHA), deal_again(BETA), *THE_DAY)
    found = outcomes(past, publish_key(FIRST, lot=ANOTHER), publish_key(THIRD))
    assert {found[who.person].outcome for who in (ALPHA, BETA)} == {Outcome.OPENED}
    late = found[GAMMA.person]
    assert (late.outcome, late.cause, late.detail) == (
        Outcome.DEEMED_WITHDRAWN,
        Cause.ENVELOPE_LOST,
        "too_few_keys",
    )


def test_who_should_have_dealt_again_is_opened_if_its_own_custodians_happen_to_come() -> None:
    past = (*CALLED, deal_again(ALPHA), deal_again(BETA), *THE_DAY)
    found = outcomes(past, publish_key(FOURTH), publish_key(THIRD))
    assert found[GAMMA.person].outcome is Outcome.OPENED


def test_a_new_deal_of_another_secret_is_the_bidders_fault() -> None:
    spoiled = deal_again(ALPHA, secret=bytes(32))
    past = (*CALLED, spoiled, deal_again(BETA), deal_again(GAMMA), *THE_DAY)
    found = outcomes(past, publish_key(FIRST, lot=ANOTHER), publish_key(THIRD))
    assert (found[ALPHA.person].outcome, found[ALPHA.person].cause) == (Outcome.DEEMED_REVOKED, Cause.BAD_DEAL)
    assert found[BETA.person].outcome is Outcome.OPENED
