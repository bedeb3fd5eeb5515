"""Connections to a deployment's database: SQLite in its data folder, or PostgreSQL by address."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SQLITE = "timeline.sqlite"
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "mmap_size=0")
_TIMEOUTS = "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=10000"


def engine_of(url: str, folder: Path) -> AsyncEngine:
    """The engine for a database address; an empty one is SQLite in `folder`."""
    return postgres_engine(url) if url else sqlite_engine(folder / SQLITE)


def sqlite_engine(path: Path) -> AsyncEngine:
    """One writing connection to a file, durable at every commit."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=1, max_overflow=0)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _immediate(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def postgres_engine(url: str) -> AsyncEngine:
    """A bounded pool; nothing waits for ever; every connection is tried before it is used."""
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    return create_async_engine(
        address,
        pool_size=8,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"options": _TIMEOUTS, "connect_timeout": 5},
    )


def clock(dialect: str, later_s: float = 0) -> sa.ColumnElement[str]:
    """The database's own time, or so much later, as an instant's text, read when the row is locked."""
    if dialect == "sqlite":
        return sa.func.strftime("%Y-%m-%dT%H:%M:%fZ", "now", f"+{later_s:.3f} seconds")
    utc = sa.func.timezone("UTC", sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, later_s))
    return sa.func.to_char(utc, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
