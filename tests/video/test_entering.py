"""The way into a call: an act, a notice, a lobby, a token for one person and one time."""

from dataclasses import replace as act_replace

from msgspec.structs import replace

from remote_bid.timeline.entry import Who
from remote_bid.video import events as e
from remote_bid.video.rules.guards import HOUSE
from remote_bid.video.terms import BadToken, CalledBy, Standing
from tests.given import Act, Past, RefusedOnRecord, after, given
from tests.video.actors import (
    AGENCY,
    ALIVE,
    BIDDER,
    CHAIRS,
    CLOSE,
    EXPERT,
    OPEN,
    OPEN_CALL,
    READY,
    SILENT,
    STRANGER,
    SUPERVISED,
    SUPERVISOR,
    admit,
    admitted,
    agree,
    ask_token,
    joined,
    leave,
    lose,
    remove,
    room,
    token,
    use,
    wait,
    waiting,
)


def refused(past: Past, act: Act, why: BadToken) -> None:
    """The token is not good, and that is on record: by whom, which, why."""
    refusal = given(room, past).when(act).then_refused("bad_token")
    assert isinstance(refusal, RefusedOnRecord)
    last = refusal.story.folded.main[-1].fields
    assert (last["type"], last["why"], last["by"]["person"]) == ("TokenRefused", why, act.by.person)


def test_only_an_act_in_another_session_calls_a_room_and_only_once() -> None:
    given(room).when(OPEN).then(e.CallOpened)
    given(room).when(OPEN, by=SUPERVISOR).then_refused("not_allowed")
    given(room, OPEN).when(OPEN).then_nothing()
    other = replace(OPEN_CALL, called=CalledBy(session="x", seq=1, leaf="y"))
    given(room, OPEN).when(Act(other, HOUSE)).then_refused("called_already")
    given(room).when(agree(EXPERT)).then_refused("not_called")


def test_a_call_without_a_supervisor_or_with_somebody_twice_is_none() -> None:
    for chairs in (CHAIRS[1:], [*CHAIRS, CHAIRS[1]], [*CHAIRS, replace(CHAIRS[1], seat="S09")]):
        given(room).when(Act(replace(OPEN_CALL, chairs=chairs), HOUSE)).then_refused("bad_chairs")


def test_everybody_waits_until_a_supervisor_admits_it() -> None:
    given(room, OPEN).when(wait(EXPERT)).then_refused("notice_not_answered")
    given(room, OPEN, agree(EXPERT)).when(wait(EXPERT)).then(e.LobbyEntered)
    given(room, OPEN, waiting(EXPERT)).when(ask_token(EXPERT)).then_refused("not_admitted")
    given(room, OPEN, waiting(EXPERT)).when(admit(EXPERT)).then(e.Admitted)
    given(room, OPEN, waiting(EXPERT)).when(admit(EXPERT, by=BIDDER)).then_refused("not_allowed")
    given(room, OPEN, agree(EXPERT)).when(admit(EXPERT)).then_refused("not_waiting")
    given(room, OPEN, admitted(EXPERT)).when(ask_token(EXPERT)).then(e.TokenIssued)


def test_arriving_early_bypasses_nothing() -> None:
    early: Past = (OPEN, agree(BIDDER))
    given(room, early).when(ask_token(BIDDER)).then_refused("not_admitted")
    refused(early, use(BIDDER), BadToken.UNKNOWN)


def test_who_does_not_agree_to_be_recorded_stays_outside() -> None:
    [answer] = given(room, OPEN).when(agree(BIDDER, False)).then(e.NoticeAnswered)
    assert answer == e.NoticeAnswered(seat="S02", agrees=False)
    given(room, OPEN, agree(BIDDER, False)).when(wait(BIDDER)).then_refused("notice_not_answered")
    given(room, OPEN, waiting(BIDDER), agree(BIDDER, False)).when(admit(BIDDER)).then_refused("not_waiting")
    given(room, OPEN, joined(BIDDER)).when(agree(BIDDER, False)).then_refused("in_call")
    given(room, OPEN, agree(BIDDER)).when(agree(BIDDER)).then_nothing()


def test_who_takes_its_yes_to_being_recorded_back_enters_with_no_token() -> None:
    asked: Past = (OPEN, *admitted(BIDDER), ask_token(BIDDER))
    refused((*asked, agree(BIDDER, False)), use(BIDDER), BadToken.NOT_ADMITTED)
    refused((*asked, agree(BIDDER, False), agree(BIDDER)), use(BIDDER), BadToken.NOT_ADMITTED)


def test_a_token_is_good_once_for_a_minute_for_its_person() -> None:
    asked: Past = (OPEN, *admitted(EXPERT), ask_token(EXPERT))
    given(room, asked).when(use(EXPERT)).then(e.SeatJoined)
    given(room, asked).when(after(59_999, use(EXPERT))).then(e.SeatJoined)
    refused(asked, after(60_000, use(EXPERT)), BadToken.EXPIRED)
    refused((*asked, use(EXPERT)), use(EXPERT), BadToken.USED)
    refused((*asked, use(EXPERT), leave(EXPERT)), use(EXPERT), BadToken.USED)
    refused(asked, use(BIDDER, whose=EXPERT), BadToken.FOREIGN)
    refused(asked, use(STRANGER, whose=EXPERT), BadToken.FOREIGN)
    refused(asked, use(EXPERT, 9), BadToken.UNKNOWN)
    refused((*asked, ask_token(EXPERT, 2)), use(EXPERT), BadToken.REPLACED)
    given(room, asked).when(use(STRANGER, 9)).then_refused("not_allowed")
    given(room, asked).when(ask_token(EXPERT)).then_refused("bad_token")


def test_a_second_join_is_refused_while_the_first_lives() -> None:
    inside: Past = (OPEN, *joined(EXPERT))
    given(room, inside).when(ask_token(EXPERT, 2)).then_refused("joined_already")
    given(room, inside, lose(EXPERT)).when(ask_token(EXPERT, 2)).then(e.TokenIssued)
    given(room, inside, lose(EXPERT), ask_token(EXPERT, 2)).when(use(EXPERT, 2)).then(e.SeatJoined)
    given(room, SUPERVISED).when(ask_token(SUPERVISOR, 2)).then_refused("joined_already")
    given(room, SUPERVISED, SILENT, ask_token(SUPERVISOR, 2)).when(use(SUPERVISOR, 2)).then(e.SeatJoined)
    refused((*SUPERVISED, SILENT, ask_token(SUPERVISOR, 2), ALIVE), use(SUPERVISOR, 2), BadToken.SEAT_TAKEN)


def test_who_hangs_up_may_come_again_who_was_removed_may_not() -> None:
    given(room, OPEN, joined(EXPERT)).when(leave(EXPERT)).then(e.SeatLeft)
    given(room, OPEN, joined(EXPERT), leave(EXPERT)).when(ask_token(EXPERT, 2)).then(e.TokenIssued)
    given(room, OPEN, waiting(EXPERT), leave(EXPERT)).when(admit(EXPERT)).then_refused("not_waiting")
    given(room, OPEN).when(leave(EXPERT)).then_nothing()
    gone: Past = (OPEN, *admitted(EXPERT), ask_token(EXPERT), remove(EXPERT))
    refused(gone, use(EXPERT), BadToken.REMOVED)
    given(room, gone).when(ask_token(EXPERT, 2)).then_refused("removed")
    given(room, gone).when(wait(EXPERT)).then_refused("removed")
    assert given(room, gone).story.state.places["S05"].standing is Standing.REMOVED


def test_nobody_comes_into_a_call_that_is_over() -> None:
    over: Past = (OPEN, *admitted(EXPERT), ask_token(EXPERT), CLOSE)
    for act in (use(EXPERT), ask_token(EXPERT, 2), wait(AGENCY), agree(AGENCY), admit(AGENCY)):
        given(room, over).when(act).then_refused("call_over")


def test_a_person_of_another_role_than_its_seats_is_nobody() -> None:
    given(room, OPEN).when(agree(EXPERT), by=Who(person=EXPERT.person, role="bidder")).then_refused("not_allowed")
    given(room, OPEN).when(act_replace(agree(EXPERT), by=STRANGER)).then_refused("not_allowed")


def test_only_hashes_of_tokens_are_kept() -> None:
    [issued] = given(room, OPEN, READY, admitted(EXPERT)).when(ask_token(EXPERT)).then(e.TokenIssued)
    assert issued.hash == token(EXPERT)
