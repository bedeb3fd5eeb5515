"""Extending the bidders' window: host and supervisor, for a cause from the list, for all bidders, within the cap."""

from datetime import datetime

from remote_bid.opening.commands import ExtendWindow
from remote_bid.opening.events import RequestRefused, WindowExtended
from remote_bid.opening.rules.guards import require_phase, require_role, require_session, timetable
from remote_bid.opening.rules.joint import awaiting, both_signed
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import Extension
from remote_bid.opening.terms import Phase, RequestRefusal, Role
from remote_bid.people.certificates import Signed
from remote_bid.people.required import refuse, says
from remote_bid.seal.statements import id_of, media_type, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn


def extend(opening: Opening, command: ExtendWindow, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.HOST, Role.SUPERVISOR)
    extension, name = says(command.signed, Extension), statement_id(command.signed.statement)
    require_session(turn, extension.session)
    both = both_signed(opening, command.signed, turn)
    if name in opening.acts:
        return []
    require_phase(opening, Phase.RELEASE)
    if opening.close is None or extension.close != id_of(opening.close):
        refuse("other_close", "内容与本次截标不符。", "The statement does not name this session's close.")
    if extension.number != len(opening.extensions) + 1 or extension.by_ms <= 0:
        refuse("not_the_next", "延长的序号或时长有误。", "It must be the next extension, and longer than nothing.")
    if cause := refusal(opening, extension, turn.at):
        return [RequestRefused(statement=name, cause=cause, signed=command.signed)]
    if not both or opening.ends_at is None:
        return awaiting(opening, command.signed)
    ends_at = instant.later(opening.ends_at, extension.by_ms)
    return [WindowExtended(signed=command.signed, ends_at=instant.text(ends_at))]


def refusal(opening: Opening, extension: Extension, at: datetime) -> RequestRefusal | None:
    """Why the window may not be extended by so much; None if it may."""
    if opening.window_closed is not None or opening.over(at):
        return RequestRefusal.WINDOW_OVER
    if extension.by_ms > left_ms(opening):
        return RequestRefusal.BEYOND_CAP
    return None


def left_ms(opening: Opening) -> int:
    """What is left of the extension cap."""
    return timetable(opening).extension_ms - opening.spent_ms


def unanswered(opening: Opening) -> list[Event]:
    """Extensions that still await a signature when the window closes."""
    left = [name for name, asked in opening.awaited.items() if _is_extension(asked.signed)]
    return [RequestRefused(statement=name, cause=RequestRefusal.WINDOW_OVER) for name in left]


def _is_extension(signed: Signed) -> bool:
    return signed.statement.payload_type == media_type(Extension)
