"""Custody and unsealing: k custodians publish their keys, then every bid is settled before any plaintext is shown."""

from collections.abc import Sequence

from remote_bid.opening.commands import PublishKey, SettleBids
from remote_bid.opening.events import BidSettled, KeyPublished, LotAborted, ReadoutOpened
from remote_bid.opening.rules.guards import (
    known,
    refuse,
    require_clock,
    require_phase,
    require_role,
    require_session,
    signed_by_sender,
)
from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.state import Bid, Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.statements import Custody
from remote_bid.opening.terms import AbortCause, Outcome, Phase, Role, Settlement
from remote_bid.seal.canonical import NotCanonical, unb64
from remote_bid.seal.statements import id_of, said
from remote_bid.seal.xwing import CannotOpen, key_id, public_key
from remote_bid.tender.statements import Deal, Policy
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import disclose


def publish_key(opening: Opening, command: PublishKey, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    custody, _ = signed_by_sender(turn, command.signed, Custody)
    require_session(turn, custody.session)
    if opening.keys.get(custody.kid) == custody.seed:
        return []
    require_phase(opening, Phase.CUSTODY)
    require_own_key(opening, custody, opening.running_policies(), turn)
    return [KeyPublished(person=turn.by.person, signed=command.signed)]


def require_own_key(opening: Opening, custody: Custody, policies: Sequence[Policy], turn: Turn) -> None:
    """The seed is of a key that the sender holds under one of these policies, for this close and window."""
    if opening.close is None or opening.window_closed is None:
        refuse("wrong_phase", "投标人解密尚未结束。", "The bidders' window is not closed yet.")
    if (custody.close, custody.window_closed) != (id_of(opening.close), id_of(opening.window_closed)):
        refuse("other_close", "内容与本次截标不符。", "The statement does not name this session's close and window.")
    if (turn.by.person, custody.kid) not in _holders(policies):
        refuse("not_your_key", "这不是您保管的密钥。", "This is not a key that you hold.")
    if not _belongs(custody):
        refuse("wrong_key", "密钥与登记的公钥不符。", "This seed does not belong to the offered key.")


def _holders(policies: Sequence[Policy]) -> set[tuple[str, str]]:
    return {
        (custodian.person, kid)
        for policy in policies
        for custodian, kid in zip(policy.custodians, custodian_kids(policy), strict=True)
    }


def _belongs(custody: Custody) -> bool:
    try:
        return key_id(public_key(unb64(custody.seed))) == custody.kid
    except (NotCanonical, CannotOpen):
        return False


def first_keys(policy: Policy, keys: dict[str, str]) -> dict[str, bytes]:
    """The seeds of the first k of a policy's custodians to publish: a later key changes no verdict, so nobody gains an
    option by waiting until others have published.
    """
    kids = set(custodian_kids(policy))
    published = [(kid, unb64(seed)) for kid, seed in keys.items() if kid in kids]
    return dict(published[: policy.k])


def keys_for(opening: Opening, deal: Deal) -> dict[str, bytes]:
    """The seeds that judge a bid: the first k published by custodians whom it is dealt to and who were not struck."""
    dealt = {share.kid for share in deal.shares}
    return first_keys(opening.current(deal.policy), {kid: seed for kid, seed in opening.keys.items() if kid in dealt})


def usable(opening: Opening, deal: Deal) -> set[str]:
    """The keys of the custodians whom this deal is for and who were not struck."""
    return {share.kid for share in deal.shares} & set(custodian_kids(opening.current(deal.policy)))


def wants_deal(opening: Opening, deal: Deal) -> bool:
    """No more than k of its custodians remain, and a new deal would be for others too."""
    left = usable(opening, deal)
    return len(left) <= deal.k and left != set(custodian_kids(opening.current(deal.policy)))


def served(opening: Opening) -> bool:
    """Whether every released bid that need not be dealt again has k of its own custodians' keys."""
    if not opening.revisions:
        return True
    released = [said(bid.part_of(bid.bid).deal, Deal) for bid in opening.bids.values() if bid.release]
    left = [(deal, usable(opening, deal)) for deal in released if not wants_deal(opening, deal)]
    return all(sum(kid in opening.keys for kid in kids) >= min(deal.k, len(kids)) for deal, kids in left)


def enough_keys(policy: Policy, keys: dict[str, str]) -> bool:
    """Whether k custodians of this policy have published."""
    return sum(kid in keys for kid in custodian_kids(policy)) >= policy.k


def settle_bids(opening: Opening, command: SettleBids, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.UNSEAL)
    settlements = known(turn).settlements
    if set(settlements) != set(opening.bids):
        refuse("not_settled", "尚有投标未核验完毕。", "Some bids are not settled yet.")
    events: list[Event] = [_settled(bid, settlements[bid.bid]) for bid in in_order(opening)]
    return [*events, *_without_award(opening, settlements), disclose(turn), ReadoutOpened()]


def _without_award(opening: Opening, settlements: dict[str, Settlement]) -> list[LotAborted]:
    """Lots of which no bid was opened: their outcomes are read out like all others."""
    lots = {bid.lot for bid in opening.bids.values()}
    opened = {opening.bids[bid].lot for bid, found in settlements.items() if found.outcome is Outcome.OPENED}
    return [LotAborted(lot=lot, cause=AbortCause.NONE_OPENED) for lot in sorted(lots - opened)]


def _settled(bid: Bid, settlement: Settlement) -> BidSettled:
    return BidSettled(
        bid=bid.bid,
        bidder=bid.bidder,
        lot=bid.lot,
        outcome=settlement.outcome,
        cause=settlement.cause,
        detail=settlement.detail,
        form=settlement.form,
    )
