"""What can have happened in an evaluation. Those marked (side line) stay secret; members go by their alias."""

from remote_bid.evaluation.events.committee import (
    BallotCast,
    BallotsCounted,
    CheckInOpened,
    DrawKeyPublished,
    DrawOrderFound,
    ElectionFailed,
    ElectionOpened,
    EvaluationOrdered,
    ExpertCalled,
    ExpertDrawOpened,
    GateEnrolled,
    GateHeard,
    GatePassed,
    GateRefused,
    LeaderDeposed,
    LeaderPhaseOpened,
    MemberAccepted,
    MemberLeft,
    PoolsCommitted,
    SeatMoved,
    SeatTaken,
    SeedSealed,
    UndertakingOpened,
    UndertakingSigned,
)
from remote_bid.evaluation.events.ending import (
    EvaluationClosed,
    EvaluationPauseCountersigned,
    EvaluationResumed,
    EvaluationSuspended,
    EvaluationVoided,
    OutliersClosed,
    PricesScored,
    ReportAnswered,
    ReportOpened,
    ReportPublished,
    ResumptionAwaited,
    SiteLost,
    SiteRestored,
    SummaryConfirmed,
    SummaryOpened,
)
from remote_bid.evaluation.events.review import (
    CallRequested,
    DetailedOpened,
    MaterialsOpened,
    MotionDecided,
    MotionPut,
    OutlierAnswered,
    OutliersFound,
    QuestionAnswered,
    QuestionAsked,
    QuestionLapsed,
    ReviewCounted,
    ReviewOpened,
    ReviewSubmitted,
    SheetDrafted,
    SheetSubmitted,
    StepOverdue,
    VoteCast,
)
from remote_bid.people.noting import CrlNotedDown
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked

EvaluationEvent = (
    EvaluationOrdered
    | PoolsCommitted
    | SeedSealed
    | ExpertDrawOpened
    | DrawKeyPublished
    | DrawOrderFound
    | ExpertCalled
    | MemberAccepted
    | MemberLeft
    | CheckInOpened
    | GateEnrolled
    | GateHeard
    | GatePassed
    | GateRefused
    | SeatTaken
    | SeatMoved
    | UndertakingOpened
    | UndertakingSigned
    | LeaderPhaseOpened
    | ElectionOpened
    | BallotCast
    | BallotsCounted
    | ElectionFailed
    | LeaderDeposed
    | MaterialsOpened
    | ReviewOpened
    | ReviewSubmitted
    | QuestionAsked
    | CallRequested
    | QuestionAnswered
    | QuestionLapsed
    | MotionPut
    | VoteCast
    | MotionDecided
    | ReviewCounted
    | DetailedOpened
    | SheetDrafted
    | SheetSubmitted
    | OutliersFound
    | OutlierAnswered
    | StepOverdue
    | OutliersClosed
    | PricesScored
    | SummaryOpened
    | SummaryConfirmed
    | ReportOpened
    | EvaluationClosed
    | ReportAnswered
    | ReportPublished
    | EvaluationSuspended
    | EvaluationPauseCountersigned
    | ResumptionAwaited
    | EvaluationResumed
    | SiteLost
    | SiteRestored
    | EvaluationVoided
    | Ticked
    | Disclosed
    | CheckpointCosigned
    | LogKeyRotated
    | CrlNotedDown
)

__all__ = [
    "BallotCast",
    "BallotsCounted",
    "CallRequested",
    "CheckInOpened",
    "DetailedOpened",
    "DrawKeyPublished",
    "DrawOrderFound",
    "ElectionFailed",
    "ElectionOpened",
    "EvaluationClosed",
    "EvaluationEvent",
    "EvaluationOrdered",
    "EvaluationPauseCountersigned",
    "EvaluationResumed",
    "EvaluationSuspended",
    "EvaluationVoided",
    "ExpertCalled",
    "ExpertDrawOpened",
    "GateEnrolled",
    "GateHeard",
    "GatePassed",
    "GateRefused",
    "LeaderDeposed",
    "LeaderPhaseOpened",
    "MaterialsOpened",
    "MemberAccepted",
    "MemberLeft",
    "MotionDecided",
    "MotionPut",
    "OutlierAnswered",
    "OutliersClosed",
    "OutliersFound",
    "PoolsCommitted",
    "PricesScored",
    "QuestionAnswered",
    "QuestionAsked",
    "QuestionLapsed",
    "ReportAnswered",
    "ReportOpened",
    "ReportPublished",
    "ResumptionAwaited",
    "ReviewCounted",
    "ReviewOpened",
    "ReviewSubmitted",
    "SeatMoved",
    "SeatTaken",
    "SeedSealed",
    "SheetDrafted",
    "SheetSubmitted",
    "SiteLost",
    "SiteRestored",
    "StepOverdue",
    "SummaryConfirmed",
    "SummaryOpened",
    "UndertakingOpened",
    "UndertakingSigned",
    "VoteCast",
]
