"""Bad deals: each is found out by arithmetic, named, and the dealer's fault (threats, row 57)."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from remote_bid.seal import shamir
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import BadDeal, Share, commitment, deal, recover
from tests.seal.deals import (
    ALL,
    COMMITTED,
    CTX,
    GOOD,
    KIDS,
    OTHER_CTX,
    PUBLICS,
    SECRET,
    K,
    N,
    but,
    by,
    changed,
    dealt,
    enough,
    even,
    sealed,
    verdict,
)


def test_an_uneven_deal_is_bad_whoever_publishes() -> None:
    plains = even()
    plains[3] = changed(plains[3])
    shares = dealt(plains)
    assert shamir.at([plains[0], plains[1], plains[2]], 0) == SECRET
    assert shamir.at([plains[0], plains[1], plains[3]], 0) != SECRET
    assert verdict(shares, by(1, 2, 3)) == ("uneven_shares", KIDS[3])
    assert verdict(shares, by(1, 2, 4)) == ("secret_not_committed", "")
    assert {verdict(shares, by(*present))[0] for present in enough()} == {"uneven_shares", "secret_not_committed"}


def test_a_deal_with_the_secret_for_friends_only_is_bad_whoever_publishes() -> None:
    friends, others = shamir.split(SECRET, N, K), shamir.split(bytes(32), N, K)
    shares = dealt([*friends[:3], *others[3:]])
    assert verdict(shares, by(1, 2, 3)) == ("uneven_shares", KIDS[3])
    assert verdict(shares, by(2, 4, 5)) == ("secret_not_committed", "")
    assert GOOD not in {verdict(shares, by(*present))[0] for present in enough()}


def test_an_even_deal_of_another_secret_is_bad() -> None:
    shares = deal(CTX, bytes(32), K, PUBLICS)
    assert {verdict(shares, by(*present)) for present in enough()} == {("secret_not_committed", "")}


def test_a_commitment_that_is_not_the_shares_is_bad_whoever_publishes() -> None:
    plains = even()
    shares = dealt(plains)
    for false in (commitment(CTX, f"T/{KIDS[1]}", changed(plains[1])), shares[0].c, COMMITTED, "", "é"):
        bad = but(shares, 2, replace(shares[1], c=false))
        assert verdict(bad, by(1, 2, 3)) == ("share_not_committed", KIDS[1])
        assert verdict(bad, by(1, 3, 4)) == ("uneven_shares", KIDS[1])


@pytest.mark.parametrize(
    "hpke",
    [
        pytest.param("", id="nothing"),
        pytest.param(b64(bytes(1169)), id="zeros"),
        pytest.param("é", id="no base64url"),
        pytest.param(sealed(2, bytes(33), OTHER_CTX), id="sealed for another bid"),
        pytest.param(sealed(1, bytes(33)), id="sealed to another custodian"),
    ],
)
def test_garbage_for_a_custodian_who_publishes_is_the_dealers_fault(hpke: str) -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    bad = but(shares, 2, replace(shares[1], hpke=hpke))
    assert verdict(bad, by(1, 2, 3)) == ("share_does_not_open", KIDS[1])
    assert verdict(bad, by(*ALL)) == ("share_does_not_open", KIDS[1])


def test_a_share_other_than_the_committed_one_is_the_dealers_fault() -> None:
    plains = even()
    shares = dealt(plains)
    bad = but(shares, 2, replace(shares[1], hpke=sealed(2, changed(plains[1]))))
    assert verdict(bad, by(1, 2, 3)) == ("share_not_committed", KIDS[1])


@pytest.mark.parametrize(
    "respelled",
    [lambda text: text + "=", lambda text: text[:-1] + chr(ord(text[-1]) + 1), lambda text: text + "\n"],
    ids=["padded", "stray bits", "a line end"],
)
def test_a_share_in_another_spelling_of_base64_does_not_open(respelled: Callable[[str], str]) -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    assert len(unb64(shares[1].hpke)) % 3, "its last letter has bits to spare"
    bad = but(shares, 2, replace(shares[1], hpke=respelled(shares[1].hpke)))
    assert verdict(bad, by(1, 2, 3)) == ("share_does_not_open", KIDS[1])


def test_a_deal_of_another_bid_is_bad() -> None:
    shares = deal(OTHER_CTX, SECRET, K, PUBLICS)
    assert verdict(shares, by(1, 2, 3)) == ("share_does_not_open", KIDS[0])
    recommitted = [replace(share, hpke=good.hpke) for share, good in zip(shares, dealt(even()), strict=True)]
    assert verdict(recommitted, by(2, 3, 4)) == ("share_not_committed", KIDS[1])


def test_a_deal_to_another_group_is_bad() -> None:
    assert verdict(deal(CTX, SECRET, K, PUBLICS, group="B"), by(1, 2, 3)) == ("share_not_committed", KIDS[0])
    escrowed = deal(CTX, SECRET, K, PUBLICS, group="B")
    assert recover(CTX, commitment(CTX, "B", SECRET), K, escrowed, by(1, 2, 3), group="B") == SECRET
    with pytest.raises(BadDeal, match="secret_not_committed"):
        recover(CTX, COMMITTED, K, escrowed, by(1, 2, 3), group="B")


def test_shares_in_exchanged_places_are_bad_whoever_publishes() -> None:
    first, second, *rest = dealt(even())
    exchanged = [second, first, *rest]
    assert verdict(exchanged, by(1, 3, 4)) == ("share_misplaced", KIDS[0])
    assert verdict(exchanged, by(1, 2, 3)) == ("share_misplaced", KIDS[1])
    assert verdict(exchanged, by(3, 4, 5)) == ("uneven_shares", KIDS[1])


def test_a_share_of_another_place_or_length_is_bad_whoever_publishes() -> None:
    plains = even()
    for odd in (plains[0], plains[1][:-1] + b"\0", plains[1][:-1], plains[1] + b"\2", b"\0" + plains[1], b""):
        bad = dealt([plains[0], odd, *plains[2:]])
        assert verdict(bad, by(1, 2, 3)) == ("share_misplaced", KIDS[1])
        assert verdict(bad, by(1, 3, 4)) == ("uneven_shares", KIDS[1])


def test_a_deal_that_leaves_a_custodian_out_of_the_middle_is_bad() -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    assert verdict([shares[0], *shares[2:]], by(1, 3, 4)) == ("share_misplaced", KIDS[2])


def test_of_several_faults_the_first_in_the_deals_order_is_named() -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    bad = [replace(share, hpke="") if number in (2, 4) else share for number, share in enumerate(shares, start=1)]
    assert verdict(bad, by(*ALL)) == ("share_does_not_open", KIDS[1])
    assert verdict(bad, by(1, 3, 4, 5)) == ("share_does_not_open", KIDS[3])


def test_a_fault_that_shows_among_fewer_than_k_custodians_is_the_dealers_all_the_same() -> None:
    shares = deal(CTX, SECRET, K, PUBLICS)
    assert verdict(but(shares, 2, replace(shares[1], hpke="")), by(2)) == ("share_does_not_open", KIDS[1])


def test_garbage_for_one_custodian_shows_only_if_that_custodian_publishes() -> None:
    """The one thing that depends on who came: its commitment is right, and nobody else can open it.

    A key that comes later can so turn a good deal bad: whoever judges a deal fixes first whose keys count.
    """
    shares = deal(CTX, SECRET, K, PUBLICS)
    bad = but(shares, 4, replace(shares[3], hpke=b64(bytes(1169))))
    for present in enough():
        expected = ("share_does_not_open", KIDS[3]) if 4 in present else (GOOD, "")
        assert verdict(bad, by(*present)) == expected


FAULTS = ["none", "none", "garbage", "not as committed", "falsely committed", "uneven", "misplaced"]
FOR_ITS_CUSTODIAN_ONLY = {"garbage", "not as committed"}


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(FAULTS), min_size=N, max_size=N))
def test_who_publishes_matters_only_for_faults_that_one_custodian_alone_can_see(faults: list[str]) -> None:
    shares = [faulty(number, plain, fault) for number, (plain, fault) in enumerate(zip(even(), faults, strict=True), 1)]
    plain_to_all = set(faults) - FOR_ITS_CUSTODIAN_ONLY - {"none"}
    for present in enough():
        seen = {faults[number - 1] for number in present} - {"none"}
        assert (verdict(shares, by(*present))[0] == GOOD) == (not plain_to_all and not seen)


def faulty(number: int, plain: bytes, fault: str) -> Share:
    kid = KIDS[number - 1]
    committed = {"falsely committed": bytes(33), "uneven": changed(plain), "misplaced": plain[:-1] + b"\x09"}
    inside = {"not as committed": changed(plain), "uneven": changed(plain), "misplaced": plain[:-1] + b"\x09"}
    hpke = b64(bytes(1169)) if fault == "garbage" else sealed(number, inside.get(fault, plain))
    return Share(kid=kid, c=commitment(CTX, f"T/{kid}", committed.get(fault, plain)), hpke=hpke)


def test_a_deal_of_more_shares_than_the_field_has_places_is_bad() -> None:
    shares = deal(CTX, SECRET, K, [PUBLICS[at % N] for at in range(255)])
    with pytest.raises(BadDeal):
        recover(CTX, COMMITTED, K, [*shares, shares[0]], by(2))
