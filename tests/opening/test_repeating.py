"""A repeated command gives nothing: whoever lost the connection before the answer may simply send it again."""

import pytest

from remote_bid.opening import commands as c
from remote_bid.people.noting import NoteCrl
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint
from tests.given import Act, given, handle
from tests.opening.accepted import ACCEPTED
from tests.opening.actors import ALPHA
from tests.opening.acts import release
from tests.opening.day import RELEASE, opening

REPEATABLE = [
    c.ScheduleOpening,
    c.PublishPolicy,
    c.ProposeTimetable,
    c.CountersignTimetable,
    c.SubmitBid,
    c.ProposeStrike,
    c.CountersignStrike,
    c.DealAgain,
    c.DeclareConsortium,
    c.PassDrill,
    c.AnswerDrill,
    c.CheckIn,
    c.OpenRelease,
    c.ReleaseKey,
    c.CloseWindow,
    c.PublishKey,
    c.EntrustKey,
    c.NoteDeposit,
    c.ReadOut,
    c.SignRecord,
    c.CloseOpening,
    c.SealDraw,
    c.DrawByLottery,
    c.Say,
    c.RaiseObjection,
    c.AnswerObjection,
    c.ConfirmLine,
    c.RefuseRecord,
    NoteCrl,
    c.RecordStamp,
]


@pytest.mark.parametrize(
    "command",
    [
        *REPEATABLE,
        c.OfferCustodianKey,
        c.WithdrawBid,
        RecordCheckpoint,
    ],
)
def test_the_same_command_again_gives_nothing(command: type[Command]) -> None:
    past, act = ACCEPTED[command]
    assert handled_twice(past, act) == []


def test_the_same_wrong_half_again_costs_no_second_try() -> None:
    assert handled_twice(RELEASE, release(ALPHA, half=bytes(32))) == []


def handled_twice(past: tuple[Act, ...], act: Act) -> object:
    """What the very same command, word for word, brings about the second time."""
    before = given(opening, past).story
    same = Act(act.asked(before), act.by, act.at)
    return handle(handle(before, same)[0], same)[1]
