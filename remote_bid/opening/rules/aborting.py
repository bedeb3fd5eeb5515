"""Ending a suspended session without an award: everybody's bid counts as withdrawn, custodians destroy their keys."""

from remote_bid.opening.commands import AbortOpening, CarryOutAbort, ConfirmKeysDestroyed
from remote_bid.opening.events import AbortOrdered, CustodianKeysDestroyed, LotAborted, OpeningAborted
from remote_bid.opening.rules.guards import cadence, require_phase, require_role, require_session, timetable
from remote_bid.opening.rules.pausing import supervisor_from
from remote_bid.opening.rules.revealing import disclosed
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import keys_of
from remote_bid.opening.statements import Abort, KeysDestroyed
from remote_bid.opening.terms import ABORTABLE, AbortCause, Phase, Role
from remote_bid.people.required import refuse, require_clock, require_due, signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import tick


def abort(opening: Opening, command: AbortOpening, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.SUPERVISOR)
    told, _ = signed_by_sender(turn, command.signed, Abort)
    require_session(turn, told.session)
    if statement_id(command.signed.statement) in opening.acts:
        return []
    require_phase(opening, *ABORTABLE)
    now = opening.suspension
    if now is None or told.number != now.number:
        refuse("not_suspended", "本场开标没有处于该次中止。", "This is not the suspension that holds now.")
    require_due(turn, supervisor_from(opening, now))
    return [AbortOrdered(cause=AbortCause.SUPERVISOR_DECIDED, signed=command.signed)]


def carry_out(opening: Opening, command: CarryOutAbort, turn: Turn) -> list[Event]:
    """First the order, then a tick if any entry is outside of one, then the end."""
    require_clock(turn)
    if opening.phase is Phase.ABORTED:
        return []
    require_phase(opening, *ABORTABLE)
    cause = opening.abort_ordered
    if cause is None:
        since = opening.suspension.since if opening.suspension else None
        require_due(turn, instant.later(since, timetable(opening).pauses.abort_ms) if since else None)
        return [AbortOrdered(cause=AbortCause.SUSPENDED_TOO_LONG, signed=None)]
    if turn.lines.pending:
        return [tick(turn, cadence(opening).slots)]
    lots = sorted({policy.lot for policy in opening.running_policies()})
    ended: list[Event] = [LotAborted(lot=lot, cause=cause) for lot in lots]
    return [*disclosed(opening, turn, ended), OpeningAborted(cause=cause)]


def confirm_destroyed(opening: Opening, command: ConfirmKeysDestroyed, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    told, _ = signed_by_sender(turn, command.signed, KeysDestroyed)
    require_session(turn, told.session)
    if turn.by.person in opening.destroyed:
        return []
    require_phase(opening, Phase.ABORTED)
    if told.kids != keys_of(opening, turn.by.person):
        refuse("not_your_key", "这不是您保管的密钥。", "Name all keys that you hold, sorted, and no other.")
    return [CustodianKeysDestroyed(person=turn.by.person, signed=command.signed)]
