"""Who may do what, and in which phase: the whole tables."""

import pytest

from remote_bid.opening import commands as c
from remote_bid.opening.rules.speaking import HEARING, SPEAKING
from remote_bid.opening.terms import ORDER, Phase, Role, reached
from remote_bid.people.noting import NoteCrl
from remote_bid.timeline.context import CLOCK, LOG, Command
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import RecordCheckpoint, Tick
from tests.given import Act, given
from tests.opening.accepted import ACCEPTED
from tests.opening.actors import ALPHA, BETA, DELTA, FIRST, HOST, PEOPLE, SECOND, TENDERER, THIRD
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    HOLD,
    OPEN_LOBBY,
    OPEN_OBJECTIONS,
    OPEN_RELEASE,
    PREPARE_RECORD,
    SETTLE,
    begin_drill,
    check_in,
    confirm_line,
    deal_again,
    pass_drill,
    publish_key,
    raise_objection,
    refuse_record,
    release,
    say,
    sign_record,
    submit,
    withdraw,
)
from tests.opening.day import PHASES, opening
from tests.opening.draws import DRAW_COEFFICIENTS, lottery, seal_draw
from tests.opening.preparing import (
    countersign_strike,
    countersign_timetable,
    offer_key,
    propose_strike,
    propose_timetable,
    publish_policy,
)

MAY: dict[type[Command], set[str]] = {
    c.OfferCustodianKey: {Role.CUSTODIAN},
    c.PublishPolicy: {Role.TENDERER},
    c.ProposeTimetable: {Role.TENDERER},
    c.CountersignTimetable: {Role.SUPERVISOR},
    c.SubmitBid: {Role.BIDDER},
    c.ProposeStrike: {Role.TENDERER},
    c.CountersignStrike: {Role.SUPERVISOR},
    c.DealAgain: {Role.BIDDER},
    c.PassDrill: {Role.BIDDER},
    c.BeginDrill: {Role.CUSTODIAN},
    c.AnswerDrill: {Role.CUSTODIAN},
    c.DeclareConsortium: {Role.BIDDER},
    c.WithdrawBid: {Role.BIDDER},
    c.CheckIn: {*Role, CLOCK.role, LOG.role},
    c.OpenLobby: {CLOCK.role},
    Tick: {CLOCK.role},
    c.CloseBids: {CLOCK.role},
    c.HoldOpening: {CLOCK.role},
    RecordCheckpoint: {LOG.role},
    c.OpenRelease: {Role.HOST, Role.SUPERVISOR},
    c.ReleaseKey: {Role.BIDDER},
    c.CloseWindow: {CLOCK.role},
    c.PublishKey: {Role.CUSTODIAN},
    c.EntrustKey: {Role.CUSTODIAN},
    c.SettleBids: {CLOCK.role},
    c.NoteDeposit: {Role.HOST, Role.TENDERER},
    c.ReadOut: {Role.HOST, Role.SUPERVISOR},
    c.SignRecord: {Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.BIDDER},
    c.CloseOpening: {Role.HOST, Role.SUPERVISOR},
    c.SealDraw: {Role.TENDERER, Role.SUPERVISOR},
    c.DrawCoefficients: {CLOCK.role},
    c.DrawByLottery: {Role.HOST, Role.SUPERVISOR},
    c.Say: {*Role} - {Role.OBSERVER},
    c.RaiseObjection: {Role.BIDDER},
    c.AnswerObjection: {Role.HOST},
    c.ConfirmLine: {Role.BIDDER},
    c.OpenObjections: {CLOCK.role},
    c.PrepareRecord: {CLOCK.role},
    c.RefuseRecord: {Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.BIDDER},
    NoteCrl: {LOG.role},
    c.ExtendWindow: {Role.HOST, Role.SUPERVISOR},
    c.SuspendOpening: {Role.HOST, Role.SUPERVISOR},
    c.ResumeOpening: {Role.HOST, Role.SUPERVISOR},
    c.AbortOpening: {Role.SUPERVISOR},
    c.DeclineRequest: {Role.HOST, Role.SUPERVISOR},
    c.ContinueLot: {Role.HOST, Role.SUPERVISOR},
    c.ConfirmKeysDestroyed: {Role.CUSTODIAN},
    c.EndCountCheck: {CLOCK.role},
    c.EndCustody: {CLOCK.role},
    c.EndPause: {CLOCK.role},
    c.NoticeOutage: {CLOCK.role},
    c.CarryOutAbort: {CLOCK.role},
    c.RecordStamp: {LOG.role},
}
"""Whose business a command is. A statement counts for its signer only, so among those it is still the signer's.

ScheduleOpening is left out: before it nobody has a role, and the members' list names whoever hands it in as host.
HandOver is its signer's: whoever signs it must hold the office.
"""

EVERYBODY = [*PEOPLE, SECOND, BETA, DELTA]


@pytest.mark.parametrize("command", MAY)
def test_whoever_has_another_role_may_not(command: type[Command]) -> None:
    past, act = ACCEPTED[command]
    others = [who for who in EVERYBODY if who.role not in MAY[command]]
    if command is c.CloseOpening:
        others.remove(CLOCK)
    for who in others:
        given(opening, past).when(act, by=who).then_refused("not_allowed")


@pytest.mark.parametrize("command", [command for command in MAY if {"signed", "parts"} & {*command.__struct_fields__}])
def test_a_statement_counts_for_its_signer_only(command: type[Command]) -> None:
    past, act = ACCEPTED[command]
    for who in EVERYBODY:
        if who.role in MAY[command] and who != act.by:
            given(opening, past).when(act, by=who).then_refused("not_signed_by_you")


@pytest.mark.parametrize("pretended", Role)
def test_a_role_that_the_members_list_does_not_give_is_nothing(pretended: Role) -> None:
    """Even if a gateway were wrong about somebody."""
    past, act = ACCEPTED[c.OpenRelease]
    given(opening, past).when(act, by=Who(person=DELTA.person, role=pretended)).then_refused("not_allowed")


TIMES: dict[str, tuple[Act, set[Phase]]] = {
    "offer a key": (offer_key(FIRST, part="price"), {Phase.SCHEDULED, Phase.LOBBY}),
    "strike a custodian": (propose_strike(FIRST), {Phase.SCHEDULED, Phase.LOBBY}),
    "countersign the strike": (countersign_strike(FIRST), {Phase.SCHEDULED, Phase.LOBBY}),
    "deal again": (deal_again(ALPHA, secret=bytes(32)), {Phase.SCHEDULED, Phase.LOBBY}),
    "begin a drill": (begin_drill(FIRST), {Phase.SCHEDULED, Phase.LOBBY, Phase.HELD}),
    "pass a drill": (pass_drill(ALPHA), {Phase.SCHEDULED, Phase.LOBBY, Phase.HELD}),
    "publish a policy": (publish_policy(part="price"), {Phase.SCHEDULED}),
    "propose a timetable": (propose_timetable(), {Phase.SCHEDULED, Phase.LOBBY, Phase.HELD}),
    "countersign it": (countersign_timetable(), {Phase.SCHEDULED, Phase.LOBBY, Phase.HELD}),
    "submit": (submit(ALPHA), {Phase.SCHEDULED, Phase.LOBBY}),
    "withdraw": (withdraw(ALPHA), {Phase.SCHEDULED, Phase.LOBBY}),
    "check in": (check_in(HOST), {Phase.LOBBY, Phase.COUNT_CHECK, Phase.ROSTER, Phase.RELEASE}),
    "open the lobby": (OPEN_LOBBY, {Phase.SCHEDULED}),
    "close for bids": (CLOSE_BIDS, {Phase.LOBBY}),
    "hold": (HOLD, {Phase.CLOSED_FOR_BIDS}),
    "open the bidders' window": (OPEN_RELEASE, {phase for phase in Phase if reached(phase, Phase.ROSTER)}),
    "release": (release(ALPHA, half=bytes(32)), {Phase.RELEASE, Phase.ABORTED}),
    "close the bidders' window": (CLOSE_WINDOW, {phase for phase in Phase if reached(phase, Phase.RELEASE)}),
    "publish a key": (publish_key(THIRD), {Phase.CUSTODY}),
    "settle": (SETTLE, {Phase.UNSEAL}),
    "seal a draw": (seal_draw(TENDERER), {Phase.SCHEDULED, Phase.LOBBY}),
    "draw": (DRAW_COEFFICIENTS, {Phase.DRAW}),
    "draw by lottery": (lottery(), {Phase.DRAW}),
    "speak": (say(HOST), {*SPEAKING}),
    "object": (raise_objection(ALPHA), {*HEARING}),
    "confirm a line": (confirm_line(ALPHA, dispute="报价有误"), {Phase.CONFIRM, Phase.ABORTED}),
    "open objections": (OPEN_OBJECTIONS, {Phase.CONFIRM}),
    "prepare the record": (PREPARE_RECORD, {Phase.OBJECTION}),
    "refuse the record": (refuse_record(HOST), {Phase.RECORD}),
    "sign the record": (sign_record(HOST), {Phase.RECORD}),
    "close the opening": (CLOSE_OPENING, {Phase.RECORD, Phase.CLOSED}),
}


@pytest.mark.parametrize("what", TIMES)
def test_at_any_other_time_it_is_too_early_or_too_late(what: str) -> None:
    act, phases = TIMES[what]
    for phase in set(Phase) - phases:
        given(opening, PHASES[phase]).when(act).then_refused(_late(what, phase))


def _late(what: str, phase: Phase) -> str:
    """Bids after the deadline and releases after the window are late, and told so under the server's key."""
    if what in ("submit", "withdraw"):
        return "held" if phase is Phase.HELD else "too_late"
    closed = ORDER.index(Phase.CUSTODY) <= ORDER.index(phase) <= ORDER.index(Phase.CLOSED)
    return "window_over" if what == "release" and closed else "wrong_phase"
