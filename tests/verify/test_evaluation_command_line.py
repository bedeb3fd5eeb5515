"""`remote-bid verify` over an evaluation's bundle: it holds, or names exactly what was altered."""

from pathlib import Path

import msgspec
import pytest

from tests.evaluation.bundles import TRUST, bundle_of, cosigned, forged
from tests.evaluation.test_verify import FORGED
from tests.verify.test_command_line import Verifier

ALTERED = ("a score", "every ballot", "a sealed seed", "a formula's parameter")


@pytest.fixture
def verifier(tmp_path: Path) -> Verifier:
    trust = tmp_path / "trust.json"
    trust.write_bytes(msgspec.json.encode(TRUST))
    return Verifier(tmp_path, trust)


def test_an_evaluations_bundle_ends_with_nought(verifier: Verifier) -> None:
    said = verifier(bundle_of(cosigned()))
    assert (said.code, {verdict for _, verdict, _ in said.items}) == (0, {"verified"})


@pytest.mark.parametrize("what", ALTERED)
def test_one_altered_entry_is_the_one_that_is_named(verifier: Verifier, what: str) -> None:
    """By an operator that has the log's key and all its cosigners on its side."""
    bundle, seq = forged(*FORGED[what])
    said = verifier(bundle)
    named = [text for _, verdict, text in said.items if verdict == "failed"]
    assert said.code == 1
    assert named == [text for text in named if text.startswith(f"timeline.json entry {seq} ")]
    assert named
