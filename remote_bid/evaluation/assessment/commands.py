"""What may be asked of a per-bid assessment."""

from remote_bid.people.certificates import Signed
from remote_bid.people.noting import NoteCrl
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation


class OpenAssessment(Command, frozen=True):
    """The centre opens it with its order."""

    signed: Signed


class SubmitAssessment(Command, frozen=True):
    """One of the three sides hands in its marks."""

    signed: Signed


class CloseAssessment(Command, frozen=True):
    """The clock's: all three sides have answered, or the time is over."""


AssessmentCommand = OpenAssessment | SubmitAssessment | CloseAssessment | RecordCheckpoint | RecordRotation | NoteCrl
