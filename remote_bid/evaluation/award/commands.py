"""What may be asked of an award."""

from remote_bid.people.certificates import Signed
from remote_bid.people.noting import NoteCrl
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation


class OpenAward(Command, frozen=True):
    """The tenderer opens it with its order."""

    signed: Signed


class VoteForAward(Command, frozen=True):
    """A member of the award_committee votes."""

    signed: Signed


class CountAwardRound(Command, frozen=True):
    """The clock's: all have voted, or the time of the round is over."""


AwardCommand = OpenAward | VoteForAward | CountAwardRound | RecordCheckpoint | RecordRotation | NoteCrl
