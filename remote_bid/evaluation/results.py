"""What comes out of an evaluation: price scores, summary, report. Members go by their alias."""

import hashlib

import msgspec

from remote_bid.evaluation.price.scores import PriceScores
from remote_bid.evaluation.ranking.terms import Ranking
from remote_bid.evaluation.terms import (
    Alias,
    Departure,
    OpeningHead,
    QuestionKind,
    Rejection,
    Result,
)
from remote_bid.seal.canonical import b64, jcs
from remote_bid.tender.terms import Words


class Summary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The valid bids by rank, and how that came about. `drawn` are those behind whom only lots have set them."""

    ranking: Ranking
    drawn: list[str]


class MemberLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member in the report, by alias; `left` tells why its work is void."""

    alias: Alias
    specialty: str
    site: str
    leader: bool
    left: Departure | None


class QuestionLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question to a bidder in the report, and its answer if one came in time."""

    number: int
    bid: str
    about: QuestionKind
    text: Words
    answer: str | None


class OutlierLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A score that lay far from the mean, and what came of it; unanswered it `lapsed` and stands."""

    number: int
    alias: Alias
    item: str
    answered: bool


class EvaluationReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The evaluation report (评标报告): made from events alone, so anybody makes the same one from the timeline.

    `candidates` are recommended for the award; `ranked` tells whether in this order.
    """

    session: str
    order: str
    opening: OpeningHead
    code: str
    title: str
    lot: str
    result: Result
    members: list[MemberLine]
    rejected: list[Rejection]
    valid: list[str]
    questions: list[QuestionLine]
    outliers: list[OutlierLine]
    prices: PriceScores | None
    summary: Summary | None
    candidates: list[str]
    ranked: bool


def hash_of(value: msgspec.Struct) -> str:
    """SHA-256 over a summary's or report's JCS form, base64url: what is confirmed and signed."""
    return b64(hashlib.sha256(jcs(value)).digest())
