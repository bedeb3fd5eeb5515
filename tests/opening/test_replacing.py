"""A newer version of a bid, and taking a bid back: what counts is the last one, and an old one never again."""

from dataclasses import replace as with_

import pytest
from msgspec.structs import replace

from remote_bid.opening.commands import SubmitBid
from remote_bid.opening.events import BidSubmitted, BidWithdrawn
from remote_bid.people.certificates import Signed
from remote_bid.tender.statements import Cadence
from remote_bid.timeline.sideline import QUOTA, RESERVE
from tests.given import Act, Past, Story, When, given
from tests.opening.actors import ALPHA, BETA
from tests.opening.acts import bid_of, check_in, release, submit, withdraw
from tests.opening.day import ALPHAS_BID, BETAS_BID, CONVENED, OPENS_LOBBY, POLICY_PUBLISHED, RELEASE, between, opening
from tests.opening.preparing import countersign_timetable
from tests.opening.tender import LOT, T0, TICKS, after_t0

ONE_BID: Past = (*CONVENED, ALPHAS_BID)
MS = 0.001


def test_a_newer_version_takes_the_place_of_the_old_one() -> None:
    story = given(opening, ONE_BID, BETAS_BID).when(submit(ALPHA)).story
    assert story.state.bid_of(ALPHA.person, LOT).version == 2
    assert len(story.state.bids) == 2
    assert bid_of(given(opening, ONE_BID).story, ALPHA) not in story.state.bids


def test_a_newer_version_names_the_one_it_replaces() -> None:
    for wrong in (None, "another"):
        given(opening, ONE_BID).when(submit(ALPHA, submission={"prev": wrong})).then_refused("not_the_latest")
        given(opening, ONE_BID).when(submit(ALPHA, deal={"prev": wrong})).then_refused("not_the_latest")
    given(opening, CONVENED).when(submit(ALPHA, submission={"prev": "another"})).then_refused("not_the_latest")


def test_versions_follow_each_other() -> None:
    for version in (1, 3):
        given(opening, ONE_BID).when(submit(ALPHA, version=version)).then_refused("not_your_seal")


def test_an_old_version_is_not_taken_again_after_a_newer_one() -> None:
    first = Act(submit(ALPHA).asked(given(opening, CONVENED).story), ALPHA)
    given(opening, CONVENED, first, submit(ALPHA)).when(first).then_refused("not_your_seal")


def test_an_old_version_is_not_taken_again_after_it_was_withdrawn() -> None:
    first = Act(submit(ALPHA).asked(given(opening, CONVENED).story), ALPHA)
    given(opening, CONVENED, first, withdraw(ALPHA)).when(first).then_refused("not_your_seal")


def test_the_live_bid_sent_again_is_no_news_even_after_the_deadline() -> None:
    first = Act(submit(ALPHA).asked(given(opening, CONVENED).story), ALPHA)
    given(opening, CONVENED, first).when(first).then_nothing()
    given(opening, CONVENED, first).when(first, at=T0).then_nothing()


def test_the_live_submission_with_another_deal_is_no_repetition() -> None:
    story = given(opening, ONE_BID).story
    bid, [live] = submit(ALPHA).asked(story), story.state.bids.values()
    assert isinstance(bid, SubmitBid)
    [first] = [entry for turn in story.turns for entry in turn if entry.type == "BidSubmitted"]
    same = Signed(statement=live.parts[0].submission, certificates=first.fields["certificates"])
    again = Act(replace(bid, parts=[replace(bid.parts[0], submission=same)]), ALPHA)
    given(opening, ONE_BID).when(again).then_refused("dealt_already")


def test_a_bid_taken_back_is_gone() -> None:
    [withdrawn] = given(opening, ONE_BID, BETAS_BID).when(withdraw(ALPHA)).then_aside(ALPHA, BidWithdrawn)
    assert (withdrawn.bidder, withdrawn.lot) == (ALPHA.person, LOT)
    story = given(opening, ONE_BID, BETAS_BID).when(withdraw(ALPHA)).story
    assert [bid.bidder for bid in story.state.bids.values()] == [BETA.person]


def test_after_taking_it_back_one_may_bid_again_from_nothing() -> None:
    past = (*ONE_BID, withdraw(ALPHA))
    given(opening, past).when(submit(ALPHA, version=1)).then_refused("not_your_seal")
    given(opening, past).when(submit(ALPHA, submission={"prev": "the old"})).then_refused("not_the_latest")
    [again] = given(opening, past).when(submit(ALPHA)).then_aside(ALPHA, BidSubmitted)
    assert again.version == 2


def test_nobody_takes_back_what_is_not_there_or_not_his() -> None:
    given(opening, CONVENED).when(withdraw(ALPHA)).then_refused("no_such_bid")
    alphas = bid_of(given(opening, ONE_BID).story, ALPHA)
    given(opening, ONE_BID, BETAS_BID).when(withdraw(BETA, submissions=[alphas])).then_refused("no_such_bid")
    given(opening, ONE_BID).when(withdraw(ALPHA, bidder=BETA.person)).then_refused("no_such_bid")


def test_only_the_live_version_is_taken_back() -> None:
    old = bid_of(given(opening, ONE_BID).story, ALPHA)
    given(opening, ONE_BID, submit(ALPHA)).when(withdraw(ALPHA, submissions=[old])).then_refused("no_such_bid")
    given(opening, ONE_BID, submit(ALPHA)).when(withdraw(ALPHA, version=1)).then_refused("no_such_bid")
    given(opening, ONE_BID).when(withdraw(ALPHA, submissions=[])).then_refused("no_such_bid")


def test_at_the_deadline_nothing_is_taken_back() -> None:
    past = (*ONE_BID, OPENS_LOBBY)
    given(opening, past).when(withdraw(ALPHA), at=after_t0(-MS)).then_aside(ALPHA, BidWithdrawn)
    for seconds in (0, MS):
        given(opening, past).when(withdraw(ALPHA), at=after_t0(seconds)).then_refused("too_late")


BUSY: Past = (*CONVENED, *(submit(ALPHA) for _ in range(QUOTA - RESERVE)))


def test_nobody_fills_the_ticks_of_all_others() -> None:
    given(opening, BUSY).when(submit(ALPHA)).then_refused("line_full")
    given(opening, BUSY).when(submit(BETA)).then_aside(BETA, BidSubmitted)


def test_whoever_was_busy_before_the_deadline_still_checks_in_and_releases() -> None:
    given(opening, BUSY, OPENS_LOBBY, check_in(ALPHA))
    given(opening, BUSY, between(ONE_BID, RELEASE), release(ALPHA))


def crowded(past: Past, entries: int) -> Story:
    """So many entries wait for the next tick."""
    story = given(opening, past).story
    full = replace(story.folded.lines, pending=story.folded.lines.entries()[:1] * entries)
    return with_(story, folded=with_(story.folded, lines=full))


@pytest.mark.parametrize(
    ("past", "act"),
    [
        pytest.param(ONE_BID, submit(BETA), id="submit"),
        pytest.param(ONE_BID, withdraw(ALPHA), id="withdraw"),
        pytest.param((*ONE_BID, OPENS_LOBBY), check_in(BETA), id="check in"),
        pytest.param(RELEASE, release(ALPHA), id="release"),
        pytest.param(RELEASE, release(ALPHA, half=bytes(32)), id="a wrong half"),
    ],
)
def test_what_the_next_tick_cannot_hold_is_refused_not_acknowledged(past: Past, act: Act) -> None:
    assert When(crowded(past, TICKS.slots - 1), act).happened()
    When(crowded(past, TICKS.slots), act).then_refused("line_full")


def test_in_the_lobby_there_is_room_for_the_lobbys_ticks() -> None:
    """By the default timetable 256 slots hold before it and 4096 in it: the rush is in the last minute."""
    rush = countersign_timetable(lobby_ticks=Cadence(every_ms=60_000, slots=4096))
    past = (*POLICY_PUBLISHED, rush, ALPHAS_BID, OPENS_LOBBY)
    When(crowded(past, 256), submit(BETA)).then_aside(BETA, BidSubmitted)


def test_whoever_was_busy_may_still_take_its_bid_back() -> None:
    given(opening, BUSY).when(withdraw(ALPHA)).then_aside(ALPHA, BidWithdrawn)


def test_before_the_lobby_the_smaller_of_both_ticks_counts() -> None:
    """The lobby may open before the next tick is due; what waits must fit either."""
    small_lobby = countersign_timetable(ticks=Cadence(every_ms=600_000, slots=4096))
    past = (*POLICY_PUBLISHED, small_lobby, ALPHAS_BID)
    When(crowded(past, 255), submit(BETA)).then_aside(BETA, BidSubmitted)
    When(crowded(past, 256), submit(BETA)).then_refused("line_full")
