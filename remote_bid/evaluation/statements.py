"""What is signed in an evaluation."""

from typing import Annotated, ClassVar

import msgspec

from remote_bid.evaluation.price.terms import Formula
from remote_bid.evaluation.ranking import OutlierLimit, RankingRule
from remote_bid.evaluation.terms import (
    Alias,
    Candidate,
    Departure,
    DrawnValue,
    GateCheck,
    GateOutcome,
    Name,
    Need,
    Official,
    OpenedBid,
    OpeningHead,
    PoolRoot,
    QuestionKind,
    Representative,
    Score,
    ScoreTable,
    Site,
    Timers,
    Verdict,
)
from remote_bid.seal.statements import Payload
from remote_bid.tender.terms import Amount, Heading, Line, Words


class EvaluationOrder(Payload, frozen=True):
    """The agency's: what is evaluated by which rules and by whom; the tender document's own, and never changed.

    `avoid` are employers whose experts are not drawn. `members` is the committee's legal size; those whom the tenderer
    does not send are drawn, as `needs` says. `k` custodians open the sealed seeds of the draw.
    """

    kind: ClassVar[str] = "evaluation_order"
    session: str
    opening: OpeningHead
    code: Heading
    title: Heading
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    ceiling_price: Amount
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
    table: ScoreTable
    formula: Formula
    ranking: RankingRule | None
    """None where no points are given: the lowest evaluated price ranks first."""
    outlier_limit: OutlierLimit | None
    drawn: Annotated[list[DrawnValue], msgspec.Meta(max_length=20)]
    members: Annotated[int, msgspec.Meta(ge=5, le=99)]
    needs: Annotated[list[Need], msgspec.Meta(min_length=1, max_length=20)]
    representatives: Annotated[list[Representative], msgspec.Meta(max_length=33)]
    avoid: Annotated[list[Line], msgspec.Meta(max_length=1000)]
    people: Annotated[list[Official], msgspec.Meta(min_length=1, max_length=200)]
    sites: Annotated[list[Site], msgspec.Meta(min_length=1, max_length=50)]
    k: Annotated[int, msgspec.Meta(ge=2, le=50)]
    begins: str
    timers: Timers
    bids: Annotated[list[OpenedBid], msgspec.Meta(min_length=1, max_length=1000)]
    candidates: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    """How many are recommended for the award."""
    separation: bool = False
    """Evaluation and award are separate (评定分离): the candidates are recommended without a rank."""


class Pools(Payload, frozen=True):
    """The centre's: the pools from which this committee is drawn, before any seed is sealed."""

    kind: ClassVar[str] = "expert_pools"
    session: str
    order: str
    pools: Annotated[list[PoolRoot], msgspec.Meta(min_length=1, max_length=20)]


class DrawKey(Payload, frozen=True):
    """A custodian publishes its key for the expert draw: the 32-byte seed. `pools` is the statement that it opens."""

    kind: ClassVar[str] = "draw_key"
    session: str
    pools: str
    kid: str
    seed: str


class Called(Payload, frozen=True):
    """The centre's: who stands at the drawn place of a pool, with the salt (32 bytes) of its leaf."""

    kind: ClassVar[str] = "called"
    session: str
    specialty: Line
    place: int
    index: int
    salt: str
    candidate: Candidate


class CallAnswer(Payload, frozen=True):
    """An expert's: I come, or I do not."""

    kind: ClassVar[str] = "call_answer"
    session: str
    alias: Alias
    accepts: bool
    reason: str = ""


class CallNote(Payload, frozen=True):
    """The centre's: what the calling gateway's evidence (SHA-256 of it) says of a call that the expert did not sign."""

    kind: ClassVar[str] = "call_note"
    session: str
    alias: Alias
    cause: Departure
    evidence: str


class GatePass(Payload, frozen=True):
    """A site operator's, or a gate's: who was called has come to this site, was compared, and carries no phone."""

    kind: ClassVar[str] = "gate_pass"
    session: str
    alias: Alias
    site: Name
    checks: list[GateCheck]
    phone_clean: bool


class GateDevice(Payload, frozen=True):
    """The centre's: this device guards this site and signs with this key (SubjectPublicKeyInfo, P-256 or Ed25519)."""

    kind: ClassVar[str] = "gate_device"
    session: str
    device: Name
    site: Name
    key: Annotated[str, msgspec.Meta(max_length=200)]


class GateTold(Payload, frozen=True):
    """A gate's own, signed by its key: its event of this number, who came (by token), when, and what it did."""

    kind: ClassVar[str] = "gate_told"
    session: str
    device: Name
    number: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    token: str
    at: str
    outcome: GateOutcome


class Undertaking(Payload, frozen=True):
    """A member has seen who bids, knows of no reason to stand back, and will keep what it learns."""

    kind: ClassVar[str] = "undertaking"
    session: str
    alias: Alias
    order: str


class Recusal(Payload, frozen=True):
    """A member stands back. Why is nobody's but the auditors': it goes beside this, with a nonce of the signer's;
    `reason` is H("sbe/1 recusal", nonce, reason).
    """

    kind: ClassVar[str] = "recusal"
    session: str
    alias: Alias
    reason: str


class Removal(Payload, frozen=True):
    """The supervisor's: a member leaves the committee; its work is void and kept."""

    kind: ClassVar[str] = "removal"
    session: str
    alias: Alias
    cause: Departure
    reason: Words


class Ballot(Payload, frozen=True):
    """A member has voted in this round: `sealed` is the SHA-256 of the ballot that goes beside this, sealed to the
    round's key. That key is destroyed when the ballots are counted, and the sealed bytes are shown to nobody.
    """

    kind: ClassVar[str] = "ballot"
    session: str
    alias: Alias
    round: int
    sealed: str


class ReviewSheet(Payload, frozen=True):
    """A member's preliminary review of every bid. `prev` is the sheet that this one replaces."""

    kind: ClassVar[str] = "review_sheet"
    session: str
    alias: Alias
    prev: str | None
    verdicts: Annotated[list[Verdict], msgspec.Meta(max_length=20_000)]


class Vote(Payload, frozen=True):
    """A member's vote on a motion; a no states its reason."""

    kind: ClassVar[str] = "vote"
    session: str
    alias: Alias
    motion: int
    yes: bool
    reason: str = ""


class Question(Payload, frozen=True):
    """The committee's, by its leader: a written question to one bidder."""

    kind: ClassVar[str] = "question"
    session: str
    number: int
    bid: str
    about: QuestionKind
    text: Words


class CallRequest(Payload, frozen=True):
    """The committee's, by its leader: one bidder is asked by video, about `text`."""

    kind: ClassVar[str] = "call_request"
    session: str
    number: int
    bid: str
    text: Words


class BidderAnswer(Payload, frozen=True):
    """The bidder's answer: it may change neither price nor substance of its bid."""

    kind: ClassVar[str] = "bidder_answer"
    session: str
    number: int
    bid: str
    text: Words


class ScoreSheet(Payload, frozen=True):
    """A member's scores for every valid bid and item. `prev` is the sheet that this one replaces; both are kept."""

    kind: ClassVar[str] = "score_sheet"
    session: str
    alias: Alias
    prev: str | None
    scores: Annotated[list[Score], msgspec.Meta(max_length=50_000)]


class OutlierAnswer(Payload, frozen=True):
    """A member confirms a score that lies far from the mean, with its reason, or corrects it to `points`."""

    kind: ClassVar[str] = "outlier_answer"
    session: str
    alias: Alias
    number: int
    points: str | None
    reason: Words


class SummarySeen(Payload, frozen=True):
    """The leader has seen the summary with this SHA-256 (over its JCS form)."""

    kind: ClassVar[str] = "summary_seen"
    session: str
    alias: Alias
    summary: str


class ReportSigned(Payload, frozen=True):
    """I have read the evaluation report with this SHA-256 (over its JCS form) and agree."""

    kind: ClassVar[str] = "report_signed"
    session: str
    alias: Alias
    report: str


class Dissent(Payload, frozen=True):
    """I have read it and do not agree, for this reason; without one, refusing counts as agreement."""

    kind: ClassVar[str] = "dissent"
    session: str
    alias: Alias
    report: str
    reason: str


class Publication(Payload, frozen=True):
    """The agency's: the report with this SHA-256 is public from now on, and with it who was on the committee."""

    kind: ClassVar[str] = "publication"
    session: str
    report: str


class Postponement(Payload, frozen=True):
    """Who decides on a session that stood still too long: it goes on, or it is void."""

    kind: ClassVar[str] = "postponement"
    session: str
    number: int
    goes_on: bool
