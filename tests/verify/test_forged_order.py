"""Phases: left out, exchanged, gone through twice, held when it is too late to hold anything."""

import pytest

from tests.verify.forger import Day
from tests.verify.judging import COSIGNED, fails
from tests.verify.pieces import again, made_up

PHASES = ["LobbyOpened", "RosterPublished", "ReleaseOpened", "CustodyOpened", "ReadoutOpened"]


def test_a_roster_after_the_release_goes_back(lived: Day) -> None:
    roster, release = lived.one("RosterPublished"), lived.one("ReleaseOpened")
    one, other = lived.main.index(roster), lived.main.index(release)
    lived.main[one], lived.main[other] = release, roster
    roster.fields["at"], release.fields["at"] = release.fields["at"], roster.fields["at"]
    fails(lived, release, why="the session went from CLOSED_FOR_BIDS to RELEASE")


@pytest.mark.parametrize("kind", ["LobbyOpened", "RosterPublished", "ReleaseOpened", "ReadoutOpened"])
def test_a_phase_that_comes_again_goes_back(lived: Day, kind: str) -> None:
    entry, end = lived.one(kind), lived.one("OpeningClosed")
    second = again(entry)
    second.fields["at"] = end.fields["at"]
    lived.put_before(end, second, lived.cover(second))
    fails(lived, second)


ONCE = [
    "OpeningScheduled",
    "RosterPublished",
    "ReleaseOpened",
    "WindowClosed",
    "CustodyOpened",
    "KeyPublished",
    "ReadoutOpened",
    "RecordPrepared",
    "RecordSigned",
    "OpeningClosed",
]


@pytest.mark.parametrize("kind", ONCE)
def test_what_happens_once_does_not_happen_again(lived: Day, kind: str) -> None:
    entry = lived.one(kind)
    second = again(entry)
    lived.put_after(entry, second)
    if kind in COSIGNED:
        lived.put_after(second, lived.cover(second))
    fails(lived, second)


def test_the_people_of_a_session_are_not_exchanged_later(lived: Day) -> None:
    scheduled, signed = lived.one("OpeningScheduled"), lived.one("TimetableSigned")
    second = again(scheduled)
    second.fields |= {"at": signed.fields["at"]}
    second.fields["members"] = [
        member | {"name": "别的监督人员"} if member["role"] == "supervisor" else member
        for member in scheduled.fields["members"]
    ]
    lived.put_after(signed, second, lived.cover(second))
    fails(lived, second)


def test_a_key_released_after_the_window_was_closed_is_too_late(lived: Day) -> None:
    window = lived.one("WindowClosed")
    tick = lived.main[lived.main.index(window) - 1]
    release = lived.all("KeyReleased")[-1]
    lived.tick_of(release).held.remove(release)
    tick.held.append(release)
    release.fields["at"] = tick.fields["at"]
    at = lived.main.index(tick)
    lived.main[at : at + 2] = [window, tick]
    fails(lived, release, window, tick)


@pytest.mark.parametrize("kind", PHASES)
def test_a_phase_that_was_skipped_is_missed(lived: Day, kind: str) -> None:
    lived.drop(lived.one(kind))
    fails(lived)


@pytest.mark.parametrize("after", ["ReleaseOpened", "CustodyOpened", "ReadoutOpened"])
def test_after_the_roster_nothing_is_held(lived: Day, after: str) -> None:
    entry = lived.one(after)
    back = again(entry)
    held = made_up(entry, "OpeningHeld", cause="not_cosigned_in_time")
    lived.put_after(entry, held, lived.cover(held), back, lived.cover(back))
    fails(lived, held, back)


def test_a_held_session_does_not_go_on_without_a_new_timetable(lived: Day) -> None:
    closed = lived.one("BidsClosed")
    held = made_up(closed, "OpeningHeld", cause="not_cosigned_in_time")
    lived.put_after(closed, held, lived.cover(held))
    fails(lived, held, lived.one("RosterPublished"))


def test_the_last_event_is_the_end(lived: Day) -> None:
    lived.drop(lived.one("OpeningClosed"))
    fails(lived, "timeline.json", why="the session is not over: RECORD")
