"""Readout, the opening record, its signatures, the end."""

from remote_bid.opening.commands import CloseOpening, ReadOut, RefuseRecord, SignRecord
from remote_bid.opening.events import BidReadOut, ConfirmationOpened, OpeningClosed, RecordRefused, RecordSigned
from remote_bid.opening.rules.acting import bidder_behind, consortium_of
from remote_bid.opening.rules.depositing import deposit_of
from remote_bid.opening.rules.guards import require_host, require_phase, require_role, require_session, timetable
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import RecordRefusal, RecordSignature
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.required import refuse, require_due, signed_by_sender
from remote_bid.seal.statements import statement_id
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
        deposit=deposit_of(opening, bid),
        consortium=consortium_of(opening, bid),
    )
    unread = [other for other in opening.bids.values() if not other.read_out and other.bid != bid.bid]
    ends_at = instant.later(turn.at, timetable(opening).windows.confirm_ms)
    return [read] if unread else [read, ConfirmationOpened(ends_at=instant.text(ends_at))]


def sign_record(opening: Opening, command: SignRecord, turn: Turn) -> list[Event]:
    require_phase(opening, Phase.RECORD, Phase.CLOSED)
    require_role(opening, turn.by, *_ASKED)
    signature, certified = signed_by_sender(turn, command.signed, RecordSignature)
    require_session(turn, signature.session)
    bidder = bidder_behind(opening, turn.by.person, command.signed)
    if bidder in opening.signatures:
        return []
    require_phase(opening, Phase.RECORD)
    _require_answer(opening, signature, bidder, turn)
    return [RecordSigned(person=turn.by.person, name=certified.name, signed=command.signed)]


def refuse_record(opening: Opening, command: RefuseRecord, turn: Turn) -> list[Event]:
    require_phase(opening, Phase.RECORD, Phase.CLOSED)
    require_role(opening, turn.by, *_ASKED)
    refusal, certified = signed_by_sender(turn, command.signed, RecordRefusal)
    require_session(turn, refusal.session)
    bidder = bidder_behind(opening, turn.by.person, command.signed)
    if opening.refusals.get(bidder) == statement_id(command.signed.statement):
        return []
    require_phase(opening, Phase.RECORD)
    _require_answer(opening, refusal, bidder, turn)
    refused = RecordRefused(person=turn.by.person, name=certified.name, reason=refusal.reason, signed=command.signed)
    return [refused]


_ASKED = (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.BIDDER)


def _require_answer(opening: Opening, answer: RecordSignature | RecordRefusal, bidder: str, turn: Turn) -> None:
    """To this record, by one who is asked, for the first time: who has signed or refused has answered, for its whole
    consortium too.
    """
    if bidder not in opening.signatories():
        refuse("not_allowed", "您没有参加本场开标。", "Only bidders of this session sign its record.")
    if bidder in opening.signatures or bidder in opening.refusals:
        refuse("answered_already", "您已经签署或拒签。", "You have signed or refused already.")
    if (answer.person, answer.record) != (turn.by.person, opening.record_hash):
        refuse("other_record", "签署的不是本场开标记录。", "This is not the signature of this session's record.")


def close_opening(opening: Opening, command: CloseOpening, turn: Turn) -> list[Event]:
    if opening.phase is Phase.CLOSED:
        return []
    require_phase(opening, Phase.RECORD)
    if turn.by == CLOCK:
        require_due(turn, opening.ends_at)
    else:
        require_host(opening, turn)
    answered = {*opening.signatures, *opening.refusals}
    return [OpeningClosed(silent=[person for person in opening.signatories() if person not in answered])]
