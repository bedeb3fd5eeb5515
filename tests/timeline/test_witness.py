"""The cosigner's protocol as text: asked and understood alike, and nothing else is understood."""

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.tree import EMPTY_ROOT, extends, root_of
from remote_bid.timeline.witness import BadRequest, asked, parsed

some = settings(deadline=None, max_examples=60)

NOTE = "log.example\n7\nAAAA=\n\n— log.example AAAA\n"
HASH = base64.b64encode(bytes(32)).decode()


def leaves_of(count: int) -> list[bytes]:
    return [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(count)]


@some
@given(st.integers(0, 70), st.integers(0, 70))
def test_a_request_is_understood_as_it_was_asked(old: int, more: int) -> None:
    leaves = leaves_of(old + more)
    heard = parsed(asked(NOTE, old, leaves))
    assert (heard.old, heard.note) == (old, NOTE)
    before = root_of(leaves[:old]) if old else EMPTY_ROOT
    assert extends(before, old, root_of(leaves), len(leaves), heard.proof)


def test_a_request_is_spelt_as_the_protocol_says() -> None:
    leaves = leaves_of(3)
    proof = "\n".join(base64.b64encode(leaves[at]).decode() for at in (2,))
    assert asked(NOTE, 2, leaves) == f"old 2\n{proof}\n\n{NOTE}"
    assert asked(NOTE, 0, leaves) == f"old 0\n\n{NOTE}"
    assert asked(NOTE, 3, leaves) == f"old 3\n\n{NOTE}"


def test_up_to_63_hashes_are_a_proof() -> None:
    assert len(parsed("old 1\n" + f"{HASH}\n" * 63 + f"\n{NOTE}").proof) == 63


MALFORMED = {
    "nothing": "",
    "no blank line": f"old 0\n{NOTE.partition(chr(10) * 2)[0]}",
    "no old": f"\n\n{NOTE}",
    "another word": f"new 0\n\n{NOTE}",
    "no number": f"old \n\n{NOTE}",
    "a negative number": f"old -1\n\n{NOTE}",
    "a signed number": f"old +1\n\n{NOTE}",
    "two numbers": f"old 1 2\n\n{NOTE}",
    "a fraction": f"old 1.0\n\n{NOTE}",
    "underscores": f"old 1_0\n\n{NOTE}",
    "64 hashes": "old 1\n" + f"{HASH}\n" * 64 + f"\n{NOTE}",
    "no base64": f"old 1\nnonsense!\n\n{NOTE}",
    "base64url": f"old 1\n{HASH[:-4]}_-8=\n\n{NOTE}",
    "no padding": f"old 1\n{HASH.rstrip('=')}\n\n{NOTE}",
    "other letters": f"old 1\n{'é' * 8}\n\n{NOTE}",
    "line ends of Windows": f"old 1\r\n{HASH}\r\n\r\n{NOTE}",
}


@pytest.mark.parametrize("how", MALFORMED)
def test_a_malformed_request_is_not_understood(how: str) -> None:
    with pytest.raises(BadRequest):
        parsed(MALFORMED[how])


@pytest.mark.parametrize("number", ["01", "00", "１", "²", "٣", "9" * 5000])
def test_a_number_has_one_spelling(number: str) -> None:
    with pytest.raises(BadRequest):
        parsed(f"old {number}\n\n{NOTE}")
