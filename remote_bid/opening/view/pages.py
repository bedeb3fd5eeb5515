"""The page of one person."""

from msgspec import UNSET, UnsetType

from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.opening.view.asks import ask_of
from remote_bid.opening.view.bids import own_bids, rows
from remote_bid.opening.view.course import awaited, host_step, in_office, suspended
from remote_bid.opening.view.custodians import custodians
from remote_bid.opening.view.heard import aliases, objections
from remote_bid.opening.view.page import CheckCodeView, LotCount, Me, OpeningView
from remote_bid.opening.view.remedies import remedies
from remote_bid.timeline import instant
from remote_bid.timeline.check_code import check_code
from remote_bid.timeline.entry import Who
from remote_bid.timeline.note import parse


def see(opening: Opening, who: Who) -> OpeningView:
    """The page of one person."""
    counted = opening.phase is not Phase.HELD and reached(opening.phase, Phase.ROSTER)
    return OpeningView(
        session=opening.session,
        phase=opening.phase,
        me=_me(opening, who),
        phase_since=instant.text(opening.phase_since) if opening.phase_since else UNSET,
        ends_at=_ends_at(opening),
        deadline=opening.timetable.deadline if opening.timetable else UNSET,
        tender=opening.tender or UNSET,
        members=opening.members or UNSET,
        present=sorted(p for p in opening.present if p in opening.members) or UNSET,
        policies=sorted(opening.policies) or UNSET,
        timetable=opening.timetable_id or UNSET,
        k=next((policy.k for policy in opening.policies.values()), UNSET),
        custodians=custodians(opening, who) or UNSET,
        counts=_counts(opening) if counted or opening.disclosed or _decides(opening, who) else UNSET,
        bids=rows(opening, who) if counted else UNSET,
        aborted=opening.aborted or UNSET,
        released=_released(opening, who),
        remedies=remedies(opening, who) or UNSET,
        suspended=suspended(opening),
        pauses=opening.pauses or UNSET,
        extensions=len(opening.extensions) or UNSET,
        host_step=host_step(opening),
        awaited=awaited(opening, who),
        in_office=in_office(opening),
        questioned=opening.questioned or UNSET,
        continued=opening.continued or UNSET,
        check_code=_check_code(opening),
        record_hash=opening.record_hash or UNSET,
        signed_by=sorted(opening.signatures) or UNSET,
        refused_by=sorted(opening.refusals) or UNSET,
        draws=[line for _, line in sorted(opening.drawn.items())] or UNSET,
        lotteries=sorted({lot for lot, _ in opening.undrawn()} & opening.lotteries.keys()) or UNSET,
        objections=objections(opening, who) or UNSET,
        aliases=aliases(opening, who) or UNSET,
        stamps={str(seq): stamp.stamped_at for seq, stamp in opening.stamps.items()} or UNSET,
        uncosigned_since=_uncosigned_since(opening, who),
    )


def _decides(opening: Opening, who: Who) -> bool:
    """Host and supervisor decide on lots with too few bids, and must know how many there are."""
    return opening.phase is Phase.COUNT_CHECK and who.role in (Role.HOST, Role.SUPERVISOR)


def _counts(opening: Opening) -> list[LotCount] | UnsetType:
    """What the close says; shown with the roster, or once the session was aborted."""
    return [LotCount(lot=lot.lot, bids=lot.count) for lot in opening.close.lots] if opening.close else UNSET


def _ends_at(opening: Opening) -> str | UnsetType:
    if opening.phase is Phase.SCHEDULED and opening.timetable:
        return opening.timetable.deadline
    return instant.text(opening.ends_at) if opening.ends_at else UNSET


def _check_code(opening: Opening) -> CheckCodeView | UnsetType:
    seen = opening.checkpoint
    if seen is None:
        return UNSET
    return CheckCodeView(code=check_code(parse(seen.note)[1]), phase=seen.phase, covers=seen.covers, note=seen.note)


def _released(opening: Opening, who: Who) -> int | UnsetType:
    """Progress is for those who run and watch the session."""
    if opening.phase is Phase.RELEASE and who.role in (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.TENDERER):
        return len(opening.bids) - len(opening.unreleased())
    return UNSET


def _uncosigned_since(opening: Opening, who: Who) -> str | UnsetType:
    """For those who run and watch the session: a moment is usual, more means that cosigners are away."""
    waiting = sorted(opening.uncosigned.values())
    watches = who.role in (Role.HOST, Role.SUPERVISOR, Role.WITNESS)
    return instant.text(waiting[0]) if waiting and watches else UNSET


def _me(opening: Opening, who: Who) -> Me:
    bids = own_bids(opening, who)
    alias = opening.aliases.get(bidder_behind(opening, who.person), UNSET)
    return Me(person=who.person, role=Role(who.role), ask=ask_of(opening, who), bids=bids or UNSET, alias=alias)
