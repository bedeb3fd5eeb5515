"""docs/price.md: every example in it gives what is written below it, and every word that a formula knows is in it."""

import json
import re
from pathlib import Path

import pytest

from remote_bid.evaluation.price.answering import answer
from remote_bid.evaluation.price.exact import Mode
from remote_bid.evaluation.price.terms import Cause, Combine, Counts, Formula, IfNone, Outside, Quantity, Source, Unit

PAGE = (Path(__file__).parents[3] / "docs/price.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```\n→ benchmark (\S+); scores ([^\n]*)\n", PAGE, re.DOTALL)


@pytest.mark.parametrize(("written", "benchmark", "scores"), EXAMPLES)
def test_an_example_gives_what_the_page_says(written: str, benchmark: str, scores: str) -> None:
    found = answer(written.encode())
    assert found["benchmark"] == benchmark
    if "ranking" in found:
        assert scores == "none; ranking " + ", ".join(bidder for group in found["ranking"] for bidder in group)
    else:
        assert ", ".join(found["scores"].values()) == scores


def test_no_example_goes_untried() -> None:
    assert len(EXAMPLES) == PAGE.count("```json") == 7


def test_every_word_of_a_formula_is_explained() -> None:
    words = [*Formula.__struct_fields__]
    for choice in (Mode, Quantity, Source, Unit, Counts, Cause, Combine, Outside, IfNone):
        words += list(choice)
    assert [word for word in words if f"`{word}`" not in PAGE] == []
    assert json.loads(EXAMPLES[0][0])["bids"]
