"""Days that were stopped, extended, taken over or ended early verify; days that say so without right do not."""

import dataclasses
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from remote_bid.opening.events import (
    AbortOrdered,
    CountCheckOpened,
    OpeningHeld,
    OpeningResumed,
    OpeningSuspended,
    WindowClosed,
    WindowExtended,
)
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import AbortCause
from remote_bid.seal.statements import said, state
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event
from remote_bid.verify.report import Verdict
from tests.given import Act, Past, after, at
from tests.opening.actors import ALPHA, BETA, BIDDERS, DEPUTY, FIRST, HOST, OFFICE, SECOND, SUPERVISOR
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    OPEN_LOBBY,
    OPEN_OBJECTIONS,
    OPEN_RELEASE,
    PREPARE_RECORD,
    SETTLE,
    TICK,
    publish_key,
    read_out,
    release,
    sign_record,
)
from tests.opening.course import (
    CARRY_OUT_ABORT,
    DEPUTY_IN_OFFICE,
    END_CUSTODY,
    END_PAUSE,
    NOTICE_OUTAGE,
    SUSPENDED,
    abort,
    continue_lot,
    decline,
    destroy,
    extend,
    resume,
    suspend,
)
from tests.opening.day import COUNT_CHECK, LOBBY, RELEASE
from tests.opening.preparing import countersign_timetable
from tests.opening.tender import after_t0
from tests.verify.judging import failures
from tests.verify.told import verified

HALVES: Past = tuple(release(who) for who in BIDDERS)
KEYS: Past = (publish_key(FIRST), publish_key(SECOND))
HEARD: Past = (after(300_000, OPEN_OBJECTIONS), after(600_000, PREPARE_RECORD))
END: Past = (SETTLE, *(read_out(who) for who in BIDDERS), *HEARD, sign_record(HOST), CLOSE_OPENING)
REST: Past = (*HALVES, CLOSE_WINDOW, *KEYS, *END)

EXTENDED: Past = (
    *RELEASE,
    release(ALPHA),
    release(BETA),
    extend(HOST, minutes=40),
    extend(HOST),
    decline(SUPERVISOR),
    extend(SUPERVISOR),
    extend(SUPERVISOR, HOST),
    at(after_t0(60 + 1800 + 600), CLOSE_WINDOW),
    *KEYS,
    *END,
)
STOPPED: Past = (*SUSPENDED, TICK, release(ALPHA), at(after_t0(600), TICK), resume(), *REST)
BY_THE_HOST: Past = (*RELEASE, suspend(HOST), at(after_t0(360), END_PAUSE), *REST)
COUNTERSIGNED: Past = (*RELEASE, suspend(HOST), suspend(HOST, SUPERVISOR, number=1), resume(HOST), resume(), *REST)
AWAY: Past = (*RELEASE, at(after_t0(120), TICK), at(after_t0(5000), NOTICE_OUTAGE), resume(), *REST)
ABSENT: Past = (*RELEASE, *HALVES, CLOSE_WINDOW, at(after_t0(1860), END_CUSTODY), resume(), *KEYS, *END)
BY_THE_DEPUTY = tuple(
    dataclasses.replace(act, by=DEPUTY if act.by == HOST else act.by) for act in (*REST[:-2], CLOSE_OPENING)
)
TAKEN_OVER: Past = (*DEPUTY_IN_OFFICE, Act(OPEN_RELEASE.ask, DEPUTY), *BY_THE_DEPUTY)
LEFT_ALONE: Past = (*RELEASE[:-1], at(after_t0(600), Act(OPEN_RELEASE.ask, SUPERVISOR)), *REST)
END_OF_IT: Past = (CARRY_OUT_ABORT, CARRY_OUT_ABORT)
"""A tick, and the end."""
ABORTED: Past = (*SUSPENDED, TICK, release(ALPHA), at(after_t0(120 + 7200), TICK), abort(), *END_OF_IT, destroy(FIRST))
TOO_LONG: Past = (
    *RELEASE,
    *HALVES,
    CLOSE_WINDOW,
    suspend(SUPERVISOR),
    at(after_t0(90_000), CARRY_OUT_ABORT),
    CARRY_OUT_ABORT,
)
HELD: Past = (
    *LOBBY,
    TICK,
    at(after_t0(-3000), NOTICE_OUTAGE),
    countersign_timetable(deadline=instant.text(after_t0(86_400))),
    TICK,
    at(after_t0(86_400 - 3600), TICK),
    OPEN_LOBBY,
    at(after_t0(86_400), CLOSE_BIDS),
    OPEN_RELEASE,
    *REST,
)
FEW: Past = (*COUNT_CHECK, continue_lot(), OPEN_RELEASE, release(ALPHA), release(BETA), CLOSE_WINDOW, *KEYS)
FEW_READ: Past = (*FEW, SETTLE, read_out(ALPHA), read_out(BETA), *HEARD, CLOSE_OPENING)

DAYS = {
    "extended": EXTENDED,
    "suspended": STOPPED,
    "suspended by the host": BY_THE_HOST,
    "countersigned": COUNTERSIGNED,
    "an outage": AWAY,
    "custodians absent": ABSENT,
    "an office handed over": TAKEN_OVER,
    "the supervisor for the host": LEFT_ALONE,
    "aborted": ABORTED,
    "suspended too long": TOO_LONG,
    "held": HELD,
    "too few, yet continued": FEW_READ,
}


@pytest.mark.parametrize("day", DAYS)
def test_an_honest_day_verifies_whatever_came_between(day: str) -> None:
    report = verified(DAYS[day])
    assert failures(report) == []
    assert any(item.verdict is Verdict.VERIFIED and item.what == "phases" for item in report.items)


def lie_about(kind: type[Event], **changes: object) -> Callable[[Event], Event]:
    """One field of one kind of event says something else."""
    return lambda event: replace(event, **changes) if isinstance(event, kind) else event


def window_without_pauses(event: Event) -> Event:
    if not isinstance(event, WindowClosed):
        return event
    told = replace(said(event.window_closed, WindowClosedStatement), pauses=[], extensions=[])
    return WindowClosed(window_closed=state(told, OFFICE))


EARLIER = instant.text(after_t0(2000))
LATER = instant.text(after_t0(9000))
LIES: dict[str, tuple[Past, Callable[[Event], Event]]] = {
    "the window is extended by less": (EXTENDED, lie_about(WindowExtended, ends_at=EARLIER)),
    "the pause was longer": (STOPPED, lie_about(OpeningResumed, ends_at=LATER)),
    "the pause began earlier": (STOPPED, lie_about(OpeningSuspended, since=instant.text(after_t0(60)))),
    "the host's pause has no end": (COUNTERSIGNED, lie_about(OpeningSuspended, ends_at=None)),
    "nobody signed the pause": (STOPPED, lie_about(OpeningSuspended, signed=None)),
    "nobody signed the resuming": (STOPPED, lie_about(OpeningResumed, signed=None)),
    "another cause": (STOPPED, lie_about(OpeningSuspended, cause=SuspensionCause.NETWORK_FAULT)),
    "the outage was longer": (AWAY, lie_about(OpeningSuspended, since=instant.text(after_t0(0)))),
    "the end of the window tells of no pause": (STOPPED, window_without_pauses),
    "the end of the window tells of no extension": (EXTENDED, window_without_pauses),
    "aborted for another cause": (TOO_LONG, lie_about(AbortOrdered, cause=AbortCause.SUPERVISOR_DECIDED)),
    "held for another cause": (HELD, lie_about(OpeningHeld, cause="not_cosigned_in_time")),
    "the count is in question for longer": (FEW_READ, lie_about(CountCheckOpened, ends_at=LATER)),
}


@pytest.mark.parametrize("what", LIES)
def test_a_server_that_lies_about_the_days_course_is_found_out(what: str) -> None:
    past, lie = LIES[what]
    assert failures(verified(past, lie)) != []
