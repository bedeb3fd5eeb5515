"""What reaches whom of a call: an expert is a seat outside the committee, an alias inside, a person to auditors."""

import pytest

from remote_bid.timeline.entry import Who
from remote_bid.video import commands as c
from remote_bid.video import events as e
from remote_bid.video.rules.guards import HOUSE
from remote_bid.video.terms import CallRole
from remote_bid.video.view import CallView
from tests.given import Act, Story, given
from tests.opening.pages import readable
from tests.video.actors import (
    AGENCY,
    AUDITOR,
    BIDDER,
    CLOSE,
    COLLEAGUE,
    EXPERT,
    RECORDED,
    STRANGER,
    SUPERVISOR,
    TALKING,
    ask_token,
    leave,
    mute,
    remove,
    room,
)

PAST = (*TALKING, RECORDED, mute(EXPERT), leave(EXPERT), ask_token(EXPERT, 2), remove(COLLEAGUE), CLOSE)
PUBLISH = Act(c.PublishCall(), HOUSE)
PUBLIC = Who(person="", role="observer")
NAMES = ("张专家", "李专家", "expert-zhang", "expert-li")


def view_of(story: Story, who: Who) -> CallView:
    """A call's page."""
    view: CallView = story.room.context.see(story.state, who)
    return view


@pytest.mark.parametrize("who", [BIDDER, AGENCY])
def test_the_other_side_reads_seats_never_names_or_aliases(who: Who) -> None:
    told = readable(given(room, PAST).story, who)
    assert "S05" in told
    assert not [name for name in (*NAMES, "E01", "E02") if name in told]


@pytest.mark.parametrize("who", [SUPERVISOR, COLLEAGUE])
def test_committee_and_supervisor_read_aliases(who: Who) -> None:
    told = readable(given(room, PAST).story, who)
    assert "E01" in told
    assert "expert-zhang" not in told
    assert "张专家" not in told


def test_auditors_read_everything() -> None:
    told = readable(given(room, PAST).story, AUDITOR)
    assert not [name for name in NAMES if name not in told]


@pytest.mark.parametrize("who", [STRANGER, PUBLIC, Who(person=EXPERT.person, role="observer")])
def test_who_has_no_part_in_it_reads_nothing(who: Who) -> None:
    told = readable(given(room, PAST).story, who)
    assert not [word for word in ("S05", "澄清", "GateOpened", "甲公司") if word in told]


def test_when_the_call_is_public_anybody_reads_it_by_seats() -> None:
    given(room, TALKING).when(PUBLISH).then_refused("not_over")
    given(room, PAST).when(PUBLISH, by=SUPERVISOR).then_refused("not_allowed")
    given(room, PAST).when(PUBLISH).then(e.CallPublished)
    given(room, PAST, PUBLISH).when(PUBLISH).then_nothing()
    told = readable(given(room, PAST, PUBLISH).story, PUBLIC)
    assert "GateOpened" in told
    assert "S05" in told
    assert not [name for name in (*NAMES, "E01", "E02") if name in told]


def test_recordings_are_listed_for_supervisors_and_auditors_only() -> None:
    story = given(room, PAST).story
    listed = {who.person for who in (SUPERVISOR, AUDITOR, BIDDER, EXPERT) if view_of(story, who).segments}
    assert listed == {SUPERVISOR.person, AUDITOR.person}


def test_a_page_asks_one_thing_at_a_time() -> None:
    asks = [view_of(given(room, PAST[:number]).story, EXPERT).ask for number in range(1, len(TALKING))]
    seen = list(dict.fromkeys(asks))
    assert seen == ["answer_notice", "enter_lobby", "wait", "join", "talk"]
    assert view_of(given(room, PAST).story, EXPERT).role is CallRole.EXPERT
