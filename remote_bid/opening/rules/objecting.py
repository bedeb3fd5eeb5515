"""Each bidder's word on its own line, objections, the host's answers; then the record is prepared."""

from datetime import datetime

from remote_bid.opening.commands import AnswerObjection, ConfirmLine, OpenObjections, PrepareRecord, RaiseObjection
from remote_bid.opening.events import (
    LineConfirmed,
    LineDisputed,
    ObjectionAnswered,
    ObjectionRaised,
    ObjectionsOpened,
    RecordPrepared,
)
from remote_bid.opening.rules.acting import bidder_behind, signs_for
from remote_bid.opening.rules.guards import require_phase, require_role, require_session, timetable
from remote_bid.opening.rules.record import line_hash, opening_record, readout_line, record_hash
from remote_bid.opening.rules.speaking import HEARING, alias_of
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import Answer, Confirmation, Objection
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.required import refuse, require_clock, require_due, signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn

MOST_OBJECTIONS = 20
"""Objections of one bidder, so that nobody floods the record."""


def confirm_line(opening: Opening, command: ConfirmLine, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.BIDDER)
    told, certified = signed_by_sender(turn, command.signed, Confirmation)
    require_session(turn, told.session)
    bid = opening.bids.get(told.bid)
    if bid is None or told.person != turn.by.person or not signs_for(opening, bid, certified):
        refuse("not_your_bid", "这不是您的投标。", "Only the bidder confirms or disputes its line.")
    if statement_id(command.signed.statement) in opening.line_answer_ids:
        return []
    require_phase(opening, Phase.CONFIRM)
    _require_open(opening, turn)
    if bid.bid in opening.line_answers:
        refuse("answered_already", "您已经确认或提出异议。", "You have confirmed or disputed this line already.")
    if told.line != line_hash(readout_line(opening, bid)):
        refuse("other_line", "所确认的内容与唱标内容不符。", "This is not the line as it was read out.")
    if told.dispute is None:
        return [LineConfirmed(bid=bid.bid, signed=command.signed)]
    number = len(opening.objections) + 1
    disputed = LineDisputed(bid=bid.bid, number=number, name=certified.name, text=told.dispute, signed=command.signed)
    return [disputed]


def _require_open(opening: Opening, turn: Turn) -> None:
    if opening.over(turn.at):
        refuse("window_over", "本阶段的时限已过。", "The time for this is over.")


def open_objections(opening: Opening, command: OpenObjections, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.CONFIRM)
    silent = opening.silent_lines()
    if silent:
        require_due(turn, opening.ends_at)
    ends_at = instant.later(turn.at, timetable(opening).windows.objection_ms)
    return [ObjectionsOpened(ends_at=instant.text(ends_at), silent=silent)]


def raise_objection(opening: Opening, command: RaiseObjection, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.BIDDER)
    objection, certified = signed_by_sender(turn, command.signed, Objection)
    require_session(turn, objection.session)
    if statement_id(command.signed.statement) in opening.objections:
        return []
    require_phase(opening, *HEARING)
    if opening.phase is Phase.OBJECTION:
        _require_open(opening, turn)
    bidder = bidder_behind(opening, turn.by.person, command.signed)
    if bidder not in opening.took_part() or objection.person != turn.by.person:
        refuse("not_allowed", "只有参加本场开标的投标人可以提出异议。", "Only bidders of this session object.")
    own = [raised for raised in opening.objections.values() if bidder_behind(opening, raised.person) == bidder]
    if len(own) >= MOST_OBJECTIONS:
        refuse("too_many", "异议次数已达上限。", "You have raised as many objections as one bidder may.")
    raised = ObjectionRaised(
        number=len(opening.objections) + 1,
        alias=alias_of(opening, bidder),
        person=turn.by.person,
        name=certified.name,
        text=objection.text,
        signed=command.signed,
    )
    return [raised]


def answer_objection(opening: Opening, command: AnswerObjection, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.HOST)
    answer, _ = signed_by_sender(turn, command.signed, Answer)
    require_session(turn, answer.session)
    raised = opening.objections.get(answer.objection)
    if raised is None:
        refuse("no_such_objection", "没有这项异议。", "There is no such objection.")
    if raised.answer_id == statement_id(command.signed.statement):
        return []
    require_phase(opening, *HEARING)
    if raised.answer is not None:
        refuse("answered_already", "该异议已经答复。", "This objection is answered already.")
    return [ObjectionAnswered(number=raised.number, text=answer.text, signed=command.signed)]


def hearing_ends_at(opening: Opening) -> datetime | None:
    """When objections are over: at the end of their window if all are answered; else the host has as long again, or
    until its last answer.
    """
    if opening.ends_at is None or not opening.unanswered():
        return opening.ends_at
    return instant.later(opening.ends_at, timetable(opening).windows.objection_ms)


def prepare_record(opening: Opening, command: PrepareRecord, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.OBJECTION)
    require_due(turn, hearing_ends_at(opening))
    record = opening_record(opening)
    ends_at = instant.later(turn.at, timetable(opening).windows.record_ms)
    return [RecordPrepared(record=record, hash=record_hash(record), ends_at=instant.text(ends_at))]
