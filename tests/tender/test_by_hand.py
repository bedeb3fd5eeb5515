"""A tender written by hand: the example is one, and every flaw is told by its place, in both languages."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from remote_bid.tender.standards import NotATender, by_hand, read_tender
from remote_bid.tender.standards.by_hand import EXAMPLE, flaws, json_schema

GOOD: dict[str, Any] = msgspec.to_builtins(EXAMPLE)


def with_lot(**fields: Any) -> dict[str, Any]:
    return GOOD | {"lots": [GOOD["lots"][0] | fields]}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_the_example_is_a_tender() -> None:
    assert flaws(GOOD) == []
    found = read_tender(json.dumps(GOOD | {"$schema": "tender.schema.json"}).encode())
    assert (found.tender, found.bids) == (EXAMPLE, [])


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("title", without("title")),
        ("lots", without("lots")),
        ("lots", GOOD | {"lots": []}),
        ("lots", GOOD | {"lots": ["1"]}),
        ("lots", with_lot() | {"lots": GOOD["lots"] * 101}),
        ("code", GOOD | {"code": 5}),
        ("code", GOOD | {"code": " "}),
        ("tenderer", GOOD | {"tenderer": "line\nline"}),
        ("deadline", GOOD | {"deadline": "tomorrow"}),
        ("lots[0].ceiling_price", with_lot(ceiling_price=12_800_000)),
        ("lots[0].ceiling_price", with_lot(ceiling_price="12,800,000")),
        ("lots[0].ceiling_price", with_lot(ceiling_price="0.00")),
        ("lots[0].currency", with_lot(currency="¥")),
        ("lots[0].minimum", with_lot(minimum=-1)),
        ("lots[0].minimum", with_lot(minimum=True)),
        ("lots[0].lot", with_lot(lot="")),
        ("lots[0].price", with_lot(price="1")),
        ("lots[1].lot", GOOD | {"lots": GOOD["lots"] * 2}),
        ("", []),
        ("", "tender"),
    ],
)
def test_a_flaw_is_told_by_its_place_in_both_languages(path: str, document: Any) -> None:
    [flaw] = flaws(document)
    assert flaw.path == path
    assert re.search("[一-鿿]", flaw.zh)
    assert re.search("[a-z]", flaw.en)


def test_every_flaw_is_told_at_once() -> None:
    document = GOOD | {"code": "", "lots": [{"lot": "1"}, {"lot": "1", "title": "x", "ceiling_price": "1"}]}
    places = ["code", "lots[0].title", "lots[0].ceiling_price", "lots[1].lot"]
    assert [flaw.path for flaw in flaws(document)] == places
    with pytest.raises(NotATender) as refusal:
        read_tender(json.dumps(document).encode())
    assert all(place in str(refusal.value) for place in places)


def test_the_schema_says_the_same() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    check = jsonschema.Draft202012Validator(json_schema())
    assert check.is_valid(GOOD)
    for bad in (
        without("title"),
        GOOD | {"lots": []},
        with_lot(ceiling_price=5),
        with_lot(minimum=-1),
        GOOD | {"x": 1},
    ):
        assert not check.is_valid(bad)


def test_standards_are_not_taken_for_it() -> None:
    assert not by_hand.speaks({"data": {"tenderID": "x"}})
    assert not by_hand.speaks({"ocid": "x", "tender": {}})


def tendered(*words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "remote_bid", "tender", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_the_command_line_writes_one_and_checks_it(tmp_path: Path) -> None:
    code, written, _ = tendered("new")
    assert (code, json.loads(written)) == (0, GOOD)
    (tmp_path / "tender.json").write_text(written)
    assert tendered("check", str(tmp_path / "tender.json"))[0] == 0
    (tmp_path / "tender.json").write_text(json.dumps(with_lot(ceiling_price=5) | {"code": ""}))
    code, _, told = tendered("check", str(tmp_path / "tender.json"))
    assert (code, len(told.splitlines())) == (2, 2)
    assert tendered("check", str(tmp_path / "nowhere"))[0] == 2
    assert json.loads(tendered("schema")[1]) == json_schema()
