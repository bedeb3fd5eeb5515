"""Custody and unsealing: k custodians publish their keys, then every bid is settled before any plaintext is shown."""

from collections.abc import Sequence

from remote_bid.opening.commands import PublishKey, SettleBids
from remote_bid.opening.events import BidSettled, DrawOpened, KeyPublished, LotAborted
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.guards import known, require_phase, require_role, require_session
from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.revealing import to_readout
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids, kids_of
from remote_bid.opening.statements import Custody
from remote_bid.opening.terms import AbortCause, Phase, Role, Settlement
from remote_bid.people.required import refuse, require_clock, signed_by_sender
from remote_bid.seal.canonical import NotCanonical, unb64
from remote_bid.seal.dealing import Share
from remote_bid.seal.statements import id_of, said
from remote_bid.seal.xwing import CannotOpen, key_id, public_key
from remote_bid.tender.statements import Deal, DrawEnvelope, Policy
from remote_bid.tender.terms import DRAW
from remote_bid.timeline.context import Event, Turn


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


def keys_of(opening: Opening, person: str) -> list[str]:
    """The key ids of all that a custodian holds or, before it was struck, held in this session, sorted."""
    lists = [policy.custodians for policy in opening.policies.values()]
    lists += [revision.custodians for made in opening.revisions.values() for revision in made]
    held = (zip(custodians, kids_of(custodians), strict=True) for custodians in lists)
    return sorted({kid for pairs in held for custodian, kid in pairs if custodian.person == person})


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


def keys_for(opening: Opening, policy: str, shares: Sequence[Share]) -> dict[str, bytes]:
    """The seeds that judge what was dealt under a policy: the first k published by custodians whom it is dealt to and
    who were not struck.
    """
    dealt = {share.kid for share in shares}
    return first_keys(opening.current(policy), {kid: seed for kid, seed in opening.keys.items() if kid in dealt})


def usable(opening: Opening, policy: str, shares: Sequence[Share]) -> set[str]:
    """The keys of the custodians to whom these shares are dealt and who were not struck."""
    return {share.kid for share in shares} & set(custodian_kids(opening.current(policy)))


def wants_deal(opening: Opening, policy: str, shares: Sequence[Share]) -> bool:
    """No more than k of their custodians remain, and a new deal would be for others too."""
    left, now = usable(opening, policy, shares), opening.current(policy)
    return len(left) <= now.k and left != set(custodian_kids(now))


def _served(opening: Opening) -> bool:
    """Whether whatever need not have been dealt again has k of its own custodians' keys."""
    if not opening.revisions:
        return True
    needed = [place for place in _dealt(opening) if not wants_deal(opening, *place)]
    left = [(opening.policies[policy].k, usable(opening, policy, shares)) for policy, shares in needed]
    return all(sum(kid in opening.keys for kid in kids) >= min(k, len(kids)) for k, kids in left)


def _dealt(opening: Opening) -> list[tuple[str, Sequence[Share]]]:
    """Policy and shares of all that the published keys open."""
    bids = [bid for bid in opening.bids.values() if bid.release or bid.remedy]
    deals = [said(bid.readout_part().deal, Deal) for bid in bids]
    seeds = [said(envelope, DrawEnvelope) for envelope in opening.draw_envelopes.values()]
    draws = [(opening.policy_of(seed.lot, DRAW), seed.shares) for seed in seeds]
    dealt = [
        *((deal.policy, deal.shares) for deal in deals),
        *((found[0], shares) for found, shares in draws if found),
    ]
    return [(policy, shares) for policy, shares in dealt if policy in opening.running()]


def enough_keys(policy: Policy, keys: dict[str, str]) -> bool:
    """Whether k custodians of this policy have published."""
    return sum(kid in keys for kid in custodian_kids(policy)) >= policy.k


def enough_keys_everywhere(opening: Opening) -> bool:
    """Whether every lot that is being opened has its k keys, and everything in it k of its own custodians'."""
    return all(enough_keys(policy, opening.keys) for policy in opening.running_policies()) and _served(opening)


def settle_bids(opening: Opening, command: SettleBids, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.UNSEAL)
    settlements = known(turn).settlements
    if set(settlements) != set(opening.bids):
        refuse("not_settled", "尚有投标未核验完毕。", "Some bids are not settled yet.")
    events: list[Event] = [_settled(bid, settlements[bid.bid]) for bid in in_order(opening)]
    events += _without_award(opening, settlements)
    if _draws(opening, settlements):
        return [*events, DrawOpened()]
    return to_readout(opening, turn, events)


def _draws(opening: Opening, settlements: dict[str, Settlement]) -> bool:
    """Whether the tender leaves something of an opened lot to a draw."""
    opened = {opening.bids[bid].lot for bid, found in settlements.items() if found.form is not None}
    return any(lot.draw for lot in (opening.tender.lots if opening.tender else []) if lot.lot in opened)


def _without_award(opening: Opening, settlements: dict[str, Settlement]) -> list[LotAborted]:
    """Lots of which no bid was opened: their outcomes are read out like all others."""
    lots = {bid.lot for bid in opening.bids.values()}
    opened = {opening.bids[bid].lot for bid, found in settlements.items() if found.form is not None}
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
