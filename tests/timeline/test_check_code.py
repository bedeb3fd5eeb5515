"""核对码: four characters that anybody computes from a checkpoint."""

import hashlib
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from remote_bid.timeline.check_code import check_code

LIST = (files("remote_bid.timeline") / "check_code.txt").read_text("utf-8").replace("\n", "")
LIST_SHA256 = "8f0796b9666ee2e8193ea688f7d9043b9337fe1f07e940b499e00be03c7777de"


def test_the_list_has_1024_distinct_characters_of_the_common_plane() -> None:
    assert len(LIST) == len(set(LIST)) == 1024
    assert all("一" <= character <= "鿿" for character in LIST)


def test_the_list_never_changes() -> None:
    """A code read aloud by an old page must be the same on a new one."""
    assert hashlib.sha256(LIST.encode()).hexdigest() == LIST_SHA256


def test_a_checkpoint_has_the_code_that_the_pages_are_tested_with() -> None:
    body = "log.example\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    assert check_code(body) == "竟红持赏"


@given(st.text(st.characters(codec="utf-8")))
def test_each_character_stands_for_ten_bits_of_the_hash(body: str) -> None:
    bits = "".join(f"{byte:08b}" for byte in hashlib.sha256(body.encode()).digest())
    code = check_code(body)
    assert [LIST.index(character) for character in code] == [int(bits[i : i + 10], 2) for i in (0, 10, 20, 30)]


def test_another_checkpoint_has_another_code() -> None:
    codes = {check_code(f"log.example\n{size}\nroot\n") for size in range(1000)}
    assert len(codes) == 1000
