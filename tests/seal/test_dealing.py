"""Dealing a secret to custodians: any k of them open a good deal, fewer open nothing."""

import hashlib
from itertools import combinations

import pytest

from remote_bid.seal.dealing import TooFewKeys, deal, recover
from remote_bid.seal.xwing import key_id, public_key
from tests.seal.deals import (
    ALL,
    COMMITTED,
    CTX,
    GOOD,
    KIDS,
    PUBLICS,
    SECRET,
    SEEDS,
    K,
    by,
    dealt,
    enough,
    even,
    verdict,
)


def test_a_good_deal_opens_with_every_set_of_k_or_more_custodians() -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    assert [share.kid for share in shares] == KIDS
    for present in enough():
        assert verdict(shares, by(*present)) == (GOOD, "")


def test_the_format_of_a_deal_is_as_written_here_by_hand() -> None:
    assert verdict(dealt(even()), by(*ALL)) == (GOOD, "")


def test_a_deal_may_be_of_any_size() -> None:
    for n, k in ((1, 1), (2, 2), (5, 1), (5, 5)):
        shares = deal(CTX, SECRET, k, PUBLICS[:n])
        assert recover(CTX, COMMITTED, k, shares, by(*range(n - k + 1, n + 1))) == SECRET


def test_fewer_than_k_custodians_open_nothing_and_nobody_is_at_fault() -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    for count in range(K):
        for present in combinations(ALL, count):
            with pytest.raises(TooFewKeys):
                recover(CTX, COMMITTED, K, shares, by(*present))


def test_keys_that_the_deal_does_not_name_do_not_count() -> None:
    stranger = hashlib.sha256(b"a stranger").digest()
    with pytest.raises(TooFewKeys):
        recover(CTX, COMMITTED, K, deal(CTX, SECRET, K, PUBLICS), {**by(1, 2), key_id(public_key(stranger)): stranger})


def test_the_same_secret_is_never_dealt_twice_alike() -> None:
    first, second = deal(CTX, SECRET, K, PUBLICS), deal(CTX, SECRET, K, PUBLICS)
    assert all(a.c != b.c and a.hpke != b.hpke for a, b in zip(first, second, strict=True))


def test_a_seed_that_is_not_of_its_key_is_an_absent_custodians_and_never_the_dealers_fault() -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    for false in (SEEDS[4], bytes(32), b"", SEEDS[3] + b"\0"):
        assert verdict(shares, {**by(1, 2, 3), KIDS[3]: false}) == (GOOD, "")
        with pytest.raises(TooFewKeys):
            recover(CTX, COMMITTED, K, shares, {**by(1, 2), KIDS[3]: false})


@pytest.mark.parametrize("k", [0, -1, -4])
def test_a_threshold_below_one_opens_nothing(k: int) -> None:
    shares = deal(CTX, SECRET, 1, PUBLICS)
    with pytest.raises(ValueError):  # noqa: PT011 — in whatever words
        recover(CTX, COMMITTED, k, shares, by(*ALL))


def test_whose_keys_a_deal_names_is_for_the_caller_to_check() -> None:
    """The custodians and k are the policy's: a deal to one custodian three times opens with that one alone."""
    thrice = deal(CTX, SECRET, K, [PUBLICS[0]] * 3)
    assert recover(CTX, COMMITTED, K, thrice, by(1)) == SECRET
    to_strangers = deal(CTX, SECRET, K, PUBLICS)[:4]
    assert recover(CTX, COMMITTED, K, to_strangers, by(1, 2, 4)) == SECRET
