"""The server's own keys: made once, readable by the owner only, sealed if there is a passphrase."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from remote_bid.timeline.durable import alone
from remote_bid.timeline.note import NamedKey
from remote_bid.timeline.office import BadKeys, OfficeKeys, office_keys, rotate_log_key
from remote_bid.timeline.rotation import follow
from tests.timeline.hours import NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "server" / "office.json"


def secrets_of(keys: OfficeKeys) -> tuple[bytes, bytes, bytes]:
    return keys.log.private_bytes_raw(), keys.storage, keys.lines


@pytest.mark.parametrize("passphrase", ["", "口令", "long " * 50])
def test_keys_are_made_once(passphrase: str, path: Path) -> None:
    made = secrets_of(office_keys(path, passphrase))
    assert secrets_of(office_keys(path, passphrase)) == made
    assert len({*made}) == 3
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["office.json"]


def test_keys_that_lay_open_are_sealed_when_there_is_a_passphrase(path: Path) -> None:
    made = secrets_of(office_keys(path))
    assert secrets_of(office_keys(path, "secret")) == made
    with pytest.raises(BadKeys, match="another passphrase"):
        office_keys(path)
    assert b"box" in path.read_bytes()


@pytest.mark.parametrize("passphrase", ["", "Secret", "secret "])
def test_sealed_keys_need_their_passphrase(passphrase: str, path: Path) -> None:
    office_keys(path, "secret")
    before = path.read_bytes()
    with pytest.raises(BadKeys, match="another passphrase"):
        office_keys(path, passphrase)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_keys_that_others_can_read_are_not_used(mode: int, path: Path) -> None:
    office_keys(path)
    path.chmod(mode)
    with pytest.raises(BadKeys, match="chmod 600"):
        office_keys(path)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"box": 1}', b'{"log":"","storage":"","lines":""}'])
def test_a_file_that_holds_no_keys_is_told_apart(raw: bytes, path: Path) -> None:
    office_keys(path)
    path.write_bytes(raw)
    with pytest.raises(BadKeys, match=r"office\.json"):
        office_keys(path)


@pytest.mark.parametrize("passphrase", ["", "口令"])
def test_a_new_log_key_is_vouched_for_by_the_old_one_and_all_else_stays(passphrase: str, path: Path) -> None:
    first = office_keys(path, passphrase)
    rotate_log_key(path, passphrase, "log.example", NOON)
    rotate_log_key(path, passphrase, "log.example", NOON)
    now = office_keys(path, passphrase)
    named = NamedKey(name="log.example", key=first.log.public_key().public_bytes_raw())
    keys = [key.key for key in follow(named, now.successors)]
    assert len(set(keys)) == 3
    assert keys[-1] == now.log.public_key().public_bytes_raw()
    assert (now.log_key, now.storage, now.lines) == (first.log_key, first.storage, first.lines)
    assert first.log.private_bytes_raw() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_where_no_keys_are_none_is_replaced(path: Path) -> None:
    with pytest.raises(BadKeys, match="no keys yet"):
        rotate_log_key(path, "", "log.example", NOON)
    assert not path.exists()


def test_of_several_that_found_an_office_at_once_all_have_the_same(tmp_path: Path) -> None:
    def founded(number: int) -> str:
        with alone(tmp_path / "data"):
            return office_keys(tmp_path / "data/office.json").log_key

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(founded, range(8)))) == 1
