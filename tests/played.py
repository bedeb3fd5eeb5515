"""One fast demonstration for all tests of a run that want a finished day: played once, by the real command line.

While it is played, the keys are copied from everybody's folders: what a thief could have had.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from remote_bid.verify.trust import Trust, read_trust

ROOT = Path(__file__).parents[1]
_KEYS = ("server/office.json", "cosigner/key", "people/*/key.pem", "people/*/certificate.pem")
_LIMIT_S = 90


@dataclass(frozen=True)
class Played:
    """A folder with everything that a demonstration left behind."""

    folder: Path

    @property
    def out(self) -> Path:
        """What was kept with --out."""
        return self.folder / "out"

    @property
    def stolen(self) -> Path:
        """Everybody's keys, as they lay in the demonstration's own folder."""
        return self.folder / "stolen"

    @property
    def bundle(self) -> bytes:
        return (self.out / "bundle.zip").read_bytes()

    @property
    def trust(self) -> Trust:
        return read_trust(self.out / "trust.json")

    @property
    def printed(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def complaints(self) -> str:
        return (self.folder / "stderr").read_text()

    @property
    def exit_code(self) -> int:
        return int((self.folder / "exit_code").read_text())

    @property
    def figures(self) -> dict[str, Any]:
        """The last line."""
        figures: dict[str, Any] = json.loads(self.printed.splitlines()[-1])
        return figures


def environment(**more: str) -> dict[str, str]:
    """The shell's, so that the project is found from everywhere and lines are as long as they are."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **more}


def started(*args: str, **how: Any) -> "subprocess.Popen[Any]":
    """`remote-bid`, as from a shell."""
    return subprocess.Popen([sys.executable, "-m", "remote_bid", *args], **how)  # noqa: S603 - our own program


def once_per_run(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The day of this test run; under xdist one worker plays it and the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    played = Played(shared / "fast-day")
    with (shared / "fast-day.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not played.folder.exists():
            played.folder.mkdir()
            _play(played)
    assert played.exit_code == 0, played.complaints
    return played


def _play(played: Played) -> None:
    own = played.folder / "tmp"
    own.mkdir()
    options = ("--fast", "--out", str(played.out))
    with (played.folder / "stdout").open("w") as out, (played.folder / "stderr").open("w") as err:
        demo = started("demo", *options, stdout=out, stderr=err, cwd=own, env=environment(TMPDIR=str(own)))
        try:
            _steal(own, played.stolen, demo)
            demo.wait(_LIMIT_S)
        finally:
            demo.kill()
    (played.folder / "exit_code").write_text(str(demo.returncode))


def _steal(own: Path, target: Path, demo: "subprocess.Popen[Any]") -> None:
    """Copy the keys; the trust file is written last, when all of them are there."""
    while not (ready := list(own.glob("remote-bid-demo-*/trust.json"))) and demo.poll() is None:
        time.sleep(0.05)
    for home in (path.parent for path in ready):
        for key in (path for pattern in _KEYS for path in home.glob(pattern)):
            copy = target / key.relative_to(home)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(key, copy)
