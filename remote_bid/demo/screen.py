"""The day on the terminal, as the public sees it."""

from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.evaluation.view import EvaluationView
from remote_bid.opening.terms import Cause, Outcome, Phase
from remote_bid.opening.view import OpeningView
from remote_bid.paper.money import figures
from remote_bid.participant.client import Client

_PHASES = {
    Phase.SCHEDULED: "准备：规则、密钥、时间表；投标人密封递交",
    Phase.LOBBY: "签到：投标人陆续签到",
    Phase.CLOSED_FOR_BIDS: "截止：不再接收投标，等待联署",
    Phase.HELD: "截标前暂停：等待新的时间表",
    Phase.COUNT_CHECK: "清点：投标不足的标段是否继续",
    Phase.ROSTER: "名单：公布投标数量",
    Phase.RELEASE: "解密：投标人释放各自的一半密钥",
    Phase.CUSTODY: "二次解密：保管人公布密钥",
    Phase.UNSEAL: "开封：逐份核验",
    Phase.DRAW: "抽取：按事先封存的种子抽取系数",
    Phase.READOUT: "唱标",
    Phase.CONFIRM: "确认：投标人核对各自的唱标内容",
    Phase.OBJECTION: "异议：提出与答复",
    Phase.RECORD: "记录：核对并签署开标记录",
    Phase.CLOSED: "结束",
    Phase.ABORTED: "终止：投标原封退回",
}
_EVALUATION = {
    EvaluationPhase.SCHEDULED: "评标准备：封存专家名单与抽取种子",
    EvaluationPhase.DRAW: "抽取：开启种子，依序通知专家",
    EvaluationPhase.CHECK_IN: "到场：门禁、签到、抽取工位",
    EvaluationPhase.UNDERTAKING: "承诺：公布投标人，签署承诺或回避",
    EvaluationPhase.LEADER: "推选组长",
    EvaluationPhase.MATERIALS: "材料：暗标编号",
    EvaluationPhase.PRELIMINARY: "初步评审",
    EvaluationPhase.DETAILED: "详细评审：各自独立打分",
    EvaluationPhase.OUTLIERS: "复核：偏离平均分的评分",
    EvaluationPhase.PRICE: "报价评分",
    EvaluationPhase.SUMMARY: "汇总",
    EvaluationPhase.REPORT: "评标报告：签署或提出保留意见",
    EvaluationPhase.CLOSED: "评标结束",
    EvaluationPhase.VOID: "评标无效",
}
_OUTCOMES = {
    Outcome.OPENED: "已开启",
    Outcome.DEEMED_REVOKED: "视为撤销",
    Outcome.DEEMED_WITHDRAWN: "视为撤回",
    Outcome.REMEDIED: "补救后开启",
}
_CAUSES = {
    Cause.OPENED: "",
    Cause.NOT_RELEASED: "未在时限内解密",
    Cause.BAD_DEAL: "份额有误",
    Cause.GARBAGE: "文件无法打开",
    Cause.INVALID_FORM: "开标一览表无效",
    Cause.ENVELOPE_LOST: "平台原因",
    Cause.BAD_LODGING: "托管的解密信息有误",
    Cause.REMEDIED: "由托管份额补救",
    Cause.BAD_ESCROW: "托管份额有误",
    Cause.ESCROW_ABSENT: "托管份额不足",
    Cause.AUTHORITY_FAILED: "证书服务机构原因",
    Cause.ABORTED: "本标段中止",
}
_DAY = [phase for phase in Phase if phase not in (Phase.HELD, Phase.COUNT_CHECK, Phase.ABORTED)]


class Screen:
    """Live progress: one bar over the phases of the day, one line for each phase entered."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("[bold blue]{task.description}"),
            BarColumn(40),
            TextColumn("{task.fields[note]}"),
            console=console,
        )
        self._task = self._progress.add_task("准备", total=len(_DAY) - 1, note="")
        self._phase: Phase | EvaluationPhase | None = None
        self._suspended = False

    def __enter__(self) -> "Screen":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def watch(self, client: Client) -> None:
        """Show what changed."""
        view = client.copy.view
        if view.phase is not self._phase:
            self._phase = view.phase
            at = (view.phase_since or "")[11:19]
            self._console.print(f"[bright_black]{at}[/] [bold]{view.phase:<16}[/] {_PHASES[view.phase]}")
        self._course(view)
        code = f"核对码 {view.check_code.code}" if view.check_code else ""
        done = _DAY.index(view.phase) if view.phase in _DAY else 0
        short = _PHASES[view.phase].partition("：")[0]
        self._progress.update(self._task, description=short, completed=done, note=f"#{client.copy.head}  {code}")

    def watch_evaluation(self, view: EvaluationView) -> None:
        """Show a phase of the evaluation once it is entered."""
        if view.phase and view.phase is not self._phase:
            self._phase = view.phase
            at = (view.phase_since or "")[11:19]
            self._console.print(f"[bright_black]{at}[/] [bold]{view.phase:<16}[/] {_EVALUATION[view.phase]}")

    def _course(self, view: OpeningView) -> None:
        """One line when the clocks are stopped, one when they run again."""
        if bool(view.suspended) is not self._suspended:
            self._suspended = bool(view.suspended)
            why = f"中止：{view.suspended.cause}" if view.suspended else "恢复：主持人与监督人已会签"
            self._console.print(f"         [bold]{'SUSPENDED' if view.suspended else 'RESUMED':<16}[/] {why}")


def readout(console: Console, view: OpeningView) -> None:
    """The bids as they were read out."""
    tender = view.tender
    if not tender:
        return
    table = Table(title=escape(f"{tender.title}  {tender.code}"), title_style="bold", expand=False)
    for heading in ("序号", "投标人", "结果"):
        table.add_column(heading)
    table.add_column("投标报价", justify="right")
    for field in tender.form:
        table.add_column(escape(field.zh))
    for row in sorted((view.bids or {}).values(), key=lambda row: row.number):
        outcome = _OUTCOMES[row.outcome] if row.outcome else "—"
        why = _CAUSES[row.cause] if row.cause else ""
        price = figures(row.form.price, row.form.currency) if row.form else "—"
        read = [str(row.form.fields.get(field.field, "—")) if row.form else "—" for field in tender.form]
        name = escape(row.name) if row.name else "—"
        table.add_row(str(row.number), name, f"{outcome} {why}".strip(), price, *map(escape, read))
    console.print(table)
    for draw in view.draws or []:
        console.print(escape(f"系数抽取  {draw.coefficient}：{draw.value}{'（人工摇号）' if draw.lottery else ''}"))
    for objection in (view.objections or {}).values():
        console.print(escape(f"异议 {objection.number}  {objection.name or ''}：{objection.text}"))
        console.print(escape(f"  答复：{objection.answer or '未答复'}"))


def ranking(console: Console, view: EvaluationView, names: Mapping[str, str]) -> None:
    """The bids by rank, with what their scores are made of."""
    table = Table(title="评标结果", title_style="bold", expand=False)
    for heading in ("名次", "投标人"):
        table.add_column(heading)
    for heading in ("技术得分", "报价得分", "总分"):
        table.add_column(heading, justify="right")
    for line in view.summary.ranking.ranked if view.summary else []:
        table.add_row(str(line.place), escape(names[line.bid]), line.technical, line.price_score, line.total)
    console.print(table)
    for rejected in view.report.rejected if view.report else []:
        clauses = "、".join(clause for item in rejected.items for clause in item.clauses)
        console.print(escape(f"否决投标  {names[rejected.bid]}：{clauses}"))


def kept(console: Console, folder: str, evaluated: bool) -> None:
    """Where the files are."""
    bundles = ["bundle.zip", *(["evaluation.zip"] if evaluated else [])]
    calls = [f"remote-bid verify {folder}/{bundle} --trust {folder}/trust.json" for bundle in bundles]
    console.print(Panel("\n".join(calls), title="核验", expand=False))
