"""The rules of an award (定标) under evaluation_award_separation. Pure.

open (the tenderer) → round of votes, each with its reason → majority of all members: awarded
                        ↑                                  ↓
                        └── without the weakest ←── none, and rounds are left
After the last round lots decide between those with most votes:
drawn_order(H("sbe/1 award", every vote's id of that round, sorted), "award", n)[0] over their bids, sorted.
"""

from collections.abc import Callable, Sequence
from typing import Any

from remote_bid.evaluation.award.commands import CountAwardRound, OpenAward, VoteForAward
from remote_bid.evaluation.award.events import Awarded, AwardOpened, AwardRoundCounted, AwardRoundOverdue, AwardVoted
from remote_bid.evaluation.award.state import Award
from remote_bid.evaluation.award.statements import AwardOrder, AwardVote
from remote_bid.evaluation.award.terms import AwardCount, AwardRole
from remote_bid.evaluation.known import Known
from remote_bid.people.noting import NoteCrl, noted
from remote_bid.people.required import refuse, require_clock, require_due, require_log, signed_by_sender
from remote_bid.seal.canonical import labelled_hash, unb64
from remote_bid.seal.statements import statement_id
from remote_bid.tender.deployment import Deployment, cosigned_times, rotated
from remote_bid.tender.sealed_draw import drawn_order
from remote_bid.timeline import instant
from remote_bid.timeline.context import Command, Due, Event, Turn
from remote_bid.timeline.marks import LogKeyRotated, RecordCheckpoint, RecordRotation, cosigned


def begin(session: str) -> Award:
    """A session before its first event."""
    return Award(session=session)


def decide(award: Award, command: Command, turn: Turn) -> Sequence[Event]:
    """The events that a command brings about, none if it is a repetition, or Refused."""
    if award.order is None and not isinstance(command, OpenAward):
        refuse("not_opened", "定标尚未开始。", "The award is not opened yet.")
    return DECISIONS[type(command)](award, command, turn)


def due(award: Award) -> list[Due]:
    """Counting, as soon as all have voted or the time is over."""
    if award.order is None or award.awarded or award.ends_at is None:
        return []
    return [Due(award.ends_at if award.missing() or award.since is None else award.since, CountAwardRound())]


def _open(award: Award, command: OpenAward, turn: Turn) -> Sequence[Event]:
    order, _ = signed_by_sender(turn, command.signed, AwardOrder)
    if award.order_id == statement_id(command.signed.statement):
        return []
    if award.order is not None or order.session != turn.session:
        refuse("opened_already", "定标已经开始，或属于另一场。", "It is open already, or another session's.")
    members = [member.person for member in order.members]
    people = [order.tenderer.person, order.supervisor.person, *members]
    bids = [candidate.bid for candidate in order.candidates]
    if len(members) % 2 == 0 or len(set(people)) != len(people) or len(set(bids)) != len(bids):
        refuse(
            "bad_order",
            "定标委员会须为单数，人员和候选人不得重复。",
            "The committee is odd; nobody is there twice.",
        )
    if turn.by.person != order.tenderer.person:
        refuse("not_allowed", "只有招标人可以组织定标。", "Only the tenderer opens an award.")
    changes = [LogKeyRotated(statement=statement) for statement in _deployment(turn).successors]
    return [AwardOpened(signed=command.signed, ends_at=_ends(order, turn)), *changes]


def _ends(order: AwardOrder, turn: Turn) -> str:
    return instant.text(instant.later(turn.at, order.within_ms))


def _vote(award: Award, command: VoteForAward, turn: Turn) -> Sequence[Event]:
    """Once in a round, with a reason; nobody reads another's before the round is counted."""
    if award.role_of(turn.by.person) is not AwardRole.AWARD_MEMBER or turn.by.role != AwardRole.AWARD_MEMBER:
        refuse("not_allowed", "只有定标委员会成员可以投票。", "Only the award committee votes.")
    told, _ = signed_by_sender(turn, command.signed, AwardVote)
    if statement_id(command.signed.statement) in award.ids.get(told.round, ()):
        return []
    if (told.session, told.person) != (turn.session, turn.by.person) or told.round != award.round or award.awarded:
        refuse("no_round", "本轮投票没有进行。", "This round is not open.")
    if turn.by.person in award.votes.get(award.round, {}):
        refuse("voted_already", "您在本轮已经投票。", "You have voted in this round.")
    if told.bid not in award.left:
        refuse("no_candidate", "不是本轮的候选人。", "This bid does not stand in this round.")
    return [AwardVoted(round=told.round, person=turn.by.person, signed=command.signed)]


def _count(award: Award, command: CountAwardRound, turn: Turn) -> Sequence[Event]:
    """A majority of all members awards; without one the weakest fall out, as long as anybody is weaker."""
    require_clock(turn)
    order = award.order
    if award.awarded or order is None:
        return []
    if missing := award.missing():
        require_due(turn, award.ends_at)
        if 2 * len(missing) >= len(order.members):
            return [AwardRoundOverdue(round=award.round, missing=missing, ends_at=_ends(order, turn))]
    counts = counts_of(award)
    best = [count.bid for count in counts if count.votes == counts[0].votes]
    if 2 * counts[0].votes > len(order.members):
        return [Awarded(bid=best[0], round=award.round, counts=counts, by_lot=False)]
    if award.round >= order.rounds:
        bid = best[0] if len(best) == 1 else by_lot(award, best)
        return [Awarded(bid=bid, round=award.round, counts=counts, by_lot=len(best) > 1)]
    left = [count.bid for count in counts if count.votes > counts[-1].votes] or [count.bid for count in counts]
    return [AwardRoundCounted(round=award.round, counts=counts, left=left, ends_at=_ends(order, turn))]


def counts_of(award: Award) -> list[AwardCount]:
    """The open round's votes, most first, then by bid."""
    cast = [vote.bid for vote in award.votes.get(award.round, {}).values()]
    counts = [AwardCount(bid=bid, votes=cast.count(bid)) for bid in award.left]
    return sorted(counts, key=lambda count: (-count.votes, count.bid))


def by_lot(award: Award, best: Sequence[str]) -> str:
    """One of those with most votes: nobody knew all votes before the last was cast."""
    mixed = labelled_hash("sbe/1 award", *(unb64(name) for name in sorted(award.ids.get(award.round, ()))))
    return sorted(best)[drawn_order(mixed, "award", len(best))[0]]


def _checkpoint(award: Award, command: RecordCheckpoint, turn: Turn) -> Sequence[Event]:
    require_log(turn)
    cosigned_times(command.note, _deployment(turn))
    return [] if command.covers in award.cosigned else [cosigned(command)]


def _rotate(award: Award, command: RecordRotation, turn: Turn) -> Sequence[Event]:
    return rotated(award.rotations, _deployment(turn), command, turn)


def _note(award: Award, command: NoteCrl, turn: Turn) -> Sequence[Event]:
    return noted(award.crls, bool(award.awarded), command, turn)


def _deployment(turn: Turn) -> Deployment:
    return turn.known.deployment if isinstance(turn.known, Known) else Deployment()


DECISIONS: dict[type[Command], Callable[[Award, Any, Turn], Sequence[Event]]] = {
    OpenAward: _open,
    VoteForAward: _vote,
    CountAwardRound: _count,
    RecordCheckpoint: _checkpoint,
    RecordRotation: _rotate,
    NoteCrl: _note,
}
"""One decision for every command of the room."""
