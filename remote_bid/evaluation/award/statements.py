"""What is signed in an award."""

from typing import Annotated, ClassVar

import msgspec

from remote_bid.evaluation.award.terms import AwardCandidate, AwardPerson, EvaluatedIn
from remote_bid.seal.statements import Payload
from remote_bid.tender.terms import Heading, Words


class AwardOrder(Payload, frozen=True):
    """The tenderer's: between whom its award_committee decides, in at most so many rounds of votes."""

    kind: ClassVar[str] = "award_order"
    session: str
    evaluation: EvaluatedIn
    title: Heading
    candidates: Annotated[list[AwardCandidate], msgspec.Meta(min_length=1, max_length=20)]
    tenderer: AwardPerson
    supervisor: AwardPerson
    members: Annotated[list[AwardPerson], msgspec.Meta(min_length=5, max_length=99)]
    rounds: Annotated[int, msgspec.Meta(ge=1, le=10)]
    within_ms: Annotated[int, msgspec.Meta(ge=1)]


class AwardVote(Payload, frozen=True):
    """A member's vote in a round, and its reason."""

    kind: ClassVar[str] = "award_vote"
    session: str
    person: str
    round: int
    bid: str
    reason: Words
