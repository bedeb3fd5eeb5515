"""Time stamps: wanted over last tick and close, taken when they come, refused when they are not what they say."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from remote_bid.opening.commands import RecordStamp
from remote_bid.opening.events import StampTaken
from remote_bid.opening.facts import Facts
from remote_bid.opening.terms import Phase
from remote_bid.opening.view import see
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import LOG
from tests.given import Act, Given, Past, at, given
from tests.opening.actors import AUTHORITY, DEPLOYMENT, PUBLIC
from tests.opening.acts import CLOSE_BIDS, OPEN_LOBBY, cosign_close, record_stamp, stamp_close, stamp_last_tick
from tests.opening.course import SUSPENDED
from tests.opening.day import CLOSED_FOR_BIDS, HELD, KEYS_OFFERED, LOBBY, PHASES, THREE_BIDS, opening
from tests.opening.preparing import countersign_timetable, publish_policy
from tests.opening.sealed import SAFE
from tests.opening.tender import T0, after_t0
from tests.timeline.tsa import Tsa

NONSENSE = b64(b"<html>")
PLAIN = replace(
    opening,
    facts=Facts(SAFE, [AUTHORITY.root], msgspec.structs.replace(DEPLOYMENT, tsa=[]), lambda: T0),
)
"""A deployment without an authority of time."""
NOT_STAMPED: Past = (
    *KEYS_OFFERED,
    publish_policy(tsa=[]),
    countersign_timetable(),
    *THREE_BIDS,
    at(after_t0(-3600), OPEN_LOBBY),
    at(T0, CLOSE_BIDS),
)


def shown(told: Given) -> dict[int, str]:
    """What everybody sees of stamps, by how long before the close their entries are."""
    stamps, close = see(told.story.state, PUBLIC).stamps, told.story.state.close_seq
    assert isinstance(stamps, dict)
    return {int(seq) - close: when for seq, when in stamps.items()}


def test_last_tick_and_close_are_stamped_and_nothing_else() -> None:
    assert shown(given(opening, CLOSED_FOR_BIDS)) == {-1: "", 0: ""}
    [taken] = given(opening, CLOSED_FOR_BIDS).when(stamp_close(1)).then(StampTaken)
    assert taken.stamped_at == instant.text(after_t0(1))
    both = given(opening, CLOSED_FOR_BIDS, stamp_close(1), stamp_last_tick(3))
    assert shown(both) == {-1: instant.text(after_t0(3)), 0: instant.text(after_t0(1))}
    first = record_stamp(lambda story: 1)
    given(opening, CLOSED_FOR_BIDS).when(first).then_refused("not_wanted")
    given(opening, LOBBY).when(first).then_refused("not_wanted")


def test_nothing_waits_for_a_stamp() -> None:
    assert given(opening, CLOSED_FOR_BIDS, cosign_close()).story.state.phase is Phase.ROSTER


@pytest.mark.parametrize("phase", [Phase.HELD, Phase.RELEASE, Phase.CLOSED, Phase.ABORTED])
def test_a_stamp_may_come_at_any_time(phase: Phase) -> None:
    given(opening, PHASES[phase]).when(stamp_last_tick(0)).then(StampTaken)


def test_a_suspended_session_takes_it() -> None:
    given(opening, SUSPENDED).when(stamp_close(0)).then(StampTaken)


@pytest.mark.parametrize("late_s", [-2, 0, 600])
def test_its_time_may_be_the_entrys_and_a_little_later(late_s: float) -> None:
    given(opening, CLOSED_FOR_BIDS).when(stamp_close(late_s)).then(StampTaken)


@pytest.mark.parametrize("late_s", [-3, 601, 86_400])
def test_another_time_is_refused(late_s: float) -> None:
    given(opening, CLOSED_FOR_BIDS).when(stamp_close(late_s)).then_refused("bad_stamp")


@pytest.mark.parametrize("how", [{"tsa": Tsa()}, {"leaf": bytes(range(32))}], ids=["stranger", "other leaf"])
def test_an_authority_that_lies_is_refused(how: dict[str, Any]) -> None:
    given(opening, CLOSED_FOR_BIDS).when(stamp_close(**how)).then_refused("bad_stamp")


def test_nonsense_is_refused() -> None:
    handed = Act(lambda story: RecordStamp(covers=story.state.close_seq, token=NONSENSE), LOG)
    given(opening, CLOSED_FOR_BIDS).when(handed).then_refused("bad_stamp")


def test_a_second_stamp_is_not_needed() -> None:
    given(opening, CLOSED_FOR_BIDS, stamp_close(1)).when(stamp_close(2)).then_nothing()


def test_the_close_of_a_session_that_was_held_keeps_its_stamp() -> None:
    again = given(opening, HELD, stamp_close(0), stamp_last_tick(0))
    assert set(shown(again).values()) == {instant.text(T0)}


def test_without_an_authority_of_time_none_is_wanted() -> None:
    assert see(given(PLAIN, NOT_STAMPED).story.state, PUBLIC).stamps is msgspec.UNSET
    given(PLAIN, NOT_STAMPED).when(stamp_close()).then_refused("not_wanted")


def test_a_policy_must_name_the_centres_authority_of_time() -> None:
    given(opening, KEYS_OFFERED).when(publish_policy(tsa=[])).then_refused("other_deployment")
    given(PLAIN, KEYS_OFFERED).when(publish_policy()).then_refused("other_deployment")
