"""The deadline: lobby, ticks, the close over the live bids, and what is decided once it is cosigned."""

from dataclasses import replace as with_

import pytest
from msgspec.structs import replace

from remote_bid.opening.events import (
    BidsClosed,
    KeyReleased,
    LobbyOpened,
    LotAborted,
    OpeningAborted,
    RosterPublished,
)
from remote_bid.opening.statements import Close
from remote_bid.opening.terms import AbortCause, Phase
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import is_signed_by, said
from remote_bid.seal.tree import EMPTY_ROOT, leaf_hash, root_of
from remote_bid.timeline import instant
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, Ticked
from tests.given import Past, When, at, given, handle
from tests.opening.actors import ALPHA, BETA, BIDDERS, OFFICE
from tests.opening.acts import (
    CLOSE_BIDS,
    OPEN_LOBBY,
    OPEN_RELEASE,
    TICK,
    bid_of,
    check_in,
    cosign_close,
    release,
    submit,
    withdraw,
)
from tests.opening.day import (
    ABORTED,
    ALPHAS_BID,
    BETAS_BID,
    CLOSED_FOR_BIDS,
    CONVENED,
    LOBBY,
    OPENS_LOBBY,
    OTHER_LOT,
    POLICY_PUBLISHED,
    SCHEDULED,
    THREE_BIDS,
    TWO_LOTS,
    between,
    opening,
)
from tests.opening.preparing import countersign_timetable, schedule
from tests.opening.tender import LOBBY_TICKS, SESSION, T0, TENDER, TICKS, after_t0

MS = 0.001
AT_T0: Past = (OPENS_LOBBY, at(T0, CLOSE_BIDS))


def test_the_lobby_opens_an_hour_before_the_deadline() -> None:
    given(opening, CONVENED).when(OPEN_LOBBY, at=after_t0(-3600 - MS)).then_refused("not_yet")
    given(opening, CONVENED).when(OPEN_LOBBY, at=after_t0(-3600)).then(LobbyOpened)


def test_ticks_come_at_their_cadence_and_never_early() -> None:
    first = instant.later(opening.begins, TICKS.every_ms)
    given(opening, CONVENED).when(TICK, at=instant.later(first, -1)).then_refused("not_yet")
    given(opening, CONVENED).when(TICK, at=first).then(Ticked)
    given(opening, CONVENED, at(first, TICK)).when(TICK).then_refused("not_yet")


def test_in_the_lobby_ticks_come_faster() -> None:
    past = (*CONVENED, at(after_t0(-3600), TICK), OPEN_LOBBY)
    next_one = instant.later(after_t0(-3600), LOBBY_TICKS.every_ms)
    given(opening, past).when(TICK, at=instant.later(next_one, -1)).then_refused("not_yet")
    given(opening, past).when(TICK, at=next_one).then(Ticked)


def test_a_timetable_with_fewer_slots_strands_nothing() -> None:
    """Between two ticks of 4096 slots there is room for more than the 256 that the new timetable allows."""
    large = replace(LOBBY_TICKS, slots=4096)
    past = (*POLICY_PUBLISHED, countersign_timetable(lobby_ticks=large), ALPHAS_BID, OPENS_LOBBY)
    story = given(opening, past).story
    lines = replace(story.folded.lines, pending=story.folded.lines.pending * 300)
    crowded = with_(story, folded=with_(story.folded, lines=lines))
    later = countersign_timetable(deadline=instant.text(after_t0(600)))
    When(handle(crowded, later)[0], at(after_t0(600), CLOSE_BIDS)).then(Ticked, BidsClosed)


@pytest.mark.parametrize("bids", [0, 1, 3])
def test_a_tick_tells_nothing_of_how_many_entries_it_holds(bids: int) -> None:
    [ticked] = given(opening, CONVENED, THREE_BIDS[:bids]).when(TICK, at=after_t0(-7200)).then(Ticked)
    assert ticked.slots == TICKS.slots
    assert len(unb64(ticked.root)) == len(unb64(ticked.seed)) == 32


def test_nothing_is_closed_before_the_deadline() -> None:
    given(opening, LOBBY).when(CLOSE_BIDS, at=after_t0(-MS)).then_refused("not_yet")
    given(opening, LOBBY).when(CLOSE_BIDS, at=T0).then(Ticked, BidsClosed)


def test_the_close_is_the_servers_word_after_a_last_tick() -> None:
    before = given(opening, LOBBY)
    ticked, closed = before.when(CLOSE_BIDS, at=after_t0(0.2)).then(Ticked, BidsClosed)
    assert is_signed_by(closed.close, OFFICE.spki, OFFICE.keyid)
    close = said(closed.close, Close)
    assert (close.session, close.at) == (SESSION, instant.text(after_t0(0.2)))
    assert close.timetable == before.story.state.timetable_id
    story = before.when(CLOSE_BIDS, at=after_t0(0.2)).story
    assert story.folded.main[close.tick - 1].type == "Ticked"
    assert story.folded.main[close.tick - 1].fields["root"] == ticked.root
    assert story.folded.lines.pending == ()


def test_the_close_counts_exactly_the_live_bids() -> None:
    """One replaced, one taken back, one taken back and handed in again."""
    busy = (*THREE_BIDS, submit(ALPHA), withdraw(BETA), withdraw(ALPHA), submit(ALPHA))
    story = given(opening, CONVENED, busy, AT_T0).story
    [lot] = story.state.close.lots
    ids = sorted(unb64(bid_of(story, who)) for who in (BIDDERS[0], BIDDERS[2]))
    assert lot.count == len(story.state.bids) == 2
    assert lot.root == b64(root_of([leaf_hash(raw) for raw in ids]))


def test_with_no_bid_at_all_the_close_says_so() -> None:
    [lot] = given(opening, CONVENED, AT_T0).story.state.close.lots
    assert (lot.count, lot.root) == (0, b64(EMPTY_ROOT))


def test_cosigned_in_time_the_count_is_published() -> None:
    before = given(opening, CLOSED_FOR_BIDS)
    _, roster = before.when(cosign_close()).then(CheckpointCosigned, RosterPublished)
    assert roster.close == before.story.state.close_statement


@pytest.mark.parametrize("minimum", [3, 2, 1, 0])
def test_as_many_as_the_tender_declares_are_enough(minimum: int) -> None:
    before = given(opening, declaring(minimum), THREE_BIDS[: max(1, minimum)], AT_T0)
    before.when(cosign_close()).then(CheckpointCosigned, RosterPublished)


@pytest.mark.parametrize(("minimum", "bids"), [(3, 2), (3, 0), (1, 0), (0, 0), (4, 3)])
def test_with_too_few_the_session_ends_and_everything_but_the_bids_is_disclosed(minimum: int, bids: int) -> None:
    before = given(opening, declaring(minimum), THREE_BIDS[:bids], AT_T0)
    _, lot, disclosed, aborted = before.when(cosign_close()).then(
        CheckpointCosigned, LotAborted, Disclosed, OpeningAborted
    )
    assert lot.cause is aborted.cause is AbortCause.TOO_FEW_BIDS
    told = [entry.type for tick in disclosed.ticks for entry in tick.entries]
    assert told == ["BidSubmitted"] * bids
    story = before.when(cosign_close()).story
    assert story.state.phase is Phase.ABORTED
    assert len(story.state.returned) == bids


def declaring(minimum: int) -> Past:
    """A session whose lot needs so many bids."""
    lots = [replace(TENDER.lots[0], minimum=minimum)]
    return (schedule(tender=replace(TENDER, lots=lots)), *between(SCHEDULED, CONVENED))


def test_returned_bids_stay_sealed() -> None:
    given(opening, ABORTED).when(release(ALPHA)).then_refused("not_your_bid")
    assert given(opening, ABORTED).story.state.disclosed


ON_THE_OTHER_LOT = submit(ALPHA, lot=OTHER_LOT)


def test_each_lot_is_counted_by_itself() -> None:
    before = given(opening, TWO_LOTS, THREE_BIDS, ON_THE_OTHER_LOT, AT_T0)
    _, lot, _ = before.when(cosign_close()).then(CheckpointCosigned, LotAborted, RosterPublished)
    assert lot.lot == OTHER_LOT
    story = before.when(cosign_close()).story
    assert {bid.lot for bid in story.state.returned.values()} == {OTHER_LOT}
    assert {bid.lot for bid in story.state.bids.values()} == {"lot-1"}
    opened = (*TWO_LOTS, *THREE_BIDS, ON_THE_OTHER_LOT, *AT_T0, cosign_close(), OPEN_RELEASE)
    given(opening, opened).when(release(ALPHA, lot=OTHER_LOT)).then_refused("not_your_bid")
    given(opening, opened).when(release(ALPHA)).then_aside(ALPHA, KeyReleased)


def test_a_late_comer_to_the_lobby_is_in_the_last_tick() -> None:
    past = (*CONVENED, ALPHAS_BID, BETAS_BID, OPENS_LOBBY, check_in(ALPHA), submit(ALPHA))
    story = given(opening, past).when(CLOSE_BIDS, at=T0).story
    held = [entry.type for tick in story.folded.lines.ticks for entry in tick.entries]
    assert held == ["BidSubmitted", "BidSubmitted", "BidderCheckedIn", "BidSubmitted"]
