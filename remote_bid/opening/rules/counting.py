"""The count: lots with too few bids end, unless host and supervisor go on with them on a ground listed beforehand."""

from remote_bid.opening.commands import ContinueLot, EndCountCheck
from remote_bid.opening.events import CountCheckOpened, LotAborted, LotContinued, OpeningAborted, RosterPublished
from remote_bid.opening.rules.guards import require_phase, require_role, require_session, timetable
from remote_bid.opening.rules.joint import awaiting, both_signed
from remote_bid.opening.rules.revealing import disclosed
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import BelowMinimum
from remote_bid.opening.terms import AbortCause, LotSet, Phase, Role
from remote_bid.people.required import refuse, require_clock, require_due, says
from remote_bid.seal.statements import Statement, id_of, statement_id
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn


def counted(opening: Opening, sets: list[LotSet], close: Statement, turn: Turn, after: int) -> list[Event]:
    """What follows from the count, as soon as the close is cosigned in time; `after` other events of this turn."""
    few = [lot for lot in sets if lot.count < minimum(opening, lot.lot)]
    questioned = [lot.lot for lot in few if lot.count and grounds(opening, lot.lot)]
    aborted = [lot.lot for lot in few if lot.lot not in questioned]
    if not questioned:
        return _ended(opening, aborted, None if len(few) == len(sets) else close, turn, after)
    ends_at = instant.text(instant.later(turn.at, timetable(opening).host_ms))
    return [*_too_few(aborted), CountCheckOpened(lots=questioned, ends_at=ends_at)]


def _ended(opening: Opening, aborted: list[str], close: Statement | None, turn: Turn, after: int = 0) -> list[Event]:
    if close is not None:
        return [*_too_few(aborted), RosterPublished(close=close)]
    return [*disclosed(opening, turn, _too_few(aborted), after), OpeningAborted(cause=AbortCause.TOO_FEW_BIDS)]


def _too_few(lots: list[str]) -> list[Event]:
    return [LotAborted(lot=lot, cause=AbortCause.TOO_FEW_BIDS) for lot in lots]


def minimum(opening: Opening, name: str) -> int:
    """A lot without any bid has too few, whatever the tender declares."""
    lot = opening.lot(name)
    return max(1, lot.minimum if lot else 0)


def grounds(opening: Opening, lot: str) -> list[str]:
    """On which its policy lets a lot go on with too few bids."""
    policy = opening.policy_of(lot, READOUT_FORM)
    return policy[1].grounds if policy else []


def continue_lot(opening: Opening, command: ContinueLot, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.HOST, Role.SUPERVISOR)
    told, name = says(command.signed, BelowMinimum), statement_id(command.signed.statement)
    require_session(turn, told.session)
    both = both_signed(opening, command.signed, turn)
    if name in opening.acts:
        return []
    require_phase(opening, Phase.COUNT_CHECK)
    if opening.close is None or opening.close_statement is None or told.close != id_of(opening.close):
        refuse("other_close", "内容与本次截标不符。", "The statement does not name this session's close.")
    if told.lot not in opening.questioned or told.ground not in grounds(opening, told.lot):
        refuse(
            "no_such_ground", "该标段不能以此理由继续。", "The lot is not in question, or the ground was not published."
        )
    if not both:
        return awaiting(opening, command.signed)
    continued = LotContinued(lot=told.lot, ground=told.ground, signed=command.signed)
    return (
        [continued, RosterPublished(close=opening.close_statement)] if opening.questioned == [told.lot] else [continued]
    )


def end_count_check(opening: Opening, command: EndCountCheck, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.COUNT_CHECK)
    require_due(turn, opening.ends_at)
    if opening.close is None or opening.close_statement is None:
        return []
    ended = opening.stopped_lots() | set(opening.questioned)
    goes_on = any(lot.lot not in ended for lot in opening.close.lots)
    return _ended(opening, opening.questioned, opening.close_statement if goes_on else None, turn)
