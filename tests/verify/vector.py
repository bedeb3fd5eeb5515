"""Makes tests/vectors/bundle.zip, a public bundle that Python and TypeScript verify alike, with what becomes of it when
a byte is flipped, and the bundles of rarer days: `python -m tests.verify.vector`.
"""

import io
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from remote_bid.verify import NotAZip, Trust, container, verify
from remote_bid.verify.report import Verdict
from tests.given import Past
from tests.played import started
from tests.verify.test_consortium import DAY
from tests.verify.test_stamps import STAMPED
from tests.verify.told import TRUST, bundled

VECTORS = Path(__file__).parent.parent / "vectors"
_FLIPS = 60

DAYS: dict[str, Past] = {"consortium": DAY, "stamped": STAMPED}
"""A party acts for its consortium; the last tick and the close are stamped by an authority of time."""


def judged(bundle: bytes, trust: Trust | None) -> list[list[Any]] | None:
    """Step and name of everything that fails; None if it is no bundle at all."""
    try:
        report = verify(io.BytesIO(bundle), trust)
    except NotAZip:
        return None
    return [[item.step, item.what] for item in report.items if item.verdict is Verdict.FAILED]


def flipped(bundle: bytes, at: int) -> bytes:
    """With one bit of the byte `at` turned."""
    return bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1 :]


def read() -> tuple[bytes, dict[str, Any]]:
    """The bundle, and what is said of it."""
    return (VECTORS / "bundle.zip").read_bytes(), json.loads((VECTORS / "bundle.json").read_bytes())


def read_day(name: str) -> bytes:
    """The bundle of one of the rarer days."""
    return (VECTORS / f"{name}.zip").read_bytes()


def _make() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = started("demo", "--fast", "--out", folder)
        if demo.wait():
            raise SystemExit(demo.returncode)
        bundle, trust = (Path(folder, name).read_bytes() for name in ("bundle.zip", "trust.json"))
    flips = [[at, judged(flipped(bundle, at), msgspec.json.decode(trust, type=Trust))] for at in _places(bundle)]
    (VECTORS / "bundle.zip").write_bytes(bundle)
    for name, past in DAYS.items():
        (VECTORS / f"{name}.zip").write_bytes(bundled(past))
    said = {"trust": json.loads(trust), "days": msgspec.to_builtins(TRUST), "flips": flips}
    (VECTORS / "bundle.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")


def _places(bundle: bytes) -> list[int]:
    """In each member, in the container around them, and anywhere."""
    dice = random.Random(20261122)  # noqa: S311 - which bytes are tried
    members = container.read(io.BytesIO(bundle))[0]
    inside = [bundle.index(raw) + dice.randrange(len(raw)) for raw in members.values()]
    around = [0, 14, 26, bundle.index(b"PK\1\2") + 16, len(bundle) - 22, len(bundle) - 6, len(bundle) - 1]
    return sorted({*inside, *around, *(dice.randrange(len(bundle)) for _ in range(_FLIPS))})


if __name__ == "__main__":
    _make()
