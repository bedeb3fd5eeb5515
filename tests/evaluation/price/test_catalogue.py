"""Every method of the catalogue against figures that were worked out by hand."""

import json

import pytest

from remote_bid.evaluation.price import price_scores
from remote_bid.evaluation.price.answering import answer, catalogue, example
from remote_bid.evaluation.price.catalogue import METHODS
from remote_bid.timeline.context import Refused

BY_HAND = {
    # (7000 + 7300 + 7200 + 6900) ÷ 4
    "mean": ("7100", ["33.59", "29.37", "32.18", "32.18"]),
    # 7300: 2.82 % × 2 = 5.64
    "mean-deviation-first": ("7100", ["33.59", "29.36", "32.18", "32.18"]),
    # −1.5 % counts as −2 %, 1.5 % as 2 %
    "mean-whole-percent": ("1000000", ["28.00", "30.00", "26.00"]),
    # 900000 and 1060000 dropped; −2 %, 0, 2 %, 6 %, −10 %
    "mean-drop-one": ("1000000", ["39.00", "40.00", "38.00", "34.00", "35.00"]),
    # 20 % of 7 is 1.4, so one each; 10000000 × 0.95; 9000000: 500 ÷ 95 % × 0.6 = 3.157…
    "mean-trimmed-k": ("9500000", ["56.84", "60.00", "57.16", "55.26", "53.37", "50.53", "36.32"]),
    # 10000000 × 0.985; −1.52 %, 1.52 % × 2, 4.57 % × 2
    "mean-float-down": ("9850000.00", ["98.48", "96.96", "90.86"]),
    # 6000 and 13000 dropped; mean 9325, 7460 to 11190, so 7000 is out; 30300 ÷ 3
    "mean-interval": ("10100", ["39.85", "42.33", "49.75", "50.00", "49.50", "35.64"]),
    # −10 %: 5 × 0.5; −4 % and 0: nothing; 4 %: 1; 10 %: 5 × 1 + 2 × 2
    "mean-free-band": ("1000000", ["37.50", "40.00", "40.00", "39.00", "31.00"]),
    # (1000000 + 900000) ÷ 2; 50 ÷ 95 % × 0.5 = 2.631…
    "second-mean": ("950000", ["37.37", "34.74", "24.21"]),
    # (50 − 1 × 0.5) × 1.02; 50 − 1
    "mean-works-bonus": ("1000000", ["50.49", "49.00"]),
    # cost 9337500 × 0.85 = 7936875, so the fourth is out; (3960000 + 5520000) × 0.98
    "composite-ceiling": ("9290400", ["96.870", "99.030", "97.640"]),
    # 10000000 × 0.65 × 0.95 + 12000000 × 0.35 × 0.9 = 6175000 + 3780000
    "mean-ceiling-weighted": ("9955000", ["57.12", "59.73", "53.70"]),
    "lowest-price-goods": ("50", ["30.00", "25.00"]),
    # 900000, 950000, 940800
    "lowest-price-small-enterprise": ("900000", ["30.00", "28.42", "28.70"]),
    # 5 % × 0.5, 10 % × 0.5
    "lowest-price-slope": ("1000000", ["30.00", "27.50", "25.00"]),
    # −10 % × 0.5, 10 % × 1
    "second-lowest-price": ("1000000", ["55.00", "60.00", "50.00"]),
    # 9500000 + 4 × 47500, 9600000, 9550000 + 2 × 30000
    "lowest-evaluated-price": ("9600000", []),
}


def test_every_method_is_worked_out() -> None:
    assert BY_HAND.keys() == METHODS.keys()


@pytest.mark.parametrize("name", METHODS)
def test_a_method_gives_what_was_worked_out_by_hand(name: str) -> None:
    found = price_scores(METHODS[name].example)
    assert (found.benchmark, list(found.scores.values())) == BY_HAND[name]


def test_the_lowest_evaluated_price_ranks_first() -> None:
    found = price_scores(METHODS["lowest-evaluated-price"].example)
    assert found.ranking == [["乙"], ["丙"], ["甲"]]
    assert found.evaluated == {"甲": "9690000", "乙": "9600000", "丙": "9610000"}


@pytest.mark.parametrize("name", METHODS)
def test_an_example_is_read_back_as_the_same_case(name: str) -> None:
    written = json.dumps(example(name)).encode()
    found = answer(written)
    assert (found["benchmark"], list(found["scores"].values())) == BY_HAND[name]
    assert ("ranking" in found) == (name == "lowest-evaluated-price")


@pytest.mark.parametrize("name", METHODS)
def test_a_formula_may_be_named(name: str) -> None:
    told = example(name)
    del told["formula"]
    found = answer(json.dumps(told | {"method": name}).encode())
    assert found["benchmark"] == BY_HAND[name][0]


def test_the_catalogue_names_every_method_and_its_source() -> None:
    lines = list(catalogue())
    assert [line for line in lines if not line.startswith(" ")] == list(METHODS)
    assert len(lines) == 4 * len(METHODS)
    with pytest.raises(Refused, match="there is no 'nothing'"):
        example("nothing")
