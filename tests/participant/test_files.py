"""What a participant must not lose: a write that fails half-way leaves the file as it was."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest

from remote_bid.participant.client import Client
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.receipts import keep_lodging_receipt, keep_receipt
from remote_bid.participant.release_file import read_release, write_release
from remote_bid.seal.envelope import fresh_secrets
from remote_bid.seal.statements import Statement
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


RECEIPT = Statement(payload_type="t", payload="p", signatures=[])


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


KEEPING: dict[str, Callable[[Path], Path]] = {
    "a receipt": lambda folder: keep_receipt(folder, "statement", RECEIPT),
    "a cosigner's receipt": lambda folder: keep_lodging_receipt(folder, "bid", "../cosigner/1", RECEIPT),
}


@pytest.mark.parametrize("what", KEEPING)
def test_what_is_held_as_proof_is_on_the_disk_before_it_is_said_to_be(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[dict[str, bytes]] = []
    monkeypatch.setattr(durable, "flush", lambda _descriptor: flushed.append(kept(tmp_path)))
    path = KEEPING[what](tmp_path)
    written, renamed = flushed
    assert [name.startswith(path.name) and name.endswith(".part") for name in written] == [True]
    assert renamed == kept(tmp_path) == {path.name: msgspec.json.encode(RECEIPT)}
    assert list(written.values()) == list(renamed.values())


@pytest.mark.parametrize("what", KEEPING)
def test_a_receipt_for_which_there_is_no_space_is_not_said_to_be_kept(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "write_all", full)
    with pytest.raises(OSError, match="No space"):
        KEEPING[what](tmp_path)
    assert kept(tmp_path) == {}


async def test_the_journal_of_leaves_is_on_the_disk_when_a_line_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal"
    journal.write_text("main 1 leaf\n")
    flushed: list[str] = []
    monkeypatch.setattr(durable, "flush", lambda descriptor: flushed.append(os.readlink(f"/proc/self/fd/{descriptor}")))
    async with Client("http://127.0.0.1:9", "KB", None, journal).connected():
        assert flushed == []
    assert flushed == [str(journal), str(tmp_path)]
