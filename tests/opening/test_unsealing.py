"""Custody: k custodians publish their keys once the window's end is cosigned; then every bid is settled at once."""

from dataclasses import replace as with_

import pytest
from msgspec.structs import replace

from remote_bid.opening.events import BidSettled, KeyPublished, LotAborted, ReadoutOpened
from remote_bid.opening.known import Known
from remote_bid.opening.rules.unsealing import enough_keys, first_keys
from remote_bid.opening.terms import AbortCause, Cause, Outcome, Phase
from remote_bid.seal.canonical import b64
from remote_bid.seal.xwing import key_id, public_key
from remote_bid.timeline.marks import Disclosed, Ticked
from tests.given import When, given
from tests.opening.actors import (
    ALPHA,
    BIDDERS,
    CUSTODIANS,
    FIRST,
    FOURTH,
    SECOND,
    THIRD,
    public_of,
    secret_of,
    seed_of,
)
from tests.opening.acts import SETTLE, publish_key
from tests.opening.day import (
    CONVENED,
    CUSTODY,
    MISSING,
    OTHER_LOT,
    RELEASE,
    THREE_BIDS,
    TWO_LOTS,
    UNSEAL,
    WINDOW_CLOSED,
    between,
    opening,
)

FRESH = secret_of("a key that nobody offered")


def test_a_custodian_publishes_its_key() -> None:
    [published] = given(opening, CUSTODY).when(publish_key(FIRST)).then(KeyPublished)
    assert published.person == FIRST.person


def test_before_the_windows_end_is_cosigned_no_key_is_taken() -> None:
    given(opening, RELEASE).when(publish_key(FIRST)).then_refused("wrong_phase")
    given(opening, WINDOW_CLOSED).when(publish_key(FIRST)).then_refused("wrong_phase")


def test_a_custodian_publishes_its_own_key_only() -> None:
    anothers = publish_key(FIRST, kid=key_id(public_of(SECOND)), seed=b64(seed_of(SECOND)))
    given(opening, CUSTODY).when(anothers).then_refused("not_your_key")
    unknown = publish_key(FIRST, kid=key_id(public_key(FRESH)), seed=b64(FRESH))
    given(opening, CUSTODY).when(unknown).then_refused("not_your_key")


@pytest.mark.parametrize("seed", ["", "AAAA", "no base64url!", b64(bytes(31)), b64(bytes(33)), b64(FRESH)])
def test_a_seed_that_is_not_behind_the_offered_key_is_wrong(seed: str) -> None:
    given(opening, CUSTODY).when(publish_key(FIRST, seed=seed)).then_refused("wrong_key")


def test_a_key_is_published_for_this_close_and_this_window() -> None:
    given(opening, CUSTODY).when(publish_key(FIRST, close="another")).then_refused("other_close")
    given(opening, CUSTODY).when(publish_key(FIRST, window_closed="another")).then_refused("other_close")


def test_k_custodians_are_enough_and_fewer_are_not() -> None:
    assert given(opening, CUSTODY).when(publish_key(FIRST)).story.state.phase is Phase.CUSTODY
    assert given(opening, CUSTODY, publish_key(FIRST)).when(publish_key(SECOND)).story.state.phase is Phase.UNSEAL
    given(opening, CUSTODY, publish_key(FIRST)).when(SETTLE).then_refused("wrong_phase")


def test_any_other_custodian_stands_in_for_one_that_does_not_come() -> None:
    story = given(opening, CUSTODY, publish_key(FOURTH), publish_key(THIRD), SETTLE).story
    assert {bid.settlement.outcome for bid in story.state.bids.values()} == {Outcome.OPENED}


def test_one_custodian_twice_is_one() -> None:
    given(opening, CUSTODY, publish_key(FIRST)).when(publish_key(FIRST)).then_nothing()


def test_when_k_are_reached_no_key_is_wanted_any_more() -> None:
    given(opening, UNSEAL).when(publish_key(THIRD)).then_refused("wrong_phase")


def test_only_the_first_k_keys_judge() -> None:
    """A later key would give whoever waits a choice between two verdicts."""
    [policy] = given(opening, UNSEAL).story.state.policies.values()
    keys = {key_id(public_of(who)): b64(seed_of(who)) for who in (THIRD, FIRST, SECOND)}
    assert list(first_keys(policy, keys)) == [key_id(public_of(THIRD)), key_id(public_of(FIRST))]
    assert first_keys(policy, {"of another lot": b64(FRESH)} | keys) == first_keys(policy, keys)


def test_no_key_is_wanted_for_a_lot_that_is_not_opened() -> None:
    past = (*TWO_LOTS, *THREE_BIDS, *between((*CONVENED, *THREE_BIDS), CUSTODY))
    given(opening, past).when(publish_key(FIRST, lot=OTHER_LOT)).then_refused("not_your_key")


def test_keys_of_other_lots_do_not_count() -> None:
    [policy] = given(opening, UNSEAL).story.state.policies.values()
    others = {key_id(public_of(who, "lot-2")): b64(seed_of(who, "lot-2")) for who in CUSTODIANS}
    own = {key_id(public_of(who)): b64(seed_of(who)) for who in (THIRD, FOURTH)}
    assert not enough_keys(policy, others)
    assert not enough_keys(policy, others | dict(list(own.items())[:1]))
    assert enough_keys(policy, others | own)


def test_all_bids_are_settled_at_once_and_then_everything_is_disclosed() -> None:
    before = given(opening, UNSEAL)
    *settled, disclosed, _ = before.when(SETTLE).then(BidSettled, BidSettled, BidSettled, Disclosed, ReadoutOpened)
    assert [event.bid for event in settled] == list(before.story.state.bids)
    types = [entry.type for tick in disclosed.ticks for entry in tick.entries]
    assert sorted(types) == ["BidSubmitted"] * 3 + ["KeyReleased"] * 3


def test_who_did_not_release_is_deemed_to_have_revoked() -> None:
    story = given(opening, MISSING, SETTLE).story
    settled = {bid.bidder: bid.settlement for bid in story.state.bids.values()}
    assert settled[ALPHA.person].cause is Cause.NOT_RELEASED
    assert settled[ALPHA.person].outcome is Outcome.DEEMED_REVOKED
    assert settled[BIDDERS[1].person].outcome is Outcome.OPENED


def test_a_lot_of_which_nothing_was_opened_ends_without_an_award() -> None:
    _, *nobody = between(RELEASE, MISSING)
    happened = (
        given(opening, RELEASE, tuple(nobody))
        .when(SETTLE)
        .then(BidSettled, BidSettled, BidSettled, LotAborted, Disclosed, ReadoutOpened)
    )
    assert happened[3].cause is AbortCause.NONE_OPENED


def test_until_every_bid_is_settled_nothing_is() -> None:
    """Facts may come from an older state; half of them are none."""

    async def nothing_settled(*_: object) -> Known:
        return Known()

    story = with_(given(opening, UNSEAL).story, room=with_(opening, facts=nothing_settled))
    When(story, SETTLE).then_refused("not_settled")


def test_an_entry_that_is_in_no_tick_gets_one_before_all_is_disclosed() -> None:
    story = given(opening, UNSEAL).story
    lines = story.folded.lines
    left_over = replace(lines, pending=lines.ticks[0].entries[:1])
    when = When(with_(story, folded=with_(story.folded, lines=left_over)), SETTLE)
    [last] = [event for event in when.happened() if isinstance(event, Ticked)]
    [told] = [event for event in when.happened() if isinstance(event, Disclosed)]
    seq = next(entry.seq for entry in when.story.folded.main if entry.fields.get("root") == last.root)
    assert [(tick.tick, len(tick.entries)) for tick in told.ticks][-1] == (seq, 1)
