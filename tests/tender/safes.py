"""Safes for tests, and what is put into them."""

import hashlib
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from remote_bid.seal.envelope import SEGMENT, tree_root
from remote_bid.tender.safe import Limits, NotThere, Safe
from remote_bid.tender.safe.s3 import S3Shelf, s3_shelf
from remote_bid.timeline.context import Refused
from tests.seal.bids import honest

SECRET = bytes(32)
SESSION, ANN, BOB, UPLOAD = "KB-1", "91330000000000001A", "91330000000000002B", "u-1"
SMALL = honest(b"Ann's").file
OTHER = honest(b"Bob's").file
LARGE = honest(bytes(SEGMENT)).file
"""Two segments."""
LIMITS = Limits(part=4 << 20, quota=8 << 20, most=5, reserve=0)
BUCKET = "bids"


def safe_in(folder: Path, limits: Limits = LIMITS, shelf: S3Shelf | None = None) -> Safe:
    return Safe(folder, SECRET, limits, shelf)


@contextmanager
def fake_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """moto's imitation of S3; its address."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "fake")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fake")
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        for method, path in (("POST", "moto-api/reset"), ("PUT", BUCKET)):  # its buckets outlive it in this process
            urlopen(Request(f"{endpoint}/{path}", method=method)).close()  # noqa: S310 - our own
        yield endpoint
    finally:
        server.stop()


def shelf_at(endpoint: str) -> S3Shelf:
    return s3_shelf(BUCKET, "us-east-1", endpoint, "deployment-1")


async def body(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def broken(*chunks: bytes, error: type[OSError] = ConnectionResetError) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    raise error


async def put(safe: Safe, file: bytes = SMALL, session: str = SESSION, person: str = ANN, upload: str = UPLOAD) -> None:
    """From beginning to end in one piece."""
    key = safe.key(session, person, upload)
    await safe.create(key, len(file))
    assert await safe.append(key, 0, body(file), sha256(file)) == len(file)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def held(safe: Safe, session: str = SESSION, person: str = ANN, upload: str = UPLOAD) -> bytes:
    with safe.open(session, person, upload) as file:
        return file.read()


def is_there(safe: Safe) -> bool:
    try:
        held(safe)
    except NotThere:
        return False
    return True


def root_of_file(file: bytes) -> Any:
    return tree_root(io.BytesIO(file))


async def refusal_of(doing: Any) -> str:
    """The code with which it is refused; a sentence in both languages is there."""
    with pytest.raises(Refused) as refusal:
        await doing
    assert refusal.value.zh
    assert refusal.value.en
    return refusal.value.code


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(path: Path, at: int) -> None:
    """One bit of a file on disk."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(bytes(raw))
