"""A throw-away PostgreSQL for tests: one cluster for a process, a database of its own for whoever asks.

REMOTE_BID_TEST_PG names a server to use instead: an address whose user may create databases. Else the machine's own
programs are run, as an ordinary user if we are root, without waiting for the disk.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from remote_bid.timeline.migrations import upgrade

_READY_S = 30
_ORDINARY = ("postgres", "nobody")
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=60")
_MISSING = "No PostgreSQL: install it (sudo apt-get install postgresql), or name a server in REMOTE_BID_TEST_PG"


class Cluster:
    """A server of our own; it can be stopped and started again. `settings`: name=value, before the careless ones."""

    def __init__(self, settings: Sequence[str] = ()) -> None:
        self._settings = (*settings, *_CARELESS)
        self._programs = _programs()
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._folder.chmod(0o755)
        self._user = _ordinary_user(self._folder)
        self._data = self._folder / "data"
        self._run(
            "initdb", "-D", str(self._data), "-U", "test", "-A", "trust", "--no-sync", "-E", "UTF8", "--no-locale"
        )
        self._port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://test@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Come up at the same address; returns when it answers."""
        settings = [word for setting in self._settings for word in ("-c", setting)]
        command = [self._programs / "postgres", "-D", self._data, "-k", self._folder, "-h", "127.0.0.1"]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - the machine's own server
                [*map(str, command), "-p", str(self._port), *settings], stdout=log, stderr=log, **self._as_ordinary()
            )
        until = time.monotonic() + _READY_S
        while not _answers(self.url):
            if self._server.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self._folder / "log").read_text())
            time.sleep(0.02)

    def stop(self) -> None:
        """End every connection at once, as an operator's restart would."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(_READY_S)
        self._server = None

    def destroy(self) -> None:
        """Leave nothing behind."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *args: str) -> None:
        command = [str(self._programs / program), *args]
        done = subprocess.run(command, capture_output=True, text=True, **self._as_ordinary())  # noqa: S603 - our own words
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    def _as_ordinary(self) -> dict[str, Any]:
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}
        how: dict[str, Any] = {"cwd": self._folder, "env": environment}
        if self._user is not None:
            how |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return how


_own: list[Cluster] = []


@contextlib.contextmanager
def database(migrated: bool = True) -> Iterator[str]:
    """The address of an empty database, with the log's tables unless told otherwise; dropped afterwards."""
    name = _created("migrated" if migrated else "template0")
    try:
        yield _address(name)
    finally:
        _tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def stop() -> None:
    """At the end of a test run: the cluster ends with it."""
    while _own:
        _own.pop().destroy()
    _server.cache_clear()
    _migrated.cache_clear()


@cache
def _server() -> str:
    """The address of the server in use."""
    if given := os.environ.get("REMOTE_BID_TEST_PG"):
        return given
    _own.append(Cluster())
    return _own[0].url


def _created(template: str) -> str:
    name = f"remote_bid_test_{secrets.token_hex(6)}"
    like = _migrated() if template == "migrated" else template
    _tell(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return name


@cache
def _migrated() -> str:
    """A database with the log's tables, to be copied: that is quicker than to migrate each."""
    name = _created("template0")
    migrate(_address(name))
    return name


def migrate(url: str) -> None:
    """Make the log's tables there."""
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()


def _address(name: str) -> str:
    return sa.make_url(_server()).set(database=name).render_as_string(hide_password=False)


def _tell(statement: str) -> None:
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(statement.encode())


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _programs() -> Path:
    """Debian keeps the server's programs off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise RuntimeError(_MISSING)
    return found[-1].parent if found else Path(on_path or "").resolve().parent


def _ordinary_user(folder: Path) -> pwd.struct_passwd | None:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = next(users[name] for name in _ORDINARY if name in users)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return user


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
