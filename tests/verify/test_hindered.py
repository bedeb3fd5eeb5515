"""A day on which an authority's list hindered a release: it verifies, and what is made of it otherwise is named."""

from collections.abc import Callable

import pytest
from cryptography.x509 import ReasonFlags
from msgspec.structs import replace

from remote_bid.opening.events import BidReadOut, BidSettled, BidSubmitted, ReleaseHindered, WrongKeyTried
from remote_bid.opening.statements import Refusal, Release
from remote_bid.opening.terms import Cause, Outcome
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import said, state, statement_id
from remote_bid.timeline.context import Event
from remote_bid.verify import Report
from tests.given import Past
from tests.opening.actors import ALPHA, BETA, OFFICE, secret_of, signed
from tests.opening.acts import release
from tests.opening.day import RELEASE
from tests.opening.hindered import LISTS, hindered, published, room, to_the_end
from tests.verify.judging import failures, judged
from tests.verify.told import TRUST, Lie, bundled, verified

HOLD, OWN = ReasonFlags.certificate_hold, ReasonFlags.ca_compromise
LIFTED: Past = (*hindered(HOLD), release(ALPHA), *to_the_end(published(1900)))
COMPROMISED: Past = (*hindered(OWN), release(ALPHA), *to_the_end())
HIS_OWN: Past = (*hindered(ReasonFlags.key_compromise), release(ALPHA), *to_the_end(published(1901)))
TRIED: Past = (*RELEASE, release(ALPHA, half=secret_of("wrong")), *to_the_end())


def report(past: Past, lie: Lie | None = None) -> Report:
    return judged(bundled(past, lie, room, LISTS.__getitem__), TRUST)


def blamed(past: Past) -> list[str]:
    found = [item for item in report(past).items if item.step == 11 and "DEEMED" in item.why]
    return [item.why for item in found]


@pytest.mark.parametrize(
    ("past", "why"),
    [
        (LIFTED, "DEEMED_WITHDRAWN, authority_failed"),
        (COMPROMISED, "DEEMED_WITHDRAWN, authority_failed"),
        (HIS_OWN, "DEEMED_REVOKED, not_released"),
    ],
)
def test_whose_fault_it_was_is_decided_again_from_the_lists(past: Past, why: str) -> None:
    assert failures(report(past)) == []
    assert blamed(past) == [why]


def test_the_wrong_halves_of_a_day_verify_as_their_bidder_has_signed_them() -> None:
    found = verified(TRIED)
    assert failures(found) == []


def settled_as(outcome: Outcome, cause: Cause) -> Lie:
    def lie(event: Event) -> Event:
        if isinstance(event, BidSettled | BidReadOut) and event.form is None:
            return replace(event, outcome=outcome, cause=cause)
        return event

    return lie


def test_an_authority_blamed_for_what_it_did_not_do_is_named() -> None:
    found = failures(report(HIS_OWN, settled_as(Outcome.DEEMED_WITHDRAWN, Cause.AUTHORITY_FAILED)))
    assert any("arithmetic says DEEMED_REVOKED (not_released)" in item.why for item in found)


def test_a_bidder_blamed_for_its_authority_is_named() -> None:
    found = failures(report(COMPROMISED, settled_as(Outcome.DEEMED_REVOKED, Cause.NOT_RELEASED)))
    assert any("arithmetic says DEEMED_WITHDRAWN (authority_failed)" in item.why for item in found)


def altered(change: Callable[[ReleaseHindered], ReleaseHindered]) -> Lie:
    return lambda event: change(event) if isinstance(event, ReleaseHindered) else event


def refused(event: ReleaseHindered, **changes: object) -> ReleaseHindered:
    told = replace(said(event.refusal, Refusal), **changes)
    return replace(event, refusal=state(told, OFFICE))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda event: replace(event, crl="no list"), "not revoked by the list"),
        (lambda event: refused(event, code="window_over"), "does not follow"),
        (lambda event: refused(event, statements=[]), "does not follow"),
        (lambda event: refused(event, session="another"), "of another session or time"),
        (lambda event: resigned(event, c=b64(bytes(32))), "does not match its commitment"),
        (lambda event: resigned(event, close=b64(bytes(32))), "for another submission or close"),
    ],
    ids=["another list", "another code", "nothing refused", "another session", "another half", "another close"],
)
def test_a_hindrance_made_up_is_named(change: Callable[[ReleaseHindered], ReleaseHindered], why: str) -> None:
    found = failures(report(COMPROMISED, altered(change)))
    assert any(why in item.why for item in found), found


def resigned(event: ReleaseHindered, **changes: str) -> ReleaseHindered:
    """As ALPHA would have signed it, with the server's refusal of that."""
    paper = signed(replace(said(event.signed.statement, Release), **changes), ALPHA)
    told = refused(event, statements=[_id(paper)])
    return replace(told, signed=paper)


def test_a_hindrance_of_one_whose_certificate_was_good_is_named() -> None:
    def change(event: ReleaseHindered) -> ReleaseHindered:
        paper = signed(said(event.signed.statement, Release), BETA)
        return replace(refused(event, statements=[_id(paper)]), signed=paper)

    found = failures(report(COMPROMISED, altered(change)))
    assert any("not by whom it must be" in item.why for item in found), found


def _id(paper: Signed) -> str:
    return statement_id(paper.statement)


def tried(change: Callable[[WrongKeyTried], WrongKeyTried]) -> Lie:
    return lambda event: change(event) if isinstance(event, WrongKeyTried) else event


def test_a_wrong_try_that_the_bidder_has_not_signed_is_named() -> None:
    """The server cannot use up a bidder's tries."""

    def by_another(event: WrongKeyTried) -> WrongKeyTried:
        return replace(event, signed=signed(said(event.signed.statement, Release), BETA))

    found = failures(judged(bundled(TRIED, tried(by_another)), TRUST))
    assert any("not by whom it must be" in item.why for item in found), found


def test_a_wrong_try_that_another_has_signed_too_is_named() -> None:
    def by_two(event: WrongKeyTried) -> WrongKeyTried:
        return replace(event, signed=signed(said(event.signed.statement, Release), ALPHA, BETA))

    found = failures(judged(bundled(TRIED, tried(by_two)), TRUST))
    assert any("not by whom it must be" in item.why for item in found), found


def test_a_right_half_called_wrong_is_named() -> None:
    committed: dict[str, str] = {}

    def right(event: Event) -> Event:
        if isinstance(event, BidSubmitted):
            committed[event.bid] = event.parts[0].header.B
        if not isinstance(event, WrongKeyTried):
            return event
        told = replace(said(event.signed.statement, Release), c=committed[event.bid])
        return replace(event, signed=signed(told, ALPHA))

    found = failures(judged(bundled(TRIED, right), TRUST))
    assert any("the half that is called wrong is the right one" in item.why for item in found), found


@pytest.mark.parametrize("left", [0, 3, 5])
def test_tries_that_are_miscounted_are_named(left: int) -> None:
    found = failures(judged(bundled(TRIED, tried(lambda event: replace(event, left=left))), TRUST))
    assert any("does not follow" in item.why for item in found), found
