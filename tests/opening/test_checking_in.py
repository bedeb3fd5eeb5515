"""Being present: for this session, as oneself, in one's role, now."""

from typing import Any

import pytest

from remote_bid.opening.events import BidderCheckedIn, MemberCheckedIn
from remote_bid.opening.terms import Phase, Role
from remote_bid.timeline import instant
from tests.given import given
from tests.opening.actors import ALPHA, BETA, DELTA, FIRST, HOST, NAMES, SUPERVISOR, TENDERER, WATCHER
from tests.opening.acts import check_in
from tests.opening.day import LOBBY, PHASES, WINDOW_CLOSED, opening
from tests.opening.tender import after_t0

NOW = after_t0(-3600)


def test_a_bidders_presence_is_a_secret_of_its_own_line() -> None:
    [present] = given(opening, LOBBY).when(check_in(ALPHA)).then_aside(ALPHA, BidderCheckedIn)
    assert (present.person, present.name) == (ALPHA.person, NAMES[ALPHA.person])


def test_whoever_has_not_bid_is_taken_for_a_bidder_too() -> None:
    given(opening, LOBBY).when(check_in(DELTA)).then_aside(DELTA, BidderCheckedIn)


@pytest.mark.parametrize("who", [HOST, SUPERVISOR, TENDERER, FIRST, WATCHER], ids=lambda who: who.person)
def test_the_sessions_own_people_are_seen_by_all(who: Any) -> None:
    given(opening, LOBBY).when(check_in(who)).then(MemberCheckedIn)


def test_who_is_present_is_present_once() -> None:
    given(opening, LOBBY, check_in(ALPHA)).when(check_in(ALPHA, nonce="another")).then_nothing()
    given(opening, LOBBY, check_in(HOST)).when(check_in(HOST, nonce="another")).then_nothing()


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.ROSTER, Phase.RELEASE])
def test_one_may_come_late_until_the_bidders_window_is_over(phase: Phase) -> None:
    story = given(opening, PHASES[phase]).when(check_in(ALPHA)).story
    assert story.state.present[ALPHA.person] == story.at


@pytest.mark.parametrize(
    "changes",
    [
        {"person": BETA.person},
        {"role": Role.HOST},
        {"role": "clock"},
        {"expires": "soon"},
        {"expires": ""},
        {"expires": instant.text(instant.later(NOW, -1))},
        {"expires": instant.text(instant.later(NOW, 600_001))},
        {"expires": "9999-12-31T23:59:59.999Z"},
    ],
    ids=str,
)
def test_a_check_in_counts_for_one_person_in_one_role_for_a_while(changes: dict[str, Any]) -> None:
    given(opening, LOBBY).when(check_in(ALPHA, **changes)).then_refused("bad_check_in")


@pytest.mark.parametrize("ms", [0, 1, 600_000])
def test_a_check_in_holds_until_it_expires(ms: int) -> None:
    fresh = check_in(ALPHA, expires=instant.text(instant.later(NOW, ms)))
    given(opening, LOBBY).when(fresh).then_aside(ALPHA, BidderCheckedIn)


def test_nobody_checks_in_for_another() -> None:
    given(opening, LOBBY).when(check_in(ALPHA), by=BETA).then_refused("not_signed_by_you")
    given(opening, LOBBY).when(check_in(ALPHA, signer=BETA)).then_refused("not_signed_by_you")


def test_once_the_bidders_window_is_closed_nobody_checks_in_any_more() -> None:
    """The last tick is made: no other would ever hold the entry, and nothing could be disclosed."""
    for who in (ALPHA, DELTA, HOST):
        given(opening, WINDOW_CLOSED).when(check_in(who)).then_refused("too_late")
