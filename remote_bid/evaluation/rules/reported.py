"""The evaluation report, made from the folded events alone."""

from remote_bid.evaluation.results import EvaluationReport, MemberLine, OutlierLine, QuestionLine
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import Departure, Result

_NEVER_CAME = (Departure.DECLINED, Departure.UNREACHABLE, Departure.CONFLICTED)


def report_of(evaluation: Evaluation, result: Result) -> EvaluationReport:
    """The report of a session in which everything is decided."""
    order, summary = evaluation.ordered, evaluation.summary if result is Result.RANKED else None
    ranked = summary.ranking.ranked if summary else []
    return EvaluationReport(
        session=evaluation.session,
        order=evaluation.order_id,
        opening=order.opening,
        code=order.code,
        title=order.title,
        lot=order.lot,
        result=result,
        members=_members(evaluation),
        rejected=list(evaluation.rejected.values()),
        valid=list(evaluation.valid),
        questions=_questions(evaluation),
        outliers=_outliers(evaluation),
        prices=evaluation.prices if result is Result.RANKED else None,
        summary=summary,
        candidates=[bid.bid for bid in ranked[: order.candidates]],
        ranked=not order.separation,
    )


def _members(evaluation: Evaluation) -> list[MemberLine]:
    """Whoever was on the committee; who was called and did not come is not named."""
    return [
        MemberLine(
            alias=member.alias,
            specialty=member.specialty,
            site=member.site,
            leader=member.alias == evaluation.leader,
            left=member.left,
        )
        for member in evaluation.members.values()
        if member.left not in _NEVER_CAME
    ]


def _questions(evaluation: Evaluation) -> list[QuestionLine]:
    asked = evaluation.questions.values()
    return [QuestionLine(number=q.number, bid=q.bid, about=q.about, text=q.text, answer=q.answer) for q in asked]


def _outliers(evaluation: Evaluation) -> list[OutlierLine]:
    found = [(outlier.found, bool(outlier.answer)) for outlier in evaluation.outliers.values()]
    return [OutlierLine(number=f.number, alias=f.alias, item=f.item, answered=answered) for f, answered in found]
