"""What moves or stops the day's clocks, and who acts instead of whom: acts, and the pasts that they lead to."""

from typing import Any

from msgspec.structs import replace

from remote_bid.opening import commands as c
from remote_bid.opening.rules.pausing import next_number
from remote_bid.opening.rules.unsealing import keys_of
from remote_bid.opening.statements import Abort, BelowMinimum, Extension, Handover, KeysDestroyed
from remote_bid.opening.terms import ExtensionCause, Role
from remote_bid.seal.statements import Payload
from remote_bid.tender.statements import Resume, Suspend
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline.context import CLOCK, Command
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, Story, at
from tests.opening.actors import DEPUTISED, DEPUTY, HOST, SUPERVISOR, signed
from tests.opening.acts import close_of
from tests.opening.day import (
    CUSTODY,
    GROUND,
    RELEASE,
    ROSTER,
    SCHEDULED,
    between,
)
from tests.opening.preparing import schedule
from tests.opening.tender import LOT, SESSION, after_t0

MINUTE_MS = 60_000
EMERGENCY = SuspensionCause.EMERGENCY
BOTH = (HOST, SUPERVISOR)

END_COUNT_CHECK = Act(c.EndCountCheck(), CLOCK)
END_CUSTODY = Act(c.EndCustody(), CLOCK)
END_PAUSE = Act(c.EndPause(), CLOCK)
NOTICE_OUTAGE = Act(c.NoticeOutage(), CLOCK)
CARRY_OUT_ABORT = Act(c.CarryOutAbort(), CLOCK)


def extend(*by: Who, minutes: int = 10, **changes: Any) -> Act:
    """The last of `by` hands in what all of them have signed; so with the other acts here."""

    def said(story: Story) -> Extension:
        number, by_ms = len(story.state.extensions) + 1, minutes * MINUTE_MS
        cause = ExtensionCause.NETWORK_FAULT
        return Extension(session=SESSION, close=close_of(story), number=number, by_ms=by_ms, cause=cause)

    return _by(by or BOTH, c.ExtendWindow, said, changes)


def suspend(*by: Who, cause: SuspensionCause = EMERGENCY, number: int | None = None, **changes: Any) -> Act:
    def said(story: Story) -> Suspend:
        return Suspend(session=SESSION, number=number or next_number(story.state), cause=cause)

    return _by(by or (HOST,), c.SuspendOpening, said, changes)


def resume(*by: Who, **changes: Any) -> Act:
    def said(story: Story) -> Resume:
        return Resume(session=SESSION, number=_suspension(story))

    return _by(by or BOTH, c.ResumeOpening, said, changes)


def abort(**changes: Any) -> Act:
    return _by((SUPERVISOR,), c.AbortOpening, lambda story: Abort(session=SESSION, number=_suspension(story)), changes)


def hand_over(by: Who, to: Who, role: Role = Role.HOST, **changes: Any) -> Act:
    def said(story: Story) -> Handover:
        return Handover(session=SESSION, number=story.state.handovers + 1, role=role, to=to.person)

    return _by((by,), c.HandOver, said, changes)


def continue_lot(*by: Who, ground: str = GROUND, **changes: Any) -> Act:
    def said(story: Story) -> BelowMinimum:
        return BelowMinimum(session=SESSION, close=close_of(story), lot=LOT, ground=ground)

    return _by(by or BOTH, c.ContinueLot, said, changes)


def destroy(who: Who, **changes: Any) -> Act:
    def said(story: Story) -> KeysDestroyed:
        return KeysDestroyed(session=SESSION, kids=keys_of(story.state, who.person))

    return _by((who,), c.ConfirmKeysDestroyed, said, changes)


def decline(who: Who) -> Act:
    """What awaits a signature does not get it."""
    return Act(lambda story: c.DeclineRequest(statement=next(iter(story.state.awaited), "nothing")), who)


def _by(people: tuple[Who, ...], command: Any, said: Any, changes: Any) -> Act:
    def ask(story: Story) -> Command:
        payload: Payload = replace(said(story), **changes)
        handed: Command = command(signed=signed(payload, *people))
        return handed

    return Act(ask, people[-1])


def _suspension(story: Story) -> int:
    return story.state.suspension.number if story.state.suspension else 0


WITH_DEPUTY: Past = (schedule(members=DEPUTISED), *between(SCHEDULED, ROSTER))
DEPUTY_IN_OFFICE: Past = (*WITH_DEPUTY, hand_over(HOST, DEPUTY))
SUSPENDED: Past = (*RELEASE, at(after_t0(120), suspend(SUPERVISOR)))
HOST_SUSPENDED: Past = (*RELEASE, at(after_t0(120), suspend(HOST)))
ABSENT: Past = (*CUSTODY, at(after_t0(1860), END_CUSTODY))
ORDERED: Past = (*SUSPENDED, at(after_t0(120 + 7200), abort()))
ENDED: Past = (*ORDERED, CARRY_OUT_ABORT)
