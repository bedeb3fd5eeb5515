"""Which fields of an entry somebody may read, and what the rest of the house relies on about that."""

from itertools import pairwise

import pytest

from remote_bid.timeline.chain import check, genesis
from remote_bid.timeline.entry import MAIN, Who
from tests.given import Past, Story, given
from tests.opening.actors import ALPHA, BETA, DELTA, EVERYBODY, HOST
from tests.opening.acts import check_in, read_out, release
from tests.opening.day import (
    ABORTED,
    CLOSED,
    CLOSED_FOR_BIDS,
    HELD,
    LOBBY,
    READOUT,
    RELEASE,
    ROSTER,
    UNSEAL,
    between,
    opening,
)
from tests.opening.pages import entries, fields_for, page


def shown_of(past: Past, kind: str, who: Who) -> list[set[str] | None]:
    """The fields that somebody may read of all entries of one kind; None: all of them."""
    story = given(opening, past).story
    names = [fields_for(story, entry, who) for turn in story.turns for entry in turn if entry.type == kind]
    return [None if fields is None else set(fields) for fields in names]


ONE_READ: Past = (*READOUT, read_out(BETA))


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_the_seed_of_a_tick_is_hidden_until_everything_is_disclosed(who: Who) -> None:
    """Whoever has it sees how many entries a tick holds."""
    for past in (CLOSED_FOR_BIDS, ROSTER, UNSEAL):
        assert all(fields == {"type", "at", "by", "slots", "root"} for fields in shown_of(past, "Ticked", who))
    for past in (READOUT, CLOSED, ABORTED):
        assert all(fields is None for fields in shown_of(past, "Ticked", who))


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_the_close_is_shown_once_it_is_cosigned_in_time(who: Who) -> None:
    for past in (CLOSED_FOR_BIDS, HELD):
        assert shown_of(past, "BidsClosed", who) == [{"type", "at", "by"}]
    for past in (ROSTER, ABORTED):
        assert shown_of(past, "BidsClosed", who) == [None]


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_what_became_of_a_bid_is_shown_when_it_is_read_out(who: Who) -> None:
    """Its own bidder, too, hears it with everybody else."""
    assert shown_of(READOUT, "BidSettled", who) == [set()] * 3
    assert sorted(shown_of(ONE_READ, "BidSettled", who), key=str) == [None, set(), set()]
    assert shown_of(CLOSED, "BidSettled", who) == [None] * 3


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_of_somebody_who_came_and_did_not_bid_only_that_is_ever_told(who: Who) -> None:
    came = (*LOBBY, check_in(DELTA), check_in(ALPHA))
    own, rivals = who == DELTA, who == ALPHA
    for past, told in ((came, set()), ((*came, *between(LOBBY, READOUT)), {"type"})):
        assert shown_of(past, "BidderCheckedIn", who) == [None if own else told, None if rivals else told]
    in_the_end = (*came, *between(LOBBY, CLOSED))
    assert shown_of(in_the_end, "BidderCheckedIn", who) == [None if own else {"type"}, None]


def stories() -> list[Story]:
    """The whole day, act by act."""
    whole = (*LOBBY, check_in(HOST), check_in(ALPHA), *between(LOBBY, CLOSED))
    return [given(opening, whole[:length]).story for length in range(1, len(whole) + 1)]


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_what_is_shown_of_the_main_line_is_chained_without_a_gap(who: Who) -> None:
    """Hidden is not missing: what one may not read is there as its leaf."""
    for story in stories():
        head = genesis(opening.session, MAIN)
        shown = [entry for entry in entries(story, who) if entry.line == MAIN]
        assert [entry.seq for entry in shown] == list(range(1, story.folded.head + 1))
        for entry in shown:
            head = check(entry, head)


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_entries_show_more_only_where_the_room_says_they_may(who: Who) -> None:
    """`show` changes only with the curtain, and only for side lines and the veiled types: on this frames rely."""
    told = stories()
    for before, after in pairwise(told):
        for turn in before.turns:
            for entry in turn:
                old, new = fields_for(before, entry, who), fields_for(after, entry, who)
                if old != new:
                    assert opening.context.curtain(before.state) != opening.context.curtain(after.state)
                    assert entry.line != MAIN or entry.type in opening.context.veiled
                    assert new is None or (old is not None and set(old) < set(new))


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_a_side_line_entry_changes_the_page_of_its_author_and_of_overseers_only(who: Who) -> None:
    told = stories()
    for before, after in pairwise(told):
        turn = after.turns[len(before.turns) :]
        aside = turn and all(entry.line != MAIN for entry in turn[0])
        if aside and turn[0][0].fields["by"]["person"] != who.person and not opening.context.overlooks(who):
            assert page(before, who) == page(after, who)


def test_ones_own_entries_are_read_whole_at_once() -> None:
    story = given(opening, RELEASE, check_in(ALPHA), release(ALPHA)).story
    mine = [entry.event for entry in entries(story, ALPHA) if entry.line != MAIN and entry.event]
    assert [event["type"] for event in mine] == ["BidSubmitted", "BidderCheckedIn", "KeyReleased"]
