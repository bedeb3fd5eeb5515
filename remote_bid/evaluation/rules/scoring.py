"""The detailed review: every member scores alone. Drafts lie in their author's side line; a sheet is signed."""

from collections.abc import Iterable
from decimal import Decimal

from remote_bid.evaluation.commands import AnswerOutlier, SaveDraft, SubmitSheet
from remote_bid.evaluation.events import OutlierAnswered, SheetDrafted, SheetSubmitted
from remote_bid.evaluation.rules.guards import repeated, require_phase, signed_by_member, working_member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.rules.ticking import SLOTS
from remote_bid.evaluation.statements import OutlierAnswer, ScoreSheet
from remote_bid.evaluation.terms import EvaluationPhase, Score, ScoreItem
from remote_bid.people.required import refuse
from remote_bid.timeline.context import Aside, Event, Turn

SCORING = (EvaluationPhase.DETAILED, EvaluationPhase.OUTLIERS)

DRAFTS = 2000
"""How many drafts a member's side line holds: one every fifteen seconds of a working day."""


def save_draft(evaluation: Evaluation, command: SaveDraft, turn: Turn) -> list[Event | Aside]:
    """A draft may be unfinished, but nothing on it is impossible."""
    member = working_member(evaluation, turn)
    require_phase(evaluation, *SCORING)
    if tuple(command.scores) == member.draft:
        return []
    if member.sheet in evaluation.compared and member.sheet:
        refuse("frozen", "评分表已经锁定。", "The sheets are frozen.")
    _require_possible(evaluation, command.scores)
    line = turn.line_of(turn.by.person)
    if turn.lines.length(line) >= DRAFTS or len(turn.lines.pending) >= SLOTS:
        refuse("line_full", "保存过于频繁，请稍后再试。", "Too many drafts; try again after the next tick.")
    return [Aside(turn.by.person, SheetDrafted(alias=member.alias, scores=command.scores))]


def submit_sheet(evaluation: Evaluation, command: SubmitSheet, turn: Turn) -> list[Event]:
    """It may be replaced until all have submitted; both are kept."""
    member = working_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, ScoreSheet)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, *SCORING)
    whole = evaluation.wanted.keys()
    if member.sheet in evaluation.compared and member.sheet and whole <= member.scores.keys():
        refuse("frozen", "评分表已经锁定。", "The sheets are frozen.")
    if (told.prev or "") != member.sheet:
        refuse("not_the_next", "须注明所替换的评分表。", "It must name the sheet that it replaces.")
    _require_possible(evaluation, told.scores)
    if {(score.target, score.item) for score in told.scores} != whole or len(told.scores) != len(whole):
        refuse("not_whole", "评分表须逐家逐项填写。", "A sheet has every item of every valid bid, once.")
    return [SheetSubmitted(alias=member.alias, signed=command.signed)]


def _require_possible(evaluation: Evaluation, scores: Iterable[Score]) -> None:
    """Each score is within its item's range, in its steps, for something that is scored."""
    items = {item.item: item for item in evaluation.ordered.table.items}
    wanted = evaluation.wanted
    for score in scores:
        if (score.target, score.item) not in wanted:
            refuse("not_scored", "评分表中没有这一项。", f"Not scored: {score.target} {score.item}.")
        _require_in_range(items[score.item], score.points)


def _require_in_range(item: ScoreItem, points: str) -> None:
    least, most, step, given = map(Decimal, (item.least, item.most, item.step, points))
    if not least <= given <= most or (given - least) % step:
        refuse("out_of_range", "分值不在评分范围内。", f"{points} is not from {least} to {most} in steps of {step}.")


def answer_outlier(evaluation: Evaluation, command: AnswerOutlier, turn: Turn) -> list[Event]:
    """Confirmed or corrected, with a reason; the first score is kept beside the second."""
    member = working_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, OutlierAnswer)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, EvaluationPhase.OUTLIERS)
    outlier = evaluation.outliers.get(told.number)
    if outlier is None or outlier.found.alias != member.alias:
        refuse("no_such_outlier", "没有需要您复核的这一项。", "You are not asked about such a score.")
    if not outlier.open:
        refuse("answered_already", "您已经复核过该项。", "You have answered it already.")
    if told.points is not None:
        score = Score(target=outlier.found.target, item=outlier.found.item, points=told.points)
        _require_possible(evaluation, [score])
    return [OutlierAnswered(number=told.number, alias=member.alias, signed=command.signed)]
