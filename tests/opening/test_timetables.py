"""When everything happens: signed by two, never earlier, within bounds."""

from typing import Any

import pytest

from remote_bid.opening.events import (
    BidSubmitted,
    TimetableProposed,
    TimetableSigned,
)
from remote_bid.opening.terms import Phase
from remote_bid.tender.statements import Cadence, Windows
from remote_bid.timeline import instant
from tests.given import Past, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    HOST,
    SUPERVISOR,
    TENDERER,
)
from tests.opening.acts import submit
from tests.opening.day import (
    CONVENED,
    HELD,
    KEYS_OFFERED,
    LOBBY,
    POLICY_PUBLISHED,
    THREE_BIDS,
    opening,
)
from tests.opening.preparing import (
    countersign_timetable,
    propose_timetable,
)
from tests.opening.tender import T0, after_t0


def test_a_timetable_is_proposed_and_holds_once_the_supervisor_has_signed_it() -> None:
    given(opening, POLICY_PUBLISHED).when(propose_timetable()).then(TimetableProposed)
    story = given(opening, POLICY_PUBLISHED, propose_timetable()).when(countersign_timetable()).story
    assert story.state.timetable.deadline == instant.text(T0)
    assert story.state.proposed is None


def test_a_proposal_alone_changes_nothing() -> None:
    story = given(opening, POLICY_PUBLISHED, propose_timetable()).story
    assert story.state.timetable is None
    given(opening, POLICY_PUBLISHED, propose_timetable()).when(submit(ALPHA)).then_refused("no_timetable")


@pytest.mark.parametrize(
    "signers",
    [
        (SUPERVISOR,),
        (TENDERER,),
        (SUPERVISOR, TENDERER),
        (TENDERER, BETA),
        (SUPERVISOR, SUPERVISOR),
        (HOST, SUPERVISOR),
    ],
    ids=lambda signers: " and ".join(who.person for who in signers),
)
def test_one_signature_or_anybody_elses_is_not_enough(signers: Any) -> None:
    given(opening, POLICY_PUBLISHED).when(countersign_timetable(*signers)).then_refused("two_signatures")
    later = countersign_timetable(*signers, deadline=instant.text(after_t0(60)))
    given(opening, CONVENED).when(later).then_refused("two_signatures")


def test_a_timetable_is_for_exactly_the_policies() -> None:
    before = given(opening, POLICY_PUBLISHED)
    before.when(countersign_timetable(policies=[])).then_refused("other_policies")
    before.when(countersign_timetable(policies=["another"])).then_refused("other_policies")
    given(opening, KEYS_OFFERED).when(propose_timetable(policies=[])).then_refused("policies_missing")


def test_a_timetable_follows_the_one_that_holds() -> None:
    given(opening, POLICY_PUBLISHED).when(propose_timetable(prev="another")).then_refused("not_the_latest")
    given(opening, CONVENED).when(propose_timetable(prev=None)).then_refused("not_the_latest")


@pytest.mark.parametrize(
    "deadline", ["", "tomorrow", "2026-12-01", "2026-12-01T02:00:00Z", "2026-12-01T02:00:00.000000Z"]
)
def test_a_deadline_is_an_instant(deadline: str) -> None:
    given(opening, POLICY_PUBLISHED).when(propose_timetable(deadline=deadline)).then_refused("bad_deadline")


def test_a_deadline_lies_ahead() -> None:
    now = instant.text(opening.begins)
    given(opening, POLICY_PUBLISHED).when(countersign_timetable(deadline=now)).then_refused("deadline_too_early")
    soon = instant.text(instant.later(opening.begins, 1))
    given(opening, POLICY_PUBLISHED).when(countersign_timetable(deadline=soon)).then(TimetableSigned)


def test_a_deadline_lies_within_two_years() -> None:
    days = 730 * 86_400_000
    far, too_far = (instant.text(instant.later(opening.begins, days + ms)) for ms in (0, 1))
    given(opening, POLICY_PUBLISHED).when(countersign_timetable(deadline=far)).then(TimetableSigned)
    given(opening, POLICY_PUBLISHED).when(countersign_timetable(deadline=too_far)).then_refused("deadline_too_early")


@pytest.mark.parametrize("past", [CONVENED, LOBBY, HELD], ids=["SCHEDULED", "LOBBY", "HELD"])
def test_a_deadline_never_moves_earlier(past: Past) -> None:
    earlier = instant.text(after_t0(-0.001))
    given(opening, past).when(propose_timetable(deadline=earlier)).then_refused("deadline_too_early")
    given(opening, past).when(countersign_timetable(deadline=earlier)).then_refused("deadline_too_early")


def test_a_new_timetable_may_keep_the_deadline_and_change_the_windows() -> None:
    longer = Windows(release_ms=3_600_000)
    story = given(opening, CONVENED).when(countersign_timetable(windows=longer)).story
    assert (story.state.timetable.deadline, story.state.timetable.windows) == (instant.text(T0), longer)


def test_a_later_deadline_is_a_new_timetable_and_bids_stand() -> None:
    later = instant.text(after_t0(86_400))
    before = given(opening, CONVENED, THREE_BIDS)
    story = before.when(countersign_timetable(deadline=later)).story
    assert story.state.timetable.deadline == later
    assert story.state.bids == before.story.state.bids
    assert story.state.phase is Phase.SCHEDULED
    postponed = given(opening, CONVENED, countersign_timetable(deadline=later))
    postponed.when(submit(ALPHA), at=T0).then_aside(ALPHA, BidSubmitted)


def test_once_the_deadline_has_passed_it_is_not_moved() -> None:
    late = countersign_timetable(deadline=instant.text(after_t0(86_400)))
    given(opening, LOBBY).when(late, at=T0).then_refused("deadline_passed")


@pytest.mark.parametrize(
    "cadence",
    [
        Cadence(every_ms=0, slots=256),
        Cadence(every_ms=-1, slots=256),
        Cadence(every_ms=1000, slots=0),
        Cadence(every_ms=1000, slots=257),
        Cadence(every_ms=1000, slots=1 << 30),
    ],
)
def test_ticks_have_one_of_two_sizes_and_do_come(cadence: Cadence) -> None:
    given(opening, POLICY_PUBLISHED).when(propose_timetable(ticks=cadence)).then_refused("bad_cadence")
    given(opening, POLICY_PUBLISHED).when(propose_timetable(lobby_ticks=cadence)).then_refused("bad_cadence")


@pytest.mark.parametrize(
    "changes",
    [
        {"lobby_ms": -1},
        {"lobby_ms": 2**53 - 1},
        {"windows": Windows(release_ms=-1)},
        {"windows": Windows(release_ms=0)},
        {"windows": Windows(release_ms=2**53 - 1)},
        {"windows": Windows(custody_ms=2**53 - 1)},
        {"windows": Windows(record_ms=2**53 - 1)},
        {"ticks": Cadence(every_ms=2**53 - 1, slots=256)},
        {"ticks": Cadence(every_ms=1, slots=4096)},
    ],
    ids=str,
)
def test_windows_and_cadences_have_sensible_bounds(changes: dict[str, Any]) -> None:
    act = given(opening, POLICY_PUBLISHED).when(propose_timetable(**changes))
    if "ticks" in changes:
        act.then_refused("bad_cadence")
    else:
        act.then_refused("bad_windows")
