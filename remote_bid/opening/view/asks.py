"""The one thing that a page asks of its reader now."""

from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import wants_deal
from remote_bid.opening.terms import Phase, Role
from remote_bid.opening.view.bids import seen_as_own, to_deal_again
from remote_bid.opening.view.remedies import share_wanted
from remote_bid.seal.statements import said
from remote_bid.tender.statements import DrawEnvelope
from remote_bid.tender.terms import DRAW
from remote_bid.timeline.entry import Who


def ask_of(opening: Opening, who: Who) -> str:
    """The one thing asked of this person now, or what it waits for."""
    asks = {
        Role.HOST: _ask_host,
        Role.SUPERVISOR: _ask_supervisor,
        Role.TENDERER: _ask_tenderer,
        Role.CUSTODIAN: _ask_custodian,
        Role.BIDDER: _ask_bidder,
        Role.WITNESS: _ask_signature,
    }
    asked = asks.get(Role(who.role))
    if not opening.in_office(who.person) or asked is None:
        return "wait"
    return _ask_of_the_two(opening, who) or ("" if _stopped(opening, who) else asked(opening, who)) or "wait"


def _stopped(opening: Opening, who: Who) -> bool:
    """While the clocks stand still only releases go on."""
    return opening.suspension is not None and not (who.role == Role.BIDDER and opening.phase is Phase.RELEASE)


def _ask_of_the_two(opening: Opening, who: Who) -> str:
    """Host and supervisor: to countersign what the other has signed, to let a suspended session go on, to decide."""
    if who.role not in (Role.HOST, Role.SUPERVISOR):
        return ""
    if opening.awaited:
        return "countersign" if any(asked.first != who.person for asked in opening.awaited.values()) else ""
    if opening.suspension is not None:
        return "resume"
    return "continue_lot" if opening.phase is Phase.COUNT_CHECK else ""


def _ask_signature(opening: Opening, who: Who) -> str:
    bidder = bidder_behind(opening, who.person)
    answered = bidder in opening.signatures or bidder in opening.refusals
    return "sign_record" if opening.phase is Phase.RECORD and not answered else ""


def _ask_host(opening: Opening, who: Who) -> str:
    if opening.phase is Phase.RECORD:
        return _ask_signature(opening, who) or "close_opening"
    if opening.phase is Phase.OBJECTION and opening.unanswered():
        return "answer_objection"
    return {
        Phase.ROSTER: "open_release",
        Phase.DRAW: "draw_by_lottery" if opening.lotteries and not opening.awaited else "",
        Phase.READOUT: "read_out",
    }.get(opening.phase, "")


def _ask_supervisor(opening: Opening, who: Who) -> str:
    if opening.proposed is not None:
        return "countersign_timetable"
    if opening.proposed_strike is not None:
        return "countersign_strike"
    if opening.phase is Phase.DRAW and opening.lotteries:
        return "draw_by_lottery"
    return _ask_draw(opening, who) or _ask_signature(opening, who)


def _ask_draw(opening: Opening, who: Who) -> str:
    """Before the deadline: a seed for every lot that declares a draw."""
    before = opening.phase in (Phase.SCHEDULED, Phase.LOBBY) and opening.timetable is not None
    drawn = [lot.lot for lot in (opening.tender.lots if opening.tender else []) if lot.draw]
    return "seal_draw" if before and any(_wants_seed(opening, lot, who) for lot in drawn) else ""


def _wants_seed(opening: Opening, lot: str, who: Who) -> bool:
    """It is not there, or strikes have left it with too few custodians."""
    sealed, policy = opening.draw_envelopes.get((lot, who.person)), opening.policy_of(lot, DRAW)
    if sealed is None or policy is None:
        return True
    return bool(opening.revisions) and wants_deal(opening, policy[0], said(sealed, DrawEnvelope).shares)


def _ask_tenderer(opening: Opening, who: Who) -> str:
    if opening.lacks_policy():
        return "publish_policy"
    waiting = opening.phase is Phase.HELD or (opening.timetable is None and bool(opening.policies))
    return "propose_timetable" if waiting and opening.proposed is None else _ask_draw(opening, who)


def _ask_custodian(opening: Opening, who: Who) -> str:
    lacking = [f"{who.person}/{lot}/{part}" for lot, part in opening.lacks_policy()]
    if lacking:
        return "" if all(offer in opening.offers for offer in lacking) else "offer_key"
    if (wanted := share_wanted(opening, who)) is not None:
        return "publish_share" if wanted else ""
    return "publish_key" if opening.phase is Phase.CUSTODY and who.person not in opening.keys_by else ""


def _ask_bidder(opening: Opening, who: Who) -> str:
    own = seen_as_own(opening, opening.bids.values(), who)
    if opening.phase in (Phase.SCHEDULED, Phase.LOBBY) and not own:
        return "submit" if opening.timetable else ""
    if any(to_deal_again(opening, bid) for bid in own):
        return "deal_again"
    if opening.phase is Phase.LOBBY and who.person not in opening.present:
        return "check_in"
    open_window = opening.phase is Phase.RELEASE and opening.window_closed is None
    if open_window and any(_owes_half(opening, bid) for bid in own):
        return "release"
    if opening.phase is Phase.CONFIRM and any(bid.bid not in opening.line_answers for bid in own):
        return "confirm_line"
    return _ask_signature(opening, who) if own else ""


def _owes_half(opening: Opening, bid: Bid) -> bool:
    """Whether a half is asked for, not here, and not left to the escrow holders."""
    left_to_escrow = {bid.bid} if bid.remedy is not None else set()
    return any(not bid.half_of(name).release for name in opening.opened_here(bid) if name not in left_to_escrow)
