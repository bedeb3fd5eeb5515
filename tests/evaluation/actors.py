"""Who takes part in the evaluation of these tests, what is evaluated, and the pools that its experts come from."""

from datetime import UTC, datetime
from functools import cache

from msgspec.structs import replace

from remote_bid.evaluation.price.terms import Formula, Mean, Slope
from remote_bid.evaluation.ranking import Aggregation, Item, LimitOf, OutlierLimit, RankingRule
from remote_bid.evaluation.rules.drawing import pool_leaf
from remote_bid.evaluation.statements import EvaluationOrder, Pools
from remote_bid.evaluation.terms import (
    Candidate,
    Document,
    EvaluationRole,
    Need,
    Official,
    OpenedBid,
    OpeningHead,
    PoolRoot,
    Representative,
    ReviewItem,
    ReviewKind,
    ScoreItem,
    ScoreTable,
    Site,
    Timers,
    Volume,
)
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Payload, countersign, id_of, state
from remote_bid.seal.tree import leaf_hash, root_of
from remote_bid.seal.xwing import public_key
from remote_bid.tender.statements import CustodianKey
from remote_bid.tender.terms import DRAW, ReadoutForm
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who
from tests.opening.actors import AUTHORITY, secret_of
from tests.opening.authority import key_of

SESSION, LOT = "evaluation-2026-0042", "1"
BEGINS = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

AGENCY = Who(person="agency-host", role=EvaluationRole.AGENCY)
SUPERVISOR = Who(person="supervisor", role=EvaluationRole.SUPERVISOR)
OBSERVER = Who(person="tenderer", role=EvaluationRole.TENDERER_OBSERVER)
CENTRE = Who(person="centre", role=EvaluationRole.TRADING_CENTER)
AUDITOR = Who(person="auditor", role=EvaluationRole.AUDITOR)
NORTH = Who(person="operator-north", role=EvaluationRole.SITE_OPERATOR)
SOUTH = Who(person="operator-south", role=EvaluationRole.SITE_OPERATOR)
CUSTODIANS = [Who(person=f"keeper-{side}", role=EvaluationRole.CUSTODIAN) for side in ("a", "b", "c")]
FIRST, SECOND, THIRD = CUSTODIANS
PUBLIC = Who(person="", role=EvaluationRole.OBSERVER)
STRANGER = Who(person="91510000MA0DDDDD4D", role=EvaluationRole.OBSERVER)

ALPHA = Who(person="91110000MA0AAAAA1A", role=EvaluationRole.BIDDER)
BETA = Who(person="91310000MA0BBBBB2B", role=EvaluationRole.BIDDER)
GAMMA = Who(person="91440000MA0CCCCC3C", role=EvaluationRole.BIDDER)
DELTA = Who(person="91500000MA0EEEEE5E", role=EvaluationRole.BIDDER)
BIDDERS = [ALPHA, BETA, GAMMA, DELTA]
FIRMS = dict(
    zip([who.person for who in BIDDERS], ("甲方圆建设集团", "乙长河路桥", "丙远山市政", "丁青石建工"), strict=True)
)
PRICES = dict(zip([who.person for who in BIDDERS], ("7000.00", "7300.00", "7200.00", "6900.00"), strict=True))

SENT = "representative-1"
"""The tenderer's representative on the committee."""

NAMES = {SENT: "赵代表"} | {
    f"expert-{letter}-{number}": f"专家{letter}{number}" for letter in "rb" for number in range(6)
}
"""Real names, which nobody but the auditors learns."""

SPECIALTIES = {"r": "道路工程", "b": "桥梁工程"}
POOLS = {
    SPECIALTIES[letter]: [
        Candidate(
            person=f"expert-{letter}-{number}",
            name=NAMES[f"expert-{letter}-{number}"],
            employer=f"单位{letter}{number}",
            specialty=SPECIALTIES[letter],
            region="杭州",
        )
        for number in range(6)
    ]
    for letter in "rb"
}


def salt_of(specialty: str, index: int) -> bytes:
    """The salt of a leaf."""
    return secret_of(f"salt of {index} of {specialty}")


@cache
def leaves_of(specialty: str) -> list[bytes]:
    """The leaves of a pool."""
    return [pool_leaf(salt_of(specialty, i), candidate) for i, candidate in enumerate(POOLS[specialty])]


def seed_of(custodian: Who) -> bytes:
    """A custodian's key."""
    return secret_of(f"draw key of {custodian.person}")


@cache
def public_of(custodian: Who) -> bytes:
    return public_key(seed_of(custodian))


@cache
def certificate_of(person: str) -> str:
    return AUTHORITY.certify(person, NAMES.get(person, FIRMS.get(person, person)))


def signed(payload: Payload, *by: Who) -> Signed:
    """A statement that all of these have signed, in this order."""
    statement = state(payload)
    for who in by:
        statement = countersign(statement, KeySigner(key_of(who.person)))
    return Signed(statement=statement, certificates=[certificate_of(who.person) for who in by])


def custodian_key(custodian: Who) -> Signed:
    """What a custodian offers for the draw."""
    key = CustodianKey(session=SESSION, lot=LOT, part=DRAW, public_key=b64(public_of(custodian)))
    return signed(key, custodian)


TABLE = ScoreTable(
    volumes=[Volume(volume="technical", title="技术标", blind=True), Volume(volume="business", title="商务标")],
    review=[
        ReviewItem(item="seal", title="签字盖章", kind=ReviewKind.FORM, clause="2.1.1"),
        ReviewItem(item="licence", title="资质等级", kind=ReviewKind.QUALIFICATION, clause="2.1.2"),
        ReviewItem(item="duration", title="工期响应", kind=ReviewKind.RESPONSIVENESS, clause="2.1.3"),
    ],
    items=[
        ScoreItem(item="plan", title="施工组织设计", volume="technical", most="40", step="0.5"),
        ScoreItem(item="team", title="项目班子", volume="business", most="25", step="0.5"),
    ],
)

RULE = RankingRule(
    items=[Item(item="plan"), Item(item="team")], aggregation=Aggregation(highest=1, lowest=1, at_least=5)
)

FORMULA = Formula(score=Slope(points="35", above="2", below="1"), benchmark=Mean())
LIMIT = OutlierLimit(limit="30", of=LimitOf.PERCENT_OF_MEAN)


def bid_id(who: Who) -> str:
    return b64(secret_of(f"bid of {who.person}"))


BIDS = [
    OpenedBid(
        bid=bid_id(who),
        bidder=who.person,
        name=FIRMS[who.person],
        form=ReadoutForm(price=PRICES[who.person], currency="CNY", fields={"duration_days": 300}),
        documents=[
            Document(volume=volume, hash=b64(secret_of(f"{volume} of {who.person}")), size=1000)
            for volume in ("technical", "business")
        ],
    )
    for who in BIDDERS
]

_NAMED = {
    AGENCY: "代理公司",
    SUPERVISOR: "监督员",
    OBSERVER: "招标人",
    CENTRE: "交易中心",
    AUDITOR: "审计员",
}
PEOPLE = [
    *(Official(person=who.person, name=name, role=EvaluationRole(who.role)) for who, name in _NAMED.items()),
    Official(person=NORTH.person, name="北场操作员", role=EvaluationRole.SITE_OPERATOR, site="north"),
    Official(person=SOUTH.person, name="南场操作员", role=EvaluationRole.SITE_OPERATOR, site="south"),
    *(
        Official(person=who.person, name=who.person, role=EvaluationRole.CUSTODIAN, side=who.person[-1])
        for who in CUSTODIANS
    ),
]

ORDER = EvaluationOrder(
    session=SESSION,
    opening=OpeningHead(session="opening-2026-0042", seq=42, leaf=b64(secret_of("the opening's last leaf"))),
    code="HZ-2026-0042",
    title="滨江路改建工程",
    lot=LOT,
    ceiling_price="8000.00",
    currency="CNY",
    table=TABLE,
    formula=FORMULA,
    ranking=RULE,
    outlier_limit=LIMIT,
    drawn=[],
    members=5,
    needs=[Need(specialty=specialty, count=2) for specialty in SPECIALTIES.values()],
    representatives=[Representative(person=SENT, name=NAMES[SENT])],
    avoid=["单位x"],
    people=PEOPLE,
    sites=[
        Site(site="north", name="北场", main=True, seats=[f"N{n}" for n in range(1, 6)]),
        Site(site="south", name="南场", seats=[f"S{n}" for n in range(1, 6)]),
    ],
    k=2,
    begins=instant.text(BEGINS),
    timers=Timers(),
    bids=BIDS,
)


def pools_for(order: EvaluationOrder) -> Pools:
    """What the centre commits to."""
    roots = [
        PoolRoot(
            specialty=need.specialty,
            size=len(POOLS[need.specialty]),
            root=b64(root_of([leaf_hash(leaf) for leaf in leaves_of(need.specialty)])),
        )
        for need in order.needs
    ]
    return Pools(session=SESSION, order=id_of(order), pools=roots)


def expert(person: str) -> Who:
    """Somebody as a member of the committee."""
    return Who(person=person, role=EvaluationRole.EXPERT)


OTHER_ORDER = replace(ORDER, session="another-session")
EVERYBODY = [AGENCY, SUPERVISOR, OBSERVER, CENTRE, AUDITOR, NORTH, SOUTH, *CUSTODIANS, *BIDDERS, STRANGER, PUBLIC]
"""Everybody but the committee."""
