"""Step 7, second half: every paper inside an entry is read, and says what its entry tells."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.opening.events import (
    BidderCheckedIn,
    BidsClosed,
    BidSubmitted,
    BidWithdrawn,
    ConfirmationOpened,
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianStruck,
    CustodyOpened,
    LineDisputed,
    MemberCheckedIn,
    ObjectionRaised,
    ObjectionsOpened,
    OpeningScheduled,
    PolicyPublished,
    RecordPrepared,
    RecordRefused,
    RecordSigned,
    ReleaseOpened,
    TimetableSigned,
    WindowClosed,
)
from remote_bid.opening.rules.preparing import require_plan, require_timetable
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.striking import follows
from remote_bid.opening.rules.submitting import expired
from remote_bid.opening.statements import Close, Schedule
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Phase
from remote_bid.people.certificates import Certified
from remote_bid.seal.drill import told
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import (
    CheckInStatement,
    CustodianKey,
    DrillAnswer,
    Policy,
    Strike,
    Timetable,
    Withdraw,
)
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened, Refused
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Case, Failed, about, entry_name


def papers(case: Case) -> None:
    """Each paper is of this session, of this person, and follows the one before it."""
    struck = dict(case.state.policies)
    for shown in case.main:
        event = case.whole(shown)
        with about(entry_name(shown)):
            if isinstance(event, TimetableSigned):
                _timetable(case, shown, event)
            elif isinstance(event, CustodianStruck):
                _strike(case, shown, event, struck)
            elif event is not None and (reads := _READERS.get(type(event))):
                _must(shown, reads(case, event, case.happening(shown, event)))
    for shown, came in case.happened(BidderCheckedIn):
        with about(entry_name(shown)):
            _must(shown, _check_in(case, came, case.happening(shown, came)))
    for shown, withdrawn in case.happened(BidWithdrawn):
        with about(entry_name(shown)):
            _withdrawal(case, shown, withdrawn)


_NAMED = (BidSubmitted, BidderCheckedIn, LineDisputed, ObjectionRaised, RecordSigned, RecordRefused)


def named(shown: Shown, event: Event, certified: list[Certified]) -> None:
    """The name in an entry is the one that its certificate bears."""
    if isinstance(event, _NAMED) and event.name != certified[0].name:
        raise Failed(entry_name(shown), "the name is not that of the certificate")


def _withdrawal(case: Case, shown: Shown, event: BidWithdrawn) -> None:
    """The bidder said so itself, of a bid it had handed in on this lot."""
    told = said(event.signed.statement, Withdraw)
    bids = [bid for _, bid in case.happened(BidSubmitted) if (bid.bidder, bid.lot) == (event.bidder, event.lot)]
    named = [bid for bid in bids if [statement_id(part.submission) for part in bid.parts] == told.submissions]
    if not named or (told.session, told.bidder, told.version) != (case.session, event.bidder, named[0].version):
        raise Failed(entry_name(shown), "the withdrawal is not of this bid")


def _must(shown: Shown, holds: bool) -> None:
    if not holds:
        raise Failed(entry_name(shown), "the paper inside says something else than its entry, or is of another session")


def _timetable(case: Case, shown: Shown, event: TimetableSigned) -> None:
    """One that the rules would have taken: it follows the one that held, and its deadline is later and still ahead."""
    table, before = said(event.signed.statement, Timetable), case.before[shown.seq]
    _must(shown, table.session == case.session and before.phase in (Phase.SCHEDULED, Phase.LOBBY, Phase.HELD))
    try:
        require_timetable(before, table, case.happening(shown, event).at)
    except Refused as refusal:
        raise Failed(entry_name(shown), refusal.en) from refusal


def _schedule(case: Case, event: OpeningScheduled, at: Happened) -> bool:
    plan = said(event.signed.statement, Schedule)
    require_plan(plan, at.by.person)
    return (plan.session, plan.tender, plan.members) == (case.session, event.tender, event.members)


def _strike(case: Case, shown: Shown, event: CustodianStruck, policies: dict[str, Policy]) -> None:
    """Before the deadline, of this session, after the strike before it; all other custodians stay as they were."""
    strike, made = said(event.signed.statement, Strike), case.state.revisions
    policy, chain = policies.get(strike.policy), [item.strike for item in made.get(strike.policy, [])]
    before = [None, *chain][chain.index(statement_id(event.signed.statement))]
    at, close = (shown.event or {})["at"], case.state.close
    in_time = close is None or at < close.at
    _must(shown, policy is not None and in_time and (strike.session, strike.prev) == (case.session, before))
    if policy is not None:
        _must(shown, follows(policy, strike))
        policies[strike.policy] = msgspec.structs.replace(policy, custodians=strike.custodians)


def _policy(case: Case, event: PolicyPublished, _at: Happened) -> bool:
    policy, tender = said(event.signed.statement, Policy), case.state.tender
    return tender is not None and (policy.session, policy.tender) == (case.session, tender.code)


def _offer(case: Case, event: CustodianKeyOffered, _at: Happened) -> bool:
    offer = said(event.signed.statement, CustodianKey)
    wanted = {(policy.lot, policy.part) for policy in case.state.policies.values()}
    return offer.session == case.session and (offer.lot, offer.part) in wanted


def _drilled(case: Case, event: CustodianDrilled, _at: Happened) -> bool:
    """The dummy that was dealt holds what the custodian says."""
    answer = said(event.signed.statement, DrillAnswer)
    dealt = (event.person, answer.kid, told(case.session, answer.kid, answer.secret))
    return answer.session == case.session and dealt in case.state.dummies


def _check_in(case: Case, event: BidderCheckedIn | MemberCheckedIn, at: Happened) -> bool:
    told = said(event.signed.statement, CheckInStatement)
    named = (told.session, told.person, told.role) == (case.session, event.person, at.by.role)
    return named and not expired(told, at.at)


def _close(case: Case, event: BidsClosed, _at: Happened) -> bool:
    return said(event.close, Close).session == case.session


def _window(case: Case, event: WindowClosed, at: Happened) -> bool:
    told = said(event.window_closed, WindowClosedStatement)
    return (told.session, told.timetable, told.at) == (case.session, case.state.timetable_id, instant.text(at.at))


def _lasts(span: Callable[[Opening], int]) -> Callable[[Case, Any, Happened], bool]:
    """That a step ends when the timetable says."""

    def reader(case: Case, event: Any, at: Happened) -> bool:
        return case.state.timetable is not None and event.ends_at == instant.text(
            instant.later(at.at, span(case.state))
        )

    return reader


def _windows(name: str) -> Callable[[Opening], int]:
    return lambda state: getattr(state.timetable.windows, name) if state.timetable else 0


_READERS: dict[type[Event], Callable[[Case, Any, Happened], bool]] = {
    OpeningScheduled: _schedule,
    PolicyPublished: _policy,
    CustodianKeyOffered: _offer,
    CustodianDrilled: _drilled,
    MemberCheckedIn: _check_in,
    BidsClosed: _close,
    WindowClosed: _window,
    ReleaseOpened: _lasts(_windows("release_ms")),
    CustodyOpened: _lasts(_windows("custody_ms")),
    ConfirmationOpened: _lasts(_windows("confirm_ms")),
    ObjectionsOpened: _lasts(_windows("objection_ms")),
    RecordPrepared: _lasts(_windows("record_ms")),
}
