"""The per-bid assessment (一标一评): the experts of an evaluation are themselves assessed by agency, centre and
supervisor, by the centre's point table. A small session of its own, that begins when the evaluation's report is public.
"""

from remote_bid.evaluation.assessment.commands import AssessmentCommand
from remote_bid.evaluation.assessment.events import AssessmentEvent
from remote_bid.evaluation.assessment.rules import begin, decide, due
from remote_bid.evaluation.assessment.state import Assessment, evolve
from remote_bid.evaluation.assessment.view import VEILED, AssessmentView, curtain, see, show
from remote_bid.timeline.context import Context, Event
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import CheckpointCosigned


def _standing(assessment: Assessment, person: str) -> str:
    return assessment.role_of(person).value


def _audience(who: Who) -> str:
    return f"{who.role}/{who.person}"


def _overlooks(_who: Who) -> bool:
    return False


def _checkpoints(event: Event) -> bool:
    return not isinstance(event, CheckpointCosigned)


assessment: Context[Assessment, AssessmentView] = Context(
    name="assessment",
    command=AssessmentCommand,
    event=AssessmentEvent,
    view=AssessmentView,
    begin=begin,
    decide=decide,
    evolve=evolve,
    due=due,
    see=see,
    show=show,
    overlooks=_overlooks,
    curtain=curtain,
    veiled=VEILED,
    standing=_standing,
    audience=_audience,
    checkpoints=_checkpoints,
)
