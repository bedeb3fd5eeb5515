"""Where whole envelopes lie, each with the hashes of its leaves. The contract, and the local disk.

Guarantee: `keep` returns only when envelope and hashes survive a power cut, and never puts other bytes under a name.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

from remote_bid.tender.safe.terms import Key, NotThere, refuse_taken
from remote_bid.timeline.durable import flush, flush_folder, make_folder, write_all
from remote_bid.timeline.failpoints import point

_ENVELOPE, _LEAVES = ".sbe", ".leaves"
_HASH = 32


class Shelf(Protocol):
    """Holds what has wholly arrived."""

    def keep(self, key: Key, file: Path, leaves: list[bytes]) -> None:
        """Take over the file, which is on disk. The same envelope again changes nothing, another one is refused."""

    def open(self, key: Key) -> BinaryIO:
        """The envelope as a stream; NotThere."""

    def length(self, key: Key) -> int:
        """The envelope's bytes; NotThere."""

    def leaves(self, key: Key) -> list[bytes] | None:
        """The hashes kept beside it; None if they are damaged, NotThere."""

    def held(self, session: str, owner: str | None = None) -> dict[Key, int]:
        """Every envelope of a session, or of one owner in it, with its length."""

    def remove(self, key: Key) -> None:
        """Take an envelope away."""


class LocalShelf:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, key: Key, file: Path, leaves: list[bytes]) -> None:
        path = self._path(key)
        make_folder(path.parent)
        self._claim(path.with_suffix(_LEAVES), noted(leaves))
        with point("rename"):
            file.rename(path)
        flush_folder(path.parent)

    def _claim(self, path: Path, note: bytes) -> None:
        """The hashes come first, never over others: whatever lies under the name later has them."""
        fresh = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.new")
        try:
            with fresh.open("xb", buffering=0) as file:
                write_all(file, note)
                flush(file.fileno())
            with point("link"):
                os.link(fresh, path)
        except FileExistsError:
            if path.read_bytes() != note:
                refuse_taken()
        finally:
            fresh.unlink(missing_ok=True)

    def open(self, key: Key) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise NotThere(key.name) from error

    def length(self, key: Key) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError as error:
            raise NotThere(key.name) from error

    def leaves(self, key: Key) -> list[bytes] | None:
        try:
            return read_note(self._path(key).with_suffix(_LEAVES).read_bytes())
        except FileNotFoundError as error:
            raise NotThere(key.name) from error

    def held(self, session: str, owner: str | None = None) -> dict[Key, int]:
        found = {}
        for path in (self._folder / session).glob(f"{owner or '*'}.*{_ENVELOPE}"):
            of, _, name = path.stem.partition(".")
            found[Key(session, of, name)] = path.stat().st_size
        return found

    def remove(self, key: Key) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        path.with_suffix(_LEAVES).unlink(missing_ok=True)

    def _path(self, key: Key) -> Path:
        return self._folder / key.session / f"{key.owner}.{key.name}{_ENVELOPE}"


def noted(leaves: list[bytes]) -> bytes:
    """Leaf hashes as they are kept: one after the other, and a hash over all."""
    joined = b"".join(leaves)
    return joined + sha256(joined).digest()


def read_note(note: bytes) -> list[bytes] | None:
    """What `noted` wrote; None if it is not that."""
    joined, check = note[:-_HASH], note[-_HASH:]
    if not joined or len(joined) % _HASH or not hmac.compare_digest(sha256(joined).digest(), check):
        return None
    return [joined[i : i + _HASH] for i in range(0, len(joined), _HASH)]
