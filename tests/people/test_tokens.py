"""Tokens: whose they are, how they travel, and when they end."""

from datetime import timedelta

import pytest

from remote_bid.people.certificates import Certified
from remote_bid.people.tokens import Carrier, Tokens
from tests.timeline.hours import Stopped

ANN = Certified(person="ann", name="Ann", keyid="key of Ann", spki=b"")
BOB = Certified(person="bob", name="Bob", keyid="key of Bob", spki=b"")
BEARER, COOKIE = Carrier.BEARER, Carrier.COOKIE
MINUTE_MS = 60_000
IDLE_MS = 30 * MINUTE_MS
LONGEST_MS = int(timedelta(hours=12).total_seconds() * 1000)


@pytest.fixture
def watch() -> Stopped:
    return Stopped()


@pytest.fixture
def tokens(watch: Stopped) -> Tokens:
    return Tokens(watch)


@pytest.mark.parametrize(("given", "brought"), [(BEARER, COOKIE), (COOKIE, BEARER)])
def test_a_token_is_taken_only_as_it_was_given(tokens: Tokens, given: Carrier, brought: Carrier) -> None:
    token = tokens.issue(ANN, given)
    assert tokens.who(token, given) == ANN
    assert tokens.who(token, brought) is None


def test_a_browser_that_stays_away_is_signed_out(tokens: Tokens, watch: Stopped) -> None:
    token = tokens.issue(ANN, COOKIE)
    watch.move(IDLE_MS - 1)
    assert tokens.who(token, COOKIE) == ANN
    watch.move(IDLE_MS - 1)
    assert tokens.who(token, COOKIE) == ANN
    watch.move(IDLE_MS)
    assert tokens.who(token, COOKIE) is None


def test_whoever_looks_again_after_that_is_still_signed_out(tokens: Tokens, watch: Stopped) -> None:
    token = tokens.issue(ANN, COOKIE)
    watch.move(IDLE_MS)
    assert [tokens.who(token, COOKIE) for _ in range(2)] == [None, None]


def test_a_client_may_stay_away(tokens: Tokens, watch: Stopped) -> None:
    token = tokens.issue(ANN, BEARER)
    watch.move(2 * IDLE_MS)
    assert tokens.who(token, BEARER) == ANN


def test_an_open_line_is_not_away(tokens: Tokens, watch: Stopped) -> None:
    token = tokens.issue(ANN, COOKIE)
    tokens.hold(token)
    watch.move(3 * IDLE_MS)
    assert tokens.who(token, COOKIE) == ANN
    tokens.let_go(token)
    watch.move(IDLE_MS)
    assert tokens.who(token, COOKIE) is None


@pytest.mark.parametrize("carrier", Carrier)
def test_nothing_keeps_a_token_for_more_than_half_a_day(tokens: Tokens, watch: Stopped, carrier: Carrier) -> None:
    token = tokens.issue(ANN, carrier)
    tokens.hold(token)
    watch.move(LONGEST_MS - 1)
    assert tokens.who(token, carrier) == ANN
    assert tokens.seconds_left(token) == 0.001
    watch.move(1)
    assert tokens.who(token, carrier) is None
    assert tokens.seconds_left(token) == 0


def test_a_token_that_was_ended_is_nobodys_and_its_end_is_told(tokens: Tokens) -> None:
    told: list[str] = []
    tokens.listen(told.append)
    token, other = tokens.issue(ANN, COOKIE), tokens.issue(ANN, COOKIE)
    tokens.end(token)
    tokens.end(token)
    tokens.end("made up")
    assert (tokens.who(token, COOKIE), tokens.who(other, COOKIE)) == (None, ANN)
    assert told == [token]


def test_a_token_that_gives_way_is_told_too(tokens: Tokens) -> None:
    told: list[str] = []
    tokens.listen(told.append)
    issued = [tokens.issue(ANN, BEARER) for _ in range(9)]
    assert told == issued[:1]


def test_with_a_key_all_its_tokens_end(tokens: Tokens) -> None:
    mine, bobs = [tokens.issue(ANN, carrier) for carrier in Carrier], tokens.issue(BOB, BEARER)
    tokens.end_key(ANN.keyid)
    assert [tokens.who(token, carrier) for token, carrier in zip(mine, Carrier, strict=True)] == [None, None]
    assert tokens.who(bobs, BEARER) == BOB


def test_what_a_page_must_say_belongs_to_its_token_and_server(tokens: Tokens, watch: Stopped) -> None:
    ann, bob = tokens.issue(ANN, COOKIE), tokens.issue(BOB, COOKIE)
    assert tokens.csrf(ann) == tokens.csrf(ann)
    assert len({tokens.csrf(ann), tokens.csrf(bob), Tokens(watch).csrf(ann), ann}) == 4


@pytest.mark.parametrize("token", ["", "x", "a.b", "\0", "é", "\ud800"])
def test_any_other_token_is_nobodys(tokens: Tokens, token: str) -> None:
    tokens.issue(ANN, COOKIE)
    assert tokens.who(token, COOKIE) is None
    tokens.hold(token)
    tokens.let_go(token)
    assert tokens.csrf(token)
