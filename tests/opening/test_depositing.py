"""The bid deposits: who notes them, when, what of it is read out and stands in the record."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from remote_bid.opening.events import BidReadOut, DepositNoted
from remote_bid.opening.terms import Deposit, DepositForm, DepositStatus
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, after, at, given
from tests.opening.actors import ALPHA, BETA, BIDDERS, FIRST, HOST, PUBLIC, SECOND, SUPERVISOR, TENDERER
from tests.opening.acts import (
    OPEN_OBJECTIONS,
    PAID,
    PREPARE_RECORD,
    SETTLE,
    bid_of,
    confirm_line,
    note_deposit,
    publish_key,
    read_out,
)
from tests.opening.day import CUSTODY, DEPOSIT_ASKED, DEPOSITS, RELEASE, WINDOW_CLOSED, between, opening
from tests.opening.pages import entries, page
from tests.opening.tender import after_t0

NOT_COME = Deposit(status=DepositStatus.NOT_RECEIVED)
NOT_STATED = Deposit(status=DepositStatus.NOT_STATED)
LETTER = replace(PAID, form=DepositForm.E_GUARANTEE, amount="150000.00")
ASKED_RELEASE: Past = (*DEPOSIT_ASKED, *between(DEPOSIT_ASKED, DEPOSITS)[: len(RELEASE) - len(DEPOSIT_ASKED)])
READOUT: Past = (publish_key(FIRST), publish_key(SECOND), SETTLE)
ALL_READ: Past = tuple(read_out(who) for who in BIDDERS)
RECORD: Past = (
    *ALL_READ,
    *(confirm_line(who) for who in BIDDERS),
    OPEN_OBJECTIONS,
    after(600_000, PREPARE_RECORD),
)


@pytest.mark.parametrize("by", [HOST, TENDERER])
def test_host_and_tenderer_note_what_has_come(by: Who) -> None:
    [noted] = given(opening, DEPOSITS).when(note_deposit(ALPHA, by=by)).then(DepositNoted)
    assert noted.deposit == PAID


def test_nothing_is_noted_before_names_are_shown() -> None:
    given(opening, ASKED_RELEASE).when(note_deposit(ALPHA)).then_refused("names_not_shown")


def test_a_lot_that_asks_for_no_deposit_gets_no_note() -> None:
    given(opening, CUSTODY).when(note_deposit(ALPHA)).then_refused("no_deposit_asked")


def test_a_bid_that_is_read_out_gets_no_note_any_more() -> None:
    past = (*DEPOSITS, *READOUT, read_out(ALPHA))
    given(opening, past).when(note_deposit(ALPHA)).then_refused("read_out_already")
    given(opening, past).when(note_deposit(BETA)).then(DepositNoted)


def test_a_note_is_corrected_by_a_later_one_that_names_it() -> None:
    noted = (*DEPOSITS, note_deposit(ALPHA))
    given(opening, noted).when(note_deposit(ALPHA, NOT_COME, prev=None)).then_refused("not_the_latest")
    story = given(opening, (*noted, note_deposit(ALPHA, NOT_COME))).story
    assert story.state.bids[bid_of(story, ALPHA)].deposit == NOT_COME


def test_an_old_note_does_not_come_back() -> None:
    first = note_deposit(ALPHA).asked(given(opening, DEPOSITS).story)
    corrected = (*DEPOSITS, note_deposit(ALPHA), note_deposit(ALPHA, NOT_COME))
    given(opening, corrected).when(Act(first, HOST)).then_refused("not_the_latest")


@pytest.mark.parametrize(
    "deposit",
    [
        NOT_STATED,
        replace(NOT_COME, amount="1.00"),
        replace(NOT_COME, form=DepositForm.E_GUARANTEE),
        replace(PAID, form=None),
        replace(PAID, amount=None),
        replace(PAID, amount="0"),
        replace(PAID, received_at=None),
        replace(PAID, received_at="yesterday"),
        replace(PAID, received_at=instant.text(after_t0(86_400))),
    ],
)
def test_a_note_says_all_of_what_has_come_and_nothing_of_what_has_not(deposit: Deposit) -> None:
    given(opening, DEPOSITS).when(note_deposit(ALPHA, deposit)).then_refused("bad_deposit")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"session": "another"}, "other_session"), ({"bid": "no bid"}, "no_such_bid")],
)
def test_a_note_is_for_a_bid_of_this_session(changes: dict[str, Any], code: str) -> None:
    given(opening, DEPOSITS).when(note_deposit(ALPHA, **changes)).then_refused(code)


def test_a_note_is_read_out_and_stands_in_the_record_and_what_was_not_noted_is_not_stated() -> None:
    past = (*DEPOSITS, note_deposit(ALPHA, LETTER), note_deposit(BETA, NOT_COME), *READOUT, *RECORD)
    story = given(opening, past).story
    expected = {
        bid_of(story, who): deposit for who, deposit in zip(BIDDERS, (LETTER, NOT_COME, NOT_STATED), strict=True)
    }
    assert {line.bid: line.deposit for line in story.state.record.lines} == expected
    assert {bid: row.deposit for bid, row in (page(story, PUBLIC).bids or {}).items()} == expected


def test_where_no_deposit_is_asked_none_is_told() -> None:
    [read, *_] = given(opening, (*CUSTODY, *READOUT)).when(read_out(ALPHA)).then(BidReadOut)
    assert read.deposit is None


def test_the_public_reads_no_note_before_the_readout() -> None:
    story = given(opening, (*DEPOSITS, note_deposit(ALPHA))).story
    assert _noted(story, PUBLIC) == {"type", "at", "by"}
    assert {"bid", "deposit", "signed"} <= _noted(story, ALPHA)
    later = given(opening, (*DEPOSITS, note_deposit(ALPHA), *READOUT)).story
    assert "deposit" in _noted(later, PUBLIC)


@pytest.mark.parametrize("who", [ALPHA, SUPERVISOR, FIRST])
def test_nobody_else_notes_deposits(who: Who) -> None:
    given(opening, DEPOSITS).when(note_deposit(ALPHA, signer=who), by=who).then_refused("not_allowed")


def test_a_window_that_is_not_closed_shows_no_deposit_on_any_page() -> None:
    story = given(opening, ASKED_RELEASE).story
    assert not any(row.deposit for who in (HOST, SUPERVISOR, ALPHA) for row in (page(story, who).bids or {}).values())


@settings(max_examples=30, deadline=None)
@for_all(st.lists(st.tuples(st.sampled_from(BIDDERS), st.sampled_from([PAID, LETTER, NOT_COME])), max_size=6))
def test_whatever_is_noted_in_whatever_order_the_last_note_of_each_bid_is_read_out(
    notes: list[tuple[Who, Deposit]],
) -> None:
    past = (*DEPOSITS, *(note_deposit(who, deposit) for who, deposit in notes), *READOUT)
    last = dict(notes)
    for who in BIDDERS:
        read = given(opening, past).when(read_out(who)).happened()[0]
        assert isinstance(read, BidReadOut)
        assert read.deposit == last.get(who, NOT_STATED)


def test_a_window_closed_for_want_of_releases_lets_deposits_be_noted_too() -> None:
    past = (*DEPOSIT_ASKED, *between(DEPOSIT_ASKED, DEPOSITS)[: len(WINDOW_CLOSED) - len(DEPOSIT_ASKED)])
    given(opening, past).when(at(after_t0(2000), note_deposit(ALPHA))).then(DepositNoted)


def _noted(story: Any, who: Who) -> set[str]:
    """The fields of the note that somebody reads."""
    shown = [entry.event or {} for entry in entries(story, who)]
    return set(next(event for event in shown if event.get("type") == "DepositNoted"))
