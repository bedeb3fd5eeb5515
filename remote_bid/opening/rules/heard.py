"""How what is drawn, noted of deposits, said, confirmed, objected and answered changes the state."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.opening.events import (
    CoefficientDrawn,
    DepositNoted,
    DrawSealed,
    LineConfirmed,
    LineDisputed,
    LotteryCalled,
    ObjectionAnswered,
    ObjectionRaised,
    RecordRefused,
    Said,
)
from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.speaking import alias_of
from remote_bid.opening.rules.state import Opening, Raised, Spoken
from remote_bid.opening.terms import DrawLine, LineAnswer
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import Event, Happened

replace = msgspec.structs.replace


def _draw_sealed(opening: Opening, event: DrawSealed, happened: Happened) -> Opening:
    sealed = {(event.lot, event.person): event.signed.statement}
    return replace(opening, draw_envelopes=opening.draw_envelopes | sealed)


def _drawn(opening: Opening, event: CoefficientDrawn, happened: Happened) -> Opening:
    line = DrawLine(
        lot=event.lot,
        coefficient=event.coefficient,
        value=event.value,
        empty=[envelope.person for envelope in event.envelopes if envelope.fault],
        lottery=event.lottery is not None,
    )
    signed = statement_id(event.lottery.statement) if event.lottery else ""
    return replace(
        opening,
        drawn=opening.drawn | {(event.lot, event.coefficient): line},
        awaited={name: asked for name, asked in opening.awaited.items() if name != signed},
    )


def _deposit_noted(opening: Opening, event: DepositNoted, happened: Happened) -> Opening:
    note = statement_id(event.signed.statement)
    bid = replace(opening.bids[event.bid], deposit=event.deposit, deposit_note=note)
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _lottery_called(opening: Opening, event: LotteryCalled, happened: Happened) -> Opening:
    return replace(opening, lotteries=opening.lotteries | {event.lot: event.envelopes})


def _said(opening: Opening, event: Said, happened: Happened) -> Opening:
    person = happened.by.person
    words = (*opening.spoken.get(person, ()), Spoken(happened.at, event.nonce))
    opening = replace(opening, spoken=opening.spoken | {person: words})
    return opening if event.alias is None else _known_as(opening, bidder_behind(opening, person))


def _known_as(opening: Opening, bidder: str) -> Opening:
    return replace(opening, aliases=opening.aliases | {bidder: alias_of(opening, bidder)})


def _line_confirmed(opening: Opening, event: LineConfirmed, happened: Happened) -> Opening:
    return _line_answered(opening, event.bid, LineAnswer.CONFIRMED, event.signed)


def _line_disputed(opening: Opening, event: LineDisputed, happened: Happened) -> Opening:
    raised = Raised(
        number=event.number,
        person=happened.by.person,
        name=event.name,
        text=event.text,
        raised_at=happened.at,
        bid=event.bid,
    )
    return _raised(_line_answered(opening, event.bid, LineAnswer.DISPUTED, event.signed), raised, event.signed)


def _line_answered(opening: Opening, bid: str, answer: LineAnswer, signed: Signed) -> Opening:
    ids = opening.line_answer_ids | {statement_id(signed.statement)}
    return replace(opening, line_answers=opening.line_answers | {bid: answer}, line_answer_ids=ids)


def _objection_raised(opening: Opening, event: ObjectionRaised, happened: Happened) -> Opening:
    raised = Raised(number=event.number, person=event.person, name=event.name, text=event.text, raised_at=happened.at)
    return _raised(_known_as(opening, bidder_behind(opening, event.person, event.signed)), raised, event.signed)


def _raised(opening: Opening, raised: Raised, signed: Signed) -> Opening:
    return replace(opening, objections=opening.objections | {statement_id(signed.statement): raised})


def _answered(opening: Opening, event: ObjectionAnswered, happened: Happened) -> Opening:
    answered = {
        name: replace(
            raised,
            answer=event.text,
            answered_at=happened.at,
            answer_id=statement_id(event.signed.statement),
        )
        for name, raised in opening.objections.items()
        if raised.number == event.number
    }
    return replace(opening, objections=opening.objections | answered)


def _refused(opening: Opening, event: RecordRefused, happened: Happened) -> Opening:
    bidder = bidder_behind(opening, event.person, event.signed)
    return replace(opening, refusals=opening.refusals | {bidder: statement_id(event.signed.statement)})


HEARD: dict[type[Event], Callable[[Opening, Any, Happened], Opening]] = {
    DrawSealed: _draw_sealed,
    CoefficientDrawn: _drawn,
    LotteryCalled: _lottery_called,
    DepositNoted: _deposit_noted,
    Said: _said,
    LineConfirmed: _line_confirmed,
    LineDisputed: _line_disputed,
    ObjectionRaised: _objection_raised,
    ObjectionAnswered: _answered,
    RecordRefused: _refused,
}
