"""What comes too late is refused under the server's key, and kept in its sender's line, where nobody else sees it."""

from datetime import datetime

import pytest

from remote_bid.opening.events import OpeningAborted, ReleaseRefused, SubmissionRefused
from remote_bid.opening.rules.late import ON_RECORD
from remote_bid.opening.statements import Refusal
from remote_bid.opening.terms import Phase
from remote_bid.seal.statements import is_signed_by, said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.marks import Disclosed, Ticked
from tests.given import Act, Past, at, given
from tests.opening.actors import ALPHA, BETA, DELTA, HOST, OFFICE, PUBLIC, SUPERVISOR
from tests.opening.acts import CLOSE_BIDS, CLOSE_WINDOW, SETTLE, cosign_close, release, submit, withdraw
from tests.opening.day import (
    ALPHAS_BID,
    CLOSED_FOR_BIDS,
    CONVENED,
    HELD,
    LOBBY,
    OPENS_LOBBY,
    PHASES,
    READOUT,
    RELEASE,
    UNSEAL,
    opening,
)
from tests.opening.pages import readable
from tests.opening.tender import SESSION, T0, after_t0


def refusal_of(event: SubmissionRefused | ReleaseRefused) -> Refusal:
    assert is_signed_by(event.refusal, OFFICE.spki, OFFICE.keyid)
    return said(event.refusal, Refusal)


@pytest.mark.parametrize("when", [T0, after_t0(0.001), after_t0(1)], ids=["at T0", "a millisecond", "a second"])
def test_a_bid_at_the_deadline_or_after_is_refused_under_the_servers_key(when: datetime) -> None:
    late = Act(submit(DELTA).asked(given(opening, LOBBY).story), DELTA)
    event = given(opening, LOBBY).when(late, at=when).then_refused_on_record("too_late", DELTA, SubmissionRefused)
    told = refusal_of(event)
    assert (told.session, told.code, told.at) == (SESSION, "too_late", instant.text(when))
    assert told.statements == [statement_id(part.submission.statement) for part in late.ask.parts]  # type: ignore[union-attr]  # a submission


def test_a_withdrawal_after_the_deadline_too() -> None:
    before = given(opening, CLOSED_FOR_BIDS)
    told = refusal_of(before.when(withdraw(ALPHA)).then_refused_on_record("too_late", ALPHA, SubmissionRefused))
    assert len(told.statements) == 1
    assert len(given(opening, CLOSED_FOR_BIDS, withdraw(ALPHA)).story.state.bids) == 3


def test_while_the_session_is_held_it_says_so() -> None:
    given(opening, HELD).when(submit(DELTA)).then_refused_on_record("held", DELTA, SubmissionRefused)


def test_asked_again_the_same_word_is_given_and_nothing_is_kept_twice() -> None:
    late = Act(submit(DELTA).asked(given(opening, CLOSED_FOR_BIDS).story), DELTA)
    first = given(opening, CLOSED_FOR_BIDS).when(late).then_refused("too_late")
    again = given(opening, CLOSED_FOR_BIDS, late).when(late, at=after_t0(1)).then_refused("too_late")
    assert again.statement == first.statement
    assert not again.evidence


def test_nobody_fills_the_lines_with_late_attempts() -> None:
    attempts: Past = tuple(
        Act(submit(DELTA).asked(given(opening, CLOSED_FOR_BIDS).story), DELTA) for _ in range(ON_RECORD + 2)
    )
    story = given(opening, CLOSED_FOR_BIDS, attempts[:ON_RECORD]).story
    assert len(story.state.denials[DELTA.person]) == ON_RECORD
    more = given(opening, CLOSED_FOR_BIDS, attempts[:ON_RECORD]).when(attempts[-1]).then_refused("too_late")
    assert more.statement is not None
    assert not more.evidence


def test_somebody_elses_statement_is_not_refused_on_record() -> None:
    given(opening, CLOSED_FOR_BIDS).when(submit(DELTA), by=BETA).then_refused("not_signed_by_you")


def test_before_the_roster_nobody_sees_that_anybody_was_late() -> None:
    with_it = given(opening, CLOSED_FOR_BIDS, submit(DELTA)).story
    without = given(opening, CLOSED_FOR_BIDS).story
    for who in (HOST, SUPERVISOR, BETA, PUBLIC):
        assert readable(with_it, who) == readable(without, who)


def test_a_release_after_the_window_is_refused_under_the_servers_key() -> None:
    over = at(after_t0(1860), release(ALPHA))
    told = refusal_of(given(opening, RELEASE).when(over).then_refused_on_record("window_over", ALPHA, ReleaseRefused))
    assert told.code == "window_over"
    closed = given(opening, RELEASE, at(after_t0(1860), CLOSE_WINDOW))
    closed.when(release(ALPHA)).then_refused_on_record("window_over", ALPHA, ReleaseRefused)


def test_what_came_after_the_last_tick_is_in_one_more_before_all_is_disclosed() -> None:
    late = given(opening, UNSEAL, submit(DELTA)).when(SETTLE)
    assert [type(event) for event in late.happened()].count(Ticked) == 1
    told = next(event for event in late.happened() if isinstance(event, Disclosed))
    assert [entry.type for entry in told.ticks[-1].entries] == ["SubmissionRefused"]
    assert late.story.folded.main[told.ticks[-1].tick - 1].type == "Ticked"
    assert late.story.state.phase is Phase.READOUT


def test_a_late_bid_does_not_stop_a_session_with_too_few_from_ending() -> None:
    few: Past = (*CONVENED, ALPHAS_BID, OPENS_LOBBY, at(T0, CLOSE_BIDS), submit(DELTA))
    events = given(opening, few).when(cosign_close()).happened()
    assert [type(event) for event in events][-3:] == [Ticked, Disclosed, OpeningAborted]
    told = events[-2]
    assert isinstance(told, Disclosed)
    assert [entry.type for entry in told.ticks[-1].entries] == ["SubmissionRefused"]


@pytest.mark.parametrize("past", [READOUT, PHASES[Phase.CLOSED], PHASES[Phase.ABORTED]])
def test_once_all_is_disclosed_the_word_is_given_and_no_more_is_kept(past: Past) -> None:
    refusal = given(opening, past).when(submit(DELTA)).then_refused("too_late")
    assert refusal.statement is not None
    assert not refusal.evidence
