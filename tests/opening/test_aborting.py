"""A session that stays suspended is aborted: every bid counts as withdrawn, nothing is opened, keys are destroyed."""

import pytest

from remote_bid.opening.commands import CarryOutAbort, EndPause
from remote_bid.opening.events import AbortOrdered, CustodianKeysDestroyed, LotAborted, OpeningAborted
from remote_bid.opening.terms import AbortCause, Cause, Outcome, Phase
from remote_bid.timeline import instant
from remote_bid.timeline.marks import Disclosed, Tick, Ticked
from tests.given import Past, at, given
from tests.opening.actors import ALPHA, BIDDERS, FIRST, PUBLIC, SECOND, SUPERVISOR
from tests.opening.acts import release
from tests.opening.course import (
    CARRY_OUT_ABORT,
    ENDED,
    HOST_SUSPENDED,
    ORDERED,
    SUSPENDED,
    abort,
    destroy,
    resume,
    suspend,
)
from tests.opening.day import PHASES, READOUT, opening
from tests.opening.pages import page, readable
from tests.opening.tender import LOT, after_t0

TWO_HOURS, A_DAY = after_t0(120 + 7200), after_t0(120 + 86_400)


def test_after_two_hours_the_supervisor_may_abort() -> None:
    given(opening, SUSPENDED).when(abort(), at=instant.later(TWO_HOURS, -1)).then_refused("not_yet")
    [ordered] = given(opening, SUSPENDED).when(abort(), at=TWO_HOURS).then(AbortOrdered)
    assert ordered.cause is AbortCause.SUPERVISOR_DECIDED
    given(opening, ORDERED).when(abort()).then_nothing()
    given(opening, PHASES[Phase.RELEASE]).when(abort()).then_refused("not_suspended")


def test_after_a_day_the_clock_does() -> None:
    given(opening, SUSPENDED).when(CARRY_OUT_ABORT, at=instant.later(A_DAY, -1)).then_refused("not_yet")
    [ordered] = given(opening, SUSPENDED).when(CARRY_OUT_ABORT, at=A_DAY).then(AbortOrdered)
    assert ordered.cause is AbortCause.SUSPENDED_TOO_LONG


def test_it_ends_when_every_entry_is_in_a_tick_and_nothing_comes_in_between() -> None:
    given(opening, ORDERED).when(release(ALPHA)).then_refused("aborting")
    given(opening, ORDERED).when(resume()).then_refused("aborting")
    given(opening, ORDERED).when(CARRY_OUT_ABORT).then(LotAborted, Disclosed, OpeningAborted)
    given(opening, ENDED).when(CARRY_OUT_ABORT).then_nothing()
    pending: Past = (*SUSPENDED, release(ALPHA), at(TWO_HOURS, abort()))
    given(opening, pending).when(CARRY_OUT_ABORT).then(Ticked)
    given(opening, pending, CARRY_OUT_ABORT).when(CARRY_OUT_ABORT).then(LotAborted, Disclosed, OpeningAborted)


def test_once_it_is_ordered_a_pause_does_not_end_by_itself_any_more() -> None:
    paused, ordered = given(opening, HOST_SUSPENDED), given(opening, HOST_SUSPENDED, at(A_DAY, CARRY_OUT_ABORT))
    assert EndPause in {type(due.command) for due in opening.context.due(paused.story.state)}
    assert {type(due.command) for due in opening.context.due(ordered.story.state)} == {CarryOutAbort, Tick}


def test_every_bid_counts_as_withdrawn_by_nobodys_fault() -> None:
    story = given(opening, ENDED).story
    assert story.state.phase is Phase.ABORTED
    for who in BIDDERS:
        [bid] = page(story, who).me.bids.values()  # type: ignore[union-attr]  # a bidder has bids
        assert (bid.outcome, bid.cause) == (Outcome.DEEMED_WITHDRAWN, Cause.ABORTED)
    assert page(story, PUBLIC).aborted == {LOT: AbortCause.SUPERVISOR_DECIDED}
    assert not any(bid.bidder in readable(story, PUBLIC) for bid in story.state.returned.values())


@pytest.mark.parametrize("phase", [Phase.COUNT_CHECK, Phase.ROSTER, Phase.CUSTODY, Phase.UNSEAL])
def test_from_every_phase_before_settlement(phase: Phase) -> None:
    story = given(opening, PHASES[phase], suspend(SUPERVISOR)).story
    later = at(instant.later(story.at, 86_400_000), CARRY_OUT_ABORT)
    past: Past = (*PHASES[phase], suspend(SUPERVISOR), later, CARRY_OUT_ABORT)
    assert given(opening, past).story.state.phase is Phase.ABORTED


def test_whoever_has_seen_a_price_cannot_undo_the_opening() -> None:
    past: Past = (*READOUT, suspend(SUPERVISOR))
    given(opening, past).when(abort(), at=A_DAY).then_refused("wrong_phase")
    given(opening, past).when(CARRY_OUT_ABORT, at=A_DAY).then_refused("wrong_phase")
    assert given(opening, past).when(resume(SUPERVISOR), at=A_DAY).story.state.suspension is None


def test_custodians_sign_that_their_keys_are_destroyed() -> None:
    given(opening, ENDED).when(destroy(FIRST)).then(CustodianKeysDestroyed)
    given(opening, ENDED, destroy(FIRST)).when(destroy(FIRST)).then_nothing()
    given(opening, ENDED).when(destroy(SECOND, kids=[])).then_refused("not_your_key")
    given(opening, SUSPENDED).when(destroy(FIRST)).then_refused("wrong_phase")
