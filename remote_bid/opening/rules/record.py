"""The opening record (开标记录表), made from the folded events alone."""

import hashlib

from remote_bid.opening.events import BidReadOut
from remote_bid.opening.rules.acting import bids_twice, consortium_of, present_since
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.depositing import deposit_of
from remote_bid.opening.rules.state import Opening, Raised
from remote_bid.opening.terms import (
    LineAnswer,
    LotEnd,
    ObjectionLine,
    OpeningRecord,
    ReadoutLine,
    RecordLine,
)
from remote_bid.seal.canonical import b64, jcs
from remote_bid.timeline import instant


def opening_record(opening: Opening) -> OpeningRecord:
    """The record of a session whose bids are all settled."""
    if opening.tender is None or opening.timetable is None or opening.window_closed is None:
        raise ValueError("the session is not that far")
    return OpeningRecord(
        session=opening.session,
        tender=opening.tender,
        members=sorted(opening.members.values(), key=lambda member: member.person),
        deadline=opening.timetable.deadline,
        window_closed_at=opening.window_closed.at,
        keys_published=sorted(opening.keys_by),
        aborted=[LotEnd(lot=lot, cause=cause) for lot, cause in opening.aborted.items()],
        draws=[line for _, line in sorted(opening.drawn.items())],
        lines=[_line(opening, bid) for bid in opening.bids.values()],
        objections=[_objection(raised) for raised in opening.objections.values()],
    )


def record_hash(record: OpeningRecord) -> str:
    """SHA-256 over the record's JCS form, base64url: what its signatures name."""
    return b64(hashlib.sha256(jcs(record)).digest())


def readout_line(opening: Opening, bid: Bid) -> ReadoutLine:
    """A settled bid as it is read out."""
    if bid.settlement is None:
        raise ValueError("the bid is not settled")
    return ReadoutLine(
        bid=bid.bid,
        name=bid.name,
        lot=bid.lot,
        outcome=bid.settlement.outcome,
        cause=bid.settlement.cause,
        form=bid.settlement.form,
        deposit=deposit_of(opening, bid),
        consortium=consortium_of(opening, bid),
    )


def as_read_out(read: BidReadOut | RecordLine) -> ReadoutLine:
    """A bid's line as it was read out."""
    return ReadoutLine(**{name: getattr(read, name) for name in ReadoutLine.__struct_fields__})


def line_hash(line: ReadoutLine) -> str:
    """SHA-256 over the line's JCS form, base64url: what its bidder confirms or disputes."""
    return b64(hashlib.sha256(jcs(line)).digest())


def _objection(raised: Raised) -> ObjectionLine:
    return ObjectionLine(
        number=raised.number,
        name=raised.name,
        at=instant.text(raised.raised_at),
        bid=raised.bid,
        text=raised.text,
        answer=raised.answer,
        answered_at=instant.text(raised.answered_at) if raised.answered_at else None,
    )


def _line(opening: Opening, bid: Bid) -> RecordLine:
    checked_in, settlement = present_since(opening, bid), bid.settlement
    if settlement is None:
        raise ValueError("a bid is not settled")
    return RecordLine(
        bid=bid.bid,
        lot=bid.lot,
        name=bid.name,
        submitted_at=instant.text(bid.submitted_at),
        checked_in_at=instant.text(checked_in) if checked_in else None,
        released_at=instant.text(bid.released_at) if bid.released_at else None,
        outcome=settlement.outcome,
        cause=settlement.cause,
        form=settlement.form,
        deposit=deposit_of(opening, bid),
        consortium=consortium_of(opening, bid),
        bids_twice=bids_twice(opening, bid),
        answer=opening.line_answers.get(bid.bid, LineAnswer.SILENT),
    )
