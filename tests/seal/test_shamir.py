"""Shares of a secret: any k give it, fewer say nothing, and other people's shares open the same way."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import unb64
from remote_bid.seal.shamir import at, split
from tests.seal.published import shared_vector

some = settings(deadline=None, max_examples=50)
n_and_k = st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))


@pytest.mark.parametrize("dealt", shared_vector("shamir")["dealt"], ids=lambda dealt: str(dealt["by"]))
def test_every_choice_of_k_shares_of_a_shared_vector_gives_its_secret(dealt: dict[str, Any]) -> None:
    shares = [unb64(share) for share in dealt["shares"]]
    assert len(shares) == dealt["n"]
    for chosen in combinations(shares, dealt["k"]):
        assert at(chosen, 0) == unb64(dealt["secret"])
        assert [at(chosen, share[-1]) for share in shares] == [share[:-1] for share in shares]
    for chosen in combinations(shares, dealt["k"] - 1):
        assert at(chosen, 0) != unb64(dealt["secret"])


@some
@given(st.binary(max_size=40), n_and_k, st.randoms())
def test_any_k_shares_in_any_order_give_the_secret_and_every_share(
    secret: bytes, n_and_k: tuple[int, int], random: Any
) -> None:
    n, k = n_and_k
    shares = split(secret, n, k)
    assert [share[-1] for share in shares] == list(range(1, n + 1))
    chosen = random.sample(shares, k)
    assert at(chosen, 0) == secret
    assert [at(chosen, place) for place in range(1, n + 1)] == [share[:-1] for share in shares]
    assert at(shares, 0) == secret


@settings(deadline=None, max_examples=15)
@given(st.binary(min_size=4, max_size=4), st.binary(min_size=4, max_size=4), st.integers(2, 5))
def test_fewer_than_k_shares_agree_with_every_other_secret(secret: bytes, other: bytes, k: int) -> None:
    known = split(secret, k, k)[:-1]
    # The missing share, in its 256 forms, gives each value of the secret once: none is likelier than another.
    guesses = [at([*known, bytes([value]) * 4 + bytes([k])], 0) for value in range(256)]
    for position in range(4):
        assert sorted(guess[position] for guess in guesses) == list(range(256))
    missing = bytes([guess[i] for guess in guesses].index(other[i]) for i in range(4)) + bytes([k])
    assert at([*known, missing], 0) == other


def test_the_largest_deal_opens() -> None:
    shares = split(b"secret", 255, 128)
    assert at(shares[127:], 0) == at(shares[:128], 0) == b"secret"


@pytest.mark.parametrize(("n", "k"), [(0, 0), (1, 0), (3, 4), (256, 2), (3, -1), (-1, -1)])
def test_an_impossible_deal_is_refused(n: int, k: int) -> None:
    with pytest.raises(ValueError, match="1 ≤ k ≤ n ≤ 255"):
        split(b"secret", n, k)


@pytest.mark.parametrize(
    "shares",
    [
        pytest.param([], id="none"),
        pytest.param([b"ab\1", b"cd\1"], id="the same place twice"),
        pytest.param([b"ab\1", b"ab\1"], id="the same share twice"),
        pytest.param([b"ab\0", b"cd\1"], id="a share at the place of the secret"),
        pytest.param([b"ab\1", b"c\2"], id="two lengths"),
    ],
)
def test_a_bad_set_of_shares_is_refused(shares: list[bytes]) -> None:
    with pytest.raises(ValueError, match="shares must be"):
        at(shares, 0)
