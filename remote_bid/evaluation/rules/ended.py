"""How the end changes the state."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.evaluation.events import (
    EvaluationClosed,
    OutliersClosed,
    PricesScored,
    ReportAnswered,
    ReportOpened,
    ReportPublished,
    SummaryConfirmed,
    SummaryOpened,
)
from remote_bid.evaluation.rules.course import change, enter
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.statements import Dissent
from remote_bid.evaluation.terms import EvaluationPhase, ReportAnswer
from remote_bid.seal.statements import media_type, said
from remote_bid.timeline.context import Event, Happened

replace = msgspec.structs.replace


def _outliers_closed(evaluation: Evaluation, event: OutliersClosed, happened: Happened) -> Evaluation:
    outliers = {
        number: replace(outlier, lapsed=True) if number in event.lapsed else outlier
        for number, outlier in evaluation.outliers.items()
    }
    return replace(enter(evaluation, EvaluationPhase.PRICE, happened), outliers=outliers)


def _priced(evaluation: Evaluation, event: PricesScored, happened: Happened) -> Evaluation:
    return replace(evaluation, prices=event.prices)


def _summary(evaluation: Evaluation, event: SummaryOpened, happened: Happened) -> Evaluation:
    opened = enter(evaluation, EvaluationPhase.SUMMARY, happened, event.ends_at)
    return replace(opened, summary=event.summary, summary_hash=event.hash)


def _confirmed(evaluation: Evaluation, event: SummaryConfirmed, happened: Happened) -> Evaluation:
    return change(replace(evaluation, confirmed=True), event.alias, event.signed)


def _report(evaluation: Evaluation, event: ReportOpened, happened: Happened) -> Evaluation:
    opened = enter(evaluation, EvaluationPhase.REPORT, happened, event.ends_at)
    return replace(opened, report=event.report, report_hash=event.hash, result=event.report.result, election=None)


def _answered(evaluation: Evaluation, event: ReportAnswered, happened: Happened) -> Evaluation:
    statement, reason = event.signed.statement, ""
    if statement.payload_type == media_type(Dissent):
        reason = said(statement, Dissent).reason
    return change(evaluation, event.alias, event.signed, answer=event.answer, reason=reason)


def _closed(evaluation: Evaluation, event: EvaluationClosed, happened: Happened) -> Evaluation:
    for alias in event.silent:
        evaluation = change(evaluation, alias, answer=ReportAnswer.SILENT)
    return enter(evaluation, EvaluationPhase.CLOSED, happened)


def _published(evaluation: Evaluation, event: ReportPublished, happened: Happened) -> Evaluation:
    uncosigned = evaluation.uncosigned | {happened.seq: happened.at}
    return replace(evaluation, published=True, uncosigned=uncosigned)


ENDED: dict[type[Event], Callable[[Evaluation, Any, Happened], Evaluation]] = {
    OutliersClosed: _outliers_closed,
    PricesScored: _priced,
    SummaryOpened: _summary,
    SummaryConfirmed: _confirmed,
    ReportOpened: _report,
    ReportAnswered: _answered,
    EvaluationClosed: _closed,
    ReportPublished: _published,
}
"""One fold for every event of the end."""
