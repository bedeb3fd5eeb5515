"""Halves that bidders left with a cosigner, as the server did not answer: in time they count, bad ones are evidence."""

from datetime import datetime

import pytest

from remote_bid.opening.events import KeyLodged, LodgingFailed, LodgingSeedPublished, WindowClosed
from remote_bid.opening.rules.bid import WRONG_TRIES
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Cause, Outcome
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import said
from remote_bid.seal.xwing import public_key
from remote_bid.timeline.marks import Ticked
from tests.given import Given, given
from tests.opening.actors import ALPHA, BETA, BIDDERS, COSIGNERS, FIRST, GAMMA, OFFICE, SECOND, TENDERER, secret_of
from tests.opening.acts import CLOSE_WINDOW, SETTLE, bid_of, cosign_window, publish_key, release
from tests.opening.day import KEYS_OFFERED, RELEASE, RELEASED, opening
from tests.opening.lodged import ENDED, IN_TIME, KEEPER, Lodging, given_lodged
from tests.opening.preparing import publish_policy
from tests.opening.sealed import halves_of
from tests.opening.tender import after_t0

OTHERS = (release(BETA), release(GAMMA))
CLOSES = CLOSE_WINDOW


def closing(before: Given) -> Given:
    """What was lodged is taken; the window itself closes in the turn after."""
    return Given(before.when(CLOSES, at=ENDED).story)


def window_of(before: Given) -> WindowClosedStatement:
    _, event = before.when(CLOSES, at=ENDED).then(Ticked, WindowClosed)
    assert OFFICE.keyid == event.window_closed.signatures[0].keyid
    return said(event.window_closed, WindowClosedStatement)


def settled(before: Given) -> dict[str, tuple[Outcome, Cause, str]]:
    """The rest of the day: every bidder's outcome."""
    story = before.when(CLOSES, at=ENDED).story
    for act in (cosign_window(), publish_key(FIRST), publish_key(SECOND), SETTLE):
        story = Given(story).when(act).story
    bids = story.state.bids.values()
    return {bid.bidder: (bid.settlement.outcome, bid.settlement.cause, bid.settlement.detail) for bid in bids}


def test_a_half_lodged_in_time_is_taken_in_its_bidders_line_and_counts() -> None:
    before = given_lodged((*RELEASE, *OTHERS), Lodging(ALPHA, IN_TIME))
    [taken] = before.when(CLOSES, at=ENDED).then_aside(ALPHA, KeyLodged)
    assert taken.s_b == b64(halves_of(ALPHA, 1).s_b)
    after = closing(before)
    assert after.story.state.bids[taken.bid].released_at == IN_TIME
    window = window_of(after)
    assert window.lots[0].missing == []
    assert len(window.lodgings) == 1
    assert sorted(window.away) == sorted(name for name in COSIGNERS if name != KEEPER)
    assert settled(after)[ALPHA.person][0] is Outcome.OPENED


def test_the_tick_before_the_end_holds_what_was_lodged() -> None:
    after = closing(given_lodged(RELEASE, *(Lodging(who, IN_TIME) for who in BIDDERS)))
    story = after.when(CLOSES, at=ENDED).story
    assert [entry.type for entry in story.folded.lines.ticks[-1].entries][-3:] == ["KeyLodged"] * 3
    assert story.folded.lines.pending == ()


@pytest.mark.parametrize("at", [ENDED, after_t0(1861)], ids=["at the end", "after"])
def test_lodged_too_late_it_does_not_count(at: datetime) -> None:
    before = given_lodged((*RELEASE, *OTHERS), Lodging(ALPHA, at))
    assert window_of(before).lots[0].missing == [bid_of(before.story, ALPHA)]
    assert settled(before)[ALPHA.person] == (Outcome.DEEMED_REVOKED, Cause.NOT_RELEASED, "")


BAD = {
    "not_committed": Lodging(ALPHA, IN_TIME, half=secret_of("a wrong half")),
    "other_close": Lodging(ALPHA, IN_TIME, changes={"close": b64(bytes(32))}),
    "other_key": Lodging(ALPHA, IN_TIME, changes={"kid": b64(bytes(32))}),
    "does_not_open": Lodging(ALPHA, IN_TIME, changes={"sealed": b64(bytes(1200))}),
    "not_by_the_bidder": Lodging(ALPHA, IN_TIME, signer=BETA),
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_lodging_is_evidence_in_its_bidders_line(why: str) -> None:
    before = given_lodged((*RELEASE, *OTHERS), BAD[why])
    [failed] = before.when(CLOSES, at=ENDED).then_aside(ALPHA, LodgingFailed)
    assert failed.why == why
    after = closing(before)
    window_of(after)
    by_bidder = (Cause.BAD_LODGING, why) if why != "not_by_the_bidder" else (Cause.NOT_RELEASED, "")
    assert settled(after)[ALPHA.person] == (Outcome.DEEMED_REVOKED, *by_bidder)


def test_a_good_one_among_bad_ones_counts_whoever_came_first() -> None:
    before = given_lodged((*RELEASE, *OTHERS), *BAD.values(), Lodging(ALPHA, IN_TIME))
    before.when(CLOSES, at=ENDED).then_aside(ALPHA, KeyLodged)


def test_no_more_than_five_attempts_are_kept() -> None:
    many = [Lodging(ALPHA, IN_TIME, half=secret_of(f"wrong {number}")) for number in range(WRONG_TRIES + 3)]
    before = given_lodged((*RELEASE, *OTHERS), *many)
    before.when(CLOSES, at=ENDED).then_aside(ALPHA, *[LodgingFailed] * WRONG_TRIES)
    window_of(closing(before))


def test_the_same_release_with_two_cosigners_is_taken_once() -> None:
    before = given_lodged((*RELEASE, *OTHERS), Lodging(ALPHA, IN_TIME), keepers=COSIGNERS)
    before.when(CLOSES, at=ENDED).then_aside(ALPHA, KeyLodged)
    window = window_of(closing(before))
    assert (len(window.lodgings), window.away) == (3, [])
    bad = given_lodged((*RELEASE, *OTHERS), BAD["not_committed"], keepers=COSIGNERS)
    bad.when(CLOSES, at=ENDED).then_aside(ALPHA, LodgingFailed)


def test_cosigners_that_are_away_are_named_and_delay_nothing() -> None:
    window = window_of(given_lodged((*RELEASE, *OTHERS), keepers=()))
    assert (window.lodgings, window.away) == ([], COSIGNERS)


def test_when_all_have_released_nobody_is_asked() -> None:
    _, event = given_lodged(RELEASED, Lodging(ALPHA, IN_TIME)).when(CLOSES).then(Ticked, WindowClosed)
    window = said(event.window_closed, WindowClosedStatement)
    assert (window.lodgings, window.away) == ([], [])


def test_the_seed_is_published_when_all_is_settled_if_anything_was_lodged() -> None:
    before = closing(given_lodged((*RELEASE, *OTHERS), Lodging(ALPHA, IN_TIME)))
    story = before.when(CLOSES, at=ENDED).story
    for act in (cosign_window(), publish_key(FIRST), publish_key(SECOND)):
        story = Given(story).when(act).story
    [published] = [event for event in Given(story).when(SETTLE).happened() if isinstance(event, LodgingSeedPublished)]
    assert b64(public_key(unb64(published.seed))) == story.state.policies[published.policy].lodging_key


def test_a_policy_names_the_servers_own_lodging_key() -> None:
    strange = publish_policy(TENDERER, lodging_key=b64(public_key(bytes(32))))
    given(opening, KEYS_OFFERED).when(strange).then_refused("other_lodging_key")
