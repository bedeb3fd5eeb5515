"""The verifier in the browser finds in forged bundles what this one finds, at the same step and place.

The forgeries are those of the other tests here: as they run, what they judge is kept, and then judged again by the
TypeScript verifier. `EVERY=1` takes all that need no parameters instead of a sample.
"""

import inspect
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from remote_bid.verify import Trust
from tests.played import ROOT, environment
from tests.verify import (
    test_consortium,
    test_forged,
    test_forged_bids,
    test_forged_checkpoints,
    test_forged_deposits,
    test_forged_hearing,
    test_forged_lodgings,
    test_forged_order,
    test_forged_outcomes,
    test_forged_parts,
    test_forged_signatures,
    test_forged_timeline,
    test_hindered,
    test_stamps,
    test_struck,
    test_withheld,
)
from tests.verify.forger import Day
from tests.verify.judging import Judged, failures, watched
from tests.verify.kept import day_of
from tests.verify.keys import Keys

_WEB = ROOT / "web"
_ROOMS = (
    test_forged,
    test_forged_bids,
    test_forged_checkpoints,
    test_forged_deposits,
    test_forged_hearing,
    test_forged_lodgings,
    test_forged_order,
    test_forged_outcomes,
    test_forged_parts,
    test_forged_signatures,
    test_forged_timeline,
    test_consortium,
    test_hindered,
    test_stamps,
    test_struck,
    test_withheld,
)
_MOST_OF_A_ROOM = 2
_LIMIT_S = 600

Forgery = Callable[..., None]


@pytest.mark.slow
@pytest.mark.skipif(not (_WEB / "node_modules").exists(), reason="the pages' packages are not installed")
def test_both_verifiers_name_the_same_step_and_place(bundle: bytes, trust: Trust, keys: Keys, tmp_path: Path) -> None:
    seen = list(_forged(_Workshop(bundle, trust, keys)))
    assert {item.step for _, one in seen for item in failures(one.report)} >= {3, 4, 5, 6, 7, 9, 10, 11, 12}
    (tmp_path / "cases.json").write_text(json.dumps([_case(tmp_path, *each) for each in enumerate(seen)]))
    found = subprocess.run(  # noqa: S603 - our own program
        [_WEB / "node_modules/.bin/vitest", "run", "src/verify/both.test.ts"],
        cwd=_WEB,
        env=environment(FORGED=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
    )
    assert found.returncode == 0, found.stdout


class _Workshop:
    """What the forgers are given: as the fixtures of the same names."""

    def __init__(self, bundle: bytes, trust: Trust, keys: Keys) -> None:
        self._makers: dict[str, Callable[[], Any]] = {
            "bundle": lambda: bundle,
            "trust": lambda: trust,
            "keys": lambda: keys,
            "server": lambda: Day(bundle, keys.only_the_log()),
            "conspiracy": lambda: Day(bundle, replace(keys, people={})),
            "lived": lambda: Day(bundle, keys),
            "day": lambda: day_of(test_consortium.DAY),
        }

    def serves(self, forgery: Forgery) -> bool:
        """Whether it has everything that this one needs."""
        return inspect.signature(forgery).parameters.keys() <= self._makers.keys()

    def run(self, forgery: Forgery) -> None:
        forgery(**{name: self._makers[name]() for name in inspect.signature(forgery).parameters})


def _forged(workshop: _Workshop) -> Iterator[tuple[str, Judged]]:
    for room in _ROOMS:
        for forgery in _sample([one for one in _tests(room) if workshop.serves(one)]):
            with watched() as seen:
                workshop.run(forgery)
            yield from ((f"{room.__name__} {forgery.__name__}", one) for one in seen[:_MOST_OF_A_ROOM])


def _tests(room: ModuleType) -> list[Forgery]:
    return [one for name, one in vars(room).items() if name.startswith("test_") and inspect.isfunction(one)]


def _sample(forgeries: Sequence[Forgery]) -> Sequence[Forgery]:
    """From the whole of a room, evenly."""
    if "EVERY" in os.environ:
        return forgeries
    return forgeries[:: -(-len(forgeries) // _MOST_OF_A_ROOM)] if forgeries else []


def _case(folder: Path, number: int, told: tuple[str, Judged]) -> dict[str, Any]:
    name, (bundle, trust, report) = told
    (folder / f"{number}.zip").write_bytes(bundle)
    expected = [[item.step, item.what] for item in failures(report)]
    return {"name": name, "bundle": f"{number}.zip", "trust": msgspec.to_builtins(trust), "failures": expected}
