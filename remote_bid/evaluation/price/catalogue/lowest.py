"""Methods in which the lowest price is the measure."""

from remote_bid.evaluation.price.case import PriceCase, PricedBid, Units
from remote_bid.evaluation.price.catalogue.method import PRACTICE, Method, bids
from remote_bid.evaluation.price.terms import (
    Adjustment,
    Deduction,
    Formula,
    Lowest,
    LowestEvaluatedPrice,
    Quantity,
    Ratio,
    Rounding,
    Slope,
)

_SCORE = Rounding(of=Quantity.SCORE, places=2)
_ORDER_87 = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）低价优先法"
_SMALL = "《政府采购促进中小企业发展管理办法》（财库〔2020〕46号），幅度经财库〔2022〕19号调整"

LOWEST = [
    Method(
        name="lowest-price-goods",
        zh="政府采购综合评分法的价格分：最低报价÷报价×满分",
        en="government purchases: lowest price ÷ price × points",
        source=_ORDER_87,
        example=PriceCase(
            formula=Formula(benchmark=Lowest(), score=Ratio(points="30"), rounding=[_SCORE]),
            bids=bids(甲="50", 乙="60"),
        ),
    ),
    Method(
        name="lowest-price-small-enterprise",
        zh="同上，小微企业报价扣除 10%、与小微企业组成的联合体扣除 4% 后参加评审",
        en="the same, with 10 % off for small enterprises and 4 % for consortia with one, for scoring only",
        source=f"{_ORDER_87}；{_SMALL}",
        example=PriceCase(
            formula=Formula(
                benchmark=Lowest(),
                score=Ratio(points="30"),
                deductions=[
                    Deduction(flag="small_enterprise", percent="10"),
                    Deduction(flag="consortium_with_small_enterprise", percent="4"),
                ],
                rounding=[_SCORE],
            ),
            bids=[
                PricedBid(bidder="甲", price="1000000", flags=["small_enterprise"]),
                PricedBid(bidder="乙", price="950000"),
                PricedBid(bidder="丙", price="980000", flags=["consortium_with_small_enterprise"]),
            ],
        ),
    ),
    Method(
        name="lowest-price-slope",
        zh="最低报价为基准价，每高 1% 扣 0.5 分",
        en="the lowest price is the benchmark; half a point off per 1 % above",
        source=PRACTICE,
        example=PriceCase(
            formula=Formula(benchmark=Lowest(), score=Slope(points="30", above="0.5", below="0"), rounding=[_SCORE]),
            bids=bids(甲="1000000", 乙="1050000", 丙="1100000"),
        ),
    ),
    Method(
        name="second-lowest-price",
        zh="次低报价为基准价",
        en="the second lowest price is the benchmark",
        source=PRACTICE,
        example=PriceCase(
            formula=Formula(
                benchmark=Lowest(rank=2), score=Slope(points="60", above="1", below="0.5"), rounding=[_SCORE]
            ),
            bids=bids(甲="900000", 乙="1000000", 丙="1100000"),
        ),
    ),
    Method(
        name="lowest-evaluated-price",
        zh="经评审的最低投标价法：工期每晚一周按报价的 0.5% 加价，缺一项备件加 30000 元，评标价最低者排第一",
        en="evaluated prices by declared adjustments, the lowest ranks first; no points",
        source="《评标委员会和评标方法暂行规定》（七部委令第12号）经评审的最低投标价法；加价项目为示例 "
        "(the adjustments are examples)",
        example=PriceCase(
            formula=Formula(
                score=LowestEvaluatedPrice(),
                adjustments=[
                    Adjustment(rule="week_later", percent="0.5"),
                    Adjustment(rule="missing_spare_part", amount="30000"),
                ],
                rounding=[Rounding(of=Quantity.PRICE, places=2)],
            ),
            bids=[
                PricedBid(bidder="甲", price="9500000", adjustments=[Units(rule="week_later", units="4")]),
                PricedBid(bidder="乙", price="9600000"),
                PricedBid(bidder="丙", price="9550000", adjustments=[Units(rule="missing_spare_part", units="2")]),
            ],
        ),
    ),
]
