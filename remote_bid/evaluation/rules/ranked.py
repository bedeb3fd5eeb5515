"""Scores taken together, by the order's own rules.

Bids that nothing else parts are drawn: drawn_order(H("sbe/1 tie", draw seed, every sheet's id, sorted), "tie", n) over
the bids' ids, sorted. Nobody knew all sheets before they were frozen, so nobody could choose.
"""

from remote_bid.evaluation.price.case import PriceCase, PricedBid
from remote_bid.evaluation.price.scores import PriceScores, price_scores
from remote_bid.evaluation.ranking import Decided, Priced, Ranked, Ranking, Sheet, outliers, rank
from remote_bid.evaluation.results import Summary
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import OutlierFound
from remote_bid.seal.canonical import labelled_hash, unb64
from remote_bid.tender.sealed_draw import drawn_order


def sheets_of(evaluation: Evaluation) -> list[Sheet]:
    """The sheets of those who are on the committee now, for the valid bids; experts go by their alias."""
    by_bid: dict[str, list[tuple[str, str]]] = {bid: [] for bid in evaluation.valid}
    for place, bid in evaluation.wanted.items():
        by_bid[bid].append(place)
    return [
        Sheet(expert=member.alias, bid=bid, scores={place[1]: member.scores[place] for place in places})
        for member in evaluation.active()
        for bid, places in by_bid.items()
    ]


def far_off(evaluation: Evaluation) -> list[OutlierFound]:
    """Scores further from the committee's mean than the order's limit, about which their authors were not asked yet."""
    rule, limit = evaluation.ordered.ranking, evaluation.ordered.outlier_limit
    if rule is None or limit is None:
        return []
    asked = {(o.found.alias, o.found.target, o.found.item) for o in evaluation.outliers.values()}
    volumes = {item.item: item.volume for item in evaluation.ordered.table.items}
    found = outliers(rule, sheets_of(evaluation), limit)
    far = [(o.expert, evaluation.code_of(o.bid, volumes[o.item]), o.item) for o in found]
    first = len(evaluation.outliers) + 1
    new = (place for place in far if place not in asked)
    return [
        OutlierFound(number=number, alias=alias, target=target, item=item)
        for number, (alias, target, item) in enumerate(new, start=first)
    ]


def priced(evaluation: Evaluation) -> PriceScores:
    """What each valid bid's price scores."""
    return price_scores(price_case(evaluation))


def price_case(evaluation: Evaluation) -> PriceCase:
    """What the order's formula is asked; bids go by their ids."""
    order = evaluation.ordered
    bids = [
        PricedBid(bidder=bid.bid, price=bid.form.price, passed=bid.bid in evaluation.valid, flags=bid.flags)
        for bid in order.bids
    ]
    drawn = {line.coefficient: line.value for line in order.drawn}
    return PriceCase(formula=order.formula, bids=bids, ceiling_price=order.ceiling_price, drawn=drawn)


def tie_order(evaluation: Evaluation) -> list[str]:
    """In which order lots would be drawn between valid bids."""
    sheets = sorted(member.sheet for member in evaluation.active())
    mixed = labelled_hash("sbe/1 tie", unb64(evaluation.seed), *(unb64(sheet) for sheet in sheets))
    bids = sorted(evaluation.valid)
    return [bids[i] for i in drawn_order(mixed, "tie", len(bids))]


def summary_of(evaluation: Evaluation, prices: PriceScores) -> Summary:
    """The valid bids by rank."""
    rule, order = evaluation.ordered.ranking, tie_order(evaluation)
    if rule is None:
        ranking = _by_price(evaluation, prices, order)
    else:
        given = {
            bid.bid: Priced(price=bid.form.price, score=prices.scores.get(bid.bid, "0"))
            for bid in evaluation.ordered.bids
            if bid.bid in evaluation.valid
        }
        ranking = rank(rule, sheets_of(evaluation), given, order)
    drawn = [ranked.bid for ranked in ranking.ranked if ranked.decided is Decided.DRAW]
    return Summary(ranking=ranking, drawn=drawn)


def _by_price(evaluation: Evaluation, prices: PriceScores, order: list[str]) -> Ranking:
    """Where no points are given, the lowest evaluated price ranks first."""
    own = {bid.bid: bid.form.price for bid in evaluation.ordered.bids}
    ranked: list[Ranked] = []
    for group in prices.ranking:
        for behind, bid in enumerate(sorted(group, key=order.index)):
            decided = Decided.DRAW if behind else Decided.LOWER_PRICE
            ranked.append(
                Ranked(
                    place=len(ranked) + 1,
                    bid=bid,
                    total=prices.evaluated[bid],
                    technical="",
                    price_score="",
                    price=own[bid],
                    decided=decided,
                    means=[],
                    totals=[],
                )
            )
    return Ranking(ranked=ranked, tied=[])
