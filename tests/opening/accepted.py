"""For every command of the room: a past after which it is accepted, and the act itself."""

from remote_bid.opening import commands as c
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, Tick
from tests.given import Act, Past, at
from tests.opening.actors import ALPHA, FIRST, HOST
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    HOLD,
    OPEN_LOBBY,
    OPEN_RELEASE,
    SETTLE,
    TICK,
    answer_drill,
    begin_drill,
    check_in,
    cosign_close,
    entrust_key,
    pass_drill,
    publish_key,
    read_out,
    release,
    sign_record,
    submit,
    withdraw,
)
from tests.opening.day import (
    BETAS_BID,
    CLOSED_FOR_BIDS,
    CONVENED,
    CUSTODY,
    KEYS_OFFERED,
    LOBBY,
    PARTS_CUSTODY,
    POLICY_PUBLISHED,
    READOUT,
    RECORD,
    RELEASE,
    RELEASED,
    ROSTER,
    SCHEDULED,
    TECHNICAL,
    THREE_BIDS,
    UNSEAL,
)
from tests.opening.preparing import countersign_timetable, offer_key, propose_timetable, publish_policy, schedule
from tests.opening.tender import T0, after_t0

ACCEPTED: dict[type[Command], tuple[Past, Act]] = {
    c.ScheduleOpening: ((), schedule()),
    c.OfferCustodianKey: (SCHEDULED, offer_key(FIRST)),
    c.PublishPolicy: (KEYS_OFFERED, publish_policy()),
    c.ProposeTimetable: (POLICY_PUBLISHED, propose_timetable()),
    c.CountersignTimetable: (POLICY_PUBLISHED, countersign_timetable()),
    c.SubmitBid: ((*CONVENED, BETAS_BID), submit(ALPHA)),
    c.PassDrill: ((*CONVENED, *THREE_BIDS), pass_drill(ALPHA)),
    c.BeginDrill: (KEYS_OFFERED, begin_drill(FIRST)),
    c.AnswerDrill: ((*KEYS_OFFERED, begin_drill(FIRST)), answer_drill(FIRST)),
    c.WithdrawBid: ((*CONVENED, *THREE_BIDS), withdraw(ALPHA)),
    c.CheckIn: (LOBBY, check_in(ALPHA)),
    c.OpenLobby: (CONVENED, at(after_t0(-3600), OPEN_LOBBY)),
    Tick: (CONVENED, at(after_t0(-7200), TICK)),
    c.CloseBids: (LOBBY, at(T0, CLOSE_BIDS)),
    c.HoldOpening: (CLOSED_FOR_BIDS, at(after_t0(2), HOLD)),
    RecordCheckpoint: (CLOSED_FOR_BIDS, cosign_close()),
    c.OpenRelease: (ROSTER, OPEN_RELEASE),
    c.ReleaseKey: (RELEASE, release(ALPHA)),
    c.CloseWindow: (RELEASED, CLOSE_WINDOW),
    c.PublishKey: (CUSTODY, publish_key(FIRST)),
    c.EntrustKey: (PARTS_CUSTODY, entrust_key(FIRST, TECHNICAL)),
    c.SettleBids: (UNSEAL, SETTLE),
    c.ReadOut: (READOUT, read_out(ALPHA)),
    c.SignRecord: (RECORD, sign_record(HOST)),
    c.CloseOpening: (RECORD, CLOSE_OPENING),
}
