"""Who evaluates in the demonstration, where, and by which rules."""

from datetime import UTC, datetime

from msgspec import structs

from remote_bid.evaluation.price.terms import Formula, Mean, Slope
from remote_bid.evaluation.ranking import Aggregation, Item, OutlierLimit, RankingRule
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import (
    Candidate,
    EvaluationRole,
    Need,
    Official,
    OpenedBid,
    ReviewItem,
    ReviewKind,
    ScoreItem,
    ScoreTable,
    Site,
    Timers,
    Volume,
)
from remote_bid.handover import HandedOver
from remote_bid.tender.terms import Lot, Tender
from remote_bid.timeline import instant

EVALUATION = "PB-2026-0107"
AGENCY, SUPERVISOR, OBSERVER, CENTRE = "host-01", "supervisor-01", "tenderer-01", "centre-01"
NORTH, SOUTH = "site-01", "site-02"
CUSTODIANS = {"custodian-01": "tenderer", "custodian-02": "supervisor", "custodian-03": "centre"}
K = 2
AT_LEAST = 2
"""With fewer opened bids there is nothing to rank, and nothing is evaluated."""

MAIN_SITE = "north"
OPERATORS = {NORTH: "north", SOUTH: "south"}
SITES = [
    Site(site="north", name="青溪县评标区", main=True, seats=[f"N{number}" for number in range(1, 6)]),
    Site(site="south", name="望江市评标区", seats=[f"S{number}" for number in range(1, 6)]),
]
OFFICIALS = [
    Official(person=AGENCY, name="陆明（华诚招标代理）", role=EvaluationRole.AGENCY),
    Official(person=SUPERVISOR, name="沈静（县公管办）", role=EvaluationRole.SUPERVISOR),
    Official(person=OBSERVER, name="周岚（县水利局）", role=EvaluationRole.TENDERER_OBSERVER),
    Official(person=CENTRE, name="丁宁（交易中心）", role=EvaluationRole.TRADING_CENTER),
    Official(person="auditor-01", name="程远（县审计局）", role=EvaluationRole.AUDITOR),
    Official(person=NORTH, name="苏敏（青溪评标区）", role=EvaluationRole.SITE_OPERATOR, site="north"),
    Official(person=SOUTH, name="罗安（望江评标区）", role=EvaluationRole.SITE_OPERATOR, site="south"),
    *(
        Official(person=person, name=person, role=EvaluationRole.CUSTODIAN, side=side)
        for person, side in CUSTODIANS.items()
    ),
]
NEEDS = [Need(specialty="水利工程施工", count=3), Need(specialty="工程造价", count=2)]
_SURNAMES = ("白", "曹", "董", "冯", "葛", "贺", "蒋", "孔", "雷")


def _candidates(need: Need, first: int) -> list[Candidate]:
    """Two more than are needed."""
    return [
        Candidate(
            person=f"expert-{number + 1:02d}",
            name=f"{_SURNAMES[number]}专家",
            employer=f"第{number + 1}设计院",
            specialty=need.specialty,
            region="望江市" if number % 2 else "青溪县",
        )
        for number in range(first, first + need.count + 2)
    ]


CANDIDATES = {NEEDS[0].specialty: _candidates(NEEDS[0], 0), NEEDS[1].specialty: _candidates(NEEDS[1], 5)}
"""From whom the experts are drawn."""

OFFICES = [(one.person, one.name) for one in OFFICIALS if one.person in (CENTRE, "auditor-01", NORTH, SOUTH)]
"""People of the evaluation who had no part in the opening."""

EXPERTS = [(one.person, one.name) for candidates in CANDIDATES.values() for one in candidates]

TABLE = ScoreTable(
    volumes=[Volume(volume="technical", title="技术标", blind=True), Volume(volume="business", title="商务标")],
    review=[
        ReviewItem(item="seal", title="签字盖章", kind=ReviewKind.FORM, clause="2.1.1"),
        ReviewItem(item="licence", title="资质等级", kind=ReviewKind.QUALIFICATION, clause="2.1.2"),
        ReviewItem(item="duration", title="工期响应", kind=ReviewKind.RESPONSIVENESS, clause="2.1.3"),
        ReviewItem(item="ceiling", title="报价不超过最高投标限价", kind=ReviewKind.RESPONSIVENESS, clause="2.1.4"),
    ],
    items=[
        ScoreItem(item="plan", title="施工组织设计", volume="technical", most="40", step="0.5"),
        ScoreItem(item="team", title="项目管理机构", volume="business", most="25", step="0.5"),
    ],
)
_RANKING = RankingRule(
    items=[Item(item=item.item) for item in TABLE.items], aggregation=Aggregation(highest=1, lowest=1, at_least=5)
)


def evaluated_lot(tender: Tender, opened: dict[str, int]) -> Lot | None:
    """The lot that is evaluated: the first with enough opened bids to rank."""
    return next((lot for lot in tender.lots if opened.get(lot.lot, 0) >= AT_LEAST), None)


def _table_for(bids: list[OpenedBid]) -> ScoreTable:
    """The table, with a volume for every part that a tender of one's own may have beside."""
    known = {volume.volume for volume in TABLE.volumes}
    handed = {document.volume for bid in bids for document in bid.documents}
    more = [Volume(volume=volume, title=volume) for volume in sorted(handed - known)]
    return structs.replace(TABLE, volumes=[*TABLE.volumes, *more])


def order_for(tender: Tender, lot: Lot, handed: HandedOver) -> EvaluationOrder:
    """The agency's order."""
    return EvaluationOrder(
        session=EVALUATION,
        opening=handed.opening,
        code=tender.code,
        title=tender.title,
        lot=lot.lot,
        ceiling_price=lot.ceiling_price,
        currency=lot.currency,
        table=_table_for(handed.bids),
        formula=Formula(score=Slope(points="35", above="2", below="1"), benchmark=Mean()),
        ranking=_RANKING,
        outlier_limit=OutlierLimit(limit="30"),
        drawn=handed.drawn,
        members=5,
        needs=NEEDS,
        representatives=[],
        avoid=[],
        people=OFFICIALS,
        sites=SITES,
        k=K,
        begins=instant.text(datetime.now(UTC)),
        timers=Timers(),
        bids=handed.bids,
    )
