"""Vectors that others published, and those of tests/vectors/ that every implementation of the protocol checks."""

import json
from pathlib import Path
from typing import Any

import pytest

from remote_bid.seal.canonical import unb64

_ROOT = Path(__file__).parents[2]
ELSEWHERE = _ROOT.parent / "shared" / "data"
"""Too large and too foreign to be kept with the project."""


def one_for_each(folder: str, ending: str) -> list[Any]:
    """Test parameters: each file of `folder` by its name without `ending`; a skipped one where the folder is absent."""
    names = sorted(path.name.removesuffix(ending) for path in (ELSEWHERE / folder).glob("*" + ending))
    return list(names) or [pytest.param("", id="absent", marks=pytest.mark.skip(reason=_absent(folder)))]


def wycheproof(name: str, **wanted: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Group and case of every vector of the file whose group is as `wanted` (keySize=256 …)."""
    path = ELSEWHERE / "wycheproof" / f"{name}_test.json"
    if not path.exists():
        pytest.skip(_absent("wycheproof"))
    groups = json.loads(path.read_bytes())["testGroups"]
    fitting = [group for group in groups if all(group[key] == value for key, value in wanted.items())]
    return [(group, case) for group in fitting for case in group["tests"]]


def shared_vector(name: str) -> Any:
    """One file of tests/vectors/."""
    return json.loads((_ROOT / "tests" / "vectors" / f"{name}.json").read_bytes())


def raw(values: dict[str, str]) -> dict[str, bytes]:
    """The same names, with the bytes that the base64url texts stand for."""
    return {name: unb64(text) for name, text in values.items()}


def _absent(folder: str) -> str:
    return f"the published vectors {ELSEWHERE / folder} are not on this machine"
