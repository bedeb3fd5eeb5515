"""Methods that weigh the mean against the ceiling price (复合标底)."""

from remote_bid.evaluation.price.case import PriceCase
from remote_bid.evaluation.price.catalogue.method import HIGHWAY, Method, bids
from remote_bid.evaluation.price.terms import (
    Composite,
    Drawn,
    Drop,
    DropRow,
    Formula,
    Outside,
    Part,
    Quantity,
    Rounding,
    Slope,
    Source,
    Unit,
    Weighted,
    Within,
)

_FLOAT_DOWN = Drawn(drawn="下浮系数", unit=Unit.PERCENT_OFF)
"""The ceiling price that counts is the published one, less this."""

_WEIGHT, _REST = Drawn(drawn="加权系数"), Drawn(drawn="加权系数", unit=Unit.REST)
_Q, _REST_OF_Q = Drawn(drawn="Q1", unit=Unit.PERCENT), Drawn(drawn="Q1", unit=Unit.PERCENT_OFF)

COMPOSITES = [
    Method(
        name="composite-ceiling",
        zh="[下浮后的限价×w＋平均值×(1－w)]×K，w、K 和下浮系数现场抽取；"
        "低于 (限价×50%＋平均值×50%)×0.85 或高于下浮后限价的不计入、不评分",
        en="[lowered ceiling × w + mean × (1 − w)] × K, all drawn; prices outside a reasonable range left out",
        source=HIGHWAY,
        example=PriceCase(
            formula=Formula(
                benchmark=Composite(
                    select=[
                        Within(
                            around=Weighted(
                                parts=[
                                    Part(of=Source.CEILING_PRICE, weight="0.5", factor=_FLOAT_DOWN),
                                    Part(of=Source.MEAN, weight="0.5"),
                                ]
                            ),
                            low="0.85",
                            outside=Outside.EXCLUDED,
                        ),
                        Within(around=Source.CEILING_PRICE, high=_FLOAT_DOWN, outside=Outside.EXCLUDED),
                        Drop(table=[DropRow(at_least=6, highest=1, lowest=1)]),
                    ],
                    parts=[
                        Part(of=Source.CEILING_PRICE, weight=_WEIGHT, factor=_FLOAT_DOWN),
                        Part(of=Source.MEAN, weight=_REST),
                    ],
                    coefficient=Drawn(drawn="K"),
                ),
                score=Slope(points="100", above="2", below="1"),
                rounding=[Rounding(of=Quantity.DEVIATION, places=2), Rounding(of=Quantity.SCORE, places=3)],
            ),
            bids=bids(甲="9000000", 乙="9200000", 丙="9400000", 丁="7500000"),
            ceiling_price="10000000",
            drawn={"加权系数": "0.4", "K": "0.98", "下浮系数": "1"},
        ),
    ),
    Method(
        name="mean-ceiling-weighted",
        zh="A×K1×Q1＋B×K2×Q2：A 为平均值，B 为最高投标限价，K1、Q1 现场抽取，Q2=1－Q1",
        en="A×K1×Q1 + B×K2×Q2: mean and ceiling price, K1 and Q1 drawn, Q2 = 1 − Q1",
        source="江苏房建、市政招标文件中的做法 as in tender documents of building works in Jiangsu",
        example=PriceCase(
            formula=Formula(
                benchmark=Composite(
                    parts=[
                        Part(of=Source.MEAN, weight=_Q, factor=Drawn(drawn="K1", unit=Unit.PERCENT)),
                        Part(of=Source.CEILING_PRICE, weight=_REST_OF_Q, factor="0.9"),
                    ]
                ),
                score=Slope(points="60", above="0.6", below="0.3"),
                rounding=[Rounding(of=Quantity.SCORE, places=2)],
            ),
            bids=bids(甲="9000000", 乙="10000000", 丙="11000000"),
            ceiling_price="12000000",
            drawn={"Q1": "65", "K1": "95"},
        ),
    ),
]
