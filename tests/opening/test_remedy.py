"""The remedy: who has lost its half asks in time, escrow holders give their shares of it, and of no other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from remote_bid.opening.events import CustodyClosed, EscrowSharePublished, RemedyRequested
from remote_bid.opening.terms import Cause, Outcome, Phase
from remote_bid.seal.canonical import b64
from remote_bid.seal.dealing import Share
from remote_bid.seal.dealing import deal as deal_evenly
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Receipt
from remote_bid.timeline.entry import Who
from tests.given import Past, at, given
from tests.opening.actors import ALPHA, BETA, FIRST, FOURTH, HOST, SECOND, secret_of
from tests.opening.acts import CLOSE_WINDOW, SETTLE, bid_of, publish_key, release
from tests.opening.day import RELEASE as WITHOUT_ESCROW
from tests.opening.day import opening
from tests.opening.escrow import (
    ASKED,
    CLOSE_CUSTODY,
    CUSTODY_ENDS,
    HOLDERS,
    KEYS,
    KEYS_OFFERED,
    RELEASE,
    WINDOW_ENDS,
    X,
    Y,
    Z,
    ask_remedy,
    day_of,
    escrow,
    policy_with,
    share,
    to_custody,
)
from tests.opening.pages import page
from tests.opening.sealed import form_of
from tests.opening.tender import after_t0

Settled = tuple[Outcome, Cause, str]


def became(past: Past, who: Who = ALPHA) -> Settled:
    """What became of a bid."""
    story = given(opening, past).when(SETTLE).story
    settlement = story.state.bids[bid_of(story, who)].settlement
    assert (settlement.form is not None) == (settlement.outcome in (Outcome.OPENED, Outcome.REMEDIED))
    return settlement.outcome, settlement.cause, settlement.detail


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_asked_is_not_asked_for_its_half_any_more() -> None:
    assert page(given(opening, RELEASE).story, ALPHA).me.ask == "release"
    assert page(given(opening, RELEASE, ask_remedy(ALPHA)).story, ALPHA).me.ask != "release"


def test_a_bidder_asks_in_its_own_line_and_is_answered_with_a_receipt() -> None:
    before = given(opening, RELEASE)
    [asked] = before.when(ask_remedy(ALPHA)).then_aside(ALPHA, RemedyRequested)
    assert said(asked.receipt, Receipt).statements == [statement_id(asked.signed.statement)]
    given(opening, RELEASE, ask_remedy(ALPHA)).when(ask_remedy(ALPHA)).then_nothing()


def test_nobody_asks_for_anothers_bid() -> None:
    strange = ask_remedy(BETA, submission=bid_of(given(opening, RELEASE).story, ALPHA))
    given(opening, RELEASE).when(strange).then_refused("not_your_bid")
    given(opening, RELEASE).when(ask_remedy(ALPHA, signer=BETA)).then_refused("not_signed_by_you")


@pytest.mark.parametrize("when", [WINDOW_ENDS, after_t0(1861)])
def test_who_asks_too_late_is_refused(when: datetime) -> None:
    given(opening, RELEASE).when(ask_remedy(ALPHA), at=when).then_refused("window_over")


def test_who_has_released_or_dealt_nothing_cannot_ask() -> None:
    given(opening, RELEASE).when(ask_remedy(BETA)).then_refused("released_already")
    given(opening, WITHOUT_ESCROW).when(ask_remedy(ALPHA)).then_refused("no_escrow")
    given(opening, day_of(escrow=nothing)).when(ask_remedy(ALPHA)).then_refused("no_escrow")
    given(opening, RELEASE).when(ask_remedy(ALPHA, close="another")).then_refused("other_close")


def test_who_finds_its_half_after_all_releases_it() -> None:
    past = (*RELEASE, ask_remedy(ALPHA), release(ALPHA), CLOSE_WINDOW)
    assert given(opening, past).story.state.asking() == []


# ── Giving ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_holder_gives_its_share_of_the_asking_bid_for_all_to_see() -> None:
    given(opening, ASKED).when(share(X)).then(EscrowSharePublished)
    given(opening, ASKED, share(X)).when(share(X)).then_nothing()


def test_a_holder_gives_no_share_of_a_bid_that_does_not_ask() -> None:
    given(opening, ASKED).when(share(X, whose=BETA)).then_refused("not_asked")
    given(opening, to_custody(RELEASE)).when(share(X)).then_refused("not_asked")


def test_a_share_is_its_holders_and_the_one_committed_to() -> None:
    other = b64(secret_of("no share") + b"\1")
    given(opening, ASKED).when(share(X, share=other)).then_refused("wrong_share")
    given(opening, ASKED).when(share(X, share="no base64url!")).then_refused("wrong_share")
    given(opening, ASKED).when(share(X, signer=Y), by=Y).then_refused("not_your_key")
    given(opening, ASKED).when(share(X, window_closed="another")).then_refused("other_close")
    given(opening, ASKED, share(X)).when(share(X, share="")).then_refused("shared_already")
    given(opening, ASKED).when(share(X, signer=HOST), by=HOST).then_refused("not_allowed")


# ── What becomes of it ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", [(X, Y), (Y, X), (Z, X), (Y, Z)], ids=lambda by: "".join(w.person[-1] for w in by))
@pytest.mark.parametrize("keys_first", [True, False], ids=["keys first", "shares first"])
def test_with_k_shares_the_bid_is_remedied(by: tuple[Who, Who], keys_first: bool) -> None:
    shares = tuple(share(who) for who in by)
    acts = (*KEYS, *shares) if keys_first else (*shares, *KEYS)
    assert became((*ASKED, *acts)) == (Outcome.REMEDIED, Cause.REMEDIED, "")
    story = given(opening, ASKED, acts).when(SETTLE).story
    assert story.state.bids[bid_of(story, ALPHA)].settlement.form == form_of(ALPHA)


def test_unsealing_waits_for_the_shares_until_custody_is_over() -> None:
    waiting = given(opening, ASKED, KEYS, share(X))
    assert waiting.story.state.phase is Phase.CUSTODY
    waiting.when(CLOSE_CUSTODY).then_refused("not_yet")
    waiting.when(CLOSE_CUSTODY, at=CUSTODY_ENDS).then(CustodyClosed)
    given(opening, ASKED, publish_key(FIRST)).when(CLOSE_CUSTODY, at=CUSTODY_ENDS).then_refused("not_yet")


def test_with_too_few_shares_the_fault_is_not_the_bidders() -> None:
    for given_shares in ((), (share(X),)):
        past = (*ASKED, *KEYS, *given_shares, at(CUSTODY_ENDS, CLOSE_CUSTODY))
        assert became(past) == (Outcome.DEEMED_WITHDRAWN, Cause.ESCROW_ABSENT, "")


def test_one_holders_word_that_its_share_does_not_open_costs_nobody_its_deposit() -> None:
    word = share(X, share="")
    past = (*ASKED, *KEYS, word, share(Y), at(CUSTODY_ENDS, CLOSE_CUSTODY))
    assert became(past) == (Outcome.DEEMED_WITHDRAWN, Cause.ESCROW_ABSENT, "")
    assert became((*ASKED, *KEYS, word, share(Y), share(Z)))[0] is Outcome.REMEDIED


def nothing(*_args: Any) -> list[Share]:
    return []


def garbage(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    """Sealed and committed to for another group than the holders read."""
    return deal_evenly(ctx, secret, k, publics, "T")


def uneven(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    """Z's share lies on another polynomial."""
    good, other = (deal_evenly(ctx, secret, k, publics, "B") for _ in range(2))
    return [*good[:2], other[2]]


def other_half(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    return deal_evenly(ctx, secret_of("another half"), k, publics, "B")


def test_a_bad_escrow_deal_is_its_dealers_fault() -> None:
    for dealer, by, detail in (
        (garbage, (X, Y), "share_does_not_open"),
        (uneven, (X, Y), "uneven_shares"),
        (other_half, (Y, Z), "secret_not_committed"),
    ):
        past = (*to_custody((*day_of(escrow=dealer), ask_remedy(ALPHA))), *KEYS, *(share(who) for who in by))
        outcome, cause, found = became(past)
        assert (outcome, cause) == (Outcome.DEEMED_REVOKED, Cause.BAD_ESCROW)
        assert found.startswith(detail)


def test_who_did_not_ask_is_not_remedied() -> None:
    assert became((*to_custody(RELEASE), *KEYS)) == (Outcome.DEEMED_REVOKED, Cause.NOT_RELEASED, "")


# ── Who may hold ─────────────────────────────────────────────────────────────────────────────────────────


def test_escrow_is_another_group_than_the_custodians() -> None:
    before = given(opening, KEYS_OFFERED)
    before.when(policy_with(lambda story: escrow(story, holders=[X, Y, FOURTH]))).then_refused("bad_escrow")
    before.when(policy_with(lambda story: escrow(story, k=1))).then_refused("bad_escrow")
    before.when(policy_with(lambda story: escrow(story, k=4))).then_refused("bad_escrow")
    before.when(policy_with(lambda story: escrow(story, holders=[X, X]))).then_refused("bad_escrow")
    strange = policy_with(lambda story: escrow(story, holders=[X, Y, Who(person=SECOND.person, role=Y.role)]))
    before.when(strange).then_refused("bad_escrow")


def test_only_holders_see_who_asks_and_only_in_custody() -> None:
    story = given(opening, ASKED).story
    see = opening.context.see
    assert set(see(story.state, X).remedies) == {bid_of(story, ALPHA)}
    assert see(story.state, X).me.ask == "publish_share"
    for who in (FIRST, BETA, HOST, ALPHA):
        assert not see(story.state, who).remedies
    asked = given(opening, RELEASE, ask_remedy(ALPHA)).story
    assert not any(see(asked.state, who).remedies for who in HOLDERS)
