"""A command is found by its name, and loads nothing that it does not need."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from remote_bid.__main__ import app

_SERVER = {"remote_bid.app", "remote_bid.gateway", "remote_bid.demo", "sqlalchemy", "aiortc", "pyhanko"}
_NET = {"aiohttp", "socketio"}


def python(script: str) -> str:
    """What a fresh process prints: a script of this test's own."""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout  # noqa: S603


def loaded_by(*words: str) -> set[str]:
    """What a process has loaded once it has shown a command's help."""
    asked = f"assert CliRunner().invoke(app, [*{words!r}, '--help']).exit_code == 0"
    imports = "import sys\nfrom typer.testing import CliRunner\nfrom remote_bid.__main__ import app"
    return set(python(f"{imports}\n{asked}\nprint(*sys.modules)").split())


@pytest.mark.parametrize("words", [("check-in",), ("submit",), ("host", "schedule"), ("custodian", "keygen")])
def test_a_participants_command_waits_for_no_server(words: tuple[str, ...]) -> None:
    found = loaded_by(*words)
    assert "remote_bid.participant.client" in found
    assert found.isdisjoint(_SERVER)


@pytest.mark.parametrize("words", [("verify",), ("price",), ("tender", "check")])
def test_what_is_done_offline_loads_no_network_either(words: tuple[str, ...]) -> None:
    assert loaded_by(*words).isdisjoint(_SERVER | _NET)


def test_every_command_is_listed() -> None:
    shown = python("import sys; sys.argv = ['remote-bid', '--help']; from remote_bid.__main__ import main; main()")
    wanted = ("serve", "demo", "verify", "price", "tender", "join", "host", "custodian")
    assert [name for name in wanted if f" {name} " not in shown] == []


def test_a_name_that_nobody_has_is_compared_with_all_there_are() -> None:
    told = CliRunner().invoke(app, ["chek-in"])
    assert told.exit_code == 2
    assert "check-in" in told.stderr
