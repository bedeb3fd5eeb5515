"""What the end of one session starts: a closed opening hands over its opened bids, as they were read out; a public
evaluation its experts to be assessed, and under separation its candidates to be decided between.
"""

from collections.abc import Mapping
from typing import NoReturn

import msgspec

from remote_bid.evaluation.assessment.statements import AssessmentOrder
from remote_bid.evaluation.assessment.terms import EvaluationHead
from remote_bid.evaluation.award.statements import AwardOrder
from remote_bid.evaluation.rules import Evaluation
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import Document, DrawnValue, OpenedBid, OpeningHead
from remote_bid.opening.rules import Opening
from remote_bid.opening.rules.acting import parties_of
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.terms import Outcome, Phase
from remote_bid.seal.canonical import b64
from remote_bid.timeline.context import Refused

OPENED = (Outcome.OPENED, Outcome.REMEDIED)


Documents = Mapping[str, list[Document]]
"""By bid, what was opened of it for the evaluation."""


class HandedOver(msgspec.Struct, frozen=True, kw_only=True):
    """What a closed opening hands over of one lot: where it ended, its opened bids, the coefficients that it drew."""

    opening: OpeningHead
    bids: list[OpenedBid]
    drawn: list[DrawnValue]


def require_closed(opening: Opening) -> None:
    """Refused as long as the opening goes on."""
    if opening.phase is not Phase.CLOSED:
        _refuse("not_closed", "开标尚未结束，不能开始评标。", "The opening is not closed yet.")


def handed_over(opening: Opening, seq: int, leaf: bytes, lot: str, documents: Documents) -> HandedOver:
    """All of it; refused as long as the opening goes on. `seq` and `leaf` are the entry's by which it was closed."""
    require_closed(opening)
    drawn = [
        DrawnValue(coefficient=coefficient, value=line.value)
        for (of, coefficient), line in opening.drawn.items()
        if of == lot
    ]
    return HandedOver(opening=head_of(opening, seq, leaf), bids=opened_bids(opening, lot, documents), drawn=drawn)


def opened_bids(opening: Opening, lot: str, documents: Documents) -> list[OpenedBid]:
    """What a closed opening hands over of one lot: every opened bid, as it was read out, with its documents."""
    bids = [bid for bid in opening.bids.values() if bid.lot == lot and _opened(bid)]
    return [_handed(opening, bid, documents.get(bid.bid, [])) for bid in bids]


def _opened(bid: Bid) -> bool:
    return bid.settlement is not None and bid.settlement.outcome in OPENED and bid.settlement.form is not None


def _handed(opening: Opening, bid: Bid, documents: list[Document]) -> OpenedBid:
    form = bid.settlement.form if bid.settlement else None
    if form is None:
        raise ValueError("the bid was not opened")
    parties = [party.person for party in parties_of(opening, bid)]
    return OpenedBid(bid=bid.bid, bidder=bid.bidder, name=bid.name, parties=parties, form=form, documents=documents)


def head_of(opening: Opening, seq: int, leaf: bytes) -> OpeningHead:
    """Where the bids come from: the entry by which the opening was closed."""
    return OpeningHead(session=opening.session, seq=seq, leaf=b64(leaf))


def require_handed_over(opening: Opening, seq: int, leaf: bytes, documents: Documents, order: EvaluationOrder) -> None:
    """Refused unless an order is about exactly what this opening has come to."""
    handed, lot = handed_over(opening, seq, leaf, order.lot, documents), opening.lot(order.lot)
    if lot is None or (order.ceiling_price, order.currency) != (lot.ceiling_price, lot.currency):
        _refuse("other_lot", "评标安排与开标的标段不符。", "The order is not about this opening's lot.")
    if order.opening != handed.opening:
        _refuse("other_opening", "评标安排所指的不是开标的最终结果。", "The order does not name the opening's end.")
    if [_as_read(bid) for bid in order.bids] != [_as_read(bid) for bid in handed.bids]:
        _refuse("other_bids", "评标安排中的投标与开标结果不符。", "The order's bids are not those that were opened.")
    drawn = {told.coefficient: told.value for told in handed.drawn}
    if {told.coefficient: told.value for told in order.drawn} != drawn:
        _refuse("other_draw", "评标安排中的系数与开标抽取结果不符。", "Other coefficients were drawn.")


def require_assessable(evaluation: Evaluation, head: EvaluationHead, order: AssessmentOrder) -> None:
    """Refused unless an order is about exactly the experts of this public evaluation, by its own three sides."""
    if not evaluation.published:
        _refuse("not_public", "评标报告尚未公布。", "The evaluation's report is not public yet.")
    experts = [(member.alias, member.person) for member in evaluation.active()]
    if order.evaluation != head or [(expert.alias, expert.person) for expert in order.experts] != experts:
        _refuse("other_evaluation", "考评对象与评标结果不符。", "The order is not about this evaluation's experts.")
    sides = {a.person: a.role.value for a in order.assessors}
    if any(evaluation.role_of(person) != role for person, role in sides.items()):
        _refuse("other_sides", "考评三方与评标时不符。", "These are not the three sides of the evaluation.")


def require_awardable(evaluation: Evaluation, head: EvaluationHead, order: AwardOrder) -> None:
    """Refused unless an order is about exactly the candidates of this public evaluation, which left the award open."""
    if not evaluation.published or evaluation.report is None:
        _refuse("not_public", "评标报告尚未公布。", "The evaluation's report is not public yet.")
    told = order.evaluation
    named = EvaluationHead(session=told.session, seq=told.seq, leaf=told.leaf)
    if named != head or told.report != evaluation.report_hash:
        _refuse("other_evaluation", "定标所依据的不是该评标报告。", "The order is not about this evaluation's report.")
    names = {bid.bid: bid.name for bid in evaluation.ordered.bids}
    candidates = [(bid, names[bid]) for bid in evaluation.report.candidates]
    if evaluation.report.ranked or [(c.bid, c.name) for c in order.candidates] != candidates:
        _refuse("other_candidates", "候选人与评标报告不符，或未实行评定分离。", "Not its unranked candidates.")
    sides = {order.tenderer.person: "tenderer_observer", order.supervisor.person: "supervisor"}
    if any(evaluation.role_of(person) != role for person, role in sides.items()):
        _refuse("other_sides", "招标人或监督人员与评标时不符。", "Tenderer or supervisor is another than there.")


def _as_read(bid: OpenedBid) -> tuple[object, ...]:
    """What the opening says of a bid; flags are the agency's to add."""
    return (bid.bid, bid.bidder, bid.name, bid.parties, bid.form, bid.documents)


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    raise Refused(code, zh, en)
