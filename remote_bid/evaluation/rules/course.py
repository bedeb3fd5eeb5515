"""What many folds do: enter a phase, change a member, keep a paper."""

from typing import Any

import msgspec

from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Happened

replace = msgspec.structs.replace


def enter(evaluation: Evaluation, phase: EvaluationPhase, happened: Happened, ends_at: str | None = None) -> Evaluation:
    """The evaluation in its next phase."""
    return replace(
        evaluation,
        phase=phase,
        phase_since=happened.at,
        ends_at=instant.when(ends_at) if ends_at else None,
        overdue=False,
        uncosigned=evaluation.uncosigned | {happened.seq: happened.at},
        marks=evaluation.marks | {happened.seq: phase},
    )


def with_paper(evaluation: Evaluation, signed: Signed | None) -> Evaluation:
    """This statement is acted upon."""
    if signed is None:
        return evaluation
    return replace(evaluation, acts=evaluation.acts | {statement_id(signed.statement)})


def change(evaluation: Evaluation, alias: str, signed: Signed | None = None, **changed: Any) -> Evaluation:
    """A member changed; the statement by which it was is not taken twice."""
    member = evaluation.members[alias]
    papers = member.papers | {statement_id(signed.statement)} if signed else member.papers
    changed_member = replace(member, papers=papers, **changed)
    return replace(evaluation, members=evaluation.members | {alias: changed_member})
