"""What types cannot say of a rule, and whether the sheets are all there."""

from collections.abc import Sequence

from remote_bid.evaluation.ranking.terms import By, Figure, RankingRule, Sheet
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


def complete(rule: RankingRule, sheets: Sequence[Sheet]) -> dict[str, list[Sheet]]:
    """The sheets by bid, each bid's by expert. Refused unless every expert has scored every item of every bid once."""
    check_rule(rule)
    items = {item.item for item in rule.items}
    found: dict[str, dict[str, Sheet]] = {}
    for sheet in sheets:
        if sheet.scores.keys() != items:
            raise Refused(
                "incomplete_sheet",
                f"{sheet.expert} 对 {sheet.bid} 的评分项与评分表不符",
                f"the sheet of {sheet.expert} for {sheet.bid} does not have the declared items",
            )
        of_bid = found.setdefault(sheet.bid, {})
        if sheet.expert in of_bid:
            raise Refused(
                "sheet_twice",
                f"{sheet.expert} 对 {sheet.bid} 有两份评分表",
                f"there are two sheets of {sheet.expert} for {sheet.bid}",
            )
        of_bid[sheet.expert] = sheet
    experts = {sheet.expert for sheet in sheets}
    for bid, of_bid in found.items():
        for expert in sorted(experts - of_bid.keys()):
            raise Refused("no_sheet", f"缺少 {expert} 对 {bid} 的评分表", f"{expert} has no sheet for {bid}")
    return {bid: [of_bid[expert] for expert in sorted(of_bid)] for bid, of_bid in found.items()}
