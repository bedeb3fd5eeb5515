"""Arriving: the gate, a seat drawn within the site, the undertaking."""

import hmac
import struct

from remote_bid.evaluation.commands import MoveSeat, PassGate, SignUndertaking, TakeSeat
from remote_bid.evaluation.events import GatePassed, GateRefused, SeatMoved, SeatTaken, UndertakingSigned
from remote_bid.evaluation.rules.guards import (
    acting_member,
    repeated,
    require_phase,
    require_role,
    require_session,
    signed_by_member,
)
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.statements import GatePass, Undertaking
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole, GateCheck, come_to
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.tender.sealed_draw import unbiased
from remote_bid.tender.statements import CheckInStatement
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn

IN_SESSION = (
    EvaluationPhase.CHECK_IN,
    EvaluationPhase.UNDERTAKING,
    EvaluationPhase.LEADER,
    EvaluationPhase.MATERIALS,
    EvaluationPhase.PRELIMINARY,
    EvaluationPhase.DETAILED,
    EvaluationPhase.OUTLIERS,
)
"""Phases in which somebody may still join the committee."""


def pass_gate(evaluation: Evaluation, command: PassGate, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, EvaluationRole.SITE_OPERATOR)
    told, _ = signed_by_sender(turn, command.signed, GatePass)
    require_session(turn, told.session)
    member = evaluation.members.get(told.alias)
    if member is None or member.accepted_at is None or member.left is not None:
        refuse("no_such_member", "没有这名应到的专家。", "Nobody is expected under this alias.")
    if member.gate == told.site:
        return []
    require_phase(evaluation, *IN_SESSION)
    official = evaluation.official(turn.by.person)
    if official is None or official.site != told.site:
        refuse("other_site", "您不是该场地的操作员。", "You work at another site.")
    if member.gate:
        refuse("entered_already", "该专家已从其他场地进入。", "This member is inside another site.")
    if not told.phone_clean or set(told.checks) != set(GateCheck):
        return [GateRefused(alias=member.alias, site=told.site, signed=command.signed)]
    return [GatePassed(alias=member.alias, site=told.site, signed=command.signed)]


def take_seat(evaluation: Evaluation, command: TakeSeat, turn: Turn) -> list[Event]:
    member = acting_member(evaluation, turn)
    told, _ = signed_by_sender(turn, command.signed, CheckInStatement)
    require_session(turn, told.session)
    if (told.person, told.role) != (turn.by.person, turn.by.role):
        refuse("other_person", "签到内容不是本人的。", "This check-in is somebody else's.")
    if member.seated:
        return []
    require_phase(evaluation, *IN_SESSION)
    if instant.text(turn.at) >= told.expires:
        refuse("expired", "签到内容已过期。", "This check-in has expired.")
    if not member.gate:
        refuse("not_inside", "请先通过门禁。", "Pass the gate of your site first.")
    seat = _drawn_seat(evaluation, member.gate, turn)
    return [SeatTaken(alias=member.alias, site=member.gate, seat=seat, signed=command.signed)]


def free_seats(evaluation: Evaluation, site: str) -> list[str]:
    """The seats of a site that nobody has."""
    taken = {member.seat for member in evaluation.active() if member.site == site}
    seats = (seat for s in evaluation.ordered.sites if s.site == site for seat in s.seats)
    return [seat for seat in seats if seat not in taken]


def _drawn_seat(evaluation: Evaluation, site: str, turn: Turn) -> str:
    """One of the free seats, by the turn's chance."""
    free = free_seats(evaluation, site)
    if not free:
        refuse("no_seat", "该场地没有空闲工位。", "No seat of this site is free.")
    words = struct.unpack(">4Q", hmac.digest(turn.seed, b"seat", "sha256"))
    return free[unbiased(iter(words), len(free))]


def move_seat(evaluation: Evaluation, command: MoveSeat, turn: Turn) -> list[Event]:
    """What the member has drafted waits for it at its new seat."""
    require_role(evaluation, turn, EvaluationRole.SITE_OPERATOR)
    member, official = evaluation.members.get(command.alias), evaluation.official(turn.by.person)
    if member is None or member.left is not None or not member.seated:
        refuse("no_such_member", "没有这名在座的专家。", "Nobody of this alias is at a seat.")
    if evaluation.over or official is None or official.site != member.site:
        refuse("other_site", "您不是该场地的操作员。", "You work at another site.")
    return [SeatMoved(alias=member.alias, site=member.site, seat=_drawn_seat(evaluation, member.site, turn))]


def sign_undertaking(evaluation: Evaluation, command: SignUndertaking, turn: Turn) -> list[Event]:
    member = acting_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, Undertaking)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, *IN_SESSION)
    _require_seated(evaluation, member)
    if told.order != evaluation.order_id:
        refuse("other_order", "承诺书所指的不是本场评标。", "The undertaking is for another order.")
    return [UndertakingSigned(alias=member.alias, signed=command.signed)]


def _require_seated(evaluation: Evaluation, member: Member) -> None:
    """Before all are in, nobody learns who bids."""
    if not member.seated or not come_to(evaluation.phase, EvaluationPhase.UNDERTAKING):
        refuse("not_seated", "全体签到后方可签署承诺书。", "The undertaking is signed when all are at their seats.")
