"""Ticks of the side lines, and what the log hands in."""

from collections.abc import Sequence

from remote_bid.evaluation.rules.guards import known
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase, come_to
from remote_bid.people.noting import NoteCrl, noted
from remote_bid.people.required import refuse, require_clock, require_due, require_log
from remote_bid.tender.deployment import cosigned_times, rotated
from remote_bid.timeline import instant
from remote_bid.timeline.context import Due, Event, Turn
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation, Tick, cosigned, tick

SLOTS = 256
EVERY_MS = 60_000


def ticks_due(evaluation: Evaluation) -> list[Due]:
    """A tick a minute from the check-in to the report, busy or idle."""
    if not _ticking(evaluation) or evaluation.last_tick_at is None:
        return []
    return [Due(instant.later(evaluation.last_tick_at, EVERY_MS), Tick())]


def _ticking(evaluation: Evaluation) -> bool:
    gathered = come_to(evaluation.phase, EvaluationPhase.CHECK_IN)
    return gathered and not evaluation.disclosed and not evaluation.over


def make_tick(evaluation: Evaluation, command: Tick, turn: Turn) -> list[Event]:
    require_clock(turn)
    if not _ticking(evaluation):
        refuse("wrong_phase", "现在不是办理此事的阶段。", "Nothing ticks in this phase.")
    if evaluation.last_tick_at is not None:
        require_due(turn, instant.later(evaluation.last_tick_at, EVERY_MS))
    return [tick(turn, SLOTS)]


def record_checkpoint(evaluation: Evaluation, command: RecordCheckpoint, turn: Turn) -> list[Event]:
    require_log(turn)
    cosigned_times(command.note, known(turn).deployment)
    return [] if command.covers in evaluation.cosigned else [cosigned(command)]


def record_rotation(evaluation: Evaluation, command: RecordRotation, turn: Turn) -> Sequence[Event]:
    return rotated(evaluation.rotations, known(turn).deployment, command, turn)


def note_crl(evaluation: Evaluation, command: NoteCrl, turn: Turn) -> list[Event]:
    return noted(evaluation.crls, evaluation.over, command, turn)
