"""Who sees what of an opening: the only redaction. Sockets, downloads, replays and reports all pass here.

`see` is a person's page, `show` says which fields of an entry an audience may read. What may not even be known to exist
lies in side lines and reaches nobody but its author before it is disclosed.
"""

from remote_bid.opening.view.entries import VEILED, curtain, show
from remote_bid.opening.view.page import BidRow, Me, OpeningView, OwnBid, RemedyAsked, SetProof
from remote_bid.opening.view.pages import see

__all__ = ["VEILED", "BidRow", "Me", "OpeningView", "OwnBid", "RemedyAsked", "SetProof", "curtain", "see", "show"]
