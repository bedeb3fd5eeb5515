"""A shelf in an object store that speaks S3. An envelope goes there in parts of 8 MiB (5 is the least S3 takes), and is
acknowledged when the store says that it is complete.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import obstore
import structlog
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from remote_bid.tender.safe.shelf import noted, read_note
from remote_bid.tender.safe.terms import Key, NotThere, refuse_away, refuse_taken

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

_LOG = structlog.get_logger("safe")
_PART = 8 << 20
_READ = 1 << 20
_RETRY: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
"""Then the client is told, and comes again."""
_ENVELOPE, _LEAVES = ".sbe", ".leaves"


class S3Shelf:
    """Envelopes in one bucket."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def keep(self, key: Key, file: Path, leaves: list[bytes]) -> None:
        note = noted(leaves)
        with _reached(key):
            try:
                obstore.put(self._store, _path(key, _LEAVES), note, mode="create")
            except AlreadyExistsError:
                if bytes(obstore.get(self._store, _path(key, _LEAVES)).bytes()) != note:
                    refuse_taken()
            obstore.put(self._store, _path(key, _ENVELOPE), file, chunk_size=_PART)

    def open(self, key: Key) -> BinaryIO:
        with _reached(key):
            return io.BufferedReader(_Stream(obstore.open_reader(self._store, _path(key, _ENVELOPE))), _READ)

    def length(self, key: Key) -> int:
        with _reached(key):
            return int(obstore.head(self._store, _path(key, _ENVELOPE))["size"])

    def leaves(self, key: Key) -> list[bytes] | None:
        with _reached(key):
            return read_note(bytes(obstore.get(self._store, _path(key, _LEAVES)).bytes()))

    def held(self, session: str, owner: str | None = None) -> dict[Key, int]:
        found = {}
        with _reached():
            for batch in obstore.list(self._store, prefix=f"{session}/{owner}" if owner else session):
                for item in batch:
                    of, name = item["path"].split("/")[-2:]
                    if name.endswith(_ENVELOPE):
                        found[Key(session, of, name.removesuffix(_ENVELOPE))] = int(item["size"])
        return found

    def remove(self, key: Key) -> None:
        with _reached(key):
            obstore.delete(self._store, [_path(key, _ENVELOPE), _path(key, _LEAVES)])


def s3_shelf(bucket: str, region: str, endpoint: str = "", prefix: str = "") -> S3Shelf:
    """A shelf in `bucket`; the keys to it come from the environment, as every S3 client reads them."""
    reach: S3Config = {"bucket": bucket, "region": region}
    if endpoint:
        reach["endpoint"] = endpoint
    options: ClientConfig = {"allow_http": endpoint.startswith("http://")}
    return S3Shelf(S3Store(prefix=prefix or None, config=reach, client_options=options, retry_config=_RETRY))


class _Stream(io.RawIOBase):
    """An object as a stream, fetched as it is read."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())

    def readinto(self, buffer: Any) -> int:
        got = bytes(self._reader.read(len(buffer)))
        buffer[: len(got)] = got
        return len(got)


@contextmanager
def _reached(key: Key | None = None) -> Iterator[None]:
    """The store's failures in our words."""
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise NotThere(key.name if key else "") from error
    except BaseError as error:
        _LOG.error("the object store failed", why=str(error))
        refuse_away()


def _path(key: Key, ending: str) -> str:
    return f"{key.session}/{key.owner}/{key.name}{ending}"
