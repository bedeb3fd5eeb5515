"""The preliminary review: each member passes or fails every item of every bid; a majority rejects."""

import hmac
import struct
from collections.abc import Iterator

from remote_bid.evaluation.commands import OpenReview, SubmitReview
from remote_bid.evaluation.events import (
    DetailedOpened,
    MaterialsOpened,
    ReviewCounted,
    ReviewOpened,
    ReviewSubmitted,
)
from remote_bid.evaluation.rules.asked_price import above_ceiling
from remote_bid.evaluation.rules.guards import (
    ends,
    repeated,
    require_leader,
    require_phase,
    signed_by_member,
    working_member,
)
from remote_bid.evaluation.rules.progress import voters
from remote_bid.evaluation.rules.state import Evaluation, Motion
from remote_bid.evaluation.statements import ReviewSheet
from remote_bid.evaluation.terms import (
    CodedVolume,
    EvaluationPhase,
    FailedItem,
    MotionKind,
    Rejection,
    Verdict,
)
from remote_bid.people.required import refuse
from remote_bid.seal.canonical import b64
from remote_bid.tender.sealed_draw import drawn_order
from remote_bid.timeline.context import Event, Turn

REVIEWING = (EvaluationPhase.PRELIMINARY, EvaluationPhase.DETAILED, EvaluationPhase.OUTLIERS)

COMPETITIVE = 3
"""With fewer valid bids the committee votes whether they still compete (评标办法暂行规定 Art. 27)."""


def open_materials(evaluation: Evaluation, turn: Turn) -> list[Event]:
    """The codes of blind volumes, by the turn's chance: neither a code nor its place in the list tells whose it is."""
    volumes = sorted(evaluation.blind())
    bids = [bid.bid for bid in evaluation.ordered.bids]
    names = _codes(turn.seed)
    coded = [CodedVolume(code=next(names), volume=volume, bid=bid) for volume in volumes for bid in bids]
    codes = {volume: sorted(c.code for c in coded if c.volume == volume) for volume in volumes}
    mixed = {volume: _mixed(turn.seed, volume, names) for volume, names in codes.items()}
    return [MaterialsOpened(codes=mixed, coded=coded)]


def _codes(seed: bytes) -> Iterator[str]:
    """Random names without end."""
    number = 0
    while True:
        yield "T-" + b64(hmac.digest(seed, b"code" + struct.pack(">I", number), "sha256")[:9])
        number += 1


def _mixed(seed: bytes, volume: str, names: list[str]) -> list[str]:
    return [names[i] for i in drawn_order(hmac.digest(seed, b"codes", "sha256"), volume, len(names))]


def open_review(evaluation: Evaluation, command: OpenReview, turn: Turn) -> list[Event]:
    require_leader(evaluation, turn)
    if evaluation.phase in REVIEWING:
        return []
    require_phase(evaluation, EvaluationPhase.MATERIALS)
    return [ReviewOpened(ends_at=ends(turn, evaluation.ordered.timers.preliminary_ms))]


def submit(evaluation: Evaluation, command: SubmitReview, turn: Turn) -> list[Event]:
    """It may be replaced until it is counted; both are kept."""
    member = working_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, ReviewSheet)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, *REVIEWING)
    if member.review and member.review in evaluation.counted:
        refuse("counted_already", "评审意见已经汇总。", "Your review is counted already.")
    if (told.prev or "") != member.review:
        refuse("not_the_next", "须注明所替换的评审意见。", "It must name the review that it replaces.")
    _require_whole(evaluation, told.verdicts)
    return [ReviewSubmitted(alias=member.alias, signed=command.signed)]


def _require_whole(evaluation: Evaluation, verdicts: list[Verdict]) -> None:
    """Every item of every bid once, and a clause for each fail."""
    order = evaluation.ordered
    wanted = {(bid.bid, item.item) for bid in order.bids for item in order.table.review}
    given = [(verdict.bid, verdict.item) for verdict in verdicts]
    if set(given) != wanted or len(given) != len(wanted):
        refuse("not_whole", "评审意见须逐家逐项填写。", "A review has every item of every bid, once.")
    if any(not v.passed and not (v.clause.strip() and v.reason.strip()) for v in verdicts):
        refuse("no_clause", "不通过须注明条款和理由。", "A fail names its clause and its reason.")


def basis(evaluation: Evaluation) -> tuple[str, ...]:
    """What a count is made of: the reviews of those who are on the committee now, and what was decided on low bids."""
    reviews = sorted(member.review for member in voters(evaluation) if member.review)
    return (*reviews, *(f"motion {motion.number}" for motion in _low_bids(evaluation)))


def _low_bids(evaluation: Evaluation) -> list[Motion]:
    motions = evaluation.motions.values()
    return [motion for motion in motions if motion.about is MotionKind.LOW_BID and motion.carried is not None]


def count(evaluation: Evaluation) -> ReviewCounted:
    """A bid is rejected if a majority of all members fails it in one item, or finds that its price is below cost; and,
    by arithmetic, if its price is above the ceiling price.
    """
    low = {motion.bid for motion in _low_bids(evaluation) if not motion.carried}
    rejected = []
    for bid in evaluation.ordered.bids:
        found = [_failed(evaluation, bid.bid, item.item) for item in evaluation.ordered.table.review]
        items = [item for item in found if item is not None]
        above = above_ceiling(evaluation.ordered, bid)
        if items or above or bid.bid in low:
            told = Rejection(bid=bid.bid, items=items, low_bid=bid.bid in low, above_ceiling=above)
            rejected.append(told)
    gone = {rejection.bid for rejection in rejected}
    valid = [bid.bid for bid in evaluation.ordered.bids if bid.bid not in gone]
    return ReviewCounted(reviews=list(basis(evaluation)), rejected=rejected, valid=valid)


def _failed(evaluation: Evaluation, bid: str, item: str) -> FailedItem | None:
    fails = [
        verdict
        for member in voters(evaluation)
        for verdict in member.verdicts
        if (verdict.bid, verdict.item) == (bid, item) and not verdict.passed
    ]
    if 2 * len(fails) <= evaluation.ordered.members:
        return None
    return FailedItem(item=item, clauses=sorted({verdict.clause for verdict in fails}), against=len(fails))


def competes(evaluation: Evaluation) -> bool | None:
    """Whether the valid bids still compete; None if the committee has yet to vote on it."""
    if len(evaluation.valid) >= COMPETITIVE:
        return True
    votes = [m.carried for m in evaluation.motions.values() if (m.about, m.valid) == _competition(evaluation)]
    return votes[-1] if votes else None


def _competition(evaluation: Evaluation) -> tuple[MotionKind, tuple[str, ...]]:
    return MotionKind.COMPETITION, evaluation.valid


def open_detailed(evaluation: Evaluation, turn: Turn) -> list[Event]:
    return [DetailedOpened(ends_at=ends(turn, evaluation.ordered.timers.detailed_ms))]
