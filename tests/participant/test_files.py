"""What a participant must not lose: a write that fails half-way leaves the file as it was."""

from pathlib import Path
from typing import Any, NoReturn

import pytest

from remote_bid.participant.custodian import Custodian
from remote_bid.participant.release_file import read_release, write_release
from remote_bid.seal.envelope import fresh_secrets
from remote_bid.timeline import durable


def full(*_: Any) -> NoReturn:
    raise OSError(28, "No space left on device")


def test_a_release_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, first = tmp_path / "bid.release", fresh_secrets()
    write_release(path, "bid", first, "口令")
    monkeypatch.setattr(durable, "write_all", full)
    with pytest.raises(OSError, match="No space"):
        write_release(path, "bid", fresh_secrets(), "口令")
    assert read_release(path, "口令") == ("bid", first)
    assert [entry.name for entry in tmp_path.iterdir()] == ["bid.release"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_custodians_seed_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unused: Any = None
    custodian = Custodian(unused, unused, unused, tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(durable, "write_all", full)
        with pytest.raises(OSError, match="No space"):
            custodian._seed("1", "readout_form")
    assert list(tmp_path.iterdir()) == []
    seed = custodian._seed("1", "readout_form")
    assert len(seed) == 32
    assert custodian._seed("1", "readout_form") == seed
