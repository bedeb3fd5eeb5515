"""What a page tells of the day's course: pauses, extensions, who may act instead of whom."""

from msgspec import UNSET, UnsetType

from remote_bid.opening.rules.pausing import supervisor_from
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import ABORTABLE, OFFICES, Phase, Role
from remote_bid.opening.view.page import HostStep, SuspensionView
from remote_bid.people.certificates import Signed
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who

HOST_STEPS = (Phase.ROSTER, Phase.READOUT, Phase.RECORD)
"""Phases in which the day waits for the host."""


def suspended(opening: Opening) -> SuspensionView | UnsetType:
    """Shown to everybody."""
    now, table = opening.suspension, opening.timetable
    if now is None or table is None:
        return UNSET
    aborted_at = instant.text(instant.later(now.since, table.pauses.abort_ms))
    return SuspensionView(
        number=now.number,
        cause=now.cause,
        since=instant.text(now.since),
        supervisor_from=instant.text(supervisor_from(opening, now)),
        aborted_at=aborted_at if opening.phase in ABORTABLE else UNSET,
        ends_at=instant.text(now.ends_at) if now.ends_at else UNSET,
    )


def host_step(opening: Opening) -> HostStep | UnsetType:
    """Absent while the clocks stand still."""
    since, table = opening.waiting_since, opening.timetable
    if opening.phase not in HOST_STEPS or opening.suspension or since is None or table is None:
        return UNSET
    hosts = sum(member.role is Role.HOST for member in opening.members.values())
    return HostStep(
        since=instant.text(since),
        deputy_from=instant.text(instant.later(since, table.host_ms)) if hosts > 1 else UNSET,
        supervisor_from=instant.text(instant.later(since, hosts * table.host_ms)),
    )


def awaited(opening: Opening, who: Who) -> dict[str, Signed] | UnsetType:
    """What lacks a signature: for the two who can give it."""
    if who.role not in (Role.HOST, Role.SUPERVISOR):
        return UNSET
    return {name: asked.signed for name, asked in opening.awaited.items()} or UNSET


def in_office(opening: Opening) -> dict[Role, str] | UnsetType:
    """Who holds the offices that were handed over."""
    return {role: opening.handed[role] for role in OFFICES if role in opening.handed} or UNSET
