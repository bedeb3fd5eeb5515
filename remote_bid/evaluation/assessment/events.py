"""What can have happened in a per-bid assessment."""

from remote_bid.evaluation.assessment.terms import AssessedPoints, AssessmentRole
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.timeline.context import Event
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated


class AssessmentOpened(Event, frozen=True):
    """The three sides assess until `ends_at`."""

    signed: Signed
    ends_at: str


class AssessmentSubmitted(Event, frozen=True):
    """A side has handed in its marks, which nobody reads before all have."""

    role: AssessmentRole
    signed: Signed


class AssessmentClosed(Event, frozen=True):
    """What is left of each expert's points; the `silent` sides have taken nothing off."""

    results: list[AssessedPoints]
    silent: list[AssessmentRole]


AssessmentEvent = (
    AssessmentOpened | AssessmentSubmitted | AssessmentClosed | CheckpointCosigned | LogKeyRotated | CrlNotedDown
)
