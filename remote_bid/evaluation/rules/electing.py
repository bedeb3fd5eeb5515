"""The secret ballot for the leader.

A ballot is sealed to a key that lives in the server's memory only, for one round. Counted, the key is gone, and nothing
that is kept links a voter to a choice; each voter finds its own random tracker among the counted ballots.

sealed = HPKE.Seal(key, JCS(ballot line), info = H("sbe/1 ballot", session, u32be round, alias))
A second tie is drawn: H("sbe/1 leader", draw seed, u32be round, every tracker in order), tender/sealed_draw.py.
"""

import hashlib
import struct
from collections.abc import Sequence

from remote_bid.evaluation.commands import CastBallot, CountBallots, OpenElection
from remote_bid.evaluation.events import BallotCast, BallotsCounted, ElectionFailed, ElectionOpened, LeaderDeposed
from remote_bid.evaluation.rules.guards import ends, known, repeated, signed_by_member, working_member
from remote_bid.evaluation.rules.progress import voters
from remote_bid.evaluation.rules.state import Election, Evaluation
from remote_bid.evaluation.statements import Ballot
from remote_bid.evaluation.terms import BallotLine, EvaluationPhase, come_to
from remote_bid.people.required import refuse, require_clock, require_due
from remote_bid.seal.canonical import b64, labelled_hash, unb64
from remote_bid.tender.sealed_draw import drawn_order
from remote_bid.timeline.context import Event, Turn


def ballot_info(session: str, round_: int, alias: str) -> bytes:
    """What a ballot is bound to."""
    return labelled_hash("sbe/1 ballot", session.encode(), struct.pack(">I", round_), alias.encode())


def ballot_hash(sealed: str) -> str:
    """What a voter signs of its sealed ballot."""
    return b64(hashlib.sha256(sealed.encode()).digest())


def leader_wanted(evaluation: Evaluation) -> bool:
    """Whether the committee has to elect somebody now."""
    at_work = come_to(evaluation.phase, EvaluationPhase.LEADER) and not come_to(evaluation.phase, EvaluationPhase.PRICE)
    return at_work and not evaluation.leader and evaluation.election is None and bool(voters(evaluation))


def open_election(evaluation: Evaluation, command: OpenElection, turn: Turn) -> list[Event]:
    require_clock(turn)
    if not leader_wanted(evaluation):
        return []
    key = known(turn).ballot_key
    if not key:
        refuse("no_key", "选举密钥尚未生成。", "There is no key for the ballots yet.")
    electable = [member.alias for member in voters(evaluation)]
    tied = [alias for alias in evaluation.tied if alias in electable]
    return [
        ElectionOpened(
            round=evaluation.rounds + 1,
            key=key,
            among=tied or electable,
            ends_at=ends(turn, evaluation.ordered.timers.leader_ms),
        )
    ]


def cast(evaluation: Evaluation, command: CastBallot, turn: Turn) -> list[Event]:
    member = working_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, Ballot)
    if repeated(member, command.signed):
        return []
    election = evaluation.election
    if election is None or told.round != election.round:
        refuse("no_election", "本轮推选没有进行。", "This round is not open.")
    if member.alias in election.cast:
        refuse("voted_already", "您在本轮已经投票。", "You have voted in this round.")
    if told.sealed != ballot_hash(command.sealed):
        refuse("other_ballot", "选票与签署内容不符。", "This is not the ballot that you signed for.")
    return [BallotCast(alias=member.alias, round=election.round, signed=command.signed, sealed=command.sealed)]


def all_voted(evaluation: Evaluation) -> bool:
    """Whether no ballot is waited for."""
    cast_by = evaluation.election.cast if evaluation.election else {}
    return all(member.alias in cast_by for member in voters(evaluation))


def count(evaluation: Evaluation, command: CountBallots, turn: Turn) -> list[Event]:
    require_clock(turn)
    election = evaluation.election
    if election is None:
        return []
    if not all_voted(evaluation):
        require_due(turn, election.ends_at)
    opened = known(turn).ballots
    if opened is None:
        return [ElectionFailed(round=election.round)]
    present = {member.alias for member in voters(evaluation)}
    read = [line for alias, line in opened.items() if alias in present]
    good = sorted((line for line in read if line and line.choice in election.among), key=lambda line: line.tracker)
    if not good:
        return [ElectionFailed(round=election.round)]
    return [_counted(evaluation, election, good, len(read) - len(good), present)]


def _counted(
    evaluation: Evaluation, election: Election, good: Sequence[BallotLine], spoiled: int, present: set[str]
) -> BallotsCounted:
    first = [alias for alias in most_votes(good) if alias in present]
    again = len(first) > 1 and bool(evaluation.tied)
    leader = leader_by_lot(evaluation.seed, election.round, good, first) if again else None
    if len(first) == 1:
        [leader] = first
    return BallotsCounted(round=election.round, ballots=list(good), spoiled=spoiled, leader=leader, drawn=again)


def most_votes(ballots: Sequence[BallotLine]) -> list[str]:
    """Who has the most votes, in the order of their aliases."""
    chosen = [line.choice for line in ballots]
    most = max(map(chosen.count, chosen), default=0)
    return sorted({alias for alias in chosen if chosen.count(alias) == most})


def leader_by_lot(seed: str, round_: int, ballots: Sequence[BallotLine], tied: Sequence[str]) -> str:
    """One of those who are tied: nobody knew all trackers before the ballots were counted."""
    trackers = (unb64(line.tracker) for line in ballots)
    mixed = labelled_hash("sbe/1 leader", unb64(seed), struct.pack(">I", round_), *trackers)
    return tied[drawn_order(mixed, "leader", len(tied))[0]]


def depose(evaluation: Evaluation) -> list[Event]:
    """The leader has been waited for too long."""
    return [LeaderDeposed(alias=evaluation.leader)]
