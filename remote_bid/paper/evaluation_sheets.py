"""The evaluation's papers: its report (评标报告) and its score tables (评分汇总表), as far as their reader may see.

Members go by their alias; their names are on paper where the reader may read who was called: once the report is public.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from remote_bid.evaluation.events import EvaluationClosed, EvaluationOrdered, ExpertCalled, ReportAnswered
from remote_bid.evaluation.price.working import Line
from remote_bid.evaluation.ranking.terms import Ranked
from remote_bid.evaluation.results import EvaluationReport
from remote_bid.evaluation.statements import Called, Dissent, EvaluationOrder
from remote_bid.evaluation.terms import EvaluationPhase, ReportAnswer
from remote_bid.evaluation.view import EvaluationView
from remote_bid.paper.hours import local
from remote_bid.paper.money import figures
from remote_bid.paper.sheet import Column, Fact, Sheet, Table
from remote_bid.paper.told import Told, all_of
from remote_bid.paper.words import DECIDED, DEPARTURES, QUESTIONS, REPORT_ANSWERS, RESULTS
from remote_bid.seal.statements import said
from remote_bid.timeline import instant

EVALUATION_PAPERS = ("evaluation-report", "score-tables")
"""What there is of every evaluation that has come to a report."""


class NoReport(ValueError):
    """There is no report yet, or its reader may not read it."""


def evaluation_sheets(view: EvaluationView, story: list[Told], zone: ZoneInfo) -> list[Sheet]:
    """Both papers, from one reader's page and the events that it may read whole, in the time of `zone`."""
    closed = _closed_at(view, story)
    if not view.report or closed is None:
        raise NoReport("there is no report that this reader may read")
    paper = _Paper(view, view.report, story, closed, zone)
    return [paper.report(), paper.scores()]


def _closed_at(view: EvaluationView, story: list[Told]) -> datetime | None:
    """When the evaluation was closed, by the page or by what is public."""
    if view.phase is EvaluationPhase.CLOSED and view.phase_since:
        return instant.when(view.phase_since)
    return next((at for at, _ in all_of(story, EvaluationClosed)), None)


class _Paper:
    """One evaluation, about to be put on paper for one reader."""

    def __init__(
        self, view: EvaluationView, report: EvaluationReport, story: list[Told], closed: datetime, zone: ZoneInfo
    ) -> None:
        self._view, self._report, self._story, self._closed, self._zone = view, report, story, closed, zone
        self._bids = _bidders(view, story)
        called = [event for _, event in all_of(story, ExpertCalled)] if view.published else []
        self._members = {event.alias: said(event.signed.statement, Called).candidate.name for event in called}

    def report(self) -> Sheet:
        """评标报告: who evaluated, what was rejected and asked, the ranking, and who agreed."""
        tables = [
            self._candidates(),
            self._ranking(),
            self._rejected(),
            self._committee(),
            self._questions(),
            self._outliers(),
            self._answers(),
        ]
        remarks = [f"报告摘要 SHA-256 of the report: {self._view.report_hash or ''}"]
        if not self._view.published:
            remarks.append("报告公布前，成员以代号列示。 Until the report is public, members go by their alias.")
        return self._sheet("evaluation-report", "评标报告", "Evaluation report", tables, remarks)

    def scores(self) -> Sheet:
        """评分汇总表: every bid's means and score, each member's sheet where the reader may see it, the derivation."""
        tables = [self._ranking(), self._means(), *self._own_sheets(), self._derivation()]
        return self._sheet("score-tables", "评分汇总表", "Score tables", tables, [])

    def _ranked(self) -> list[Ranked]:
        return self._report.summary.ranking.ranked if self._report.summary else []

    def _candidates(self) -> Table:
        order = [str(n) if self._report.ranked else "—" for n in range(1, len(self._report.candidates) + 1)]
        rows = [[place, self._name(bid)] for place, bid in zip(order, self._report.candidates, strict=True)]
        columns = [Column("排序", "Rank"), Column("中标候选人", "Candidate", 5)]
        return Table("推荐的中标候选人", "Candidates recommended", columns, rows)

    def _ranking(self) -> Table:
        columns = [
            Column("名次", "Rank"),
            Column("投标人", "Bidder", 4),
            Column("投标报价", "Price", 2, figures=True),
            Column("技术得分", "Technical", 2, figures=True),
            Column("报价得分", "Price score", 2, figures=True),
            Column("总分", "Total", 2, figures=True),
            Column("依据", "Placed by", 2),
        ]
        rows = [
            [
                str(line.place),
                self._name(line.bid),
                figures(line.price, self._view.currency or ""),
                line.technical,
                line.price_score,
                line.total,
                DECIDED[line.decided],
            ]
            for line in self._ranked()
        ]
        return Table("排名", "Ranking", columns, rows)

    def _rejected(self) -> Table:
        columns = [Column("投标人", "Bidder", 2), Column("否决依据", "Clauses", 3), Column("票数", "Against")]
        rows = [
            [self._name(rejection.bid), f"{item.item} {'、'.join(item.clauses)}", str(item.against)]
            for rejection in self._report.rejected
            for item in rejection.items
        ]
        low = [[self._name(one.bid), "报价低于成本 below cost", "—"] for one in self._report.rejected if one.low_bid]
        above = [
            [self._name(one.bid), "报价高于最高投标限价 above the ceiling price", "—"]
            for one in self._report.rejected
            if one.above_ceiling
        ]
        return Table("否决的投标", "Bids rejected", columns, [*rows, *low, *above])

    def _committee(self) -> Table:
        columns = [
            Column("成员", "Member", 2),
            Column("专业", "Specialty", 2),
            Column("场地", "Site"),
            Column("备注", "Remark", 2),
        ]
        rows = [
            [
                self._member(line.alias),
                line.specialty or "招标人代表 representative",
                line.site or "—",
                (DEPARTURES[line.left] if line.left else "") or ("组长 leader" if line.leader else "—"),
            ]
            for line in self._report.members
        ]
        return Table("评标委员会", "Committee", columns, rows)

    def _questions(self) -> Table:
        columns = [
            Column("序号", "No."),
            Column("投标人", "Bidder", 2),
            Column("事项", "About", 2),
            Column("问题", "Question", 4),
            Column("答复", "Answer", 4),
        ]
        rows = [
            [
                str(line.number),
                self._name(line.bid),
                QUESTIONS[line.about],
                line.text,
                line.answer if line.answer is not None else "逾期未答复 not answered in time",
            ]
            for line in self._report.questions
        ]
        return Table("澄清与说明", "Clarifications", columns, rows)

    def _outliers(self) -> Table:
        columns = [Column("成员", "Member"), Column("评分项", "Item"), Column("复核", "Reviewed")]
        rows = [
            [self._member(line.alias), line.item, "已复核 answered" if line.answered else "逾期 lapsed"]
            for line in self._report.outliers
        ]
        return Table("偏离较大的评分", "Scores far from the mean", columns, rows)

    def _answers(self) -> Table:
        """Who signed; reasons of dissent where the reader may read them."""
        reasons = {
            event.alias: said(event.signed.statement, Dissent).reason
            for _, event in all_of(self._story, ReportAnswered)
            if event.answer is ReportAnswer.DISSENTED
        }
        columns = [Column("成员", "Member"), Column("意见", "Answer", 2), Column("理由", "Reason", 4)]
        rows = [
            [self._member(alias), REPORT_ANSWERS[answer], reasons.get(alias, "—")]
            for alias, answer in sorted(self._answered().items())
        ]
        return Table("签署", "Signatures", columns, rows)

    def _answered(self) -> dict[str, ReportAnswer]:
        rows = (self._view.members or {}).values()
        told = {row.alias: row.answer for row in rows if row.answer}
        return told or {event.alias: event.answer for _, event in all_of(self._story, ReportAnswered)}

    def _means(self) -> Table:
        columns = [
            Column("投标人", "Bidder", 3),
            Column("评分项", "Item", 2),
            Column("计入", "Counted", 3),
            Column("去除", "Left out", 2),
            Column("得分", "Mean", figures=True),
        ]
        rows = [
            [self._name(line.bid), mean.item or "—", "、".join(mean.counted), "、".join(mean.dropped), mean.value]
            for line in self._ranked()
            for mean in line.means
        ]
        return Table("各项得分", "Scores by item", columns, rows)

    def _own_sheets(self) -> list[Table]:
        """Every member's sheet, by alias, for a reader who may see them."""
        columns = [
            Column("成员", "Member"),
            Column("对象", "Target", 3),
            Column("评分项", "Item", 2),
            Column("得分", "Points", figures=True),
        ]
        rows = [
            [self._member(sheet.alias), self._bids.get(score.target, score.target), score.item, score.points]
            for sheet in self._view.sheets or []
            for score in sheet.scores
        ]
        return [Table("个人评分", "Members' sheets", columns, rows)] if rows else []

    def _derivation(self) -> Table:
        columns = [
            Column("投标人", "Bidder", 2),
            Column("步骤", "Step", 2),
            Column("计算", "Calculation", 5),
            Column("结果", "Value", 2, figures=True),
        ]
        lines = self._report.prices.derivation if self._report.prices else []
        return Table("报价得分的计算", "How price scores came about", columns, [self._line(line) for line in lines])

    def _line(self, line: Line) -> list[str]:
        return [self._bids.get(line.bidder, "—"), f"{line.zh} {line.en}", line.expression, line.value]

    def _sheet(self, name: str, zh: str, en: str, tables: list[Table], remarks: list[str]) -> Sheet:
        report = self._report
        facts = [
            Fact("项目名称", "Tender", report.title),
            Fact("项目编号", "Code", report.code),
            Fact("标段", "Lot", report.lot),
            Fact("结论", "Result", RESULTS[report.result]),
            Fact("场次", "Session", report.session),
            Fact("结束时间", "Closed at", local(self._closed, self._zone)),
        ]
        return Sheet(name, zh, en, facts, tables, remarks, int(self._closed.timestamp()))

    def _name(self, bid: str) -> str:
        return self._bids.get(bid, bid)

    def _member(self, alias: str) -> str:
        name = self._members.get(alias)
        return f"{alias} {name}" if name else alias


def _bidders(view: EvaluationView, story: list[Told]) -> Mapping[str, str]:
    """Bidders' names by bid, as the reader knows them."""
    ordered = [said(event.signed.statement, EvaluationOrder) for _, event in all_of(story, EvaluationOrdered)]
    told = {bid.bid: bid.name for order in ordered for bid in order.bids}
    return told | {bid: row.name for bid, row in (view.bids or {}).items()}
