"""The review: materials, preliminary review, questions, motions, scores, outliers."""

from remote_bid.evaluation.terms import (
    CodedVolume,
    MotionKind,
    OutlierFound,
    QuestionKind,
    Rejection,
    Score,
)
from remote_bid.people.certificates import Signed
from remote_bid.tender.terms import Words
from remote_bid.timeline.context import Event


class MaterialsOpened(Event, frozen=True):
    """Tender document and bids are open. `codes` lists the codes of each blind volume in random order; `coded`, whose
    they are, stays hidden until the sheets are frozen.
    """

    codes: dict[str, list[str]]
    coded: list[CodedVolume]


class ReviewOpened(Event, frozen=True):
    """The leader has opened the preliminary review."""

    ends_at: str


class ReviewSubmitted(Event, frozen=True):
    """A member has handed in its preliminary review."""

    alias: str
    signed: Signed


class QuestionAsked(Event, frozen=True):
    """A bidder is asked, and answers by `answer_by`."""

    number: int
    bid: str
    about: QuestionKind
    text: Words
    answer_by: str
    signed: Signed


class CallRequested(Event, frozen=True):
    """A bidder is called to a clarification_call, which may last until `ends_at`."""

    number: int
    bid: str
    text: Words
    ends_at: str
    signed: Signed


class QuestionAnswered(Event, frozen=True):
    """The bidder's answer."""

    number: int
    bid: str
    text: Words
    signed: Signed


class QuestionLapsed(Event, frozen=True):
    """No answer came in time: the bid is judged as it is."""

    number: int
    bid: str


class MotionPut(Event, frozen=True):
    """The committee votes: whether a low price stands for `bid`, or whether so few valid bids still compete."""

    number: int
    about: MotionKind
    bid: str | None


class VoteCast(Event, frozen=True):
    """A member has voted on a motion."""

    alias: str
    motion: int
    signed: Signed


class MotionDecided(Event, frozen=True):
    """All have voted; carried by a majority of all members."""

    number: int
    yes: int
    no: int
    carried: bool


class ReviewCounted(Event, frozen=True):
    """What the majority found. `reviews` are the statements that were counted."""

    reviews: list[str]
    rejected: list[Rejection]
    valid: list[str]


class DetailedOpened(Event, frozen=True):
    """Each member scores the valid bids, alone."""

    ends_at: str


class SheetDrafted(Event, frozen=True):
    """(side line) What is on a member's sheet so far."""

    alias: str
    scores: list[Score]


class SheetSubmitted(Event, frozen=True):
    """A member has handed in its score sheet."""

    alias: str
    signed: Signed


class OutliersFound(Event, frozen=True):
    """All sheets are in and frozen, and so is who made which blind volume. Each author is asked about its own outliers
    until `ends_at`. `sheets` are the statements that were compared.
    """

    sheets: list[str]
    outliers: list[OutlierFound]
    ends_at: str


class OutlierAnswered(Event, frozen=True):
    """A member has confirmed or corrected a score."""

    number: int
    alias: str
    signed: Signed


class StepOverdue(Event, frozen=True):
    """The time of a step is over, and these members have not done it: agency and supervisor must act."""

    missing: list[str]
