"""The printed code of a bidder's half."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from remote_bid.participant.recovery_code import BadCode, printed, typed

HALF = bytes(range(32))
CODE = printed(HALF)
halves = some.binary(min_size=32, max_size=32)


@given(halves)
def test_what_is_printed_can_be_typed(half: bytes) -> None:
    assert typed(printed(half)) == half


@pytest.mark.parametrize(
    "as_typed", [CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " "), CODE.replace("0", "o")]
)
def test_small_letters_blanks_and_look_alikes_are_taken(as_typed: str) -> None:
    assert typed(as_typed) == HALF


@given(halves, some.integers(0, 55), some.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_sign_is_noticed(half: bytes, place: int, sign: str) -> None:
    code = printed(half).replace("-", "")
    if code[place] != sign:
        with pytest.raises(BadCode):
            typed(code[:place] + sign + code[place + 1 :])


@pytest.mark.parametrize("code", ["", CODE[:-1], CODE + "0", CODE[:-1] + "U", CODE[:-1] + "é", "０" * 56])
def test_other_signs_and_lengths_are_no_code(code: str) -> None:
    with pytest.raises(BadCode):
        typed(code)
