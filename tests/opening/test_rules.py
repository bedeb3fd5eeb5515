"""The rules as a whole: nothing is forgotten, and every refusal is worded and tested."""

import ast
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

from remote_bid.opening import rules
from remote_bid.opening.commands import OpeningCommand
from remote_bid.opening.events import OpeningEvent
from remote_bid.opening.rules.folding import FOLDS
from remote_bid.timeline import marks
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordRotation
from tests.given import given
from tests.opening.accepted import ACCEPTED
from tests.opening.day import opening

COMMANDS = typing.get_args(OpeningCommand)
OF_ONE_START = [command for command in COMMANDS if command is not RecordRotation]
"""Its key has changed only for a server that has started again: test_rotating.py."""
HERE = Path(__file__).parent


def test_there_is_one_decision_for_every_command() -> None:
    assert set(rules.DECISIONS) == set(COMMANDS)


def test_there_is_one_fold_for_every_event() -> None:
    assert set(FOLDS) == set(typing.get_args(OpeningEvent))


def test_every_command_is_among_the_accepted_ones() -> None:
    assert list(ACCEPTED) == OF_ONE_START


@pytest.mark.parametrize("command", OF_ONE_START)
def test_every_command_is_accepted_at_its_time(command: type[Command]) -> None:
    past, act = ACCEPTED[command]
    before = given(opening, past).story
    after = given(opening, past).when(act).story
    assert len(after.turns) == len(before.turns) + 1


def _calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in names:
                yield node


def _constants(call: ast.Call) -> list[str]:
    """The words of a call; of an f-string, something."""
    words = [arg.value if isinstance(arg, ast.Constant) else "…" for arg in call.args]
    return [str(word) for word in words]


def _refusals() -> list[list[str]]:
    """Code, Chinese and English of every refusal that the rules can pronounce."""
    sources = [*Path(rules.__file__).parent.glob("*.py"), Path(marks.__file__)]
    calls = [call for path in sources for call in _calls(ast.parse(path.read_text("utf-8")), "refuse", "Refused")]
    return [words for words in map(_constants, calls) if words[0] != "…"]


def test_every_refusal_has_a_code_a_chinese_and_an_english_sentence() -> None:
    assert len(_refusals()) > 40
    for code, zh, en in _refusals():
        assert code == code.lower()
        assert any("一" <= character <= "鿿" for character in zh)
        assert not any("一" <= character <= "鿿" for character in en)


def test_every_refusal_of_the_rules_is_exercised_by_a_sentence() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in HERE.glob("test_*.py")]
    exercised = {word for tree in trees for call in _calls(tree, "then_refused") for word in _constants(call)}
    assert {code for code, _, _ in _refusals()} - exercised == set()
