"""What a page of an evaluation holds. What its reader may not see is absent, never null."""

import msgspec
from msgspec import UNSET, UnsetType

from remote_bid.evaluation.results import EvaluationReport, Summary
from remote_bid.evaluation.terms import (
    Departure,
    EvaluationPhase,
    EvaluationRole,
    MotionKind,
    OutlierFound,
    PoolRoot,
    QuestionKind,
    Rejection,
    ReportAnswer,
    Result,
    Score,
    ScoreTable,
    Verdict,
    VoidCause,
)
from remote_bid.people.certificates import Signed
from remote_bid.tender.terms import Pause, ReadoutForm, SuspensionCause


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a view; what an audience may not see is absent, never null."""


class EvaluationMe(_Part, frozen=True):
    """The viewer: who, as what, and what is asked of it now (a code that the page words)."""

    person: str
    role: EvaluationRole
    ask: str
    alias: str | UnsetType = UNSET
    leads: bool | UnsetType = UNSET
    site: str | UnsetType = UNSET
    seat: str | UnsetType = UNSET
    verdicts: list[Verdict] | UnsetType = UNSET
    draft: list[Score] | UnsetType = UNSET
    scores: list[Score] | UnsetType = UNSET
    review: str | UnsetType = UNSET
    """The id of the own review; the next one names it."""
    sheet: str | UnsetType = UNSET
    outliers: list[OutlierFound] | UnsetType = UNSET
    """The own scores that lie far from the mean and are to be answered."""


class EvaluationCheckCode(_Part, frozen=True):
    """核对码 of the last cosigned phase change, and the note it is made from."""

    code: str
    phase: EvaluationPhase
    covers: int
    note: str


class MemberRow(_Part, frozen=True):
    """A member by alias, and how far it is: which tasks it has done."""

    alias: str
    specialty: str | UnsetType = UNSET
    done: list[str] | UnsetType = UNSET
    present: bool | UnsetType = UNSET
    """Still on the committee."""
    site: str | UnsetType = UNSET
    seat: str | UnsetType = UNSET
    left: Departure | UnsetType = UNSET
    answer: ReportAnswer | UnsetType = UNSET
    person: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    """Who it is: for auditors, and for everybody once the report is public."""


class PlaceRow(_Part, frozen=True):
    """A place on the committee that is vacant, and which number of which pool is called next for it."""

    count: int
    place: int
    index: int | UnsetType = UNSET


class EvaluatedBid(_Part, frozen=True):
    """A bid as the committee sees it; what it may read of it is among the papers."""

    name: str
    form: ReadoutForm
    rejected: Rejection | UnsetType = UNSET


class PaperRow(_Part, frozen=True):
    """A document that may be read now; `target` is its bid, or the code of a blind volume."""

    target: str
    volume: str


class QuestionRow(_Part, frozen=True):
    """A question to a bidder; for the committee, the supervisor, and that bidder."""

    bid: str
    about: QuestionKind
    text: str
    answer_by: str
    answer: str | UnsetType = UNSET
    lapsed: bool | UnsetType = UNSET


class CallRow(_Part, frozen=True):
    """A clarification_call, and the session in which it is held."""

    room: str
    ends_at: str
    bid: str | UnsetType = UNSET
    text: str | UnsetType = UNSET


class MotionRow(_Part, frozen=True):
    """What the committee votes on; who has voted, never how, and in the end only the count."""

    about: MotionKind
    bid: str | UnsetType = UNSET
    voted: list[str] | UnsetType = UNSET
    carried: bool | UnsetType = UNSET


class ElectionView(_Part, frozen=True):
    """The open round: ballots are sealed to `key`."""

    round: int
    key: str
    among: list[str]
    ends_at: str
    voted: list[str]


class DrawView(_Part, frozen=True):
    """The expert draw, for anybody to recompute."""

    pools: list[PoolRoot]
    pools_id: str
    sealed: list[str]
    keys: int
    seed: str | UnsetType = UNSET


class HaltView(_Part, frozen=True):
    """The clocks stand still since then. From `supervisor_from` on the supervisor may let it go on alone; from
    `tenderer_from` on only the tenderer decides; at `void_at` the session is void.
    """

    number: int
    cause: SuspensionCause
    since: str
    supervisor_from: str
    tenderer_from: str
    void_at: str
    ends_at: str | UnsetType = UNSET


class SheetRow(_Part, frozen=True):
    """A member's scores, once all sheets are frozen."""

    alias: str
    scores: list[Score]


class EvaluationView(_Part, frozen=True):
    """An evaluation as one person may see it now. Instants are server time."""

    session: str
    me: EvaluationMe
    phase: EvaluationPhase | UnsetType = UNSET
    phase_since: str | UnsetType = UNSET
    ends_at: str | UnsetType = UNSET
    check_code: EvaluationCheckCode | UnsetType = UNSET
    code: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    lot: str | UnsetType = UNSET
    begins: str | UnsetType = UNSET
    order_id: str | UnsetType = UNSET
    ceiling_price: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    """Of every price on the page."""
    custodians: dict[str, str] | UnsetType = UNSET
    """Key ids of the draw's custodians, in the order in which seeds are dealt."""
    k: int | UnsetType = UNSET
    table: ScoreTable | UnsetType = UNSET
    draw: DrawView | UnsetType = UNSET
    vacant: dict[str, PlaceRow] | UnsetType = UNSET
    members: dict[str, MemberRow] | UnsetType = UNSET
    sites: dict[str, str] | UnsetType = UNSET
    sites_lost: list[str] | UnsetType = UNSET
    election: ElectionView | UnsetType = UNSET
    leader: str | UnsetType = UNSET
    bids: dict[str, EvaluatedBid] | UnsetType = UNSET
    codes: dict[str, list[str]] | UnsetType = UNSET
    papers: list[PaperRow] | UnsetType = UNSET
    valid: list[str] | UnsetType = UNSET
    questions: dict[str, QuestionRow] | UnsetType = UNSET
    calls: dict[str, CallRow] | UnsetType = UNSET
    motions: dict[str, MotionRow] | UnsetType = UNSET
    wanted: list[tuple[str, str]] | UnsetType = UNSET
    """What a sheet holds: target and item."""
    sheets: list[SheetRow] | UnsetType = UNSET
    summary: Summary | UnsetType = UNSET
    summary_hash: str | UnsetType = UNSET
    report: EvaluationReport | UnsetType = UNSET
    report_hash: str | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    published: bool | UnsetType = UNSET
    void: VoidCause | UnsetType = UNSET
    suspended: HaltView | UnsetType = UNSET
    pauses: list[Pause] | UnsetType = UNSET
    awaited: Signed | UnsetType = UNSET
    overdue: list[str] | UnsetType = UNSET
    """Members whom the step waits for though its time is over."""
