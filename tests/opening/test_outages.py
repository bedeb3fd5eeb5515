"""The server was away: before the deadline nothing is counted, after it the clocks have stood still meanwhile."""

from remote_bid.opening.events import BidSubmitted, OpeningHeld, OpeningResumed, OpeningSuspended
from remote_bid.opening.terms import Phase
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from tests.given import Past, at, given
from tests.opening.actors import ALPHA
from tests.opening.acts import OPEN_LOBBY, TICK, record_checkpoint, submit
from tests.opening.course import NOTICE_OUTAGE, resume
from tests.opening.day import CONVENED, LOBBY, RELEASE, THREE_BIDS, WINDOW_CLOSED, opening
from tests.opening.preparing import countersign_timetable
from tests.opening.tender import T0, after_t0

LAST_TICK = record_checkpoint(lambda story: int(story.state.last_tick), *[after_t0(60)] * 3)
SEEN: Past = (*RELEASE, at(after_t0(120), TICK), at(after_t0(121), LAST_TICK), at(after_t0(180), TICK))
"""The tick at 120 s is cosigned, the one after it is not."""


def test_after_the_deadline_the_clocks_stand_still_since_the_last_cosigned_tick() -> None:
    given(opening, SEEN).when(NOTICE_OUTAGE, at=after_t0(299)).then_refused("not_yet")
    [stopped] = given(opening, SEEN).when(NOTICE_OUTAGE, at=after_t0(5000)).then(OpeningSuspended)
    assert (stopped.cause, stopped.since) == (SuspensionCause.OUTAGE, instant.text(after_t0(120)))
    past: Past = (*SEEN, at(after_t0(5000), NOTICE_OUTAGE))
    [resumed] = given(opening, past).when(resume(), at=after_t0(5100)).then(OpeningResumed)
    assert resumed.ends_at == instant.text(after_t0(5100 + 1860 - 120))


def test_a_second_outage_counts_no_second_twice() -> None:
    past: Past = (*SEEN, at(after_t0(5000), NOTICE_OUTAGE), at(after_t0(5100), resume()))
    [stopped] = given(opening, past).when(NOTICE_OUTAGE, at=after_t0(6000)).then(OpeningSuspended)
    assert stopped.since == instant.text(after_t0(5100))


def test_what_is_overdue_for_long_goes_before_what_is_due() -> None:
    due = opening.context.due(given(opening, SEEN).story.state)
    assert [type(item.command).__name__ for item in due if item.overtakes] == ["NoticeOutage"]


def test_in_the_last_two_hours_before_the_deadline_the_session_is_held() -> None:
    [held] = given(opening, LOBBY).when(NOTICE_OUTAGE, at=after_t0(-3300)).then(OpeningHeld)
    assert held.cause == "outage"
    given(opening, LOBBY).when(NOTICE_OUTAGE, at=after_t0(-3301)).then_refused("not_yet")
    assert given(opening, LOBBY).when(NOTICE_OUTAGE, at=after_t0(3600)).story.state.phase is Phase.HELD


def test_earlier_an_outage_does_no_harm() -> None:
    past: Past = (*CONVENED, *THREE_BIDS)
    given(opening, past).when(NOTICE_OUTAGE, at=after_t0(-7201)).then_refused("not_yet")
    given(opening, past).when(NOTICE_OUTAGE, at=after_t0(-7200)).then(OpeningHeld)


def test_held_bids_stand_and_a_timetable_with_a_deadline_ahead_ends_it() -> None:
    held: Past = (*LOBBY, at(after_t0(-3000), NOTICE_OUTAGE))
    given(opening, held).when(submit(ALPHA)).then_refused("wrong_phase")
    same = given(opening, held).when(countersign_timetable(deadline=instant.text(T0))).story
    assert (same.state.phase, len(same.state.bids)) == (Phase.SCHEDULED, 3)
    reopened: Past = (*held, countersign_timetable(deadline=instant.text(after_t0(3600))))
    given(opening, reopened).when(submit(ALPHA)).then_aside(ALPHA, BidSubmitted)
    given(opening, reopened).when(NOTICE_OUTAGE, at=after_t0(-2999)).then_refused("not_yet")
    assert given(opening, reopened, at(after_t0(0), OPEN_LOBBY)).story.state.phase is Phase.LOBBY


def test_while_nothing_falls_due_nothing_is_missed() -> None:
    given(opening, WINDOW_CLOSED).when(NOTICE_OUTAGE, at=after_t0(9000)).then_refused("not_yet")
