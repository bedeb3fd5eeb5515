"""What escrow holders are shown: for each bid whose share they hold and whose bidder asks, what to check first."""

from remote_bid.opening.rules.remedy import holders, policy_of
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase
from remote_bid.opening.view.page import RemedyAsked
from remote_bid.timeline.entry import Who


def remedies(opening: Opening, who: Who) -> dict[str, RemedyAsked]:
    """For the escrow holders of each bid alone, once the bidders' window is closed and cosigned."""
    if opening.phase is not Phase.CUSTODY:
        return {}
    return {
        bid.bid: RemedyAsked(request=bid.remedy, part=bid.readout_part(), certificates=bid.certificates)
        for bid in opening.asking()
        if bid.remedy is not None and who.person in {person for person, _ in holders(policy_of(opening, bid))}
    }


def share_wanted(opening: Opening, who: Who) -> bool | None:
    """Whether a share of this person's is still wanted; None if it holds none."""
    held = [kid for policy in opening.policies.values() for person, kid in holders(policy) if person == who.person]
    if not held:
        return None
    return any(set(held).isdisjoint(opening.bids[bid].shares) for bid in remedies(opening, who))
