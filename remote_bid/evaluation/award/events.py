"""What can have happened in an award."""

from remote_bid.evaluation.award.terms import AwardCount
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.timeline.context import Event
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated


class AwardOpened(Event, frozen=True):
    """The first round is open until `ends_at`."""

    signed: Signed
    ends_at: str


class AwardVoted(Event, frozen=True):
    """A member has voted; for whom, nobody reads before the round is counted."""

    round: int
    person: str
    signed: Signed


class AwardRoundCounted(Event, frozen=True):
    """No majority: those who are `left` are voted on again until `ends_at`."""

    round: int
    counts: list[AwardCount]
    left: list[str]
    ends_at: str


class AwardRoundOverdue(Event, frozen=True):
    """Too few have voted in time: the round stays open until `ends_at`, and who is `missing` is told."""

    round: int
    missing: list[str]
    ends_at: str


class Awarded(Event, frozen=True):
    """By a majority of all members; after the last round by lot between those with most votes."""

    bid: str
    round: int
    counts: list[AwardCount]
    by_lot: bool


AwardEvent = (
    AwardOpened
    | AwardVoted
    | AwardRoundCounted
    | AwardRoundOverdue
    | Awarded
    | CheckpointCosigned
    | LogKeyRotated
    | CrlNotedDown
)
