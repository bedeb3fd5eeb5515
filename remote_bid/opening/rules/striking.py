"""A custodian is taken out before the deadline, and bidders deal their shares anew; envelopes stay as they are."""

import msgspec

from remote_bid.opening.commands import CountersignStrike, DealAgain, ProposeStrike
from remote_bid.opening.events import CustodianStruck, DealtAgain, StrikeProposed
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.guards import deadline, require_phase, require_role, require_room_in_line, require_session
from remote_bid.opening.rules.preparing import require_custodians, require_escrow_apart
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import receipt, require_deal
from remote_bid.opening.terms import Phase, Role, SealedPart
from remote_bid.people.certificates import Signed
from remote_bid.people.required import refuse, says, signed_by_sender, signers
from remote_bid.seal.statements import statement_id
from remote_bid.tender.statements import Custodian, Deal, Policy, Strike
from remote_bid.timeline.context import Aside, Event, Turn


def propose_strike(opening: Opening, command: ProposeStrike, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.TENDERER)
    strike, _ = signed_by_sender(turn, command.signed, Strike)
    if opening.proposed_strike == command.signed:
        return []
    _require_strike(opening, strike, turn)
    return [StrikeProposed(signed=command.signed)]


def countersign_strike(opening: Opening, command: CountersignStrike, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.SUPERVISOR)
    strike = says(command.signed, Strike)
    people = [opening.role_of(person.person) for person in signers(turn, command.signed)]
    if people != [Role.TENDERER, Role.SUPERVISOR]:
        refuse(
            "two_signatures", "剔除保管人须由招标人和监督人员签署。", "Tenderer and supervisor both must sign a strike."
        )
    if _last(opening, strike.policy) == statement_id(command.signed.statement):
        return []
    _require_strike(opening, strike, turn)
    return [CustodianStruck(signed=command.signed)]


def _require_strike(opening: Opening, strike: Strike, turn: Turn) -> None:
    require_session(turn, strike.session)
    _require_before_t0(opening, turn)
    if strike.policy not in opening.policies:
        refuse("unknown_policy", "没有这项招标规则。", "There is no such policy.")
    if strike.prev != _last(opening, strike.policy):
        refuse("not_the_latest", "剔除决定不是接续上一次的。", "The strike does not follow the one before it.")
    policy = opening.current(strike.policy)
    if not follows(policy, strike):
        refuse(
            "other_custodians",
            "保管人名单与剔除决定不符。",
            "All others stay, in their order; whoever is new comes last.",
        )
    added = [custodian for custodian in strike.custodians if custodian not in policy.custodians]
    _require_new(opening, msgspec.structs.replace(policy, custodians=strike.custodians), added)


def follows(policy: Policy, strike: Strike) -> bool:
    """Exactly the struck custodian is gone; the others stay in their order, and whoever is new stands behind them."""
    stay = [custodian for custodian in policy.custodians if custodian.person != strike.person]
    return len(stay) == len(policy.custodians) - 1 and strike.custodians[: len(stay)] == stay


def _require_new(opening: Opening, policy: Policy, added: list[Custodian]) -> None:
    """Those who stay may have offered another key meanwhile; what counts is the one in the list."""
    kept = {f"{c.person}/{policy.lot}/{policy.part}": c.proof for c in policy.custodians if c not in added}
    require_custodians(msgspec.structs.replace(opening, offers=opening.offers | kept), policy)
    require_escrow_apart(policy)


def _last(opening: Opening, policy: str) -> str | None:
    revisions = opening.revisions.get(policy)
    return revisions[-1].strike if revisions else None


def _require_before_t0(opening: Opening, turn: Turn) -> None:
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY)
    if opening.timetable is not None and turn.at >= deadline(opening):
        refuse("too_late", "投标截止时间已过。", "The deadline has passed.")


def deal_again(opening: Opening, command: DealAgain, turn: Turn) -> list[Event | Aside]:
    require_role(opening, turn.by, Role.BIDDER)
    bid = opening.bids.get(command.bid)
    ids = [statement_id(signed.statement) for signed in command.deals]
    own = bid is not None and bid.bidder == turn.by.person
    if bid is not None and own and ids and set(ids) <= {statement_id(part.deal) for part in bid.parts}:
        return []
    _require_before_t0(opening, turn)
    if bid is None or not own:
        refuse("not_your_bid", "这不是您的投标。", "This is not a bid of yours.")
    require_room_in_line(opening, turn, bidding=True)
    if not ids or len({_dealt(opening, bid, signed, turn) for signed in command.deals}) != len(ids):
        refuse("bad_deal", "每一部分须且只须分存一次。", "Deal a part once, and at least one.")
    dealt = DealtAgain(
        bid=bid.bid, bidder=bid.bidder, lot=bid.lot, deals=command.deals, receipt=receipt(opening, turn, ids)
    )
    return [Aside(turn.by.person, dealt)]


def _dealt(opening: Opening, bid: Bid, signed: Signed, turn: Turn) -> str:
    """The part that is dealt anew, rightly."""
    deal, _ = signed_by_sender(turn, signed, Deal)
    part = next((part for part in bid.parts if part.header.core.policy == deal.policy), None)
    if part is None:
        refuse("unknown_policy", "投标中没有该部分。", "The bid has no part under this policy.")
    _require_place(bid, part, deal)
    require_deal(part.header, deal, opening.current(deal.policy))
    return part.part


def _require_place(bid: Bid, part: SealedPart, deal: Deal) -> None:
    if (deal.bidder, deal.version) != (bid.bidder, bid.version):
        refuse("not_your_seal", "份额不是为本投标分存的。", "The deal is for another bidder or version.")
    if deal.prev != statement_id(part.deal):
        refuse("not_the_latest", "本次分存不是接续上一次的。", "The deal must name the one that it replaces.")
