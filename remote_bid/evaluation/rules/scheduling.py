"""How an evaluation begins: an order that keeps the law's proportions."""

from collections.abc import Sequence
from decimal import Decimal

from remote_bid.evaluation.commands import ScheduleEvaluation
from remote_bid.evaluation.events import EvaluationOrdered
from remote_bid.evaluation.price.checking import check_formula
from remote_bid.evaluation.price.scores import price_scores
from remote_bid.evaluation.price.terms import LowestEvaluatedPrice
from remote_bid.evaluation.ranking import LimitOf
from remote_bid.evaluation.rules.asked_price import above_ceiling, price_case_of
from remote_bid.evaluation.rules.guards import known, require_session
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import SEALERS, EvaluationRole, Official, ScoreTable
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.people.required import refuse, says, signed_by_sender, signers
from remote_bid.seal.canonical import NotCanonical, unb64_sized
from remote_bid.seal.statements import statement_id
from remote_bid.seal.xwing import PUBLIC_SIZE
from remote_bid.tender.statements import CustodianKey
from remote_bid.tender.terms import DRAW
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import LogKeyRotated

_ONE_EACH = (EvaluationRole.SUPERVISOR, EvaluationRole.AGENCY, EvaluationRole.TENDERER_OBSERVER)


def schedule(evaluation: Evaluation, command: ScheduleEvaluation, turn: Turn) -> list[Event]:
    """The agency that signs is the order's own."""
    order, _ = signed_by_sender(turn, command.signed, EvaluationOrder)
    require_session(turn, order.session)
    if evaluation.order_id == statement_id(command.signed.statement):
        return []
    if evaluation.order is not None:
        refuse("scheduled_already", "本场评标已经安排。", "The session has its order already.")
    if turn.by.person not in [o.person for o in order.people if o.role is EvaluationRole.AGENCY]:
        refuse("not_allowed", "只有招标代理机构可以安排评标。", "Only the agency that it names may schedule it.")
    _require_people(order)
    _require_committee(order)
    _require_bids(order)
    _require_table(order.table)
    _require_rules(order)
    _require_custodians(order, command.custodians, turn)
    noted = [CrlNotedDown(crl=crl) for crl in known(turn).crls]
    rotated = [LogKeyRotated(statement=statement) for statement in known(turn).deployment.successors]
    return [EvaluationOrdered(signed=command.signed, custodians=command.custodians), *rotated, *noted]


def _bad(why_zh: str, why: str) -> None:
    refuse("bad_order", f"评标安排有误：{why_zh}。", f"The order is not right: {why}.")


def _distinct(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names)


def _require_people(order: EvaluationOrder) -> None:
    roles = [official.role for official in order.people]
    people = [official.person for official in order.people]
    if not _distinct(people) or any(roles.count(role) != 1 for role in _ONE_EACH) or roles.count(SEALERS[2]) != 1:
        _bad(
            "监督、代理、招标人、交易中心各一人",
            "one supervisor, agency, tenderer's observer and trading centre, nobody twice",
        )
    if {EvaluationRole.EXPERT, EvaluationRole.BIDDER} & set(roles):
        _bad("专家由抽取产生，投标人由开标产生", "experts are drawn, bidders come from the opening")
    sites = [site.site for site in order.sites]
    operators = {o.site for o in order.people if o.role is EvaluationRole.SITE_OPERATOR}
    if not _distinct(sites) or sum(site.main for site in order.sites) != 1 or operators != set(sites):
        _bad("一个主场，每个场地有操作员", "one site is the main one, and each has an operator")
    if any(not _distinct(site.seats) for site in order.sites):
        _bad("工位编号重复", "a seat is named twice")
    try:
        instant.when(order.begins)
    except ValueError:
        _bad("开始时间格式有误", "the beginning is no instant")


def _require_committee(order: EvaluationOrder) -> None:
    """Odd, at least five, at least two thirds of it drawn experts (招标投标法 Art. 37)."""
    drawn = sum(need.count for need in order.needs)
    if order.members % 2 == 0 or drawn + len(order.representatives) != order.members or 3 * drawn < 2 * order.members:
        _bad("成员须为五人以上单数，专家不少于三分之二", "an odd number of members, at least two thirds drawn experts")
    if not _distinct([need.specialty for need in order.needs]):
        _bad("专业重复", "a specialty is named twice")
    others = [official.person for official in order.people] + [person for bid in order.bids for person in parties(bid)]
    members = [member.person for member in order.representatives]
    if not _distinct(members) or set(members) & set(others):
        _bad("招标人代表不能兼任其他身份", "a representative has another part in the session")


def _require_bids(order: EvaluationOrder) -> None:
    officials = {official.person for official in order.people}
    if not _distinct([bid.bid for bid in order.bids]) or officials & {p for bid in order.bids for p in parties(bid)}:
        _bad("投标重复，或投标人兼任其他身份", "a bid is named twice, or a bidder has an office")
    told = [(bid.bid, document.volume) for bid in order.bids for document in bid.documents]
    volumes = {volume.volume for volume in order.table.volumes}
    if len(set(told)) != len(told) or any(volume not in volumes for _, volume in told):
        _bad("投标文件所属卷册重复或不存在", "a document is named twice, or is of a volume that there is not")


def parties(bid: object) -> set[str]:
    """Everybody who has made a bid."""
    return {getattr(bid, "bidder", ""), *getattr(bid, "parties", ())}


def _require_table(table: ScoreTable) -> None:
    volumes, items = [v.volume for v in table.volumes], [i.item for i in table.items]
    if not _distinct(volumes) or not _distinct(items) or not _distinct([i.item for i in table.review]):
        _bad("评分表有重复项", "the score table names something twice")
    if any(item.volume not in volumes for item in table.items):
        _bad("评分项所属卷册不存在", "an item is scored by a volume that there is not")
    for item in table.items:
        least, most, step = Decimal(item.least), Decimal(item.most), Decimal(item.step)
        if step <= 0 or most <= least or (most - least) % step:
            _bad("评分范围与步长不符", "an item's range is not made of its steps")


def _require_rules(order: EvaluationOrder) -> None:
    """Points are added up exactly where the formula gives some, for exactly the table's items; nothing is left to be
    found wrong when the scores are in.
    """
    check_formula(order.formula)
    if within := _within_ceiling(order):
        price_scores(price_case_of(order, within))
    if (order.ranking is None) is not isinstance(order.formula.score, LowestEvaluatedPrice):
        _bad("评分办法与汇总办法不符", "points are ranked where points are given, and nowhere else")
    ranked = [item.item for item in order.ranking.items] if order.ranking else []
    if sorted(ranked) != sorted(item.item for item in order.table.items):
        _bad("汇总办法与评分表不符", "the ranking's items are not those of the score table")
    if order.ranking and order.ranking.aggregation.highest + order.ranking.aggregation.lowest >= order.members:
        _bad("去掉最高最低分后没有剩余评分", "no score is left after the highest and the lowest")
    if _measures_by_full(order) and any(item.full is None for item in (order.ranking.items if order.ranking else [])):
        _bad("评分项没有满分值", "outliers are measured by full points that an item does not have")


def _within_ceiling(order: EvaluationOrder) -> list[str]:
    """What lies above the ceiling price is rejected in the review, and no reason not to evaluate the others."""
    return [bid.bid for bid in order.bids if not above_ceiling(order, bid)]


def _measures_by_full(order: EvaluationOrder) -> bool:
    return order.outlier_limit is not None and order.outlier_limit.of is LimitOf.PERCENT_OF_FULL


def _require_custodians(order: EvaluationOrder, keys: Sequence[Signed], turn: Turn) -> None:
    """Each signs a key of its own; no side holds k of them."""
    custodians = [o for o in order.people if o.role is EvaluationRole.CUSTODIAN]
    sides = [custodian.side for custodian in custodians]
    if not 2 <= order.k <= len(custodians) or max(map(sides.count, sides), default=0) >= order.k:
        _bad("保管人不足，或一方持有过多", "too few custodians, or one side holds k of them")
    if len(keys) != len(custodians):
        _bad("保管人密钥缺失", "a custodian's key is missing")
    seen: set[str] = set()
    for custodian, signed in zip(custodians, keys, strict=True):
        seen.add(_require_key(order, custodian, signed, turn))
    if len(seen) != len(keys):
        _bad("保管人密钥重复", "two custodians offer one key")


def _require_key(order: EvaluationOrder, custodian: Official, signed: Signed, turn: Turn) -> str:
    key = says(signed, CustodianKey)
    good = (key.session, key.lot, key.part) == (turn.session, order.lot, DRAW)
    if not good or [person.person for person in signers(turn, signed)] != [custodian.person]:
        _bad("保管人密钥不是为本场签署的", "a custodian's key is not its own for this session")
    try:
        unb64_sized(key.public_key, PUBLIC_SIZE)
    except NotCanonical:
        _bad("保管人密钥格式有误", "a custodian's key is malformed")
    return key.public_key
