"""How long the ranking of a large tender takes: 100 bids × 9 experts × 40 items, with its derivation.

Against the same sums by floats in plain loops, which are neither exact nor explained. Last line: {"ms",
"derivation_ms", "outliers_ms", "float_ms"}, the medians of several rounds.
"""

import json
import random
import statistics
import time
from collections.abc import Callable

from remote_bid.evaluation.ranking import (
    Aggregation,
    Figure,
    FigureRounding,
    Item,
    OutlierLimit,
    Priced,
    RankingRule,
    Sheet,
    derivation,
    outliers,
    rank,
)

BIDS, EXPERTS, ITEMS = 100, 9, 40
ROUNDS = 15


def main() -> None:
    """Measure and print."""
    dice = random.Random(1)  # noqa: S311 - nothing secret, the same every time
    rule = RankingRule(
        items=[Item(item=f"item-{number}", weight="0.9") for number in range(ITEMS)],
        aggregation=Aggregation(highest=1, lowest=1),
        rounding=[FigureRounding(of=Figure.ITEM, places=2), FigureRounding(of=Figure.TOTAL, places=2)],
    )
    sheets = [
        Sheet(
            expert=f"expert-{expert}",
            bid=f"bid-{bid}",
            scores={item.item: f"{dice.randrange(400) / 100:.2f}" for item in rule.items},
        )
        for bid in range(BIDS)
        for expert in range(EXPERTS)
    ]
    prices = {f"bid-{bid}": Priced(price=str(7000 + bid), score=f"{bid % 30}.25") for bid in range(BIDS)}
    ranking = rank(rule, sheets, prices)
    figures = {
        "ms": _median(lambda: rank(rule, sheets, prices)),
        "derivation_ms": _median(lambda: list(derivation(rule, ranking))),
        "outliers_ms": _median(lambda: outliers(rule, sheets, OutlierLimit(limit="60"))),
        "float_ms": _median(lambda: _by_floats(sheets, prices)),
    }
    print(f"{BIDS} bids × {EXPERTS} experts × {ITEMS} items, median of {ROUNDS}")
    print(json.dumps(figures))


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return round(1000 * statistics.median(times), 1)


def _by_floats(sheets: list[Sheet], prices: dict[str, Priced]) -> list[str]:
    scores: dict[str, dict[str, list[float]]] = {}
    for sheet in sheets:
        items = scores.setdefault(sheet.bid, {})
        for item, score in sheet.scores.items():
            items.setdefault(item, []).append(float(score))
    totals = {
        bid: sum(0.9 * sum(sorted(item)[1:-1]) / (len(item) - 2) for item in items.values()) + float(prices[bid].score)
        for bid, items in scores.items()
    }
    return sorted(totals, key=lambda bid: -totals[bid])


if __name__ == "__main__":
    main()
