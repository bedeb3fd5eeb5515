"""The insides that the fan-out knows are there, are all written down, and belong to no other version."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import engineio
import pytest
import socketio

from remote_bid.gateway import fanout
from remote_bid.gateway.fanout import OtherInsides, Server, pins

FILES = sorted(Path(fanout.__file__).parent.glob("*.py"))
ONES: dict[str, Any] = {
    "engineio.AsyncServer": engineio.AsyncServer(async_mode="aiohttp"),
    "socketio.AsyncServer": socketio.AsyncServer(async_mode="aiohttp"),
    "socketio.AsyncManager": socketio.AsyncManager(),
}


@pytest.mark.parametrize("name", pins.PRIVATE)
def test_every_private_name_is_there(name: str) -> None:
    kind, _, member = name.rpartition(".")
    assert hasattr(ONES[kind], member)


def test_every_private_name_that_is_used_is_written_down() -> None:
    written_down = {name.rpartition(".")[2] for name in pins.PRIVATE}
    for file in FILES:
        tree = ast.parse(file.read_text())
        own = {name for node in ast.walk(tree) for name in _defined(node)} - written_down
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert {name for name in used if re.match("_[a-z]", name)} <= own | written_down, file.name


def _defined(node: ast.AST) -> Iterator[str]:
    """What a file names itself: its functions, and what it sets."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.Attribute(attr=attr, ctx=ast.Store()):
            yield attr
        case _:
            return


def test_the_project_asks_for_exactly_these_versions() -> None:
    asked = (Path(__file__).parents[3] / "pyproject.toml").read_text()
    for name, pinned in pins.PINNED.items():
        assert f'"{name}=={pinned}"' in asked


@pytest.mark.parametrize("name", pins.PINNED)
def test_with_any_other_version_no_server_is_made(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "version", lambda asked: "5.99.0" if asked == name else pins.PINNED[asked])
    with pytest.raises(OtherInsides, match=rf"{name} 5\.99\.0 \(not {re.escape(pins.PINNED[name])}\)"):
        Server()
