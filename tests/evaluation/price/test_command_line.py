"""remote-bid price: files and stdin, the catalogue, examples, and exit 2 with one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from remote_bid.__main__ import app
from remote_bid.evaluation.price.catalogue import METHODS

WORKED = {
    "formula": {
        "benchmark": {"family": "mean"},
        "score": {"family": "slope", "points": "35", "above": "2", "below": "1"},
        "rounding": [{"of": "score", "places": 2}],
    },
    "bids": [
        {"bidder": "甲", "price": 7000},
        {"bidder": "乙", "price": 7300},
        {"bidder": "丙", "price": 7200},
        {"bidder": "丁", "price": 6900},
    ],
}


def priced(*words: str, given: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["price", *words], input=given.encode())
    return done.exit_code, done.stdout, done.stderr


def test_a_file_or_stdin_is_answered(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(WORKED))
    code, told, complaint = priced(str(tmp_path / "case.json"))
    found = json.loads(told)
    assert (code, complaint, list(found)) == (0, "", ["benchmark", "scores", "derivation"])
    assert found["benchmark"] == "7100"
    assert found["scores"] == {"甲": "33.59", "乙": "29.37", "丙": "32.18", "丁": "32.18"}
    assert found["derivation"][-1].endswith("→ 32.18")
    assert priced("-", given=json.dumps(WORKED)) == (0, told, "")


def test_it_speaks_utf8_whatever_the_terminal_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "remote_bid", "price", "-"],
        input=json.dumps(WORKED).encode(),
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode())["scores"]["甲"] == "33.59"


@pytest.mark.parametrize("name", ["mean-interval", "lowest-evaluated-price"])
def test_an_example_is_an_input(name: str) -> None:
    code, written, _ = priced("--example", name)
    assert code == 0
    assert priced("-", given=written)[0] == 0


def test_the_catalogue_is_listed() -> None:
    code, told, _ = priced("--list")
    assert code == 0
    assert [line for line in told.splitlines() if not line.startswith(" ")] == list(METHODS)


def test_bad_input_ends_with_two_and_one_sentence(tmp_path: Path) -> None:
    tried = {
        ("-",): "this is not JSON",
        (): "give a file",
        (str(tmp_path / "nowhere"),): "cannot be read",
        (str(tmp_path),): "cannot be read",
        ("--example", "magic"): "there is no 'magic'",
    }
    for words, said in tried.items():
        code, told, complaint = priced(*words)
        assert (code, told, len(complaint.splitlines()), said in complaint) == (2, "", 1, True), complaint
