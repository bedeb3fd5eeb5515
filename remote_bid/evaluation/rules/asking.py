"""Questions to bidders, and motions of the committee."""

from remote_bid.evaluation.commands import AnswerQuestion, AskQuestion, CastVote, LapseQuestion, RequestCall
from remote_bid.evaluation.events import (
    CallRequested,
    MotionDecided,
    MotionPut,
    QuestionAnswered,
    QuestionAsked,
    QuestionLapsed,
    VoteCast,
)
from remote_bid.evaluation.rules.guards import (
    ends,
    known,
    repeated,
    require_leader,
    require_phase,
    require_role,
    require_session,
    signed_by_member,
    working_member,
)
from remote_bid.evaluation.rules.progress import vacancies, voters
from remote_bid.evaluation.rules.state import Asked, Evaluation, Motion
from remote_bid.evaluation.statements import BidderAnswer, CallRequest, Question, Vote
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole, MotionKind, QuestionKind
from remote_bid.people.required import refuse, require_clock, require_due, signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import Event, Turn

ASKING = (EvaluationPhase.PRELIMINARY, EvaluationPhase.DETAILED, EvaluationPhase.OUTLIERS)


def ask(evaluation: Evaluation, command: AskQuestion, turn: Turn) -> list[Event]:
    member = require_leader(evaluation, turn)
    told, _ = signed_by_sender(turn, command.signed, Question)
    require_session(turn, told.session)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, *ASKING)
    if told.number != len(evaluation.questions) + 1:
        refuse("not_the_next", "问题的序号有误。", "It must be the next question.")
    _require_valid(evaluation, told.bid)
    if told.about is QuestionKind.LOW_BID:
        _require_low_bid(evaluation, told)
    return [
        QuestionAsked(
            number=told.number,
            bid=told.bid,
            about=told.about,
            text=told.text,
            answer_by=ends(turn, evaluation.ordered.timers.clarification_ms),
            signed=command.signed,
        )
    ]


def _require_valid(evaluation: Evaluation, bid: str) -> None:
    if evaluation.bid(bid) is None or bid in evaluation.rejected:
        refuse("no_such_bid", "没有这份有效投标。", "There is no such bid, or it is rejected.")


def request_call(evaluation: Evaluation, command: RequestCall, turn: Turn) -> list[Event]:
    """By video instead of in writing, in the same phases and for the same time."""
    member = require_leader(evaluation, turn)
    told, _ = signed_by_sender(turn, command.signed, CallRequest)
    require_session(turn, told.session)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, *ASKING)
    if not known(turn).calls:
        refuse("no_media", "本系统未配置音视频服务。", "This deployment carries no video calls.")
    if told.number != len(evaluation.calls) + 1:
        refuse("not_the_next", "视频询标的序号有误。", "It must be the next call.")
    _require_valid(evaluation, told.bid)
    ends_at = ends(turn, evaluation.ordered.timers.clarification_ms)
    return [CallRequested(number=told.number, bid=told.bid, text=told.text, ends_at=ends_at, signed=command.signed)]


def _require_low_bid(evaluation: Evaluation, told: Question) -> None:
    """Once for each bid, and before the scores are given."""
    require_phase(evaluation, EvaluationPhase.PRELIMINARY)
    asked = [other.bid for other in evaluation.questions.values() if other.about is QuestionKind.LOW_BID]
    if told.bid in asked:
        refuse("asked_already", "已就该报价提出过质询。", "This bid's price was asked about already.")


def answer(evaluation: Evaluation, command: AnswerQuestion, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, EvaluationRole.BIDDER)
    told, _ = signed_by_sender(turn, command.signed, BidderAnswer)
    require_session(turn, told.session)
    asked = evaluation.questions.get(told.number)
    own = [bid.bid for bid in evaluation.bids_of(turn.by.person)]
    if asked is None or asked.bid not in own or told.bid != asked.bid:
        refuse("no_such_question", "没有向您提出的这个问题。", "No such question was put to you.")
    if asked.answer_id == statement_id(command.signed.statement):
        return []
    if not asked.open or evaluation.over or turn.at >= asked.answer_by:
        refuse("too_late", "答复时间已过，或已经答复。", "It was answered already, or the time for it is over.")
    event = QuestionAnswered(number=asked.number, bid=asked.bid, text=told.text, signed=command.signed)
    return [event, *_motion_after(evaluation, asked)]


def lapse(evaluation: Evaluation, command: LapseQuestion, turn: Turn) -> list[Event]:
    require_clock(turn)
    asked = evaluation.questions.get(command.number)
    if asked is None or not asked.open or evaluation.over:
        return []
    require_due(turn, asked.answer_by)
    return [QuestionLapsed(number=asked.number, bid=asked.bid), *_motion_after(evaluation, asked)]


def _motion_after(evaluation: Evaluation, asked: Asked) -> list[Event]:
    """Answered or not, the committee votes on a low price."""
    if asked.about is not QuestionKind.LOW_BID:
        return []
    return [put(evaluation, MotionKind.LOW_BID, asked.bid)]


def put(evaluation: Evaluation, about: MotionKind, bid: str | None = None) -> Event:
    """The next motion."""
    return MotionPut(number=len(evaluation.motions) + 1, about=about, bid=bid)


def vote(evaluation: Evaluation, command: CastVote, turn: Turn) -> list[Event]:
    """Nobody sees another's vote before all have voted."""
    member = working_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, Vote)
    if repeated(member, command.signed):
        return []
    motion = evaluation.motions.get(told.motion)
    if motion is None or motion.carried is not None:
        refuse("no_motion", "没有这项待表决事项。", "There is nothing of this number to vote on.")
    if member.alias in motion.votes:
        refuse("voted_already", "您已经表决。", "You have voted already.")
    if not told.yes and not told.reason.strip():
        refuse("no_reason", "反对须说明理由。", "A no states its reason.")
    return [VoteCast(alias=member.alias, motion=motion.number, signed=command.signed)]


def decidable(evaluation: Evaluation) -> Motion | None:
    """A motion on which the whole committee has voted: while a seat is vacant, or who took it has not signed its
    undertaking, nothing is decided. A majority is of all members, and those who are left must not be outvoted by a gap.
    """
    if vacancies(evaluation):
        return None
    aliases = [member.alias for member in evaluation.active()]
    return next((m for m in evaluation.open_motions() if all(alias in m.votes for alias in aliases)), None)


def decide_motion(evaluation: Evaluation, motion: Motion) -> list[Event]:
    """By the majority of all members; what those voted who have left since does not count."""
    votes = [motion.votes[member.alias] for member in voters(evaluation)]
    yes = sum(votes)
    carried = 2 * yes > evaluation.ordered.members
    return [MotionDecided(number=motion.number, yes=yes, no=len(votes) - yes, carried=carried)]
