"""What a session does by itself: at once when a step has all that it waits for, or when its time is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from remote_bid.evaluation.commands import Proceed
from remote_bid.evaluation.events import CheckInOpened, LeaderPhaseOpened, StepOverdue, UndertakingOpened
from remote_bid.evaluation.rules import asking, drawing, electing, leaving, reviewing, summing_up
from remote_bid.evaluation.rules.progress import complete, deadline, pending, vacancies
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import SEALERS, EvaluationPhase, MotionKind, come_to
from remote_bid.people.required import require_clock, require_due
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn

Does = Callable[[Turn], Sequence[Event]]


@dataclass(frozen=True)
class Step:
    """What comes next, and when; `at_once` as soon as something has happened."""

    at: datetime
    does: Does
    at_once: bool = False


def next_step(evaluation: Evaluation) -> Step | None:
    """What the clock does next; nothing while the clocks stand still."""
    if evaluation.order is None or evaluation.over or evaluation.suspension is not None:
        return None
    since = evaluation.phase_since
    does = _at_once(evaluation)
    if does is not None and since is not None:
        return Step(since, does, at_once=True)
    timed = [*_timer(evaluation), *_latecomers(evaluation)]
    return min(timed, key=lambda step: step.at, default=None)


def proceed(evaluation: Evaluation, command: Proceed, turn: Turn) -> Sequence[Event]:
    require_clock(turn)
    step = next_step(evaluation)
    if step is None:
        return []
    require_due(turn, step.at)
    return step.does(turn)


def _at_once(evaluation: Evaluation) -> Does | None:
    if (motion := asking.decidable(evaluation)) is not None:
        return lambda turn: asking.decide_motion(evaluation, motion)
    ready = _READY.get(evaluation.phase)
    return ready(evaluation) if ready else None


def _scheduled(evaluation: Evaluation) -> Does | None:
    sealed = evaluation.pools is not None and len(evaluation.seeds) == len(SEALERS)
    return partial(drawing.open_draw, evaluation) if sealed else None


def _drawing(evaluation: Evaluation) -> Does | None:
    if not evaluation.seed:
        return partial(drawing.find_order, evaluation) if drawing.enough_keys(evaluation) else None
    return (lambda turn: [CheckInOpened()]) if complete(evaluation) else None


def _check_in(evaluation: Evaluation) -> Does | None:
    return (lambda turn: [UndertakingOpened()]) if complete(evaluation) else None


def _undertaking(evaluation: Evaluation) -> Does | None:
    return (lambda turn: [LeaderPhaseOpened()]) if complete(evaluation) else None


def _leader(evaluation: Evaluation) -> Does | None:
    elected = evaluation.leader and complete(evaluation)
    return partial(reviewing.open_materials, evaluation) if elected else None


def _review(evaluation: Evaluation) -> Does | None:
    """Counted when all have reviewed and nothing is asked; counted again when somebody was replaced."""
    if not _settled(evaluation):
        return None
    if reviewing.basis(evaluation) != evaluation.counted:
        return lambda turn: [reviewing.count(evaluation)]
    competes = reviewing.competes(evaluation) if evaluation.valid else False
    if competes is None:
        return lambda turn: [asking.put(evaluation, MotionKind.COMPETITION)]
    if not competes:
        return partial(summing_up.reject_all, evaluation)
    return _when_competing(evaluation)


def _settled(evaluation: Evaluation) -> bool:
    """Every member's review is in, the committee is whole and led, no question and no motion is open."""
    reviewed = all(member.review for member in evaluation.active())
    here = reviewed and not _lacking(evaluation) and bool(evaluation.leader)
    return here and not evaluation.open_questions() and not evaluation.open_motions()


def _lacking(evaluation: Evaluation) -> list[str]:
    """Who keeps the reviews from being counted: vacant places, and members who are not so far."""
    vacant = list(vacancies(evaluation))
    return [*vacant, *(member.alias for member in evaluation.active() if member.undertaken_at is None)]


def _when_competing(evaluation: Evaluation) -> Does | None:
    match evaluation.phase:
        case EvaluationPhase.PRELIMINARY:
            return partial(reviewing.open_detailed, evaluation)
        case _ if pending(evaluation) and not summing_up.only_outliers(evaluation):
            return None
        case _ if summing_up.sheets(evaluation) != evaluation.compared:
            return partial(summing_up.find_outliers, evaluation)
        case EvaluationPhase.OUTLIERS if complete(evaluation):
            return partial(summing_up.close_outliers, evaluation)
        case _:
            return None


def _pricing(evaluation: Evaluation) -> Does | None:
    return None if evaluation.overdue else partial(summing_up.sum_up, evaluation)


def _summary(evaluation: Evaluation) -> Does | None:
    return partial(summing_up.open_report, evaluation) if evaluation.confirmed else None


def _report(evaluation: Evaluation) -> Does | None:
    answered = all(member.answer is not None for member in evaluation.active())
    return partial(summing_up.close, evaluation) if answered else None


_READY: dict[EvaluationPhase, Callable[[Evaluation], Does | None]] = {
    EvaluationPhase.SCHEDULED: _scheduled,
    EvaluationPhase.DRAW: _drawing,
    EvaluationPhase.CHECK_IN: _check_in,
    EvaluationPhase.UNDERTAKING: _undertaking,
    EvaluationPhase.LEADER: _leader,
    EvaluationPhase.PRELIMINARY: _review,
    EvaluationPhase.DETAILED: _review,
    EvaluationPhase.OUTLIERS: _review,
    EvaluationPhase.PRICE: _pricing,
    EvaluationPhase.SUMMARY: _summary,
    EvaluationPhase.REPORT: _report,
}
"""What each phase does as soon as it can."""


def _timer(evaluation: Evaluation) -> list[Step]:
    """The time of the phase, unless a site is without network or it is known to be over."""
    if evaluation.overdue or evaluation.sites_lost:
        return []
    if evaluation.phase is EvaluationPhase.MATERIALS:
        return _silent_leader(evaluation)
    if evaluation.ends_at is None:
        return []
    return [Step(evaluation.ends_at, partial(_OVER.get(evaluation.phase, _overdue), evaluation))]


def _silent_leader(evaluation: Evaluation) -> list[Step]:
    since = max((at for at in (evaluation.leader_since, evaluation.phase_since) if at is not None), default=None)
    if not evaluation.leader or since is None:
        return []
    at = instant.later(since, evaluation.ordered.timers.leader_ms)
    return [Step(at, lambda turn: electing.depose(evaluation))]


def _overdue(evaluation: Evaluation, turn: Turn) -> list[Event]:
    """Nobody is passed over: agency and supervisor see who is missing, and may replace it."""
    return [StepOverdue(missing=pending(evaluation))]


def _lapse(evaluation: Evaluation, turn: Turn) -> Sequence[Event]:
    """What authors did not answer in time stands; who has still to score is waited for."""
    if not summing_up.only_outliers(evaluation) or not _settled(evaluation):
        return _overdue(evaluation, turn)
    return summing_up.close_outliers(evaluation, turn)


_OVER: dict[EvaluationPhase, Callable[[Evaluation, Turn], Sequence[Event]]] = {
    EvaluationPhase.SCHEDULED: drawing.open_draw,
    EvaluationPhase.OUTLIERS: _lapse,
    EvaluationPhase.SUMMARY: summing_up.open_report,
    EvaluationPhase.REPORT: summing_up.close,
}
"""What the end of a phase's time brings about; elsewhere it is only recorded."""


def _latecomers(evaluation: Evaluation) -> list[Step]:
    """Who does not come, or does not sign, is replaced."""
    if not come_to(evaluation.phase, EvaluationPhase.CHECK_IN):
        return []
    late = ((deadline(evaluation, member), member) for member in evaluation.active())
    return [
        Step(at, partial(_absent, evaluation, member.alias))
        for at, member in late
        if at is not None and come_to(EvaluationPhase.OUTLIERS, evaluation.phase)
    ]


def _absent(evaluation: Evaluation, alias: str, turn: Turn) -> list[Event]:
    return leaving.absent(evaluation, turn, evaluation.members[alias])
