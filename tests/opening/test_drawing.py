"""The coefficient draw: sealed before the deadline, opened with everything else, drawn so anybody gets the same."""

from collections import Counter
from dataclasses import replace as with_
from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.opening.events import CoefficientDrawn, DrawSealed, LotteryCalled, ReadoutOpened, SignatureAwaited
from remote_bid.opening.known import Known
from remote_bid.opening.rules.drawing import drawn_value
from remote_bid.opening.terms import DrawLine
from remote_bid.seal.canonical import b64, labelled_hash, unb64
from remote_bid.seal.statements import id_of
from remote_bid.tender.sealed_draw import unbiased
from remote_bid.tender.terms import DRAW, Coefficient, Draw, LotPart
from remote_bid.timeline.marks import Disclosed
from tests.given import Past, When, after, given
from tests.opening.actors import ALPHA, BIDDERS, FIRST, HOST, PUBLIC, SUPERVISOR, TENDERER, secret_of
from tests.opening.acts import OPEN_OBJECTIONS, PREPARE_RECORD, bid_of, read_out
from tests.opening.day import CONVENED, SCHEDULED, THREE_BIDS, opening
from tests.opening.draws import (
    ALL_READ,
    DRAW_COEFFICIENTS,
    DRAW_CONVENED,
    DRAWING,
    NAME,
    NOBODY_SEALED,
    POLICIES,
    VALUES,
    lottery,
    lottery_proposed,
    seal_draw,
    sealed_wrongly,
    seed_for,
    until_drawing,
)
from tests.opening.pages import entries, page
from tests.opening.preparing import countersign_strike, countersign_timetable, publish_policy, schedule
from tests.opening.sealed import halves_of
from tests.opening.tender import LOT, T0, TENDER

SUPERVISOR_ALONE = until_drawing(seal_draw(SUPERVISOR))


def drawn(past: Past) -> Any:
    """What the clock draws."""
    event, *_ = given(opening, past).when(DRAW_COEFFICIENTS).happened()
    return event


def seed_by_hand(past: Past, *seeds: bytes) -> bytes:
    """As the protocol has it."""
    story = given(opening, past).story
    bids = sorted((unb64(bid_of(story, who)), halves_of(who, 1).s_b) for who in BIDDERS)
    close, window = (unb64(id_of(said)) for said in (story.state.close, story.state.window_closed))
    return labelled_hash("sbe/1 draw", close, window, LOT.encode(), b"".join(half for _, half in bids), *seeds)


def test_the_value_is_one_that_the_tender_allows_and_the_readout_follows() -> None:
    [event, *_] = given(opening, DRAWING).when(DRAW_COEFFICIENTS).then(CoefficientDrawn, Disclosed, ReadoutOpened)
    assert (event.lot, event.coefficient, event.lottery) == (LOT, NAME, None)
    assert event.value in VALUES
    assert [(envelope.person, envelope.fault) for envelope in event.envelopes] == [
        (TENDERER.person, ""),
        (SUPERVISOR.person, ""),
    ]


def test_the_seed_is_made_of_close_window_halves_and_sealed_seeds_as_written() -> None:
    event, seed = drawn(DRAWING), seed_by_hand(DRAWING, seed_for(TENDERER), seed_for(SUPERVISOR))
    assert event.seed == b64(seed)
    assert event.bids == sorted((bid_of(given(opening, DRAWING).story, who) for who in BIDDERS), key=unb64)
    first = labelled_hash("sbe/1 draw stream", seed, NAME.encode(), bytes(4))[:8]
    assert event.value == VALUES[int.from_bytes(first, "big") % len(VALUES)]


def test_every_value_is_as_likely_as_any_other() -> None:
    coefficient = Coefficient(name=NAME, values=VALUES)
    found = Counter(drawn_value(b64(secret_of(f"seed {number}")), coefficient) for number in range(5000))
    assert set(found) == set(VALUES)
    assert all(900 < times < 1100 for times in found.values())


def test_words_of_the_uneven_rest_are_left_out() -> None:
    """2^64 is 1 mod 5: its last number would give 0 once more than the others."""
    assert unbiased(iter([2**64 - 1, 7]), 5) == 2
    assert unbiased(iter([2**64 - 2]), 5) == 4


SPOILED = until_drawing(sealed_wrongly(TENDERER), seal_draw(SUPERVISOR))


@pytest.mark.parametrize(("past", "fault"), [(SUPERVISOR_ALONE, "missing"), (SPOILED, "secret_not_committed")])
def test_a_missing_or_spoiled_envelope_counts_as_empty_and_is_named(past: Past, fault: str) -> None:
    event = drawn(past)
    assert {seal.person: seal.fault for seal in event.envelopes} == {TENDERER.person: fault, SUPERVISOR.person: ""}
    assert event.seed == b64(seed_by_hand(past, b"", seed_for(SUPERVISOR)))


def test_with_no_seed_at_all_lots_are_drawn_by_hand() -> None:
    given(opening, NOBODY_SEALED[:-1]).when(DRAW_COEFFICIENTS).then(LotteryCalled)
    event, *_ = given(opening, NOBODY_SEALED).when(lottery()).then(CoefficientDrawn, Disclosed, ReadoutOpened)
    assert (event.value, event.seed, event.lottery is None) == ("0.97", "", False)
    given(opening, NOBODY_SEALED).when(DRAW_COEFFICIENTS).then_nothing()


def test_what_came_out_of_the_drum_is_signed_by_two_and_allowed() -> None:
    given(opening, NOBODY_SEALED).when(lottery(SUPERVISOR)).then_refused("two_signatures")
    given(opening, NOBODY_SEALED).when(lottery(SUPERVISOR, HOST)).then_refused("two_signatures")
    given(opening, NOBODY_SEALED).when(lottery(value="1.00")).then_refused("not_a_value")
    given(opening, NOBODY_SEALED).when(lottery(coefficient="另一个系数")).then_refused("no_lottery")
    given(opening, NOBODY_SEALED[:-1]).when(lottery()).then_refused("no_lottery")
    given(opening, DRAWING).when(lottery()).then_refused("no_lottery")


def test_the_host_says_first_what_came_out_and_the_supervisor_signs_the_same() -> None:
    given(opening, NOBODY_SEALED).when(lottery_proposed()).then(SignatureAwaited)
    proposed: Past = (*NOBODY_SEALED, lottery_proposed())
    given(opening, proposed).when(lottery_proposed()).then_nothing()
    given(opening, proposed).when(lottery()).then(CoefficientDrawn, Disclosed, ReadoutOpened)
    assert given(opening, (*proposed, lottery())).story.state.awaited == {}
    given(opening, NOBODY_SEALED).when(lottery_proposed(value="1.00")).then_refused("not_a_value")
    given(opening, NOBODY_SEALED).when(lottery_proposed(), by=SUPERVISOR).then_refused("not_signed_by_you")
    given(opening, NOBODY_SEALED).when(lottery(), by=HOST).then_refused("two_signatures")


def test_a_seed_is_sealed_once_and_before_the_deadline() -> None:
    given(opening, DRAW_CONVENED).when(seal_draw(TENDERER)).then(DrawSealed)
    again = seal_draw(TENDERER, D=b64(bytes(32)))
    given(opening, DRAW_CONVENED, seal_draw(TENDERER)).when(again).then_refused("sealed_already")
    given(opening, DRAW_CONVENED).when(seal_draw(TENDERER), at=T0).then_refused("too_late")


def test_before_there_is_a_deadline_no_seed_is_taken() -> None:
    given(opening, POLICIES).when(seal_draw(TENDERER)).then_refused("no_timetable")


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 3},
        {"shares": []},
        {"lot": "another"},
        {"nonce": "short"},
        {"D": ""},
        {"person": SUPERVISOR.person},
    ],
    ids=str,
)
def test_a_seed_is_sealed_by_oneself_to_the_custodians_of_this_draw(wrong: dict[str, Any]) -> None:
    given(opening, DRAW_CONVENED).when(seal_draw(TENDERER, **wrong)).then_refused("bad_draw_envelope")


def test_a_seed_is_sealed_again_only_after_a_custodian_of_the_draw_was_struck() -> None:
    sealed = (*DRAW_CONVENED, seal_draw(TENDERER), countersign_strike(FIRST, part=DRAW))
    given(opening, sealed).when(seal_draw(TENDERER)).then(DrawSealed)
    other = seal_draw(TENDERER, nonce=b64(bytes(32)))
    given(opening, sealed, seal_draw(TENDERER)).when(other).then_refused("sealed_already")
    given(opening, DRAW_CONVENED, seal_draw(TENDERER), countersign_strike(FIRST)).when(other).then_refused(
        "sealed_already"
    )


def test_no_part_of_a_bid_is_called_a_draw() -> None:
    lot = replace(TENDER.lots[0], parts=[*TENDER.lots[0].parts, LotPart(part=DRAW)])
    named = replace(TENDER, lots=[lot])
    given(opening).when(schedule(tender=named)).then_refused("bad_parts")


def test_a_lot_that_declares_no_draw_has_none() -> None:
    given(opening, CONVENED).when(seal_draw(TENDERER)).then_refused("bad_draw_envelope")
    given(opening, SCHEDULED).when(publish_policy(part=DRAW)).then_refused("unknown_part")


def test_a_declared_draw_needs_its_policy_before_a_timetable_is_signed() -> None:
    given(opening, POLICIES[:-1]).when(countersign_timetable()).then_refused("policies_missing")


@pytest.mark.parametrize(
    "coefficients",
    [
        [Coefficient(name=NAME, values=["0.95", "0.95"])],
        [Coefficient(name=NAME, values=["0.95"]), Coefficient(name=NAME, values=["0.96"])],
    ],
)
def test_nothing_is_declared_twice(coefficients: list[Coefficient]) -> None:
    lot = replace(TENDER.lots[0], draw=Draw(coefficients=coefficients))
    given(opening).when(schedule(tender=replace(TENDER, lots=[lot]))).then_refused("bad_draw")


def test_bids_have_no_part_for_the_draw() -> None:
    assert given(opening, DRAW_CONVENED, *THREE_BIDS).story.state.bid_of(ALPHA.person, LOT) is not None


def test_which_bids_were_opened_is_not_told_before_they_are_read_out() -> None:
    past = (*DRAWING, DRAW_COEFFICIENTS)
    assert "bids" not in shown(past)
    assert "bids" in shown((*past, *ALL_READ))
    assert "bids" not in shown((*past, read_out(ALPHA)))


def shown(past: Past) -> dict[str, Any]:
    """The drawn coefficient as the public reads it."""
    found = [item.event for item in entries(given(opening, past).story, PUBLIC) if item.event]
    return next(event for event in found if event["type"] == "CoefficientDrawn")


def test_the_record_and_every_page_tell_what_was_drawn() -> None:
    value = drawn(SUPERVISOR_ALONE).value
    line = DrawLine(lot=LOT, coefficient=NAME, value=value, empty=[TENDERER.person], lottery=False)
    heard = (after(300_000, OPEN_OBJECTIONS), after(600_000, PREPARE_RECORD))
    story = given(opening, SUPERVISOR_ALONE, DRAW_COEFFICIENTS, ALL_READ, heard).story
    assert story.state.record.draws == [line]
    assert page(story, PUBLIC).draws == [line]


def test_lotteries_that_wait_are_on_every_page() -> None:
    assert page(given(opening, NOBODY_SEALED).story, PUBLIC).lotteries == [LOT]


def test_until_every_seed_is_looked_at_nothing_is_drawn() -> None:
    async def nothing_drawn(*_: object) -> Known:
        return Known()

    story = with_(given(opening, DRAWING).story, room=with_(opening, facts=nothing_drawn))
    When(story, DRAW_COEFFICIENTS).then_refused("not_drawn")
