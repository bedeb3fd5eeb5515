"""A release refused because an authority has revoked the certificate: whose fault it is, by that authority's lists."""

import pytest
from cryptography.x509 import ReasonFlags

from remote_bid.opening.events import KeyReleased, ReleaseHindered, WrongKeyTried
from remote_bid.opening.statements import Refusal
from remote_bid.opening.terms import Cause, Outcome
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import is_signed_by, said, statement_id
from tests.given import Past, given
from tests.opening.actors import ALPHA, BETA, DELTA, OFFICE, secret_of
from tests.opening.acts import bid_of, check_in, release
from tests.opening.consortia import RELEASING, release_for
from tests.opening.day import RELEASE
from tests.opening.hindered import hindered, published, room, to_the_end
from tests.opening.pages import page
from tests.opening.sealed import halves_of
from tests.opening.tender import after_t0

HOLD, OWN = ReasonFlags.certificate_hold, ReasonFlags.ca_compromise
HELD: Past = (*hindered(HOLD), release(ALPHA))
LIFTED = published(1900)


def test_a_right_half_under_a_revoked_certificate_is_refused_on_record() -> None:
    before = given(room, hindered(HOLD))
    found = before.when(release(ALPHA)).then_refused_on_record("certificate_revoked", ALPHA, ReleaseHindered)
    told = said(found.refusal, Refusal)
    assert is_signed_by(found.refusal, OFFICE.spki, OFFICE.keyid)
    assert (told.code, told.statements) == ("certificate_revoked", [statement_id(found.signed.statement)])
    assert found.bid == bid_of(before.story, ALPHA)


def test_the_half_itself_is_not_kept() -> None:
    story = given(room, HELD).story
    assert b64(halves_of(ALPHA, 1).s_b) not in str(story.turns)


def test_a_wrong_half_under_a_revoked_certificate_is_refused_and_costs_no_try() -> None:
    refusal = (
        given(room, hindered(HOLD)).when(release(ALPHA, half=secret_of("wrong"))).then_refused("certificate_revoked")
    )
    assert not refusal.evidence


def test_everything_else_under_a_revoked_certificate_leaves_no_entry() -> None:
    assert not given(room, hindered(HOLD)).when(check_in(ALPHA)).then_refused("certificate_revoked").evidence


def test_whoever_has_a_good_certificate_is_not_hindered() -> None:
    given(room, hindered(HOLD)).when(release(BETA)).then_aside(BETA, KeyReleased)
    given(room, hindered(HOLD)).when(release(BETA, half=secret_of("wrong"))).then_aside(BETA, WrongKeyTried)


def test_another_certificate_of_the_consortium_may_still_release() -> None:
    past = (*RELEASING, *hindered(HOLD)[len(RELEASE) :], release(ALPHA))
    given(room, past).when(release_for(DELTA)).then_aside(DELTA, KeyReleased)


def test_when_the_hold_is_lifted_inside_the_window_the_release_is_taken() -> None:
    given(room, (*HELD, published(300))).when(release(ALPHA)).then_aside(ALPHA, KeyReleased)


def test_the_same_again_leaves_no_second_entry_and_gets_the_same_answer() -> None:
    first = given(room, hindered(HOLD)).when(release(ALPHA)).then_refused("certificate_revoked")
    again = given(room, HELD).when(release(ALPHA)).then_refused("certificate_revoked")
    assert again.statement == first.statement
    assert not again.evidence


def test_the_bidder_sees_that_it_was_hindered() -> None:
    story = given(room, HELD).story
    assert (page(story, ALPHA).me.bids or {})[bid_of(story, ALPHA)].hindered is True


@pytest.mark.parametrize(
    ("reason", "then", "cause"),
    [
        (OWN, (), Cause.AUTHORITY_FAILED),
        (ReasonFlags.aa_compromise, (), Cause.AUTHORITY_FAILED),
        (HOLD, (LIFTED,), Cause.AUTHORITY_FAILED),
        (HOLD, (), Cause.NOT_RELEASED),
        (HOLD, (published(1901, (ALPHA, HOLD)),), Cause.NOT_RELEASED),
        (HOLD, (published(1902, (ALPHA, ReasonFlags.key_compromise)),), Cause.NOT_RELEASED),
        (ReasonFlags.key_compromise, (LIFTED,), Cause.NOT_RELEASED),
        (ReasonFlags.superseded, (), Cause.NOT_RELEASED),
        (ReasonFlags.cessation_of_operation, (), Cause.NOT_RELEASED),
        (None, (), Cause.NOT_RELEASED),
        (None, (LIFTED,), Cause.NOT_RELEASED),
    ],
)
def test_the_authority_is_at_fault_only_by_its_own_word(reason: ReasonFlags | None, then: Past, cause: Cause) -> None:
    story = given(room, (*hindered(reason), release(ALPHA), *to_the_end(*then))).story
    [line] = [line for line in story.state.record.lines if line.bid == bid_of(story, ALPHA)]
    withdrawn = cause is Cause.AUTHORITY_FAILED
    assert (line.cause, line.outcome) == (cause, Outcome.DEEMED_WITHDRAWN if withdrawn else Outcome.DEEMED_REVOKED)
    assert line.form is None


def test_who_never_tried_has_not_been_hindered() -> None:
    story = given(room, (*hindered(OWN), *to_the_end())).story
    [line] = [line for line in story.state.record.lines if line.bid == bid_of(story, ALPHA)]
    assert line.cause is Cause.NOT_RELEASED


def test_an_authority_whose_list_has_run_out_hinders_nobody() -> None:
    stale = published(100, ends=after_t0(110))
    given(room, (*RELEASE, stale)).when(release(ALPHA)).then_aside(ALPHA, KeyReleased)
