"""Who hears and sees whom: the whole table, and a mute that its owner cannot take back."""

from itertools import product

import pytest

from remote_bid.video import events as e
from remote_bid.video.rules.masking import arranged, passing
from remote_bid.video.stage import Passing, Path
from remote_bid.video.terms import CallKind, CallRole, TrackKind
from tests.given import given
from tests.video.actors import BIDDER, EXPERT, SUPERVISOR, TALKING, lose, mute, room, unmute

CALL, CAST = CallKind.CLARIFICATION_CALL, CallKind.BROADCAST
S, E, B, A = CallRole.SUPERVISOR, CallRole.EXPERT, CallRole.BIDDER, CallRole.AGENCY
RAW, MASKED, NOTHING = Passing.RAW, Passing.MASKED, Passing.NOTHING

TRACKS: tuple[TrackKind, ...] = ("audio", "video")


@pytest.mark.parametrize(("speaker", "listener"), list(product((S, E, B, A), repeat=2)))
def test_nobody_outside_the_committee_hears_an_expert_or_sees_one(speaker: CallRole, listener: CallRole) -> None:
    outside = speaker is E and listener in (B, A)
    assert passing(CALL, speaker, listener, "audio") is (MASKED if outside else RAW)
    assert passing(CALL, speaker, listener, "video") is (NOTHING if outside else RAW)


@pytest.mark.parametrize(("speaker", "listener"), list(product(CallRole, repeat=2)))
def test_in_a_hall_the_host_speaks_and_all_others_listen(speaker: CallRole, listener: CallRole) -> None:
    wanted = (speaker, listener) in {
        (CallRole.HOST, CallRole.LISTENER),
        (CallRole.HOST, S),
        (S, CallRole.HOST),
    }
    assert passing(CAST, speaker, listener, "audio") is (RAW if wanted else NOTHING)


@pytest.mark.parametrize("kind", list(CallKind))
@pytest.mark.parametrize("role", [CallRole.AUDITOR, CallRole.OBSERVER])
def test_who_has_no_seat_neither_speaks_nor_listens(kind: CallKind, role: CallRole) -> None:
    for other, track in product(CallRole, TRACKS):
        assert passing(kind, role, other, track) is NOTHING
        assert passing(kind, other, role, track) is NOTHING


def test_in_the_call_this_is_what_passes() -> None:
    paths = arranged(given(room, TALKING).story.state)
    supervisor, bidder, expert = "S01", "S02", "S05"
    assert Path(speaker=expert, listener=bidder, kind="audio", passing=MASKED) in paths
    assert Path(speaker=expert, listener=supervisor, kind="video", passing=RAW) in paths
    assert Path(speaker=bidder, listener=expert, kind="video", passing=RAW) in paths
    assert not [p for p in paths if (p.speaker, p.listener, p.kind) == (expert, bidder, "video")]
    assert not [p for p in paths if p.speaker == p.listener]
    assert len(paths) == 11


def test_a_lost_seat_neither_speaks_nor_hears() -> None:
    paths = arranged(given(room, TALKING, lose(BIDDER)).story.state)
    assert not [path for path in paths if "S02" in (path.speaker, path.listener)]


def test_a_muted_person_is_not_heard_and_cannot_unmute_itself() -> None:
    given(room, TALKING).when(mute(EXPERT)).then(e.SeatMuted)
    given(room, TALKING).when(mute(EXPERT, by=BIDDER)).then_refused("not_allowed")
    given(room, TALKING).when(mute(SUPERVISOR)).then_refused("no_such_seat")
    muted = given(room, TALKING, mute(EXPERT))
    heard = [path for path in arranged(muted.story.state) if path.speaker == "S05" and path.kind == "audio"]
    assert heard == []
    muted.when(unmute(EXPERT, by=EXPERT)).then_refused("not_allowed")
    muted.when(mute(EXPERT)).then_nothing()
    muted.when(unmute(EXPERT)).then(e.SeatUnmuted)
    given(room, TALKING).when(unmute(EXPERT)).then_nothing()
