"""Each person's page."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from remote_bid.opening.terms import AbortCause, Cause, Outcome, Phase, Role
from remote_bid.opening.view import OpeningView, OwnBid
from remote_bid.seal.canonical import unb64
from remote_bid.seal.tree import includes, leaf_hash
from remote_bid.timeline import instant
from remote_bid.timeline.check_code import check_code
from remote_bid.timeline.entry import Who
from remote_bid.timeline.note import parse
from tests.given import Past, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    CUSTODIANS,
    DELTA,
    EVERYBODY,
    HOST,
    NAMES,
    PUBLIC,
    SUPERVISOR,
    TENDERER,
    WITNESS,
)
from tests.opening.acts import bid_of, check_in, read_out, record_checkpoint, release, sign_record
from tests.opening.day import (
    ABORTED,
    CLOSED,
    CONFIRM,
    CONVENED,
    HELD,
    LOBBY,
    OBJECTION,
    PHASES,
    READOUT,
    RECORD,
    RELEASE,
    ROSTER,
    SCHEDULED,
    UNSEAL,
    WINDOW_CLOSED,
    opening,
)
from tests.opening.pages import page
from tests.opening.preparing import countersign_timetable
from tests.opening.tender import LOT, T0, after_t0

OVERSEERS = [HOST, SUPERVISOR, WITNESS, TENDERER]


def seen(past: Past, who: Who) -> OpeningView:
    return page(given(opening, past).story, who)


def own(past: Past, who: Who) -> OwnBid:
    """The one bid on a bidder's page."""
    bids = seen(past, who).me.bids
    assert not isinstance(bids, msgspec.UnsetType)
    [bid] = bids.values()
    return bid


def test_a_bidder_sees_its_own_bid_with_its_receipt_and_nobody_elses() -> None:
    story = given(opening, PHASES[Phase.SCHEDULED]).story
    bids = page(story, ALPHA).me.bids
    assert isinstance(bids, dict)
    assert set(bids) == {bid_of(story, ALPHA)}
    assert len(own(LOBBY, ALPHA).receipts) == 1
    assert page(story, DELTA).me.bids is UNSET
    assert page(story, HOST).me.bids is UNSET


@pytest.mark.parametrize("who", BIDDERS, ids=lambda who: who.person)
def test_from_the_roster_on_every_bidder_can_prove_that_its_bid_was_counted(who: Who) -> None:
    assert own(LOBBY, who).proofs is UNSET
    story = given(opening, ROSTER).story
    proofs = own(ROSTER, who).proofs
    assert not isinstance(proofs, msgspec.UnsetType)
    proof = proofs[bid_of(story, who)]
    leaf = leaf_hash(unb64(bid_of(story, who)))
    path = [unb64(node) for node in proof.path]
    assert includes(unb64(story.state.close.lots[0].root), proof.size, proof.index, leaf, path)


def test_the_count_is_shown_with_the_roster_and_not_while_held() -> None:
    for past in (LOBBY, PHASES[Phase.CLOSED_FOR_BIDS], HELD):
        assert all(seen(past, who).counts is seen(past, who).bids is UNSET for who in EVERYBODY)
    for who in EVERYBODY:
        [count] = msgspec.to_builtins(seen(ROSTER, who))["counts"]
        assert count == {"lot": LOT, "bids": 3}


def test_rows_are_numbered_and_have_no_name_before_names_are_shown() -> None:
    rows = msgspec.to_builtins(seen(ROSTER, BETA))["bids"]
    assert [row["number"] for row in rows.values()] == [1, 2, 3]
    assert all(set(row) == {"number", "lot"} for row in rows.values())
    for past, who in ((WINDOW_CLOSED, BETA), (ROSTER, SUPERVISOR), (READOUT, PUBLIC)):
        rows = msgspec.to_builtins(seen(past, who))["bids"]
        assert {row["name"] for row in rows.values()} == {NAMES[bidder.person] for bidder in BIDDERS}


def test_only_those_who_run_and_watch_the_session_see_progress() -> None:
    past = (*RELEASE, release(ALPHA), release(BETA))
    assert {who.role: seen(past, who).released for who in OVERSEERS} == dict.fromkeys(
        (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.TENDERER), 2
    )
    for who in EVERYBODY:
        if who not in OVERSEERS:
            assert seen(past, who).released is UNSET


def test_the_supervisor_sees_who_has_come_and_released() -> None:
    past = (*RELEASE, check_in(ALPHA), release(ALPHA))
    story = given(opening, past).story
    row = msgspec.to_builtins(page(story, SUPERVISOR))["bids"][bid_of(story, ALPHA)]
    assert (row["released"], row["checked_in_at"]) == (True, instant.text(story.at))


def test_a_bidder_sees_how_many_tries_it_has_left() -> None:
    assert own(RELEASE, ALPHA).tries_left is UNSET
    assert own((*RELEASE, release(ALPHA, half=bytes(32))), ALPHA).tries_left == 4
    assert own((*RELEASE, release(ALPHA)), ALPHA).released_at == instant.text(after_t0(60))


def test_a_bidder_learns_its_outcome_when_all_do() -> None:
    assert own(READOUT, ALPHA).outcome is UNSET
    read = own((*READOUT, read_out(ALPHA)), ALPHA)
    assert (read.outcome, read.cause) == (Outcome.OPENED, Cause.OPENED)


def test_only_the_sessions_own_people_are_listed_as_present() -> None:
    past = (*LOBBY, check_in(HOST), check_in(ALPHA))
    assert all(seen(past, who).present == [HOST.person] for who in EVERYBODY)


def test_everybody_sees_which_custodians_have_published() -> None:
    published = {
        name: row.published for name, row in msgspec.structs.asdict(seen(UNSEAL, PUBLIC))["custodians"].items()
    }
    assert published == {who.person: who in CUSTODIANS[:2] for who in CUSTODIANS}
    assert seen(UNSEAL, PUBLIC).k == 2


def test_a_page_tells_since_when_its_phase_lasts_and_who_has_signed() -> None:
    assert seen(RELEASE, PUBLIC).phase_since == instant.text(after_t0(60))
    story = given(opening, RECORD, sign_record(ALPHA), sign_record(HOST)).story
    assert page(story, PUBLIC).signed_by == sorted([ALPHA.person, HOST.person])
    rows = msgspec.to_builtins(page(story, PUBLIC))["bids"]
    assert {row["name"] for row in rows.values() if row.get("signed_record")} == {NAMES[ALPHA.person]}


def test_an_aborted_session_says_why() -> None:
    view = seen(ABORTED, PUBLIC)
    assert view.aborted == {LOT: AbortCause.TOO_FEW_BIDS}
    assert view.bids is UNSET
    assert msgspec.to_builtins(view)["counts"] == [{"lot": LOT, "bids": 1}]


def test_a_bidder_keeps_seeing_its_own_bid_when_it_is_returned() -> None:
    assert len(own(ABORTED, ALPHA).receipts) == 1


def test_the_code_that_all_screens_share_is_made_from_the_last_cosigned_phase() -> None:
    assert seen(LOBBY, PUBLIC).check_code is UNSET
    shown = {msgspec.json.encode(seen(ROSTER, who).check_code) for who in EVERYBODY}
    assert len(shown) == 1
    code = msgspec.to_builtins(seen(ROSTER, PUBLIC))["check_code"]
    assert (code["phase"], code["code"]) == (Phase.CLOSED_FOR_BIDS, check_code(parse(code["note"])[1]))


def test_a_checkpoint_of_a_mere_tick_changes_no_code() -> None:
    tick = record_checkpoint(lambda story: int(story.state.last_tick), *[after_t0(0)] * 3)
    assert seen((*ROSTER, tick), PUBLIC).check_code == seen(ROSTER, PUBLIC).check_code


@pytest.mark.parametrize(
    ("past", "ends"),
    [
        (SCHEDULED, UNSET),
        (CONVENED, T0),
        (LOBBY, T0),
        (ROSTER, UNSET),
        (RELEASE, after_t0(1860)),
        (WINDOW_CLOSED, UNSET),
        (PHASES[Phase.CUSTODY], after_t0(1860)),
        (CONFIRM, after_t0(360)),
        (OBJECTION, after_t0(660)),
        (RECORD, after_t0(1260)),
        (CLOSED, UNSET),
    ],
)
def test_the_countdown_runs_to_the_end_of_the_phase(past: Past, ends: Any) -> None:
    assert seen(past, PUBLIC).ends_at == (ends if ends is UNSET else instant.text(ends))


def test_postponed_in_the_lobby_the_countdown_runs_to_the_new_deadline() -> None:
    later = instant.text(after_t0(600))
    view = seen((*LOBBY, countersign_timetable(deadline=later)), PUBLIC)
    assert view.deadline == view.ends_at == later
