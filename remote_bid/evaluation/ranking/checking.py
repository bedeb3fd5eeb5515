"""What types cannot say of a rule."""

from remote_bid.evaluation.ranking.terms import By, Figure, RankingRule
from remote_bid.timeline.context import Refused

_ORDER = list(Figure)
_NOT_CALCULATED = {By.ITEM: Figure.EXPERT, By.BID: Figure.ITEM}


def check_rule(rule: RankingRule) -> None:
    """Refused where a rule contradicts itself; to be asked before it is published."""
    if len({item.item for item in rule.items}) != len(rule.items):
        raise Refused("item_twice", "评分项重复", "an item is declared twice")
    if len(set(rule.ties)) != len(rule.ties):
        raise Refused("tie_twice", "同分处理规则重复", "a way to part ties is declared twice")
    steps = [step.of for step in rule.rounding]
    if steps != sorted(steps, key=_ORDER.index):
        raise Refused(
            "rounding_order",
            f"取整步骤应按计算顺序排列：{'、'.join(_ORDER)}",
            f"the steps of rounding must stand in the order of calculation: {', '.join(_ORDER)}",
        )
    missing = _NOT_CALCULATED[rule.aggregation.by]
    if missing in steps:
        raise Refused(
            "nothing_to_round",
            f"这种汇总方式不计算 {missing}，不能声明它的取整",
            f"this way of aggregating has no {missing} that could be rounded",
        )
