"""Step 12, first half: who confirmed, objected, answered and was silent; nobody's word is another's."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from remote_bid.opening.events import (
    ConfirmationOpened,
    LineConfirmed,
    LineDisputed,
    ObjectionAnswered,
    ObjectionRaised,
    ObjectionsOpened,
    OpeningClosed,
    RecordPrepared,
    RecordRefused,
    Said,
)
from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.record import line_hash, readout_line
from remote_bid.opening.statements import Answer, Confirmation, Objection, RecordRefusal
from remote_bid.opening.terms import Role
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Case, Failed, entry_name


def hearing(case: Case) -> None:
    """Every word heard is its author's and says what its entry tells; silence is what nobody said."""
    known = _Known(case)
    for shown in case.main:
        event = case.whole(shown)
        if event is not None and (reads := _READERS.get(type(event))) and not reads(known, event, shown):
            raise Failed(entry_name(shown), f"{type(event).__name__} is not what was said, or not whose it is")
    case.report.holds(
        12, "hearing", f"{len(known.objections)} objections, {len(case.state.line_answers)} lines answered"
    )


class _Known:
    """What was heard so far, in the order of the timeline."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.aliases: dict[str, int] = {}
        self.objections: dict[str, int] = {}
        self.answered: set[int] = set()
        self.heard: set[str] = set()
        self.window_ends: datetime | None = None

    def took_part(self, person: str) -> bool:
        """Whether a bidder was there at the deadline. Of a stopped lot nobody is told who was."""
        return person in self.case.state.took_part() or bool(self.case.state.stopped_lots())

    def alias_fits(self, alias: int | None, bidder: str) -> bool:
        """By first words, one for each bidder. Of a stopped lot nobody is told which consortium somebody spoke for."""
        if alias is not None and self.case.state.stopped_lots() and alias in self.aliases.values():
            self.aliases.setdefault(bidder, alias)
        return self.aliases.setdefault(bidder, max(self.aliases.values(), default=0) + 1) == alias

    def raised(self, event: LineDisputed | ObjectionRaised) -> bool:
        """It has the next number."""
        self.objections[statement_id(event.signed.statement)] = len(self.objections) + 1
        return event.number == len(self.objections)


def _at(shown: Shown) -> datetime:
    return instant.when((shown.event or {})["at"])


def _said(known: _Known, event: Said, shown: Shown) -> bool:
    by = (shown.event or {})["by"]
    if by["role"] != Role.BIDDER:
        return event.alias is None
    bidder = bidder_behind(known.case.state, by["person"])
    return known.took_part(bidder) and known.alias_fits(event.alias, bidder)


def _confirmation_opened(known: _Known, event: ConfirmationOpened, shown: Shown) -> bool:
    known.window_ends = instant.when(event.ends_at)
    return all(bid.read_out for bid in known.case.state.bids.values())


def _line(known: _Known, event: LineConfirmed | LineDisputed, shown: Shown) -> bool:
    told, bid = said(event.signed.statement, Confirmation), known.case.state.bids.get(event.bid)
    if bid is None:
        return False
    known.heard.add(event.bid)
    numbered = (
        event.text == told.dispute and known.raised(event) if isinstance(event, LineDisputed) else not told.dispute
    )
    place, line = (told.session, told.person, told.bid, told.line), line_hash(readout_line(known.case.state, bid))
    return numbered and place == (known.case.session, (shown.event or {})["by"]["person"], event.bid, line)


def _objections_opened(known: _Known, event: ObjectionsOpened, shown: Shown) -> bool:
    """Only those who had their time and said nothing are silent."""
    silent = [bid for bid in known.case.state.bids if bid not in known.heard]
    waited = known.window_ends is not None and _at(shown) >= known.window_ends
    known.window_ends = instant.when(event.ends_at)
    return event.silent == silent and (waited or not silent)


def _objection(known: _Known, event: ObjectionRaised, shown: Shown) -> bool:
    told = said(event.signed.statement, Objection)
    bidder = bidder_behind(known.case.state, event.person, event.signed)
    spoken, numbered = known.alias_fits(event.alias, bidder), known.raised(event)
    same = (told.session, told.person, told.text) == (known.case.session, event.person, event.text)
    return same and numbered and spoken and known.took_part(bidder)


def _answer(known: _Known, event: ObjectionAnswered, shown: Shown) -> bool:
    told = said(event.signed.statement, Answer)
    known.answered.add(event.number)
    return (told.session, known.objections.get(told.objection), told.text) == (
        known.case.session,
        event.number,
        event.text,
    )


def _prepared(known: _Known, event: RecordPrepared, shown: Shown) -> bool:
    """Not before objections were over, later still where the host had not answered."""
    state = known.case.state
    if known.window_ends is None or state.timetable is None:
        return False
    everything = len(known.answered) == len(known.objections)
    more = 0 if everything else state.timetable.windows.objection_ms
    return _at(shown) >= instant.later(known.window_ends, more)


def _refused(known: _Known, event: RecordRefused, shown: Shown) -> bool:
    told, case = said(event.signed.statement, RecordRefusal), known.case
    place = (told.session, told.person, told.record, told.reason)
    return place == (case.session, event.person, case.state.record_hash, event.reason) and _asked(
        case, bidder_behind(case.state, event.person, event.signed)
    )


def _asked(case: Case, person: str) -> bool:
    return person in case.state.signatories()


def _closed(known: _Known, event: OpeningClosed, shown: Shown) -> bool:
    state = known.case.state
    answered = {*state.signatures, *state.refusals}
    return event.silent == [person for person in state.signatories() if person not in answered]


_READERS: dict[type[Event], Callable[[_Known, Any, Shown], bool]] = {
    Said: _said,
    ConfirmationOpened: _confirmation_opened,
    LineConfirmed: _line,
    LineDisputed: _line,
    ObjectionsOpened: _objections_opened,
    ObjectionRaised: _objection,
    ObjectionAnswered: _answer,
    RecordPrepared: _prepared,
    RecordRefused: _refused,
    OpeningClosed: _closed,
}
