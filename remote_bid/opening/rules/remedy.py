"""The remedy (补救): a bidder that has lost its half asks inside the window; escrow holders give their shares of it."""

from remote_bid.opening.commands import AskRemedy, CloseCustody, PublishEscrowShare
from remote_bid.opening.events import CustodyClosed, EscrowSharePublished, RemedyRequested
from remote_bid.opening.rules.acting import signs_for
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.guards import require_phase, require_role, require_room_in_line, require_session
from remote_bid.opening.rules.late import late_release, window_over
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import escrow_kids, receipt
from remote_bid.opening.rules.unsealing import enough_keys_everywhere
from remote_bid.opening.statements import EscrowShare, RemedyRequest
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.required import refuse, require_clock, require_due, signed_by_sender
from remote_bid.seal.canonical import NotCanonical, unb64
from remote_bid.seal.dealing import BadDeal, TooFewKeys, commitment, recover_given
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.tender.statements import Deal, Policy
from remote_bid.timeline.context import Aside, Event, Turn

GROUP = "B"
"""Under this name the bidder commits to the shares of its half."""


def ask_remedy(opening: Opening, command: AskRemedy, turn: Turn) -> list[Event | Aside]:
    require_role(opening, turn.by, Role.BIDDER)
    request, certified = signed_by_sender(turn, command.signed, RemedyRequest)
    require_session(turn, request.session)
    bid = opening.bids.get(request.submission)
    if bid is None or not signs_for(opening, bid, certified):
        refuse("not_your_bid", "这不是您的投标。", "Only the bidder who sealed a bid may ask for its remedy.")
    if bid.remedy is not None:
        return []
    if window_over(opening, turn):
        raise late_release(opening, turn, command.signed)
    require_phase(opening, Phase.RELEASE)
    if bid.release:
        refuse("released_already", "您已经解密，无需补救。", "This bid's key is released already.")
    if opening.close is None or request.close != id_of(opening.close):
        refuse("other_close", "内容与本次截标不符。", "The request does not name this session's close.")
    if not deal_of(bid).escrow:
        refuse("no_escrow", "投标时未办理托管，不能补救。", "The half of this bid was not dealt to escrow holders.")
    require_room_in_line(opening, turn)
    answer = receipt(opening, turn, [statement_id(command.signed.statement)])
    return [Aside(turn.by.person, RemedyRequested(bid=bid.bid, signed=command.signed, receipt=answer))]


def publish_share(opening: Opening, command: PublishEscrowShare, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    told, _ = signed_by_sender(turn, command.signed, EscrowShare)
    require_session(turn, told.session)
    bid = opening.bids.get(told.submission)
    if bid is not None and bid.shares.get(told.kid) == told.share:
        return []
    require_phase(opening, Phase.CUSTODY)
    if bid is None or bid not in opening.asking():
        refuse("not_asked", "该投标没有申请补救。", "No remedy is asked for this bid.")
    if opening.window_closed is None or told.window_closed != id_of(opening.window_closed):
        refuse("other_close", "内容与本次截标不符。", "The statement does not name this session's window.")
    if (turn.by.person, told.kid) not in holders(policy_of(opening, bid)):
        refuse("not_your_key", "这不是您保管的密钥。", "This is not a key that you hold.")
    if told.kid in bid.shares:
        refuse("shared_already", "您已经公布过份额。", "You have published another share of this bid already.")
    if not share_matches(bid, told):
        refuse("wrong_share", "份额与投标人的承诺不符。", "This share is not the one that the bidder committed to.")
    return [EscrowSharePublished(person=turn.by.person, bid=bid.bid, signed=command.signed)]


def close_custody(opening: Opening, command: CloseCustody, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.CUSTODY)
    require_due(turn, opening.ends_at)
    if not enough_keys_everywhere(opening):
        refuse("not_yet", "保管人尚未全部公布密钥。", "Fewer than k custodians have published.")
    return [CustodyClosed()]


def policy_of(opening: Opening, bid: Bid) -> Policy:
    """The policy of its readout form."""
    return opening.policies[bid.readout_part().header.core.policy]


def deal_of(bid: Bid) -> Deal:
    """How the halves of its readout form were dealt."""
    return said(bid.readout_part().deal, Deal)


def holders(policy: Policy) -> set[tuple[str, str]]:
    """Escrow holders with their key ids."""
    people = policy.escrow.holders if policy.escrow else []
    return {(holder.person, kid) for holder, kid in zip(people, escrow_kids(policy), strict=True)}


def share_matches(bid: Bid, told: EscrowShare) -> bool:
    """Whether a share is the one committed to; an empty one is the holder's word that there is none such."""
    share = next((share for share in deal_of(bid).escrow if share.kid == told.kid), None)
    if share is None or not told.share:
        return share is not None
    try:
        plain = unb64(told.share)
    except NotCanonical:
        return False
    return commitment(ctx_of(bid.readout_part().header.core), f"{GROUP}/{told.kid}", plain) == share.c


def remedy_decided(opening: Opening, bid: Bid) -> bool:
    """Whether more shares cannot change what becomes of the remedy."""
    try:
        remedied_half(opening, bid)
    except BadDeal:
        return True
    except TooFewKeys:
        return len(bid.shares) == len(deal_of(bid).escrow)
    return True


def remedied_half(opening: Opening, bid: Bid) -> bytes:
    """The half of a bid that asks, from its escrow shares.

    BadDeal is the bidder's fault: the first k shares give no half that it committed to, or so many holders of at least
    two sides say that theirs did not open that k never can be had. TooFewKeys is nobody's of the bidders.
    """
    escrow, deal = policy_of(opening, bid).escrow, deal_of(bid)
    if escrow is None or bid.remedy is None:
        raise TooFewKeys("no remedy was asked for")
    given = {kid: unb64(share) for kid, share in bid.shares.items() if share}
    without = [kid for kid, share in bid.shares.items() if not share]
    if len(given) < escrow.k and len(without) >= max(escrow.k, len(escrow.holders) - escrow.k + 1):
        raise BadDeal("share_does_not_open", without[0])
    header = bid.readout_part().header
    return recover_given(ctx_of(header.core), header.B, escrow.k, deal.escrow, given, GROUP)
