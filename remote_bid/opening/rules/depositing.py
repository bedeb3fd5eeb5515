"""The bid deposits: host or tenderer notes whether each has come, once names are shown and until its bid is read out.

Before the bidders' window is over nobody at the agency may know who bids, so nothing of deposits is in the session
(decision 13). What is noted decides nothing here: the evaluation_committee judges by it.
"""

from datetime import datetime
from decimal import Decimal

from remote_bid.opening.commands import NoteDeposit
from remote_bid.opening.events import DepositNoted
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.guards import require_phase, require_role, require_session
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import DepositNote
from remote_bid.opening.terms import Deposit, DepositStatus, Phase, Role
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn

NOTING = (Phase.RELEASE, Phase.CUSTODY, Phase.UNSEAL, Phase.DRAW, Phase.READOUT)
"""Phases of noting; in RELEASE only when its window is over."""

_NOT_STATED = Deposit(status=DepositStatus.NOT_STATED)


def note_deposit(opening: Opening, command: NoteDeposit, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.HOST, Role.TENDERER)
    note, _ = signed_by_sender(turn, command.signed, DepositNote)
    require_session(turn, note.session)
    bid = opening.bids.get(note.bid)
    if bid is not None and bid.deposit_note == statement_id(command.signed.statement):
        return []
    require_phase(opening, *NOTING)
    if opening.window_closed is None:
        refuse("names_not_shown", "投标人名单尚未公布。", "Names are not shown yet.")
    if bid is None:
        refuse("no_such_bid", "没有这份投标。", "There is no such bid.")
    _require_in_turn(opening, bid, note)
    if not sound(note.deposit, turn.at):
        refuse(
            "bad_deposit",
            "保证金记录有误：已到账的须写明形式、金额和到账时间，未到账的不写。",
            "Form, amount and a time that is past are told of a deposit that has come, and of no other.",
        )
    return [DepositNoted(bid=bid.bid, deposit=note.deposit, signed=command.signed)]


def _require_in_turn(opening: Opening, bid: Bid, note: DepositNote) -> None:
    """It is asked for, not read out yet, and the note follows the one before it."""
    if deposit_of(opening, bid) is None:
        refuse("no_deposit_asked", "本标段不要求投标保证金。", "This lot asks for no deposit.")
    if bid.read_out:
        refuse("read_out_already", "该投标已经唱标。", "This bid has been read out already.")
    if note.prev != (bid.deposit_note or None):
        refuse("not_the_latest", "该记录不是接续上一条的。", "The note must name the one that it corrects.")


def sound(deposit: Deposit, at: datetime) -> bool:
    """Whether a note made at this time says all of what has come, and nothing of what has not."""
    told = (deposit.form, deposit.amount, deposit.received_at)
    if deposit.status is not DepositStatus.RECEIVED:
        return deposit.status is DepositStatus.NOT_RECEIVED and told == (None, None, None)
    if deposit.form is None or deposit.amount is None or deposit.received_at is None:
        return False
    try:
        return Decimal(deposit.amount) > 0 and instant.when(deposit.received_at) <= at
    except ValueError:
        return False


def deposit_of(opening: Opening, bid: Bid) -> Deposit | None:
    """What is known of a bid's deposit; None where its lot asks for none."""
    lot = opening.lot(bid.lot)
    if lot is None or lot.bid_deposit is None:
        return None
    return bid.deposit or _NOT_STATED
