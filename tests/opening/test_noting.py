"""Lists of revoked certificates: the session notes which is in force, and no older one afterwards."""

from dataclasses import replace
from datetime import timedelta

from msgspec import structs

from remote_bid.opening.events import OpeningScheduled
from remote_bid.opening.facts import Facts
from remote_bid.opening.terms import Phase
from remote_bid.people.noting import CrlNotedDown, NoteCrl
from remote_bid.people.revocation import Crls
from remote_bid.timeline import instant
from remote_bid.timeline.context import LOG
from tests.given import Act, given
from tests.opening.actors import AUTHORITY, DEPLOYMENT
from tests.opening.acts import NOTE_CRL, NOTED
from tests.opening.day import PHASES, ROSTER, opening
from tests.opening.preparing import schedule
from tests.opening.sealed import SAFE
from tests.opening.tender import T0, after_t0
from tests.people.issuing import Authority
from tests.people.lists import crl

ROOT = Authority()
NEWER = Act(NoteCrl(crl=structs.replace(NOTED, hash="second", this_update=instant.text(after_t0(-50)))), LOG)
OLDER = Act(NoteCrl(crl=structs.replace(NOTED, hash="other", this_update=instant.text(after_t0(-70)))), LOG)
ANOTHERS = Act(NoteCrl(crl=structs.replace(NOTED, authority="B", this_update=instant.text(after_t0(-90)))), LOG)


def test_the_newest_list_of_each_authority_is_noted() -> None:
    given(opening, ROSTER).when(NOTE_CRL).then(CrlNotedDown(crl=NOTED))
    story = given(opening, ROSTER, NOTE_CRL, ANOTHERS, NEWER).story
    assert {noted.hash for noted in story.state.crls.values()} == {"first", "second"}


def test_an_older_list_is_refused() -> None:
    given(opening, ROSTER, NOTE_CRL).when(OLDER).then_refused("older_crl")


def test_when_the_session_is_over_nothing_is_noted() -> None:
    for phase in (Phase.CLOSED, Phase.ABORTED):
        given(opening, PHASES[phase]).when(NOTE_CRL).then_nothing()


def test_a_session_begins_with_the_lists_in_force() -> None:
    """So that no statement comes before them."""
    raw = crl(ROOT, begins=T0 - timedelta(hours=1), ends=T0 + timedelta(hours=1))
    crls = Crls([ROOT.certificate])
    assert crls.take(raw, T0)
    room = replace(opening, facts=Facts(SAFE, [AUTHORITY.root], DEPLOYMENT, lambda: T0, crls))
    _, noted = given(room).when(schedule()).then(OpeningScheduled, CrlNotedDown)
    assert noted.crl == crls.current()[0].noted
