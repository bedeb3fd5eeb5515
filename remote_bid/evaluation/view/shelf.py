"""The documents that somebody may read now: a blind volume by its code alone, any other by its bid."""

from typing import NamedTuple

from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import Document, EvaluationPhase, come_to
from remote_bid.evaluation.view.page import PaperRow
from remote_bid.evaluation.view.who import Eye, eye_of
from remote_bid.timeline.entry import Who


class Shelved(NamedTuple):
    """Whose document it is: for the server alone, which fetches it."""

    bid: str
    document: Document


def shelf(evaluation: Evaluation, who: Who) -> dict[tuple[str, str], Shelved]:
    """By target and volume, blind volumes first, in the order of their codes. Members read from their own undertaking
    and MATERIALS on, until the report is answered; nobody else does.
    """
    member = evaluation.member(who.person) if eye_of(evaluation, who) is Eye.COMMITTEE else None
    if member is None or member.undertaken_at is None or not _while_read(evaluation):
        return {}
    documents = {(bid.bid, document.volume): document for bid in evaluation.ordered.bids for document in bid.documents}
    of = {code: place for place, code in evaluation.coded.items()}
    codes = [(code, volume) for volume, codes in evaluation.codes.items() for code in codes]
    blind = {place: Shelved(of[place[0]][0], documents[of[place[0]]]) for place in codes if of[place[0]] in documents}
    named = evaluation.blind()
    return blind | {place: Shelved(place[0], d) for place, d in documents.items() if place[1] not in named}


def _while_read(evaluation: Evaluation) -> bool:
    begun = come_to(evaluation.phase, EvaluationPhase.MATERIALS)
    return begun and evaluation.phase is not EvaluationPhase.CLOSED


def papers(evaluation: Evaluation, who: Who) -> list[PaperRow]:
    """The shelf on a page."""
    return [
        PaperRow(target=target, volume=volume, size=shelved.document.size)
        for (target, volume), shelved in shelf(evaluation, who).items()
    ]
