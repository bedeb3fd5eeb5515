"""The order of bids, wherever one is needed."""

from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.state import Opening


def in_order(opening: Opening) -> list[Bid]:
    """Bids in the order of their leaves in `close`: by the bytes of their ids, as folding has sorted them there."""
    return list(opening.bids.values())
