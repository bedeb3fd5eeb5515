"""Sheets in few words: sheets(a=("8 9 7", "6 6 6")) are three experts' scores of bid a, item by item."""

from remote_bid.evaluation.price.exact import Mode
from remote_bid.evaluation.ranking import Figure, FigureRounding, Item, Priced, Ranking, RankingRule, Sheet

ITEMS = ("plan", "team", "safety")


def sheets(**bids: tuple[str, ...]) -> list[Sheet]:
    return [
        Sheet(expert=f"e{number}", bid=bid, scores=dict(zip(ITEMS, scores, strict=False)))
        for bid, items in bids.items()
        for number, scores in enumerate(zip(*(item.split() for item in items), strict=True))
    ]


def prices(**bids: str) -> dict[str, Priced]:
    """By bid, price and price score: a="7000 30"."""
    return {bid: Priced(price=told.split()[0], score=told.split()[1]) for bid, told in bids.items()}


def rule(*items: Item | str, **fields: object) -> RankingRule:
    declared = [item if isinstance(item, Item) else Item(item=item) for item in items or ("plan",)]
    return RankingRule(items=declared, **fields)  # type: ignore[arg-type]  # a test's own


def step(of: str, places: int, mode: str = "half_up") -> FigureRounding:
    return FigureRounding(of=Figure(of), places=places, mode=Mode(mode))


def told(ranking: Ranking) -> list[tuple[int, str, str]]:
    """Place, bid, total."""
    return [(ranked.place, ranked.bid, ranked.total) for ranked in ranking.ranked]
