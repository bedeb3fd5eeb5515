"""The log's new key: every session tells of it, in order, whatever the phase; new sessions begin with it."""

from dataclasses import replace

import msgspec
import pytest

from remote_bid.opening.events import OpeningScheduled
from remote_bid.opening.facts import Facts
from remote_bid.seal.statements import Statement
from remote_bid.timeline.context import LOG
from remote_bid.timeline.marks import LogKeyRotated, RecordRotation
from remote_bid.timeline.rotation import rotation
from tests.given import Act, Given, Past, Room, given
from tests.opening.actors import AUTHORITY, DEPLOYMENT, LOG_NAME, TSA, log_key_of
from tests.opening.acts import cosign_close
from tests.opening.course import ORDERED, SUSPENDED
from tests.opening.day import CLOSED_FOR_BIDS, PHASES, ROSTER, opening
from tests.opening.preparing import schedule
from tests.opening.sealed import SAFE
from tests.opening.tender import T0

ONCE = rotation(LOG_NAME, log_key_of(LOG_NAME), log_key_of("second"), T0)
TWICE = rotation(LOG_NAME, log_key_of("second"), log_key_of("third"), T0)


def told(statement: Statement) -> Act:
    return Act(RecordRotation(statement=statement), LOG)


def after(*successors: Statement) -> Room:
    """The same centre, after its log's key has changed."""
    deployment = msgspec.structs.replace(DEPLOYMENT, successors=list(successors))
    return replace(opening, facts=Facts(SAFE, [AUTHORITY.root], deployment, lambda: T0, tsa=[TSA.root]))


def later(past: Past, *successors: Statement) -> Given:
    """A session that had begun before, at the next start of the server."""
    return Given(replace(given(opening, past).story, room=after(*successors)))


@pytest.mark.parametrize("past", [*PHASES.values(), SUSPENDED, ORDERED])
def test_every_session_is_told_of_it(past: Past) -> None:
    later(past, ONCE).when(told(ONCE)).then(LogKeyRotated(statement=ONCE))


def test_it_is_told_once_and_in_order() -> None:
    later(ROSTER, ONCE, TWICE).when(told(TWICE)).then_refused("not_the_successor")
    once = later(ROSTER, ONCE, TWICE).when(told(ONCE)).story
    Given(once).when(told(ONCE)).then_nothing()
    Given(once).when(told(TWICE)).then(LogKeyRotated)


def test_only_the_centres_own_next_key_is_told() -> None:
    given(opening, ROSTER).when(told(ONCE)).then_refused("not_the_successor")
    stranger = rotation(LOG_NAME, log_key_of(LOG_NAME), log_key_of("stranger"), T0)
    later(ROSTER, ONCE).when(told(stranger)).then_refused("not_the_successor")


def test_from_then_on_checkpoints_need_the_new_key() -> None:
    """These acts sign with the old one."""
    given(opening, CLOSED_FOR_BIDS).when(cosign_close()).happened()
    later(CLOSED_FOR_BIDS, ONCE).when(cosign_close()).then_refused("not_cosigned")


def test_a_new_session_begins_with_every_change() -> None:
    room = after(ONCE, TWICE)
    first = given(room).when(schedule())
    first.then(OpeningScheduled, LogKeyRotated(statement=ONCE), LogKeyRotated(statement=TWICE))
    Given(first.story).when(told(TWICE)).then_nothing()
