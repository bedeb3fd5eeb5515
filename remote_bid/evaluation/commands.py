"""What may be asked of an evaluation."""

from typing import Annotated

import msgspec

from remote_bid.evaluation.terms import Name, PoolLeaf, Score
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import NoteCrl
from remote_bid.seal.statements import Statement
from remote_bid.tender.terms import Words
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation, Tick


class ScheduleEvaluation(Command, frozen=True):
    """The agency opens a session with its order; each custodian's fresh key for the expert draw goes beside it."""

    signed: Signed
    custodians: Annotated[list[Signed], msgspec.Meta(max_length=50)]


class CommitPools(Command, frozen=True):
    """The centre commits to the pools from which the experts are drawn."""

    signed: Signed


class SealSeed(Command, frozen=True):
    """Supervisor, agency or centre hands in its seed for the expert draw, sealed to the custodians."""

    signed: Signed


class PublishDrawKey(Command, frozen=True):
    """A custodian publishes its key: every seed is opened by the same k keys, at once."""

    signed: Signed


class CallExpert(Command, frozen=True):
    """The centre opens the next drawn leaf and calls whoever stands there."""

    leaf: PoolLeaf
    signed: Signed


class AnswerCall(Command, frozen=True):
    """An expert accepts or declines."""

    signed: Signed


class NoteCall(Command, frozen=True):
    """The centre notes, with its gateway's evidence, that somebody who was called does not come."""

    signed: Signed


class PassGate(Command, frozen=True):
    """A site operator or a gate tells who has come."""

    signed: Signed


class EnrolGate(Command, frozen=True):
    """The centre enrols a gate with its key."""

    signed: Signed


class HearGate(Command, frozen=True):
    """A gate tells who has come: signed by its own key, which no authority certifies."""

    statement: Statement


class TakeSeat(Command, frozen=True):
    """A member checks in; its seat is drawn among the free ones of its site."""

    signed: Signed


class MoveSeat(Command, frozen=True):
    """A site operator gives a member another seat, when a machine has failed."""

    alias: str


class SignUndertaking(Command, frozen=True):
    """A member signs that it has no reason to stand back."""

    signed: Signed


class DeclareRecusal(Command, frozen=True):
    """A member stands back, for a reason that it has signed for by its hash; `nonce` is 16 random bytes or more."""

    signed: Signed
    reason: Words
    nonce: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22,64}\Z")]


class RemoveMember(Command, frozen=True):
    """The supervisor takes a member off the committee."""

    signed: Signed


class OpenElection(Command, frozen=True):
    """The clock's: the committee elects its leader."""


class CastBallot(Command, frozen=True):
    """A member votes; `sealed` is its ballot."""

    signed: Signed
    sealed: Annotated[str, msgspec.Meta(max_length=4096)]


class CountBallots(Command, frozen=True):
    """The clock's: all have voted, or the time is over."""


class OpenReview(Command, frozen=True):
    """The leader opens the preliminary review."""


class SubmitReview(Command, frozen=True):
    """A member hands in its preliminary review."""

    signed: Signed


class AskQuestion(Command, frozen=True):
    """The leader puts the committee's written question to a bidder."""

    signed: Signed


class RequestCall(Command, frozen=True):
    """The leader calls a bidder to a clarification_call, on the committee's behalf."""

    signed: Signed


class AnswerQuestion(Command, frozen=True):
    """The bidder answers."""

    signed: Signed


class LapseQuestion(Command, frozen=True):
    """The clock's: a bidder has not answered in time."""

    number: int


class CastVote(Command, frozen=True):
    """A member votes on a motion."""

    signed: Signed


class SaveDraft(Command, frozen=True):
    """A member's page keeps what is on its sheet so far."""

    scores: Annotated[list[Score], msgspec.Meta(max_length=50_000)]


class SubmitSheet(Command, frozen=True):
    """A member hands in its score sheet."""

    signed: Signed


class AnswerOutlier(Command, frozen=True):
    """A member confirms or corrects a score that lies far from the mean."""

    signed: Signed


class ConfirmSummary(Command, frozen=True):
    """The leader confirms the summary."""

    signed: Signed


class SignReport(Command, frozen=True):
    """A member signs the evaluation report."""

    signed: Signed


class DissentFromReport(Command, frozen=True):
    """A member does not sign it; with a reason that is a dissent."""

    signed: Signed


class PublishReport(Command, frozen=True):
    """The agency makes the report public."""

    signed: Signed


class Proceed(Command, frozen=True):
    """The clock's: what a step waits for is there, or its time is over."""


class SuspendEvaluation(Command, frozen=True):
    """Agency or supervisor stops the clocks; the supervisor may countersign what the agency has signed."""

    signed: Signed


class ResumeEvaluation(Command, frozen=True):
    """Agency or supervisor asks to let the clocks run again; signed by both, they do."""

    signed: Signed


class DecidePostponement(Command, frozen=True):
    """After a long fault the tenderer decides whether it goes on; the supervisor may, too, end a suspended session."""

    signed: Signed


class ReportSite(Command, frozen=True):
    """A site operator tells that its site has lost, or has again, its network."""

    site: Name
    up: bool


class EndEvaluationPause(Command, frozen=True):
    """The clock's: the agency's suspension is over."""


class NoticeEvaluationOutage(Command, frozen=True):
    """The clock's: what was due was not done for too long."""


class VoidEvaluation(Command, frozen=True):
    """The clock's: a session that stood still, or lacked members, for too long comes to nothing."""


EvaluationCommand = (
    ScheduleEvaluation
    | CommitPools
    | SealSeed
    | PublishDrawKey
    | CallExpert
    | AnswerCall
    | NoteCall
    | PassGate
    | EnrolGate
    | HearGate
    | TakeSeat
    | MoveSeat
    | SignUndertaking
    | DeclareRecusal
    | RemoveMember
    | OpenElection
    | CastBallot
    | CountBallots
    | OpenReview
    | SubmitReview
    | AskQuestion
    | RequestCall
    | AnswerQuestion
    | LapseQuestion
    | CastVote
    | SaveDraft
    | SubmitSheet
    | AnswerOutlier
    | ConfirmSummary
    | SignReport
    | DissentFromReport
    | PublishReport
    | Proceed
    | SuspendEvaluation
    | ResumeEvaluation
    | DecidePostponement
    | ReportSite
    | EndEvaluationPause
    | NoticeEvaluationOutage
    | VoidEvaluation
    | Tick
    | RecordCheckpoint
    | RecordRotation
    | NoteCrl
)
