"""How a ranking came about, line by line, Chinese first."""

from collections.abc import Iterator

from remote_bid.evaluation.ranking.terms import Averaged, Decided, Ranked, Ranking, RankingRule

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
        yield from (_mean(ranked.bid, mean) for mean in ranked.means)
        yield from _bid(rule, ranked)


def _mean(bid: str, mean: Averaged) -> str:
    scores = " + ".join(score for _, score in mean.counted)
    dropped = f"，去掉 {'、'.join(score for _, score in mean.dropped)}" if mean.dropped else ""
    rounded = f" → {mean.value}" if mean.value != mean.exact else ""
    weight = f"，权重 {mean.weight}" if mean.weight != "1" else ""
    name = mean.item or "专家总分"
    return f"{bid}　{name}：({scores}) ÷ {len(mean.counted)} = {mean.exact}{rounded}{dropped}{weight}"


def _bid(rule: RankingRule, ranked: Ranked) -> Iterator[str]:
    weight = f" × {rule.price_weight}" if rule.price_weight != "1" else ""
    yield f"{ranked.bid}　技术得分 technical：{ranked.technical}"
    yield f"{ranked.bid}　总分 total：{ranked.technical} + {ranked.price_score}{weight} → {ranked.total}"
    zh, en = _DECIDED[ranked.decided]
    yield f"{ranked.bid}　第 {ranked.place} 名（{zh}）/ rank {ranked.place} ({en})"
