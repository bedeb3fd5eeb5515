"""How the review changes the state."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.evaluation.events import (
    CallRequested,
    DetailedOpened,
    MaterialsOpened,
    MotionDecided,
    MotionPut,
    OutlierAnswered,
    OutliersFound,
    QuestionAnswered,
    QuestionAsked,
    QuestionLapsed,
    ReviewCounted,
    ReviewOpened,
    ReviewSubmitted,
    SheetDrafted,
    SheetSubmitted,
    StepOverdue,
    VoteCast,
)
from remote_bid.evaluation.rules.course import change, enter
from remote_bid.evaluation.rules.state import Asked, CalledIn, Evaluation, Motion, Outlier
from remote_bid.evaluation.statements import OutlierAnswer, ReviewSheet, ScoreSheet, Vote
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened

replace = msgspec.structs.replace


def _materials(evaluation: Evaluation, event: MaterialsOpened, happened: Happened) -> Evaluation:
    coded = {(volume.bid, volume.volume): volume.code for volume in event.coded}
    return replace(enter(evaluation, EvaluationPhase.MATERIALS, happened), codes=event.codes, coded=coded)


def _opened(evaluation: Evaluation, event: ReviewOpened, happened: Happened) -> Evaluation:
    return enter(evaluation, EvaluationPhase.PRELIMINARY, happened, event.ends_at)


def _reviewed(evaluation: Evaluation, event: ReviewSubmitted, happened: Happened) -> Evaluation:
    sheet, name = said(event.signed.statement, ReviewSheet), statement_id(event.signed.statement)
    return change(evaluation, event.alias, event.signed, review=name, verdicts=tuple(sheet.verdicts))


def _asked(evaluation: Evaluation, event: QuestionAsked, happened: Happened) -> Evaluation:
    """Whoever led and asked is not taken at the same word twice."""
    asked = Asked(
        number=event.number,
        bid=event.bid,
        about=event.about,
        text=event.text,
        statement=statement_id(event.signed.statement),
        answer_by=instant.when(event.answer_by),
    )
    evaluation = replace(evaluation, questions=evaluation.questions | {event.number: asked})
    return change(evaluation, evaluation.leader, event.signed) if evaluation.leader else evaluation


def _called(evaluation: Evaluation, event: CallRequested, happened: Happened) -> Evaluation:
    """Its room is named after the entry: by chance, like the leaf's salt, and by nobody's choice."""
    called = CalledIn(
        number=event.number,
        bid=event.bid,
        text=event.text,
        ends_at=instant.when(event.ends_at),
        room=f"call-{hashlib.sha256(happened.leaf).hexdigest()[:24]}",
    )
    evaluation = replace(evaluation, calls=evaluation.calls | {event.number: called})
    return change(evaluation, evaluation.leader, event.signed) if evaluation.leader else evaluation


def _answered(evaluation: Evaluation, event: QuestionAnswered, happened: Happened) -> Evaluation:
    name = statement_id(event.signed.statement)
    asked = replace(evaluation.questions[event.number], answer=event.text, answer_id=name)
    return replace(evaluation, questions=evaluation.questions | {event.number: asked})


def _lapsed(evaluation: Evaluation, event: QuestionLapsed, happened: Happened) -> Evaluation:
    asked = replace(evaluation.questions[event.number], lapsed=True)
    return replace(evaluation, questions=evaluation.questions | {event.number: asked})


def _motion(evaluation: Evaluation, event: MotionPut, happened: Happened) -> Evaluation:
    motion = Motion(number=event.number, about=event.about, bid=event.bid, valid=evaluation.valid)
    return replace(evaluation, motions=evaluation.motions | {event.number: motion})


def _voted(evaluation: Evaluation, event: VoteCast, happened: Happened) -> Evaluation:
    yes, motion = said(event.signed.statement, Vote).yes, evaluation.motions[event.motion]
    motion = replace(motion, votes=motion.votes | {event.alias: yes})
    evaluation = replace(evaluation, motions=evaluation.motions | {motion.number: motion})
    return change(evaluation, event.alias, event.signed)


def _decided(evaluation: Evaluation, event: MotionDecided, happened: Happened) -> Evaluation:
    motion = replace(evaluation.motions[event.number], carried=event.carried)
    return replace(evaluation, motions=evaluation.motions | {motion.number: motion})


def _counted(evaluation: Evaluation, event: ReviewCounted, happened: Happened) -> Evaluation:
    rejected = {rejection.bid: rejection for rejection in event.rejected}
    items = evaluation.ordered.table.items
    wanted = {(evaluation.code_of(bid, item.volume), item.item): bid for bid in event.valid for item in items}
    counted, valid = tuple(event.reviews), tuple(event.valid)
    return replace(evaluation, counted=counted, rejected=rejected, valid=valid, wanted=wanted)


def _detailed(evaluation: Evaluation, event: DetailedOpened, happened: Happened) -> Evaluation:
    return enter(evaluation, EvaluationPhase.DETAILED, happened, event.ends_at)


def _drafted(evaluation: Evaluation, event: SheetDrafted, happened: Happened) -> Evaluation:
    return change(evaluation, event.alias, draft=tuple(event.scores))


def _submitted(evaluation: Evaluation, event: SheetSubmitted, happened: Happened) -> Evaluation:
    sheet, name = said(event.signed.statement, ScoreSheet), statement_id(event.signed.statement)
    scores = {(score.target, score.item): score.points for score in sheet.scores}
    return change(evaluation, event.alias, event.signed, sheet=name, scores=scores, draft=())


def _outliers(evaluation: Evaluation, event: OutliersFound, happened: Happened) -> Evaluation:
    found = {outlier.number: Outlier(found=outlier) for outlier in event.outliers}
    evaluation = replace(evaluation, compared=tuple(event.sheets), outliers=evaluation.outliers | found)
    return enter(evaluation, EvaluationPhase.OUTLIERS, happened, event.ends_at)


def _outlier_answered(evaluation: Evaluation, event: OutlierAnswered, happened: Happened) -> Evaluation:
    told, outlier = said(event.signed.statement, OutlierAnswer), evaluation.outliers[event.number]
    answered = replace(outlier, answer=statement_id(event.signed.statement))
    evaluation = replace(evaluation, outliers=evaluation.outliers | {event.number: answered})
    scores = evaluation.members[event.alias].scores
    if told.points is not None:
        scores = scores | {(outlier.found.target, outlier.found.item): told.points}
    return change(evaluation, event.alias, event.signed, scores=scores)


def _overdue(evaluation: Evaluation, event: StepOverdue, happened: Happened) -> Evaluation:
    return replace(evaluation, overdue=True)


REVIEWED: dict[type[Event], Callable[[Evaluation, Any, Happened], Evaluation]] = {
    MaterialsOpened: _materials,
    ReviewOpened: _opened,
    ReviewSubmitted: _reviewed,
    QuestionAsked: _asked,
    CallRequested: _called,
    QuestionAnswered: _answered,
    QuestionLapsed: _lapsed,
    MotionPut: _motion,
    VoteCast: _voted,
    MotionDecided: _decided,
    ReviewCounted: _counted,
    DetailedOpened: _detailed,
    SheetDrafted: _drafted,
    SheetSubmitted: _submitted,
    OutliersFound: _outliers,
    OutlierAnswered: _outlier_answered,
    StepOverdue: _overdue,
}
"""One fold for every event of the review."""
