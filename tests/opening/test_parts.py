"""Bids of several parts: all are counted, those opened here are released, and nothing but the readout form gets out."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.opening.commands import SubmitBid
from remote_bid.opening.events import BidSettled, KeyEntrusted, KeyReleased, PartReleased, WrongKeyTried
from remote_bid.opening.rules.closing import set_root
from remote_bid.opening.terms import Outcome, Phase
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import recover
from remote_bid.seal.envelope import Secrets, ctx_of, unseal
from remote_bid.seal.statements import said, statement_id
from remote_bid.seal.tree import includes, leaf_hash
from remote_bid.tender.statements import Deal, Receipt
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    CUSTODIANS,
    EVERYBODY,
    FIRST,
    HOST,
    PUBLIC,
    SECOND,
    SUPERVISOR,
    TENDERER,
    seed_of,
)
from tests.opening.acts import (
    CLOSE_WINDOW,
    SETTLE,
    cosign_window,
    entrust_key,
    publish_key,
    release,
    submission_of,
    submit,
)
from tests.opening.day import (
    CLOSED,
    PARTS_CUSTODY,
    PARTS_RELEASE,
    PARTS_RELEASED,
    PRICE_PART,
    READOUT,
    SEVERAL_PARTS,
    TECHNICAL,
    between,
    opening,
)
from tests.opening.pages import page, readable
from tests.opening.sealed import SAFE, document_of, halves_of
from tests.opening.tender import LOT, after_t0

ALL = (READOUT_FORM, TECHNICAL, PRICE_PART)
KEPT = (TECHNICAL, PRICE_PART)
PARTS_CLOSED: Past = (
    *PARTS_CUSTODY,
    entrust_key(FIRST, TECHNICAL),
    publish_key(FIRST),
    publish_key(SECOND),
    entrust_key(SECOND, TECHNICAL),
    SETTLE,
    *between(READOUT, CLOSED),
)


def told(happened: Sequence[Any]) -> Any:
    """The one event of a turn, in whichever line."""
    [item] = happened
    return getattr(item, "event", item)


def test_a_bid_is_all_parts_of_its_lot_and_the_receipt_covers_them() -> None:
    submitted = told(given(opening, SEVERAL_PARTS).when(submit(ALPHA)).happened())
    assert [part.part for part in submitted.parts] == list(ALL)
    ids = [statement_id(part.submission) for part in submitted.parts]
    assert said(submitted.receipt, Receipt).statements == ids
    assert submitted.bid == ids[0]


@pytest.mark.parametrize("left", range(3))
def test_a_bid_without_one_of_its_parts_is_refused(left: int) -> None:
    command = submit(ALPHA).asked(given(opening, SEVERAL_PARTS).story)
    assert isinstance(command, SubmitBid)
    parts = [part for number, part in enumerate(command.parts) if number != left]
    given(opening, SEVERAL_PARTS).when(Act(replace(command, parts=parts), ALPHA)).then_refused("parts_missing")


def test_the_close_covers_every_part_and_every_bidder_can_prove_each_of_its_own() -> None:
    story = given(opening, PARTS_RELEASE).story
    [lot] = story.state.close.lots
    assert lot.count == len(BIDDERS)
    assert lot.root == set_root([submission_of(story, who, part) for who in BIDDERS for part in ALL])
    [own] = page(story, ALPHA).me.bids.values()  # type: ignore[union-attr]  # a bidder has bids
    assert isinstance(own.proofs, dict)
    assert set(own.proofs) == {submission_of(story, ALPHA, part) for part in ALL}
    for name, proof in own.proofs.items():
        path = [unb64(node) for node in proof.path]
        assert includes(unb64(lot.root), proof.size, proof.index, leaf_hash(unb64(name)), path)


def test_each_part_opened_here_is_released_on_its_own() -> None:
    assert isinstance(told(given(opening, PARTS_RELEASE).when(release(ALPHA)).happened()), KeyReleased)
    released = told(given(opening, PARTS_RELEASE).when(release(ALPHA, part=TECHNICAL)).happened())
    assert isinstance(released, PartReleased)
    given(opening, PARTS_RELEASE, release(ALPHA)).when(release(ALPHA)).then_nothing()
    given(opening, PARTS_RELEASE, release(ALPHA, part=TECHNICAL)).when(release(ALPHA, part=TECHNICAL)).then_nothing()


def test_a_part_that_stays_sealed_is_not_released_at_the_opening() -> None:
    given(opening, PARTS_RELEASE).when(release(ALPHA, part=PRICE_PART)).then_refused("not_opened_here")


def test_the_half_of_one_part_is_a_wrong_half_of_another_and_tries_are_counted_for_each() -> None:
    wrong = release(ALPHA, part=TECHNICAL, half=halves_of(ALPHA, 1).s_b)
    tried = told(given(opening, PARTS_RELEASE).when(wrong).happened())
    assert isinstance(tried, WrongKeyTried)
    story = given(opening, PARTS_RELEASE).story
    assert (tried.submission, tried.left) == (submission_of(story, ALPHA, TECHNICAL), 4)
    again = told(given(opening, PARTS_RELEASE, wrong).when(release(ALPHA, half=bytes(32))).happened())
    assert again.left == 4


def test_the_window_closes_early_only_when_every_half_asked_for_is_here() -> None:
    readout_only = (*PARTS_RELEASE, *(release(who) for who in BIDDERS))
    given(opening, readout_only).when(CLOSE_WINDOW).then_refused("not_yet")
    story = given(opening, readout_only).when(CLOSE_WINDOW, at=after_t0(1860)).story
    [lot] = story.state.window_closed.lots
    assert {item.submission for item in lot.released} == {submission_of(story, who, READOUT_FORM) for who in BIDDERS}
    assert set(lot.missing) == {submission_of(story, who, TECHNICAL) for who in BIDDERS}
    assert set(lot.sealed) == {submission_of(story, who, PRICE_PART) for who in BIDDERS}
    given(opening, PARTS_RELEASED).when(CLOSE_WINDOW).happened()


def test_a_bid_is_opened_by_its_readout_form_whatever_became_of_its_other_parts() -> None:
    window = (replace_time(CLOSE_WINDOW, 1860), cosign_window())
    past = (
        *PARTS_RELEASE,
        release(ALPHA),
        release(BETA, part=TECHNICAL),
        *window,
        publish_key(FIRST),
        publish_key(SECOND),
    )
    events = given(opening, past).when(SETTLE).happened()
    found = {event.bidder: event.outcome for event in events if isinstance(event, BidSettled)}
    assert found[ALPHA.person] is Outcome.OPENED
    assert found[BETA.person] is Outcome.DEEMED_REVOKED


def replace_time(act: Act, seconds: int) -> Act:
    return Act(act.ask, act.by, after_t0(seconds))


@pytest.mark.parametrize("part", KEPT)
def test_the_key_of_a_part_that_is_not_read_out_is_never_published(part: str) -> None:
    given(opening, PARTS_CUSTODY).when(publish_key(FIRST, part=part)).then_refused("not_your_key")


@pytest.mark.parametrize("part", [READOUT_FORM, PRICE_PART])
def test_only_keys_of_parts_opened_for_the_evaluation_are_entrusted(part: str) -> None:
    given(opening, PARTS_CUSTODY).when(entrust_key(FIRST, part)).then_refused("not_your_key")


def test_a_key_is_entrusted_by_its_holder_and_needs_no_quorum_for_the_opening_to_go_on() -> None:
    [entrusted] = given(opening, PARTS_CUSTODY).when(entrust_key(FIRST, TECHNICAL)).then(KeyEntrusted)
    assert (entrusted.person, entrusted.lot, entrusted.part) == (FIRST.person, LOT, TECHNICAL)
    wrong = entrust_key(FIRST, TECHNICAL, seed=b64(seed_of(SECOND, LOT, TECHNICAL)))
    given(opening, PARTS_CUSTODY).when(wrong).then_refused("wrong_key")
    story = given(opening, PARTS_CUSTODY, publish_key(FIRST), publish_key(SECOND)).story
    assert story.state.phase is Phase.UNSEAL


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.person or "public")
def test_nobody_reads_a_half_a_key_or_a_word_of_a_part_that_is_not_read_out(who: Who) -> None:
    """But for their owners, and the supervisor who sees entrusted keys."""
    text = readable(given(opening, PARTS_CLOSED).story, who)
    for part in KEPT:
        for bidder in BIDDERS:
            halves = halves_of(bidder, 1, LOT, part)
            assert b64(halves.s_t) not in text
            assert document_of(bidder, part).decode() not in text
            assert (b64(halves.s_b) in text) == (who == bidder and part == TECHNICAL)
        for custodian in CUSTODIANS:
            own = who in (SUPERVISOR, custodian) and custodian in (FIRST, SECOND) and part == TECHNICAL
            assert (b64(seed_of(custodian, LOT, part)) in text) == own


def test_that_a_half_was_released_and_a_key_entrusted_is_known_to_all() -> None:
    for who in (HOST, TENDERER, BETA, PUBLIC):
        text = readable(given(opening, PARTS_CLOSED).story, who)
        assert text.split().count("PartReleased") == 2 * len(BIDDERS)  # in the entry, and in Disclosed
        assert text.split().count("KeyEntrusted") == 2


def test_what_was_released_and_entrusted_opens_the_part_for_the_evaluation() -> None:
    state = given(opening, PARTS_CLOSED).story.state
    bid = state.bid_of(BETA.person, LOT)
    part = next(part for part in bid.parts if part.part == TECHNICAL)
    deal, seeds = said(part.deal, Deal), {kid: unb64(seed) for kid, seed in state.entrusted.items()}
    s_t = recover(ctx_of(part.header.core), part.header.T, deal.k, deal.shares, seeds)
    s_b = unb64(bid.half_of(bid.submissions[bid.parts.index(part)]).s_b)
    plain = io.BytesIO()
    unseal(SAFE.open(opening.session, BETA.person, part.upload), plain, Secrets(s_b, s_t))
    assert plain.getvalue() == document_of(BETA, TECHNICAL)
