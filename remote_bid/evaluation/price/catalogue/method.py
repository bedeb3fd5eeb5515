"""A method of the catalogue: a formula under a name, with its source and an example that runs."""

import msgspec

from remote_bid.evaluation.price.case import PriceCase, PricedBid
from remote_bid.evaluation.price.terms import Formula


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """`source` names a document only where its text was seen; else it says whose practice it is."""

    name: str
    zh: str
    en: str
    source: str
    example: PriceCase

    @property
    def formula(self) -> Formula:
        """The formula; a tender changes points and rates to its own."""
        return self.example.formula


def bids(**prices: str) -> list[PricedBid]:
    """Bids that passed, by bidder."""
    return [PricedBid(bidder=bidder, price=price) for bidder, price in prices.items()]


PRACTICE = "县级常见做法 common county practice"
HIGHWAY = "公路工程合理低价法的常见做法 common practice of highway tenders (合理低价法)"
