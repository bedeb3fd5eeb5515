"""The thief that the secrecy of the bids is tested with finds a secret wherever a program may have put it."""

import base64
import json
import os
from pathlib import Path

import pytest

from remote_bid.seal.canonical import b64
from tests.journeys.thief import Loot, folder, memory

SECRET = bytes(range(200, 232))
STATEMENT = json.dumps({"kind": "release", "s_b": b64(SECRET), "session": "KB-1"}).encode()

HIDING = {
    "as it is": b"xx" + SECRET + b"yy",
    "in hex": b"key=" + SECRET.hex().encode(),
    "in base64": base64.b64encode(SECRET),
    "in base64url": b64(SECRET).encode(),
    "in base64 behind one byte": base64.b64encode(b"1" + SECRET + b"x"),
    "in base64 behind two bytes": base64.b64encode(b"12" + SECRET + b"x"),
    "in a statement's payload": b64(STATEMENT).encode(),
    "in a payload behind one byte": b64(b" " + STATEMENT).encode(),
    "in a payload behind two bytes": b64(b"  " + STATEMENT).encode(),
    "in a payload of hex": b64(b'{"seed":"' + SECRET.hex().encode() + b'"}').encode(),
}


@pytest.mark.parametrize("how", HIDING)
def test_a_secret_is_found(how: str) -> None:
    assert Loot({"there": HIDING[how], "elsewhere": b"nothing"}).holding(SECRET) == ["there"]


def test_a_text_is_found_in_wide_characters() -> None:
    for encoding in ("ascii", "utf-16-le", "utf-32-le"):
        assert Loot({"there": f"bid: {'7391846.27'}!".encode(encoding)}).holding(b"7391846.27") == ["there"]


def test_another_secret_is_not_found() -> None:
    assert Loot(HIDING).holding(bytes(range(100, 132))) == []


@pytest.mark.slow
def test_what_a_process_has_in_mind_is_taken() -> None:
    secret = os.urandom(32)
    assert Loot({"memory": memory(os.getpid())}).holding(secret) == ["memory"]
    assert Loot({"memory": memory(os.getpid())}).holding(bytes(byte ^ 0x5A for byte in os.urandom(32))) == []


def test_files_are_taken_wherever_they_lie(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(SECRET)
    assert Loot(folder(tmp_path)).holding(SECRET) == ["a/b/c"]
