"""What can have happened in an opening session. Those marked (side line) stay secret until they are disclosed."""

from remote_bid.opening.events.bidding import (
    BidderCheckedIn,
    BidSubmitted,
    BidWithdrawn,
    ConsortiumDeclared,
    DealtAgain,
    DrillDealt,
    DrillPassed,
    KeyLodged,
    LodgingFailed,
    SubmissionRefused,
)
from remote_bid.opening.events.course import (
    AbortOrdered,
    CustodianKeysDestroyed,
    LotAborted,
    OpeningAborted,
    OpeningResumed,
    OpeningSuspended,
    RequestRefused,
    RoleHandedOver,
    SignatureAwaited,
    StampTaken,
    SuspensionCountersigned,
    WindowExtended,
)
from remote_bid.opening.events.hearing import (
    BidReadOut,
    CoefficientDrawn,
    ConfirmationOpened,
    DepositNoted,
    DrawOpened,
    LineConfirmed,
    LineDisputed,
    LotteryCalled,
    ObjectionAnswered,
    ObjectionRaised,
    ObjectionsOpened,
    OpeningClosed,
    ReadoutOpened,
    RecordPrepared,
    RecordRefused,
    RecordSigned,
    Said,
)
from remote_bid.opening.events.preparing import (
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianStruck,
    DrawSealed,
    OpeningScheduled,
    PolicyPublished,
    StrikeProposed,
    TimetableProposed,
    TimetableSigned,
)
from remote_bid.opening.events.unsealing import (
    BidsClosed,
    BidSettled,
    CountCheckOpened,
    CustodyClosed,
    CustodyOpened,
    EscrowSharePublished,
    KeyEntrusted,
    KeyPublished,
    KeyReleased,
    LobbyOpened,
    LodgingSeedPublished,
    LotContinued,
    MemberCheckedIn,
    OpeningHeld,
    PartReleased,
    ReleaseHindered,
    ReleaseOpened,
    ReleaseRefused,
    RemedyRequested,
    RosterPublished,
    WindowClosed,
    WrongKeyTried,
)
from remote_bid.people.noting import CrlNotedDown
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked

OpeningEvent = (
    OpeningScheduled
    | CustodianKeyOffered
    | PolicyPublished
    | TimetableProposed
    | TimetableSigned
    | BidSubmitted
    | StrikeProposed
    | CustodianStruck
    | DealtAgain
    | ConsortiumDeclared
    | BidWithdrawn
    | DrillPassed
    | DrillDealt
    | CustodianDrilled
    | BidderCheckedIn
    | MemberCheckedIn
    | LobbyOpened
    | Ticked
    | BidsClosed
    | OpeningHeld
    | CheckpointCosigned
    | RosterPublished
    | LotAborted
    | OpeningAborted
    | ReleaseOpened
    | KeyReleased
    | PartReleased
    | ReleaseHindered
    | WrongKeyTried
    | KeyLodged
    | LodgingFailed
    | LodgingSeedPublished
    | SubmissionRefused
    | ReleaseRefused
    | RemedyRequested
    | EscrowSharePublished
    | CustodyClosed
    | WindowClosed
    | CustodyOpened
    | KeyPublished
    | KeyEntrusted
    | BidSettled
    | Disclosed
    | ReadoutOpened
    | DepositNoted
    | BidReadOut
    | RecordPrepared
    | RecordSigned
    | OpeningClosed
    | DrawSealed
    | DrawOpened
    | CoefficientDrawn
    | LotteryCalled
    | ConfirmationOpened
    | LineConfirmed
    | LineDisputed
    | ObjectionsOpened
    | Said
    | ObjectionRaised
    | ObjectionAnswered
    | RecordRefused
    | CrlNotedDown
    | SignatureAwaited
    | RequestRefused
    | WindowExtended
    | OpeningSuspended
    | SuspensionCountersigned
    | OpeningResumed
    | AbortOrdered
    | RoleHandedOver
    | CountCheckOpened
    | LotContinued
    | CustodianKeysDestroyed
    | StampTaken
    | LogKeyRotated
)

__all__ = [
    "AbortOrdered",
    "BidReadOut",
    "BidSettled",
    "BidSubmitted",
    "BidWithdrawn",
    "BidderCheckedIn",
    "BidsClosed",
    "CoefficientDrawn",
    "ConfirmationOpened",
    "ConsortiumDeclared",
    "CountCheckOpened",
    "CustodianDrilled",
    "CustodianKeyOffered",
    "CustodianKeysDestroyed",
    "CustodianStruck",
    "CustodyClosed",
    "CustodyOpened",
    "DealtAgain",
    "DepositNoted",
    "DrawOpened",
    "DrawSealed",
    "DrillDealt",
    "DrillPassed",
    "EscrowSharePublished",
    "KeyEntrusted",
    "KeyLodged",
    "KeyPublished",
    "KeyReleased",
    "LineConfirmed",
    "LineDisputed",
    "LobbyOpened",
    "LodgingFailed",
    "LodgingSeedPublished",
    "LotAborted",
    "LotContinued",
    "LotteryCalled",
    "MemberCheckedIn",
    "ObjectionAnswered",
    "ObjectionRaised",
    "ObjectionsOpened",
    "OpeningAborted",
    "OpeningClosed",
    "OpeningEvent",
    "OpeningHeld",
    "OpeningResumed",
    "OpeningScheduled",
    "OpeningSuspended",
    "PartReleased",
    "PolicyPublished",
    "ReadoutOpened",
    "RecordPrepared",
    "RecordRefused",
    "RecordSigned",
    "ReleaseHindered",
    "ReleaseOpened",
    "ReleaseRefused",
    "RemedyRequested",
    "RequestRefused",
    "RoleHandedOver",
    "RosterPublished",
    "Said",
    "SignatureAwaited",
    "StampTaken",
    "StrikeProposed",
    "SubmissionRefused",
    "SuspensionCountersigned",
    "TimetableProposed",
    "TimetableSigned",
    "WindowClosed",
    "WindowExtended",
    "WrongKeyTried",
]
