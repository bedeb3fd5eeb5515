"""An evaluation as the rules see it: folded from its events, never from anywhere else."""

from datetime import datetime, timedelta

import msgspec

from remote_bid.evaluation.price.scores import PriceScores
from remote_bid.evaluation.results import EvaluationReport, Summary
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.statements import EvaluationOrder, Pools
from remote_bid.evaluation.terms import (
    EvaluationPhase,
    EvaluationRole,
    MotionKind,
    Official,
    OpenedBid,
    OutlierFound,
    QuestionKind,
    Rejection,
    Result,
    VoidCause,
)
from remote_bid.people.certificates import Signed
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.statements import Statement
from remote_bid.tender.sealed_draw import DrawSeed
from remote_bid.tender.terms import Pause, SuspensionCause


class Election(msgspec.Struct, frozen=True, kw_only=True):
    """The round of an election that is open now."""

    round: int
    key: str
    among: tuple[str, ...]
    ends_at: datetime
    cast: dict[str, str] = {}
    """By alias: the ballot, sealed."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question to a bidder."""

    number: int
    bid: str
    about: QuestionKind
    text: str
    statement: str
    answer_by: datetime
    answer: str | None = None
    answer_id: str = ""
    lapsed: bool = False

    @property
    def open(self) -> bool:
        """Whether an answer is still waited for."""
        return self.answer is None and not self.lapsed


class CalledIn(msgspec.Struct, frozen=True, kw_only=True):
    """A clarification_call: `room` is the name of its session."""

    number: int
    bid: str
    text: str
    ends_at: datetime
    room: str


class Motion(msgspec.Struct, frozen=True, kw_only=True):
    """A vote of the committee."""

    number: int
    about: MotionKind
    bid: str | None
    votes: dict[str, bool] = {}
    """By alias."""
    valid: tuple[str, ...] = ()
    """The bids that were valid when it was put."""
    carried: bool | None = None


class Outlier(msgspec.Struct, frozen=True, kw_only=True):
    """A score that lies far from the mean, and what its author said to it; `lapsed`: nothing in time."""

    found: OutlierFound
    answer: str = ""
    lapsed: bool = False

    @property
    def open(self) -> bool:
        """Whether its author has still to answer."""
        return not self.answer and not self.lapsed


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A gate that tells by itself who has come: its site, its key, the number of the last event heard of it."""

    site: str
    key: str
    heard: int = 0


class Halted(msgspec.Struct, frozen=True, kw_only=True):
    """The suspension that holds now."""

    number: int
    cause: SuspensionCause
    since: datetime
    statement: str = ""
    ends_at: datetime | None = None
    """When it ends by itself: only the agency's does, until the supervisor has countersigned it."""


class PhaseCosigned(msgspec.Struct, frozen=True, kw_only=True):
    """The last cosigned checkpoint of a phase change."""

    covers: int
    note: str
    phase: EvaluationPhase


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole state of one session."""

    session: str
    phase: EvaluationPhase = EvaluationPhase.SCHEDULED
    phase_since: datetime | None = None
    ends_at: datetime | None = None
    overdue: bool = False
    """The step's time is over, and that is recorded."""
    order: EvaluationOrder | None = None
    order_id: str = ""
    custodian_keys: dict[str, str] = {}
    """Key id of each custodian, in the order in which seeds are dealt to them."""
    pools: Pools | None = None
    pools_id: str = ""
    seeds: dict[str, Statement] = {}
    """Sealed seeds by person."""
    draw_keys: dict[str, str] = {}
    """Published custodian seeds (base64url) by key id."""
    envelopes: list[DrawSeed] = []
    seed: str = ""
    """From which every pool's order follows."""
    members: dict[str, Member] = {}
    """By alias, in the order of their calls."""
    leader: str = ""
    leader_since: datetime | None = None
    rounds: int = 0
    tied: tuple[str, ...] = ()
    """Those between whom the last round could not decide."""
    election: Election | None = None
    leader_silent: bool = False
    codes: dict[str, list[str]] = {}
    coded: dict[tuple[str, str], str] = {}
    """The codes of blind volumes, by bid and volume."""
    counted: tuple[str, ...] = ()
    """The reviews that were counted last."""
    rejected: dict[str, Rejection] = {}
    valid: tuple[str, ...] = ()
    wanted: dict[tuple[str, str], str] = {}
    """What a score sheet holds, by target and item, with the bid that each is about."""
    questions: dict[int, Asked] = {}
    calls: dict[int, CalledIn] = {}
    motions: dict[int, Motion] = {}
    compared: tuple[str, ...] = ()
    """The sheets that were compared last."""
    outliers: dict[int, Outlier] = {}
    prices: PriceScores | None = None
    summary: Summary | None = None
    summary_hash: str = ""
    confirmed: bool = False
    report: EvaluationReport | None = None
    report_hash: str = ""
    result: Result | None = None
    published: bool = False
    void: VoidCause | None = None
    suspension: Halted | None = None
    resumption: Signed | None = None
    """What one of agency and supervisor has signed to go on; the other is asked."""
    pauses: list[Pause] = []
    acts: frozenset[str] = frozenset()
    """Ids of the statements about pauses that were acted upon."""
    gates: dict[str, Gate] = {}
    """By device."""
    sites_lost: dict[str, datetime] = {}
    short_since: datetime | None = None
    """Since when the committee lacks members; its work cannot end before others are called."""
    last_tick_at: datetime | None = None
    cosigned: frozenset[int] = frozenset()
    uncosigned: dict[int, datetime] = {}
    marks: dict[int, EvaluationPhase] = {}
    """Phase changes that are not cosigned yet, by their entry."""
    checkpoint: PhaseCosigned | None = None
    cosigned_at: datetime | None = None
    crls: dict[str, CrlNoted] = {}
    rotations: tuple[str, ...] = ()
    disclosed: bool = False

    @property
    def ordered(self) -> EvaluationOrder:
        """The order; every act but the first comes after it."""
        if self.order is None:
            raise ValueError("the session has no order")
        return self.order

    @property
    def over(self) -> bool:
        """Whether nothing is evaluated any more."""
        return self.phase in (EvaluationPhase.CLOSED, EvaluationPhase.VOID)

    def active(self) -> list[Member]:
        """The committee as it is: called or accepted, and not gone."""
        return [member for member in self.members.values() if member.left is None]

    def member(self, person: str) -> Member | None:
        """Who acts as a member of the committee under this person's name."""
        return next((member for member in self.active() if member.person == person), None)

    def official(self, person: str) -> Official | None:
        """Who has an office in this session."""
        people = self.order.people if self.order else []
        return next((official for official in people if official.person == person), None)

    def officials(self, role: EvaluationRole) -> list[Official]:
        """All of one role."""
        return [official for official in (self.order.people if self.order else []) if official.role is role]

    def bid(self, name: str) -> OpenedBid | None:
        """The bid of this id."""
        return next((bid for bid in (self.order.bids if self.order else []) if bid.bid == name), None)

    def bids_of(self, person: str) -> list[OpenedBid]:
        """The bids that somebody has made, alone or with others."""
        bids = self.order.bids if self.order else []
        return [bid for bid in bids if person == bid.bidder or person in bid.parties]

    def role_of(self, person: str) -> EvaluationRole:
        """What a person who proved who it is may be here."""
        if (official := self.official(person)) is not None:
            return official.role
        if self.member(person) is not None:
            return EvaluationRole.EXPERT
        return EvaluationRole.BIDDER if self.bids_of(person) else EvaluationRole.OBSERVER

    def blind(self) -> set[str]:
        """The volumes that are read under a code."""
        return {volume.volume for volume in self.ordered.table.volumes if volume.blind}

    def code_of(self, bid: str, volume: str) -> str:
        """Under which code a bid's blind volume is read; the bid itself where the volume is not blind."""
        return self.coded.get((bid, volume), bid)

    def open_questions(self) -> list[Asked]:
        """Questions whose answers are waited for."""
        return [asked for asked in self.questions.values() if asked.open]

    def open_motions(self) -> list[Motion]:
        """Motions on which not all have voted."""
        return [motion for motion in self.motions.values() if motion.carried is None]

    def stood_still(self, at: datetime) -> timedelta:
        """For how long the present phase's clocks have not run by this time."""
        if self.suspension is None:
            return timedelta()
        return at - max(self.suspension.since, self.phase_since or self.suspension.since)
