"""Steps 11 and 12: price scores, sums and ranks once more from the signed sheets; the report from the events."""

import msgspec

from remote_bid.evaluation.events import (
    MaterialsOpened,
    OutlierAnswered,
    OutliersFound,
    PricesScored,
    ReportAnswered,
    ReportOpened,
    SheetSubmitted,
    SummaryOpened,
)
from remote_bid.evaluation.price.scores import price_scores
from remote_bid.evaluation.results import EvaluationReport, hash_of
from remote_bid.evaluation.rules.ranked import price_case, summary_of
from remote_bid.evaluation.rules.reported import report_of
from remote_bid.evaluation.statements import OutlierAnswer, ScoreSheet
from remote_bid.evaluation.terms import Result
from remote_bid.seal.canonical import parse_jcs
from remote_bid.seal.statements import said
from remote_bid.verify.case import Case, Failed, entry_name
from remote_bid.verify.evaluated.case import EvaluationCase, of
from remote_bid.verify.manifest import REPORT


def signed_scores(case: EvaluationCase) -> dict[str, dict[tuple[str, str], str]]:
    """By alias: the points that each member has signed last, corrections included; from the statements alone."""
    scores: dict[str, dict[tuple[str, str], str]] = {}
    for _, sheet in case.happened(SheetSubmitted):
        signed = said(sheet.signed.statement, ScoreSheet).scores
        scores[sheet.alias] = {(score.target, score.item): score.points for score in signed}
    found = {o.number: o for _, event in case.happened(OutliersFound) for o in event.outliers}
    for _, answered in case.happened(OutlierAnswered):
        told, outlier = said(answered.signed.statement, OutlierAnswer), found[answered.number]
        if told.points is not None:
            scores[answered.alias][outlier.target, outlier.item] = told.points
    return scores


def ranking(case: Case) -> None:
    """Step 11: the order's own formula and rule, over what was signed."""
    found = of(case)
    for shown, scored in case.happened(PricesScored):
        if price_scores(price_case(found.met[shown.seq])) != scored.prices:
            raise Failed(entry_name(shown), "the price scores are not what the formula gives")
        case.report.holds(11, "price scores", f"benchmark {scored.prices.benchmark}")
    scores = signed_scores(found)
    for shown, opened in case.happened(SummaryOpened):
        state = found.met[shown.seq]
        members = {a: msgspec.structs.replace(m, scores=scores.get(a, {})) for a, m in state.members.items()}
        state = msgspec.structs.replace(state, members=members)
        if state.prices is None or summary_of(state, state.prices) != opened.summary:
            raise Failed(entry_name(shown), "the ranking is not what the signed sheets give")
        if hash_of(opened.summary) != opened.hash:
            raise Failed(entry_name(shown), "the summary's hash is another's")
        case.report.holds(11, "ranking", f"{len(opened.summary.ranking.ranked)} bids from {len(scores)} signed sheets")
    if not case.happened(MaterialsOpened):
        case.report.withheld(11, "ranking", "the evaluation did not come so far")


def report(case: Case) -> None:
    """Step 12: the report follows from the events; what was answered names it."""
    found, opened = of(case), case.happened(ReportOpened)
    raw = case.members.get(REPORT)
    if not opened:
        case.report.withheld(12, REPORT, "the evaluation is void: there is none")
        return
    shown, event = opened[0]
    state = found.met[shown.seq]
    if event.report != report_of(state, Result(event.report.result)) or event.hash != hash_of(event.report):
        raise Failed(entry_name(shown), "the report does not follow from the events")
    if raw is None or msgspec.convert(parse_jcs(raw), type=EvaluationReport) != event.report:
        raise Failed(REPORT, "it is not the report of this session")
    answers = len(case.happened(ReportAnswered))
    case.report.holds(12, REPORT, f"{event.report.result}, answered by {answers} of {len(state.active())}")
