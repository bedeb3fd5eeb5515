"""How a ranking came about, line by line, Chinese first."""

from collections.abc import Iterator

from remote_bid.evaluation.ranking.scaled import weighted
from remote_bid.evaluation.ranking.terms import Averaged, Decided, ExpertTotal, Ranked, Ranking, RankingRule

_DECIDED = {
    Decided.TOTAL: ("总分", "total"),
    Decided.LOWER_PRICE: ("总分相同，报价较低者在前", "equal totals, lower price first"),
    Decided.TECHNICAL: ("总分相同，技术得分较高者在前", "equal totals, higher technical score first"),
    Decided.DRAW: ("其余均相同，抽签", "all else equal, by lot"),
    Decided.TIED: ("并列，待抽签", "tied, lots to be drawn"),
}


def derivation(rule: RankingRule, ranking: Ranking) -> Iterator[str]:
    """The lines of every bid, by place."""
    for ranked in ranking.ranked:
        yield from (_total(ranked.bid, total) for total in ranked.totals)
        yield from (_mean(ranked.bid, mean) for mean in ranked.means)
        yield from _bid(rule, ranked)


def _total(bid: str, total: ExpertTotal) -> str:
    return f"{bid}　{total.expert} 的总分：{' + '.join(total.sums)} = {_used(total.exact, total.value)}"


def _mean(bid: str, mean: Averaged) -> str:
    scores = " + ".join(mean.counted)
    dropped = f"，去掉 {'、'.join(mean.dropped)}" if mean.dropped else ""
    name = mean.item or "各专家总分的平均"
    return f"{bid}　{name}：({scores}) ÷ {len(mean.counted)} = {_used(mean.exact, mean.value)}{dropped}"


def _bid(rule: RankingRule, ranked: Ranked) -> Iterator[str]:
    means = " + ".join(weighted(mean.value, mean.weight) for mean in ranked.means)
    yield f"{ranked.bid}　技术得分 technical：{_used(means, ranked.technical)}"
    price = weighted(ranked.price_score, rule.price_weight)
    yield f"{ranked.bid}　总分 total：{ranked.technical} + {price} → {ranked.total}"
    zh, en = _DECIDED[ranked.decided]
    yield f"{ranked.bid}　第 {ranked.place} 名（{zh}）/ rank {ranked.place} ({en})"


def _used(exact: str, value: str) -> str:
    return exact if exact == value else f"{exact} → {value}"
