"""Methods whose benchmark is a mean: of all, of what is left after drops or within an interval, times a draw."""

from remote_bid.evaluation.price.case import PriceCase, PricedBid
from remote_bid.evaluation.price.catalogue.method import HIGHWAY, PRACTICE, Method, bids
from remote_bid.evaluation.price.exact import Mode
from remote_bid.evaluation.price.terms import (
    Band,
    Bands,
    Bonus,
    Composite,
    Drawn,
    Drop,
    DropRow,
    Formula,
    IfNone,
    Mean,
    Part,
    Quantity,
    Rounding,
    Slope,
    Source,
    Unit,
    Within,
)

_SCORE = Rounding(of=Quantity.SCORE, places=2)
_DEVIATION = Rounding(of=Quantity.DEVIATION, places=2)
_FOUR = bids(甲="7000", 乙="7300", 丙="7200", 丁="6900")
_STANDARD = Slope(points="35", above="2", below="1")

MEANS = [
    Method(
        name="mean",
        zh="综合评估法：全部有效报价的算术平均值，高 1% 扣 2 分，低 1% 扣 1 分",
        en="mean of all; 2 points off per 1 % above, 1 per 1 % below",
        source="评标办法前附表 2.2.2–2.2.4：偏差率=100%×(投标人报价－评标基准价)/评标基准价 "
        "(the table at the head of the evaluation chapter in tender documents)",
        example=PriceCase(formula=Formula(benchmark=Mean(), score=_STANDARD, rounding=[_SCORE]), bids=_FOUR),
    ),
    Method(
        name="mean-deviation-first",
        zh="同 mean，偏差率先取百分数的 2 位小数",
        en="like mean, the deviation rate rounded first, to 2 places of a percentage",
        source=PRACTICE,
        example=PriceCase(
            formula=Formula(benchmark=Mean(), score=_STANDARD, rounding=[_DEVIATION, _SCORE]), bids=_FOUR
        ),
    ),
    Method(
        name="mean-whole-percent",
        zh="算术平均值，偏差不足 1% 的按 1% 计",
        en="mean; a part of a per cent counts as a whole one",
        source=PRACTICE,
        example=PriceCase(
            formula=Formula(
                benchmark=Mean(),
                score=Slope(points="30", above="2", below="1"),
                rounding=[Rounding(of=Quantity.DEVIATION, places=0, mode=Mode.UP), _SCORE],
            ),
            bids=bids(甲="985000", 乙="1000000", 丙="1015000"),
        ),
    ),
    Method(
        name="mean-drop-one",
        zh="4 家及以上去掉一个最高价、一个最低价后平均，3 家时全部平均；不足 1% 按插入法",
        en="from 4 bids on one highest and one lowest are dropped, with 3 all count; linear in between",
        source=PRACTICE,
        example=PriceCase(
            formula=Formula(
                benchmark=Mean(select=[Drop(table=[DropRow(at_least=4, highest=1, lowest=1)])]),
                score=Slope(points="40", above="1", below="0.5"),
                rounding=[_SCORE],
            ),
            bids=bids(甲="980000", 乙="1000000", 丙="1020000", 丁="1060000", 戊="900000"),
        ),
    ),
    Method(
        name="mean-trimmed-k",
        zh="A×K：4–6 家去掉最高 1 家，7 家及以上最高、最低各去掉 20%，平均后乘以抽取的 K",
        en="A×K: trimmed by the number of bids, the mean times a drawn K",
        source=HIGHWAY,
        example=PriceCase(
            formula=Formula(
                benchmark=Mean(
                    select=[
                        Drop(
                            table=[
                                DropRow(at_least=4, highest=1),
                                DropRow(at_least=7, highest_percent="20", lowest_percent="20"),
                            ]
                        )
                    ],
                    coefficient=Drawn(drawn="K", unit=Unit.PERCENT),
                ),
                score=Slope(points="60", above="0.9", below="0.6"),
                rounding=[_SCORE],
            ),
            bids=bids(
                甲="9000000", 乙="9500000", 丙="9800000", 丁="10000000", 戊="10200000", 己="10500000", 庚="12000000"
            ),
            drawn={"K": "95"},
        ),
    ),
    Method(
        name="mean-float-down",
        zh="评标价平均值×(1－下浮率)，下浮率现场抽取；偏差率先取 2 位小数",
        en="mean times 1 less a drawn float-down rate; the deviation rounded first",
        source=HIGHWAY,
        example=PriceCase(
            formula=Formula(
                benchmark=Mean(coefficient=Drawn(drawn="下浮率", unit=Unit.PERCENT_OFF)),
                score=Slope(points="100", above="2", below="1"),
                rounding=[Rounding(of=Quantity.BENCHMARK, places=2), _DEVIATION, _SCORE],
            ),
            bids=bids(甲="9700000", 乙="10000000", 丙="10300000"),
            drawn={"下浮率": "1.5"},
        ),
    ),
    Method(
        name="mean-interval",
        zh="合理区间：6 家及以上先去掉最高、最低各 1 家，平均值上下 20% 以外的不再计入，再平均",
        en="from 6 bids on one highest and lowest dropped, then those beyond 20 % of the mean, then the mean",
        source="国有企业采购的常见做法 common practice of state-owned purchasers (区间平均价)",
        example=PriceCase(
            formula=Formula(
                benchmark=Mean(
                    select=[
                        Drop(table=[DropRow(at_least=6, highest=1, lowest=1)]),
                        Within(around=Source.MEAN, low="0.8", high="1.2", if_none=IfNone.KEEP_ALL),
                    ]
                ),
                score=Slope(points="50", above="0.5", below="0.25"),
                rounding=[_SCORE],
            ),
            bids=bids(甲="6000", 乙="7000", 丙="10000", 丁="10100", 戊="10200", 己="13000"),
        ),
    ),
    Method(
        name="mean-free-band",
        zh="偏差在 +3% 至 －5% 以内得满分，超出部分分段扣分",
        en="full points from +3 % to −5 %, beyond that in bands",
        source=PRACTICE,
        example=PriceCase(
            formula=Formula(
                benchmark=Mean(),
                score=Slope(
                    points="40",
                    above=Bands(bands=[Band(beyond="3", points="1"), Band(beyond="8", points="2")]),
                    below=Bands(bands=[Band(beyond="5", points="0.5")]),
                ),
                rounding=[_SCORE],
            ),
            bids=bids(甲="900000", 乙="960000", 丙="1000000", 丁="1040000", 戊="1100000"),
        ),
    ),
    Method(
        name="second-mean",
        zh="二次平均：平均值与低于平均值的报价的平均值，再取平均",
        en="second mean: halfway between the mean and the mean of the prices below it",
        source="公路、房建工程的常见做法 common practice of highway and building tenders (二次平均法)",
        example=PriceCase(
            formula=Formula(
                benchmark=Composite(
                    parts=[Part(of=Source.MEAN, weight="0.5"), Part(of=Source.MEAN_BELOW, weight="0.5")]
                ),
                score=Slope(points="40", above="1", below="0.5"),
                rounding=[_SCORE],
            ),
            bids=bids(甲="900000", 乙="1000000", 丙="1100000"),
        ),
    ),
    Method(
        name="mean-works-bonus",
        zh="工程项目未采用低价优先法：按原报价评分，联合体中有小微企业的再加其价格得分的 2%",
        en="works without lowest-price-first: scored by the price as it is, a flagged consortium gets 2 % on top",
        source="《政府采购促进中小企业发展管理办法》（财库〔2020〕46号）及招标文件所附条款 "
        "(as tender documents restate it: 1 %–2 % of the price score)",
        example=PriceCase(
            formula=Formula(
                benchmark=Mean(),
                score=Slope(points="50", above="1", below="0.5"),
                bonuses=[Bonus(flag="consortium_with_small_enterprise", percent="2")],
                rounding=[_SCORE],
            ),
            bids=[
                PricedBid(bidder="甲", price="990000", flags=["consortium_with_small_enterprise"]),
                PricedBid(bidder="乙", price="1010000"),
            ],
        ),
    ),
]
