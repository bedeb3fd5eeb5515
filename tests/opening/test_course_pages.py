"""What pages tell of the day's course, and to whom."""

import msgspec
from msgspec import UNSET

from remote_bid.opening.terms import Role
from remote_bid.tender.statements import NamesShown
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from tests.given import Past, given
from tests.opening.actors import ALPHA, BETA, BIDDERS, DEPUTY, EVERYBODY, HOST, NAMES, PUBLIC, SUPERVISOR, TENDERER
from tests.opening.acts import bid_of, check_in, release
from tests.opening.course import DEPUTY_IN_OFFICE, HOST_SUSPENDED, SUSPENDED, WITH_DEPUTY, extend
from tests.opening.day import (
    CONVENED,
    COUNT_CHECK,
    POLICY_PUBLISHED,
    READOUT,
    RELEASE,
    ROSTER,
    WINDOW_CLOSED,
    between,
    opening,
)
from tests.opening.pages import page
from tests.opening.preparing import countersign_timetable
from tests.opening.tender import LOT, after_t0

NAMED: Past = (*POLICY_PUBLISHED, countersign_timetable(names_shown=NamesShown.ROSTER), *between(CONVENED, ROSTER))


def test_names_are_shown_at_the_roster_where_the_timetable_says_so() -> None:
    story = given(opening, NAMED).story
    for who in (ALPHA, HOST, TENDERER):
        rows = msgspec.to_builtins(page(story, who))["bids"]
        assert {row["name"] for row in rows.values()} == {NAMES[bidder.person] for bidder in BIDDERS}
        assert all(set(row) == {"number", "lot", "name"} for row in rows.values())
    assert all(set(row) == {"number", "lot"} for row in msgspec.to_builtins(page(story, PUBLIC))["bids"].values())
    assert all(
        set(row) == {"number", "lot"}
        for row in msgspec.to_builtins(page(given(opening, ROSTER).story, ALPHA))["bids"].values()
    )


def test_a_rivals_page_does_not_change_with_a_release_even_where_names_are_shown() -> None:
    released: Past = (*NAMED, *between(ROSTER, RELEASE))
    before, after = given(opening, released).story, given(opening, released, release(ALPHA)).story
    assert page(before, BETA) == page(after, BETA)


def test_who_comes_after_the_deadline_is_marked_late() -> None:
    story = given(opening, RELEASE, check_in(ALPHA)).story
    row = msgspec.to_builtins(page(story, SUPERVISOR))["bids"][bid_of(story, ALPHA)]
    assert row["late"] is True


def test_everybody_sees_since_when_and_why_the_clocks_stand_still() -> None:
    for who in EVERYBODY:
        told = page(given(opening, SUSPENDED).story, who).suspended
        assert not isinstance(told, msgspec.UnsetType)
        assert (told.cause, told.since) == (SuspensionCause.EMERGENCY, instant.text(after_t0(120)))
        assert told.supervisor_from == instant.text(after_t0(120 + 7200))
        assert told.ends_at is UNSET
    hosts = msgspec.to_builtins(page(given(opening, HOST_SUSPENDED).story, PUBLIC))["suspended"]
    assert hosts["ends_at"] == instant.text(after_t0(420))


def test_host_and_supervisor_are_asked_to_let_it_go_on_and_bidders_still_to_release() -> None:
    story = given(opening, SUSPENDED).story
    assert {who: page(story, who).me.ask for who in (HOST, SUPERVISOR, ALPHA, TENDERER)} == {
        HOST: "resume",
        SUPERVISOR: "resume",
        ALPHA: "release",
        TENDERER: "wait",
    }


def test_what_lacks_a_signature_is_shown_to_the_two_and_asked_of_the_other() -> None:
    story = given(opening, RELEASE, extend(HOST)).story
    assert {who: page(story, who).me.ask for who in (HOST, SUPERVISOR)} == {HOST: "wait", SUPERVISOR: "countersign"}
    assert {who for who in EVERYBODY if page(story, who).awaited} == {HOST, SUPERVISOR}


def test_the_two_who_decide_know_the_count_before_the_roster() -> None:
    story = given(opening, COUNT_CHECK).story
    assert {who for who in EVERYBODY if page(story, who).counts} == {HOST, SUPERVISOR}
    assert page(story, PUBLIC).questioned == [LOT]
    assert page(story, SUPERVISOR).me.ask == "continue_lot"


def test_who_may_stand_in_for_the_host_and_when_is_shown() -> None:
    step = msgspec.to_builtins(page(given(opening, WITH_DEPUTY).story, PUBLIC))["host_step"]
    since = instant.when(step["since"])
    assert step["deputy_from"] == instant.text(instant.later(since, 600_000))
    assert step["supervisor_from"] == instant.text(instant.later(since, 1_200_000))
    assert page(given(opening, WINDOW_CLOSED).story, PUBLIC).host_step is UNSET
    assert page(given(opening, READOUT).story, PUBLIC).host_step is not UNSET


def test_the_host_step_is_asked_of_whoever_holds_the_office() -> None:
    before, after = given(opening, WITH_DEPUTY).story, given(opening, DEPUTY_IN_OFFICE).story
    assert (page(before, HOST).me.ask, page(before, DEPUTY).me.ask) == ("open_release", "wait")
    assert (page(after, HOST).me.ask, page(after, DEPUTY).me.ask) == ("wait", "open_release")
    assert page(after, PUBLIC).in_office == {Role.HOST: DEPUTY.person}
