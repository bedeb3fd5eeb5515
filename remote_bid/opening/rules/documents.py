"""The documents of a closed opening: which parts of a bid may be opened for the evaluation, and with which halves."""

from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import first_keys
from remote_bid.opening.terms import SealedPart
from remote_bid.seal.canonical import unb64
from remote_bid.seal.dealing import BadDeal, TooFewKeys, recover
from remote_bid.seal.envelope import Secrets, ctx_of
from remote_bid.seal.statements import said
from remote_bid.tender.statements import Deal


class StaysSealed(ValueError):
    """A part that cannot be opened. `code` is why: `not_released`, `keys_missing`, or what is wrong with its deal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def documents_of(opening: Opening, bid: Bid) -> dict[str, SealedPart]:
    """A bid's parts whose keys were entrusted to this server for the evaluation, by their names."""
    entrusted = {policy.part for policy in opening.entrusted_policies() if policy.lot == bid.lot}
    return {part.part: part for part in bid.parts if part.part in entrusted}


def halves_of(opening: Opening, bid: Bid, part: SealedPart) -> Secrets:
    """Both halves of a part's key, from what its bidder released and the first k custodians entrusted; StaysSealed."""
    half = bid.half_of(bid.submissions[bid.parts.index(part)])
    if not half.s_b:
        raise StaysSealed("not_released")
    deal, header = said(part.deal, Deal), part.header
    dealt = {share.kid for share in deal.shares}
    entrusted = {kid: seed for kid, seed in opening.entrusted.items() if kid in dealt and seed}
    seeds = first_keys(opening.current(deal.policy), entrusted)
    try:
        s_t = recover(ctx_of(header.core), header.T, deal.k, deal.shares, seeds)
    except TooFewKeys as error:
        raise StaysSealed("keys_missing") from error
    except BadDeal as error:
        raise StaysSealed(error.code) from error
    return Secrets(unb64(half.s_b), s_t)
