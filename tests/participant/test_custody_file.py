"""A custodian's key file: whole, under its passphrase, the same for page and command line."""

import os
from pathlib import Path

import msgspec
import pytest

from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.custody_file import read_custody, write_custody
from remote_bid.participant.passphrase import CannotRead
from remote_bid.seal.xwing import SEED_SIZE, key_id, public_key

SECRET = "保管口令 2026"  # noqa: S105 - of files that the tests make
VECTOR = Path(__file__).parents[1] / "vectors/keys.custody"


def some_seeds() -> dict[tuple[str, str], bytes]:
    return {("1", "readout_form"): os.urandom(SEED_SIZE), ("1", "draw"): os.urandom(SEED_SIZE)}


def test_what_is_written_is_read_with_the_same_passphrase_only(tmp_path: Path) -> None:
    path, seeds = tmp_path / "s.custody", some_seeds()
    write_custody(path, "s", seeds, SECRET)
    assert read_custody(path, SECRET) == ("s", seeds)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CannotRead, match="this passphrase"):
        read_custody(path, SECRET + " ")


@pytest.mark.parametrize(
    "changed",
    [
        {"session": "other"},
        {"v": "sbe/2 custody"},
        {"keys": []},
        {"keys": [{"lot": "1", "part": "draw", "kid": "A" * 43}]},
        {"box": "AAAA"},
        {"extra": 1},
        {"salt": "not base64!"},
    ],
)
def test_a_file_that_was_changed_is_not_read(tmp_path: Path, changed: dict[str, object]) -> None:
    path = tmp_path / "s.custody"
    write_custody(path, "s", some_seeds(), SECRET)
    path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | changed))
    with pytest.raises(CannotRead):
        read_custody(path, SECRET)


def test_the_stored_file_of_the_page_opens(tmp_path: Path) -> None:
    session, seeds = read_custody(VECTOR, SECRET)
    assert session == "KB-2026-0107"
    named = [key["kid"] for key in msgspec.json.decode(VECTOR.read_bytes())["keys"]]
    assert [key_id(public_key(seed)) for seed in seeds.values()] == named


def test_keys_are_taken_in_but_never_over_another(tmp_path: Path) -> None:
    client, unused = Client("http://127.0.0.1:1", "s", None), None
    custodian = Custodian(client, unused, unused, tmp_path)  # type: ignore[arg-type]  # nothing is signed here
    custodian.take({("1", "readout_form"): b"a" * SEED_SIZE})
    assert custodian._seed("1", "readout_form") == b"a" * SEED_SIZE
    with pytest.raises(Broken, match="another key"):
        custodian.take({("1", "draw"): b"b" * SEED_SIZE, ("1", "readout_form"): b"b" * SEED_SIZE})
    assert len(list(tmp_path.iterdir())) == 1
