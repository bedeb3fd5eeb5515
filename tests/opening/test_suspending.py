"""Suspending: the clocks stand still, releases go on; who may end it, and when."""

import pytest

from remote_bid.opening.events import (
    KeyReleased,
    OpeningResumed,
    OpeningSuspended,
    ReleaseOpened,
    RequestRefused,
    SignatureAwaited,
    SuspensionCountersigned,
    WindowClosed,
    WindowExtended,
)
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Phase, RequestRefusal
from remote_bid.seal.statements import said
from remote_bid.tender.terms import Pause, SuspensionCause
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.marks import Ticked
from tests.given import Act, Past, at, given
from tests.opening.actors import ALPHA, FIRST, HOST, SUPERVISOR, TENDERER
from tests.opening.acts import CLOSE_WINDOW, OPEN_RELEASE, TICK, cosign_window, publish_key, read_out, release
from tests.opening.course import (
    ABSENT,
    END_PAUSE,
    HOST_SUSPENDED,
    SUSPENDED,
    extend,
    resume,
    suspend,
)
from tests.opening.day import CLOSED, PHASES, READOUT, RELEASED, ROSTER, WINDOW_CLOSED, opening
from tests.opening.tender import after_t0

ENDS_AT = 1860
"""Of the bidders' window, if nothing stops the clocks; they stop at 120 s."""


def test_one_signature_stops_the_clocks_and_the_phase_stays() -> None:
    [stopped] = given(opening, ROSTER).when(suspend(SUPERVISOR), at=after_t0(60)).then(OpeningSuspended)
    assert (stopped.number, stopped.since, stopped.ends_at) == (1, instant.text(after_t0(60)), None)
    assert given(opening, SUSPENDED).story.state.phase is Phase.RELEASE


def test_while_suspended_no_window_ends_and_no_step_is_taken() -> None:
    commands = {type(item.command).__name__ for item in opening.context.due(given(opening, SUSPENDED).story.state)}
    assert commands == {"Tick", "CarryOutAbort"}
    given(opening, SUSPENDED).when(CLOSE_WINDOW, at=after_t0(9000)).then_refused("suspended")
    stopped: Past = (*ROSTER, suspend(SUPERVISOR))
    given(opening, stopped).when(OPEN_RELEASE).then_refused("suspended")
    given(opening, READOUT, suspend(SUPERVISOR)).when(read_out(ALPHA)).then_refused("suspended")


def test_releases_extensions_and_ticks_go_on_however_late() -> None:
    given(opening, SUSPENDED).when(release(ALPHA), at=after_t0(ENDS_AT + 3000)).then_aside(ALPHA, KeyReleased)
    given(opening, SUSPENDED).when(extend(), at=after_t0(ENDS_AT + 3000)).then(WindowExtended)
    given(opening, SUSPENDED).when(TICK, at=after_t0(ENDS_AT + 3000)).then(Ticked)


def test_host_and_supervisor_let_it_go_on_and_the_window_ends_later_by_the_pause() -> None:
    given(opening, SUSPENDED).when(resume(HOST), at=after_t0(600)).then(SignatureAwaited)
    [resumed] = given(opening, SUSPENDED).when(resume(), at=after_t0(600)).then(OpeningResumed)
    assert resumed.ends_at == instant.text(after_t0(ENDS_AT + 480))
    past: Past = (*SUSPENDED, at(after_t0(600), resume()))
    assert given(opening, past).story.state.pauses == [
        Pause(since=instant.text(after_t0(120)), until=instant.text(after_t0(600)), cause=SuspensionCause.EMERGENCY)
    ]
    given(opening, past).when(CLOSE_WINDOW, at=after_t0(ENDS_AT + 479)).then_refused("not_yet")
    _, closed = given(opening, past).when(CLOSE_WINDOW, at=after_t0(ENDS_AT + 480)).then(Ticked, WindowClosed)
    told = said(closed.window_closed, WindowClosedStatement)
    assert told.pauses == given(opening, past).story.state.pauses


def test_the_supervisor_alone_only_after_two_hours() -> None:
    late = after_t0(120 + 7200)
    given(opening, SUSPENDED).when(resume(SUPERVISOR), at=after_t0(120 + 7199)).then(SignatureAwaited)
    given(opening, SUSPENDED).when(resume(SUPERVISOR), at=late).then(OpeningResumed)
    given(opening, SUSPENDED).when(resume(HOST), at=late).then(SignatureAwaited)


def test_the_hosts_own_ends_by_itself_after_five_minutes_and_uses_up_the_cap() -> None:
    given(opening, HOST_SUSPENDED).when(END_PAUSE, at=after_t0(419)).then_refused("not_yet")
    [resumed] = given(opening, HOST_SUSPENDED).when(END_PAUSE, at=after_t0(420)).then(OpeningResumed)
    assert (resumed.signed, resumed.ends_at) == (None, instant.text(after_t0(ENDS_AT + 300)))
    past: Past = (*HOST_SUSPENDED, at(after_t0(420), END_PAUSE))
    assert given(opening, past).story.state.spent_ms == 300_000
    given(opening, past).when(END_PAUSE).then_nothing()
    [refused] = given(opening, past).when(extend(minutes=26)).then(RequestRefused)
    assert refused.cause is RequestRefusal.BEYOND_CAP


def test_with_the_cap_used_up_the_host_cannot_suspend_which_is_recorded() -> None:
    past: Past = (*PHASES[Phase.RELEASE], extend(minutes=28))
    [short] = given(opening, past).when(suspend(HOST), at=after_t0(120)).then(OpeningSuspended)
    assert short.ends_at == instant.text(after_t0(240))
    used_up: Past = (*PHASES[Phase.RELEASE], extend(minutes=30))
    [refused] = given(opening, used_up).when(suspend(HOST)).then(RequestRefused)
    assert refused.cause is RequestRefusal.BEYOND_CAP
    given(opening, used_up).when(suspend(SUPERVISOR)).then(OpeningSuspended)


def test_countersigned_by_the_supervisor_the_hosts_does_not_end_by_itself() -> None:
    both = suspend(HOST, SUPERVISOR, number=1)
    given(opening, HOST_SUSPENDED).when(both, at=after_t0(180)).then(SuspensionCountersigned)
    past: Past = (*HOST_SUSPENDED, at(after_t0(180), both))
    given(opening, past).when(both).then_nothing()
    given(opening, past).when(END_PAUSE, at=after_t0(9000)).then_refused("not_yet")
    later = given(opening, past).when(resume(), at=after_t0(3000)).story
    assert later.state.spent_ms == 60_000


def test_it_is_suspended_once_by_host_or_supervisor_for_a_cause_that_people_state() -> None:
    given(opening, SUSPENDED).when(suspend(HOST, number=2)).then_refused("suspended_already")
    given(opening, SUSPENDED).when(suspend(SUPERVISOR, number=1)).then_nothing()
    given(opening, ROSTER).when(suspend(HOST, number=2)).then_refused("not_the_next")
    given(opening, ROSTER).when(suspend(HOST, cause=SuspensionCause.OUTAGE)).then_refused("not_the_next")
    given(opening, ROSTER).when(suspend(HOST), by=TENDERER).then_refused("not_allowed")
    given(opening, ROSTER).when(resume()).then_refused("not_suspended")
    again: Past = (*SUSPENDED, at(after_t0(600), resume()))
    given(opening, again).when(suspend(SUPERVISOR, number=1)).then_nothing()
    given(opening, again).when(resume(number=1)).then_nothing()


@pytest.mark.parametrize("phase", [Phase.SCHEDULED, Phase.LOBBY, Phase.CLOSED_FOR_BIDS, Phase.HELD, Phase.ABORTED])
def test_before_the_deadline_counts_and_after_the_end_nothing_is_suspended(phase: Phase) -> None:
    given(opening, PHASES[phase]).when(suspend(SUPERVISOR)).then_refused("wrong_phase")
    given(opening, CLOSED).when(suspend(SUPERVISOR)).then_refused("wrong_phase")


def test_custody_that_begins_while_suspended_lasts_its_whole_time() -> None:
    stopped: Past = (*WINDOW_CLOSED, suspend(SUPERVISOR))
    given(opening, stopped).when(cosign_window(), at=after_t0(1000)).happened()
    past: Past = (*stopped, at(after_t0(1000), cosign_window()))
    given(opening, past).when(publish_key(FIRST)).then_refused("suspended")
    [resumed] = given(opening, past).when(resume(), at=after_t0(1500)).then(OpeningResumed)
    assert resumed.ends_at == instant.text(after_t0(1500 + 1800))


def test_absent_custodians_suspend_the_session_and_get_their_time_anew() -> None:
    story = given(opening, ABSENT).story
    assert (story.state.phase, story.state.suspension.cause) == (Phase.CUSTODY, SuspensionCause.CUSTODIANS_ABSENT)
    given(opening, ABSENT).when(publish_key(FIRST)).then_refused("suspended")
    [resumed] = given(opening, ABSENT).when(resume(), at=after_t0(4000)).then(OpeningResumed)
    assert resumed.ends_at == instant.text(after_t0(4000 + 1800))


def test_what_waits_for_the_host_waits_on_after_the_pause() -> None:
    stopped: Past = (*ROSTER, at(after_t0(300), suspend(SUPERVISOR)), at(after_t0(900), resume()))
    given(opening, stopped).when(Act(OPEN_RELEASE.ask, SUPERVISOR), at=after_t0(1199)).then_refused("not_yet")
    given(opening, stopped).when(Act(OPEN_RELEASE.ask, SUPERVISOR), at=after_t0(1200)).then(ReleaseOpened)


def test_all_released_or_not_the_window_closes_only_after_the_pause() -> None:
    stopped: Past = (*RELEASED, suspend(SUPERVISOR))
    given(opening, stopped).when(CLOSE_WINDOW, CLOCK).then_refused("suspended")
    given(opening, stopped, resume()).when(CLOSE_WINDOW, CLOCK).then(Ticked, WindowClosed)
