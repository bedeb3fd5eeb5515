"""Calling whom the draw has put next; who declines is followed by the next in the same order, before and after."""

from remote_bid.evaluation.commands import AnswerCall, CallExpert, NoteCall
from remote_bid.evaluation.events import ExpertCalled, MemberAccepted, MemberLeft
from remote_bid.evaluation.rules.drawing import order_of, pool_leaf, pool_of
from remote_bid.evaluation.rules.guards import (
    acting_member,
    left_by,
    repeated,
    require_phase,
    require_role,
    require_session,
    signed_by_member,
)
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.progress import vacancies
from remote_bid.evaluation.rules.scheduling import parties
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.rules.voiding import voided
from remote_bid.evaluation.statements import CallAnswer, Called, CallNote
from remote_bid.evaluation.terms import (
    Candidate,
    Departure,
    EvaluationPhase,
    EvaluationRole,
    PoolRoot,
    VoidCause,
)
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.canonical import NotCanonical, b64, unb64_sized
from remote_bid.seal.tree import includes, leaf_hash
from remote_bid.timeline.context import Event, Turn

CALLING = (
    EvaluationPhase.DRAW,
    EvaluationPhase.CHECK_IN,
    EvaluationPhase.UNDERTAKING,
    EvaluationPhase.LEADER,
    EvaluationPhase.MATERIALS,
    EvaluationPhase.PRELIMINARY,
    EvaluationPhase.DETAILED,
    EvaluationPhase.OUTLIERS,
)
"""Phases in which a place on the committee can be filled."""


def next_place(evaluation: Evaluation, specialty: str) -> int:
    """Which place of a pool's drawn order is called next, from 0."""
    return sum(member.specialty == specialty for member in evaluation.members.values())


def next_index(evaluation: Evaluation, specialty: str) -> int | None:
    """The number of the candidate at that place; None if the pool is exhausted, or nothing is drawn."""
    pool = pool_of(evaluation, specialty)
    if pool is None or not evaluation.seed:
        return None
    order = order_of(evaluation.seed, pool)
    place = next_place(evaluation, specialty)
    return order[place] if place < len(order) else None


def call(evaluation: Evaluation, command: CallExpert, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, EvaluationRole.TRADING_CENTER)
    told, _ = signed_by_sender(turn, command.signed, Called)
    require_session(turn, told.session)
    if told.place < next_place(evaluation, told.specialty):
        return []
    require_phase(evaluation, *CALLING)
    pool = pool_of(evaluation, told.specialty)
    if pool is None or not vacancies(evaluation).get(told.specialty):
        refuse("no_vacancy", "该专业没有空缺。", "No place of this specialty is vacant.")
    place = (next_place(evaluation, told.specialty), next_index(evaluation, told.specialty))
    if (told.place, told.index) != place:
        refuse("not_the_next", "不是抽取顺序中的下一位。", "This is not the next of the drawn order.")
    if not _is_leaf(command, told, pool):
        refuse("not_in_pool", "该专家不在封存的名单中。", "Nobody of this name stands at this place of the pool.")
    alias = f"E{len(evaluation.members) + 1:02d}"
    called = ExpertCalled(
        alias=alias,
        place=told.place,
        leaf=command.leaf,
        person=told.candidate.person,
        name=told.candidate.name,
        signed=command.signed,
    )
    if conflicted(evaluation, told.candidate):
        left = MemberLeft(alias=alias, cause=Departure.CONFLICTED, signed=None)
        return [called, left, *_exhausted(evaluation, turn, told.specialty, pool)]
    return [called]


def _is_leaf(command: CallExpert, told: Called, pool: PoolRoot) -> bool:
    """Whether the candidate is the one committed to at this number of the pool."""
    leaf = command.leaf
    try:
        same = b64(pool_leaf(unb64_sized(told.salt, 32), told.candidate)) == leaf.leaf
        path = [unb64_sized(node, 32) for node in leaf.path]
        node = leaf_hash(unb64_sized(leaf.leaf, 32))
        held = includes(unb64_sized(pool.root, 32), pool.size, leaf.index, node, path)
    except NotCanonical:
        return False
    same = same and (leaf.specialty, leaf.index) == (told.specialty, told.index)
    return same and held and told.candidate.specialty == told.specialty


def conflicted(evaluation: Evaluation, candidate: Candidate) -> bool:
    """Whether somebody may not be on this committee: an avoided or bidding employer, or another part in the session."""
    order = evaluation.ordered
    bidding = {bid.name for bid in order.bids} | {person for bid in order.bids for person in parties(bid)}
    taken = {official.person for official in order.people} | {member.person for member in evaluation.members.values()}
    return candidate.employer in {*order.avoid, *bidding} or candidate.person in {*taken, *bidding}


def _exhausted(evaluation: Evaluation, turn: Turn, specialty: str, pool: PoolRoot) -> list[Event]:
    """After one more call nobody is left in the pool."""
    if next_place(evaluation, specialty) + 1 < pool.size:
        return []
    return voided(evaluation, turn, VoidCause.POOL_EXHAUSTED, after=2)


def answer_call(evaluation: Evaluation, command: AnswerCall, turn: Turn) -> list[Event]:
    if left_by(evaluation, turn, command.signed):
        return []
    member = acting_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, CallAnswer)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, *CALLING)
    if member.accepted_at is not None:
        refuse("answered_already", "您已经答复。", "You have answered already.")
    if told.accepts:
        return [MemberAccepted(alias=member.alias, signed=command.signed)]
    left = MemberLeft(alias=member.alias, cause=Departure.DECLINED, signed=command.signed)
    return [left, *exhausted(evaluation, turn, member)]


def exhausted(evaluation: Evaluation, turn: Turn, leaving: Member) -> list[Event]:
    """After a member has left: the session is void if nobody is left to be called in its place."""
    specialty = leaving.specialty or evaluation.ordered.needs[0].specialty
    pool = pool_of(evaluation, specialty)
    if pool is not None and next_place(evaluation, specialty) >= pool.size:
        return voided(evaluation, turn, VoidCause.POOL_EXHAUSTED, after=1)
    return []


_NOTED = (Departure.DECLINED, Departure.UNREACHABLE)


def note_call(evaluation: Evaluation, command: NoteCall, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, EvaluationRole.TRADING_CENTER)
    told, _ = signed_by_sender(turn, command.signed, CallNote)
    require_session(turn, told.session)
    member = evaluation.members.get(told.alias)
    if member is None:
        refuse("no_such_member", "没有这名专家。", "Nobody was called under this alias.")
    if member.left is not None:
        return []
    if member.accepted_at is not None or told.cause not in _NOTED or not told.evidence:
        refuse("bad_note", "记录须附呼叫证据，且专家尚未答复。", "It needs the call's evidence, and no answer yet.")
    left = MemberLeft(alias=member.alias, cause=told.cause, signed=command.signed)
    return [left, *exhausted(evaluation, turn, member)]
