"""Extending the bidders' window: two signatures, a cause, within the cap; what is refused is recorded."""

import pytest

from remote_bid.opening.commands import DeclineRequest
from remote_bid.opening.events import (
    KeyReleased,
    RequestRefused,
    SignatureAwaited,
    WindowClosed,
    WindowExtended,
)
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import RequestRefusal
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.marks import Ticked
from tests.given import Act, Past, at, given
from tests.opening.actors import ALPHA, BETA, HOST, SUPERVISOR, TENDERER
from tests.opening.acts import CLOSE_WINDOW, release
from tests.opening.course import decline, extend
from tests.opening.day import RELEASE, ROSTER, WINDOW_CLOSED, opening
from tests.opening.tender import after_t0

ENDS_AT = 1860
EXTENDED: Past = (*RELEASE, extend(HOST, SUPERVISOR, minutes=10))


def test_two_signatures_extend_the_window_for_all() -> None:
    [asked] = given(opening, RELEASE).when(extend(HOST)).then(SignatureAwaited)
    assert [*given(opening, RELEASE, extend(HOST)).story.state.awaited] == [statement_id(asked.signed.statement)]
    [extended] = given(opening, RELEASE, extend(HOST)).when(extend(HOST, SUPERVISOR)).then(WindowExtended)
    assert extended.ends_at == instant.text(after_t0(ENDS_AT + 600))
    assert given(opening, EXTENDED).story.state.awaited == {}
    given(opening, EXTENDED).when(release(BETA), at=after_t0(ENDS_AT + 599)).then_aside(BETA, KeyReleased)
    given(opening, EXTENDED).when(CLOSE_WINDOW, at=after_t0(ENDS_AT + 599)).then_refused("not_yet")
    given(opening, EXTENDED).when(CLOSE_WINDOW, at=after_t0(ENDS_AT + 600)).then(Ticked, WindowClosed)


def test_either_may_begin() -> None:
    given(opening, RELEASE, extend(SUPERVISOR)).when(extend(SUPERVISOR, HOST)).then(WindowExtended)


def test_the_same_request_again_is_asked_for_once() -> None:
    given(opening, RELEASE, extend(HOST)).when(extend(HOST)).then_nothing()
    given(opening, EXTENDED).when(extend(HOST, SUPERVISOR, number=1)).then_nothing()


def test_nobody_elses_signature_and_no_one_twice() -> None:
    given(opening, RELEASE).when(extend(TENDERER, HOST)).then_refused("host_and_supervisor")
    given(opening, RELEASE).when(extend(HOST, HOST)).then_refused("host_and_supervisor")
    given(opening, RELEASE).when(extend(HOST, SUPERVISOR), by=TENDERER).then_refused("not_allowed")


def test_it_is_the_next_extension_of_this_window() -> None:
    given(opening, RELEASE).when(extend(number=2)).then_refused("not_the_next")
    given(opening, RELEASE).when(extend(by_ms=0)).then_refused("not_the_next")
    given(opening, RELEASE).when(extend(close="another")).then_refused("other_close")
    given(opening, ROSTER).when(extend()).then_refused("wrong_phase")


def test_beyond_the_cap_the_request_is_refused_and_recorded() -> None:
    [refused] = given(opening, RELEASE).when(extend(HOST, minutes=31)).then(RequestRefused)
    assert (refused.cause, refused.statement) == (
        RequestRefusal.BEYOND_CAP,
        statement_id(refused.signed.statement),
    )
    given(opening, RELEASE, extend(HOST, minutes=31)).when(extend(HOST, minutes=31)).then_nothing()
    given(opening, EXTENDED).when(extend(minutes=20)).then(WindowExtended)
    [refused] = given(opening, EXTENDED).when(extend(minutes=21)).then(RequestRefused)
    assert refused.cause is RequestRefusal.BEYOND_CAP


def test_what_the_other_declines_is_recorded() -> None:
    [refused] = given(opening, RELEASE, extend(HOST)).when(decline(SUPERVISOR)).then(RequestRefused)
    assert refused.cause is RequestRefusal.DECLINED
    declined = given(opening, RELEASE, extend(HOST), decline(SUPERVISOR))
    declined.when(Act(DeclineRequest(statement=refused.statement), SUPERVISOR)).then_nothing()
    declined.when(extend(HOST, SUPERVISOR)).then(WindowExtended)
    given(opening, RELEASE).when(decline(HOST)).then_refused("nothing_asked")


def test_after_the_window_it_is_too_late_and_what_nobody_answered_is_recorded() -> None:
    [refused] = given(opening, RELEASE).when(extend(), at=after_t0(ENDS_AT)).then(RequestRefused)
    assert refused.cause is RequestRefusal.WINDOW_OVER
    [refused] = given(opening, WINDOW_CLOSED).when(extend()).then(RequestRefused)
    assert refused.cause is RequestRefusal.WINDOW_OVER
    unanswered = given(opening, RELEASE, extend(HOST))
    refused, _, _ = unanswered.when(CLOSE_WINDOW, at=after_t0(ENDS_AT)).then(RequestRefused, Ticked, WindowClosed)
    assert refused.cause is RequestRefusal.WINDOW_OVER


@pytest.mark.parametrize("past", [RELEASE, EXTENDED])
def test_the_end_of_the_window_tells_of_every_extension(past: Past) -> None:
    story = given(opening, past).story
    closing = given(opening, past).when(at(after_t0(ENDS_AT + 600), CLOSE_WINDOW))
    closed = said(closing.then(Ticked, WindowClosed)[1].window_closed, WindowClosedStatement)
    assert closed.extensions == story.state.extensions
    assert len(closed.extensions) == (past is EXTENDED)


def test_a_release_is_still_the_bidders_own() -> None:
    given(opening, EXTENDED, release(ALPHA)).when(release(ALPHA)).then_nothing()
