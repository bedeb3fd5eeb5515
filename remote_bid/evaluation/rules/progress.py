"""What is still to be done, and by whom: progress is each member's own, so that one who came later catches up alone."""

from datetime import datetime, timedelta
from enum import StrEnum

from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase, come_to
from remote_bid.timeline import instant


class Task(StrEnum):
    """What a member has still to do."""

    ANSWER = "answer"
    CHECK_IN = "check_in"
    UNDERTAKING = "undertaking"
    REVIEW = "review"
    SHEET = "sheet"
    OUTLIER = "outlier"


def owes(evaluation: Evaluation, member: Member) -> Task | None:
    """The first thing that a member has to do by now, so that the session can go on; None if it has done all."""
    for task, phase in _FROM:
        if come_to(evaluation.phase, phase) and not done(evaluation, member, task):
            return task
    return None


_FROM = (
    (Task.ANSWER, EvaluationPhase.DRAW),
    (Task.CHECK_IN, EvaluationPhase.CHECK_IN),
    (Task.UNDERTAKING, EvaluationPhase.UNDERTAKING),
    (Task.REVIEW, EvaluationPhase.PRELIMINARY),
    (Task.SHEET, EvaluationPhase.DETAILED),
    (Task.OUTLIER, EvaluationPhase.OUTLIERS),
)


def done(evaluation: Evaluation, member: Member, task: Task) -> bool:
    """Whether a member has done its part of a step."""
    match task:
        case Task.ANSWER:
            return member.accepted_at is not None
        case Task.CHECK_IN:
            return member.seated
        case Task.UNDERTAKING:
            return member.undertaken_at is not None
        case Task.REVIEW:
            return bool(member.review)
        case Task.SHEET:
            return bool(member.sheet) and evaluation.wanted.keys() <= member.scores.keys()
        case Task.OUTLIER:
            return not any(o.open and o.found.alias == member.alias for o in evaluation.outliers.values())


def pending(evaluation: Evaluation) -> list[str]:
    """Members who have something to do by now."""
    return [member.alias for member in evaluation.active() if owes(evaluation, member) is not None]


def vacancies(evaluation: Evaluation) -> dict[str, int]:
    """How many members each pool must still give: a representative who has left is replaced by an expert."""
    if evaluation.order is None:
        return {}
    need = {needed.specialty: needed.count for needed in evaluation.order.needs}
    first = evaluation.order.needs[0].specialty
    need[first] += sum(not member.specialty and member.left is not None for member in evaluation.members.values())
    for member in evaluation.active():
        if member.specialty:
            need[member.specialty] -= 1
    return {specialty: count for specialty, count in need.items() if count > 0}


def complete(evaluation: Evaluation) -> bool:
    """Whether the committee has all its members, and each has done what it has to do by now."""
    return not vacancies(evaluation) and not pending(evaluation)


def voters(evaluation: Evaluation) -> list[Member]:
    """Members who are in and have signed."""
    return [member for member in evaluation.active() if member.undertaken_at is not None]


def deadline(evaluation: Evaluation, member: Member) -> datetime | None:
    """Until when a member must have come, or signed its undertaking; pauses do not count."""
    if evaluation.order is None or member.accepted_at is None or member.site in evaluation.sites_lost:
        return None
    timers, opened = evaluation.order.timers, evaluation.phase_since
    match owes(evaluation, member):
        case Task.CHECK_IN:
            opened = opened if evaluation.phase is EvaluationPhase.CHECK_IN else None
            begins = instant.when(evaluation.order.begins)
            since = max(at for at in (member.accepted_at, begins, opened) if at is not None)
            return _without_pauses(evaluation, since, timers.check_in_ms)
        case Task.UNDERTAKING:
            opened = opened if evaluation.phase is EvaluationPhase.UNDERTAKING else None
            since = max(at for at in (member.seated_at, opened) if at is not None)
            return _without_pauses(evaluation, since, timers.undertaking_ms)
        case _:
            return None


def _without_pauses(evaluation: Evaluation, since: datetime, ms: int) -> datetime:
    """So many running milliseconds after an instant."""
    stood = timedelta()
    for pause in evaluation.pauses:
        began, ended = instant.when(pause.since), instant.when(pause.until)
        if ended > since:
            stood += ended - max(began, since)
    return instant.later(since, ms) + stood
