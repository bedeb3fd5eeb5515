"""Step 9: the expert draw and the elections once more."""

from remote_bid.evaluation.events import (
    BallotCast,
    BallotsCounted,
    DrawOrderFound,
    ElectionOpened,
    ExpertCalled,
    MemberAccepted,
    MemberLeft,
)
from remote_bid.evaluation.rules.drawing import expert_seed, order_of, pool_of
from remote_bid.evaluation.rules.electing import leader_by_lot, most_votes
from remote_bid.seal.canonical import unb64_sized
from remote_bid.seal.tree import includes, leaf_hash
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Case, Failed, about, entry_name
from remote_bid.verify.evaluated.case import EvaluationCase, of


def draw(case: Case) -> None:
    """Step 9: the seed is what the sealed seeds give, and who was called stands where the order has it."""
    found = of(case)
    for shown, event in case.happened(DrawOrderFound):
        if (event.seed, event.envelopes) != expert_seed(found.met[shown.seq]):
            raise Failed(entry_name(shown), "the seed is not what the sealed seeds and the pools give")
    for shown, called in case.happened(ExpertCalled):
        with about(entry_name(shown)):
            _called(found, shown, called)
        if not called.person:
            case.report.withheld(9, entry_name(shown), f"{called.alias} never sat on the committee")
    _rightly_withheld(found)
    case.report.holds(9, "draw", f"{len(case.happened(ExpertCalled))} called in the drawn order")


def _rightly_withheld(case: EvaluationCase) -> None:
    """Only of those who never sat on the committee is it withheld who they are."""
    told: list[tuple[Shown, ExpertCalled | MemberAccepted | MemberLeft]] = [
        *case.happened(ExpertCalled),
        *case.happened(MemberAccepted),
        *case.happened(MemberLeft),
    ]
    for shown, event in told:
        hidden = shown.proof.hidden.keys() if shown.proof else set()
        member = case.evaluation.members[event.alias]
        if "signed" in hidden and (member.seated or member.left is None):
            raise Failed(entry_name(shown), f"{event.alias} was on the committee, and it is withheld who that was")


def _called(case: EvaluationCase, shown: Shown, event: ExpertCalled) -> None:
    before = case.met[shown.seq]
    pool = pool_of(before, event.leaf.specialty)
    if pool is None or order_of(before.seed, pool)[event.place] != event.leaf.index:
        raise Failed(entry_name(shown), "another was drawn for this place")
    path = [unb64_sized(node, 32) for node in event.leaf.path]
    node = leaf_hash(unb64_sized(event.leaf.leaf, 32))
    if not includes(unb64_sized(pool.root, 32), pool.size, event.leaf.index, node, path):
        raise Failed(entry_name(shown), "the pool does not hold this leaf")


def ballots(case: Case) -> None:
    """Step 9: each leader follows from the ballots, of which there are no more than were cast."""
    found = of(case)
    cast = [event.round for _, event in case.happened(BallotCast)]
    among = {event.round: event.among for _, event in case.happened(ElectionOpened)}
    for shown, event in case.happened(BallotsCounted):
        name = entry_name(shown)
        trackers = [line.tracker for line in event.ballots]
        if trackers != sorted(trackers) or len(trackers) + event.spoiled > cast.count(event.round):
            raise Failed(name, "there are more ballots than voters, or they are not in the order of their trackers")
        if any(line.choice not in among[event.round] for line in event.ballots):
            raise Failed(name, "somebody was chosen who did not stand")
        first = most_votes(event.ballots)
        leader = first[0] if len(first) == 1 else None
        if event.drawn:
            leader = leader_by_lot(found.evaluation.seed, event.round, event.ballots, first)
        if event.leader != leader:
            raise Failed(name, "another was elected by these ballots")
        case.report.holds(9, f"round {event.round}", f"{len(event.ballots)} ballots")
