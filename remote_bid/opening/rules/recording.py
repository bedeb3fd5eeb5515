"""Readout, the opening record, its signatures, the end."""

from remote_bid.opening.commands import CloseOpening, ReadOut, SignRecord
from remote_bid.opening.events import BidReadOut, OpeningClosed, RecordPrepared, RecordSigned
from remote_bid.opening.rules.guards import (
    refuse,
    require_due,
    require_host,
    require_phase,
    require_role,
    require_session,
    signed_by_sender,
    timetable,
)
from remote_bid.opening.rules.record import opening_record, record_hash
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import RecordSignature
from remote_bid.opening.terms import Phase, Role
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Event, Turn


def read_out(opening: Opening, command: ReadOut, turn: Turn) -> list[Event]:
    require_host(opening, turn)
    bid = opening.bids.get(command.bid)
    if bid is None or bid.settlement is None:
        refuse("no_such_bid", "没有这份投标。", "There is no such settled bid.")
    if bid.read_out:
        return []
    require_phase(opening, Phase.READOUT)
    settlement = bid.settlement
    read = BidReadOut(
        bid=bid.bid,
        name=bid.name,
        lot=bid.lot,
        outcome=settlement.outcome,
        cause=settlement.cause,
        form=settlement.form,
    )
    unread = [other for other in opening.bids.values() if not other.read_out and other.bid != bid.bid]
    return [read] if unread else [read, _prepared(opening, turn)]


def _prepared(opening: Opening, turn: Turn) -> RecordPrepared:
    record = opening_record(opening)
    ends_at = instant.later(turn.at, timetable(opening).windows.record_ms)
    return RecordPrepared(record=record, hash=record_hash(record), ends_at=instant.text(ends_at))


def sign_record(opening: Opening, command: SignRecord, turn: Turn) -> list[Event]:
    require_phase(opening, Phase.RECORD, Phase.CLOSED)
    require_role(opening, turn.by, Role.HOST, Role.SUPERVISOR, Role.BIDDER)
    signature, certified = signed_by_sender(turn, command.signed, RecordSignature)
    require_session(turn, signature.session)
    if turn.by.person in opening.signatures:
        return []
    require_phase(opening, Phase.RECORD)
    if turn.by.role == Role.BIDDER and turn.by.person not in {bid.bidder for bid in opening.bids.values()}:
        refuse("not_allowed", "您没有参加本场开标。", "Only bidders of this session sign its record.")
    if (signature.person, signature.record) != (turn.by.person, opening.record_hash):
        refuse("other_record", "签署的不是本场开标记录。", "This is not the signature of this session's record.")
    return [RecordSigned(person=turn.by.person, name=certified.name, signed=command.signed)]


def close_opening(opening: Opening, command: CloseOpening, turn: Turn) -> list[Event]:
    if opening.phase is Phase.CLOSED:
        return []
    require_phase(opening, Phase.RECORD)
    if turn.by == CLOCK:
        require_due(turn, opening.ends_at)
    else:
        require_host(opening, turn)
    return [OpeningClosed()]
