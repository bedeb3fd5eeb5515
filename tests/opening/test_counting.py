"""Lots with too few bids: they end, or go on with two signatures on a ground that was listed beforehand."""

from remote_bid.opening.events import (
    LotAborted,
    LotContinued,
    OpeningAborted,
    RosterPublished,
    SignatureAwaited,
)
from remote_bid.opening.terms import Phase
from remote_bid.timeline.marks import Disclosed
from tests.given import Past, at, given
from tests.opening.actors import HOST, SUPERVISOR
from tests.opening.course import END_COUNT_CHECK, continue_lot, decline
from tests.opening.day import COUNT_CHECK, GROUND, ROSTER, opening
from tests.opening.tender import LOT, after_t0

CONTINUED: Past = (*COUNT_CHECK, continue_lot())


def test_host_and_supervisor_go_on_with_a_lot_on_a_listed_ground() -> None:
    given(opening, COUNT_CHECK).when(continue_lot(HOST)).then(SignatureAwaited)
    story = given(opening, COUNT_CHECK).story
    [continued, _] = (
        given(opening, COUNT_CHECK, continue_lot(HOST)).when(continue_lot()).then(LotContinued, RosterPublished)
    )
    assert (continued.lot, continued.ground) == (LOT, GROUND)
    assert (story.state.phase, given(opening, CONTINUED).story.state.phase) == (Phase.COUNT_CHECK, Phase.ROSTER)
    assert len(given(opening, CONTINUED).story.state.bids) == 2
    given(opening, CONTINUED).when(continue_lot()).then_nothing()


def test_no_other_ground_lot_or_close() -> None:
    given(opening, COUNT_CHECK).when(continue_lot(ground="we like it")).then_refused("no_such_ground")
    given(opening, COUNT_CHECK).when(continue_lot(lot="another")).then_refused("no_such_ground")
    given(opening, COUNT_CHECK).when(continue_lot(close="another")).then_refused("other_close")
    given(opening, ROSTER).when(continue_lot()).then_refused("wrong_phase")


def test_if_nobody_decides_the_lot_ends() -> None:
    given(opening, COUNT_CHECK).when(END_COUNT_CHECK, at=after_t0(599)).then_refused("not_yet")
    given(opening, COUNT_CHECK).when(END_COUNT_CHECK, at=after_t0(600)).then(LotAborted, Disclosed, OpeningAborted)
    past: Past = (*COUNT_CHECK, continue_lot(HOST), decline(SUPERVISOR), at(after_t0(600), END_COUNT_CHECK))
    assert given(opening, past).story.state.phase is Phase.ABORTED
