"""Backups: the database as it is at one moment, then the envelopes that it names, then a list of what is there.

An envelope is stored before an entry names it and never changes, so the copy of the safe that follows the database's
holds all that the database names. Keys are not in a backup: office.json and the authority are kept apart from it.
A restored database has a new epoch in every session, so clients begin anew, and nobody is signed in.
"""

import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from remote_bid.seal.canonical import b64
from remote_bid.timeline.durable import flush, flush_folder
from remote_bid.timeline.engines import SQLITE, engine_of
from remote_bid.timeline.tables import common, sessions

DATABASE, SAFE, LIST = "database", "safe", "list.json"
_LEFT = ("token", "nonce")
"""What the processes knew in common and must not come back."""


class NoBackup(ValueError):
    """It cannot be made, or used; the sentence says why."""


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """SHA-256 of every file, by its place in the backup; `kind` of the database's copy."""

    at: str
    kind: str
    files: dict[str, str]


def back_up(database: str, data: Path, to: Path) -> Path:
    """A new folder in `to` that holds everything but the keys; NoBackup."""
    made = to / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    part = made.with_name(f".{made.name}.{secrets.token_hex(4)}")
    part.mkdir(parents=True, mode=0o700)
    try:
        kind = _dump(database, part / DATABASE) if database else _copy_sqlite(data / SQLITE, part / DATABASE)
        if (data / SAFE / "kept").is_dir():
            shutil.copytree(data / SAFE / "kept", part / SAFE)
        files = {str(path.relative_to(part)): _hash(path) for path in sorted(part.rglob("*")) if path.is_file()}
        (part / LIST).write_bytes(msgspec.json.encode(_List(made.name, kind, files)))
        for path in part.rglob("*"):
            _to_disk(path)
        part.rename(made)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    flush_folder(to)
    return made


async def restore(database: str, data: Path, made: Path) -> int:
    """Bring a backup into an empty database and an empty safe; returns the number of sessions. NoBackup."""
    listed = _checked(made)
    if listed.kind != ("postgresql" if database else "sqlite"):
        raise NoBackup(f"{made} holds a {listed.kind} database, the settings want another")
    _require_nothing(data)
    if database:
        await _require_empty(database, data)
    _bring_back(database, data, made)
    return await _begun_anew(database, data)


def _require_nothing(data: Path) -> None:
    if (data / SQLITE).exists() or any((data / SAFE / "kept").glob("*")):
        raise NoBackup(f"{data} is not empty: move the old database and safe away first")


def _bring_back(database: str, data: Path, made: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    if database:
        _undump(database, made / DATABASE)
    else:
        shutil.copyfile(made / DATABASE, data / SQLITE)
        _to_disk(data / SQLITE)
    if (made / SAFE).is_dir():
        shutil.copytree(made / SAFE, data / SAFE / "kept", dirs_exist_ok=True)
        for path in (data / SAFE / "kept").rglob("*"):
            _to_disk(path)


async def _begun_anew(database: str, data: Path) -> int:
    engine = engine_of(database, data)
    async with engine.begin() as connection:
        names = list(await connection.scalars(sa.select(sessions.c.id)))
        for name in names:
            epoch = b64(secrets.token_bytes(8))
            await connection.execute(sessions.update().where(sessions.c.id == name).values(epoch=epoch))
        await connection.execute(common.delete().where(common.c.kind.in_(_LEFT)))
    await engine.dispose()
    return len(names)


def _copy_sqlite(path: Path, to: Path) -> str:
    """While the server goes on."""
    if not path.exists():
        raise NoBackup(f"{path} is not there")
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("VACUUM INTO ?", (str(to),))
    return "sqlite"


def _dump(url: str, to: Path) -> str:
    _run(url, "pg_dump", "--format=custom", "--no-owner", f"--file={to}")
    return "postgresql"


def _undump(url: str, made: Path) -> None:
    address = sa.make_url(url)
    strict = ("--exit-on-error", "--no-owner", "--single-transaction")
    _run(url, "pg_restore", *strict, f"--dbname={address.database}", str(made))


def _run(url: str, program: str, *words: str) -> None:
    """One of PostgreSQL's own programs; the password does not show among the machine's processes."""
    address = sa.make_url(url)
    told = {"PGHOST": address.host, "PGUSER": address.username, "PGDATABASE": address.database}
    told |= {"PGPORT": str(address.port) if address.port else None, "PGPASSWORD": address.password}
    environment = os.environ | {name: str(value) for name, value in told.items() if value}
    found = shutil.which(program) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), None)
    if found is None:
        raise NoBackup(f"{program} is not installed (Debian: postgresql-client)")
    done = subprocess.run([found, *words], env=environment, capture_output=True, text=True)  # noqa: S603 - our words
    if done.returncode:
        raise NoBackup(f"{program}: {done.stderr.strip()}")


async def _require_empty(database: str, data: Path) -> None:
    engine = engine_of(database, data)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    await engine.dispose()
    if found:
        raise NoBackup("the database is not empty: restore into a new one")


def _checked(made: Path) -> _List:
    """The list, if it is true."""
    try:
        listed = msgspec.json.decode((made / LIST).read_bytes(), type=_List)
    except (OSError, msgspec.MsgspecError) as error:
        raise NoBackup(f"{made} is no backup: {error}") from error
    for name, wanted in listed.files.items():
        if not (made / name).is_file() or _hash(made / name) != wanted:
            raise NoBackup(f"{name} in {made} is missing, or not what was backed up")
    return listed


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    if path.is_dir():
        flush_folder(path)
        return
    with path.open("rb") as file:
        flush(file.fileno())
