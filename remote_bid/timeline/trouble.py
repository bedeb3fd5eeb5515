"""What a database's failure means for whoever asked: a refusal with a name, or the end of the process."""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from remote_bid.timeline.context import Refused
from remote_bid.timeline.durable import stop_at_once

_FULL = ("SQLITE_FULL", "53100", "ENOSPC")
_BROKEN = ("EIO",)
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "58030", "XX001", "XX002")


class LogAway(Refused):
    """The database does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "log_unavailable",
            "记录库暂时无法使用，已保存的内容没有丢失，请稍后重试。",
            "The log's database does not answer just now; nothing that was kept is lost. Try again.",
        )


class LogFull(Refused):
    """The database has no space left."""

    def __init__(self) -> None:
        super().__init__(
            "storage_full",
            "存储空间不足，本次内容未保存，请联系系统管理员。",
            "No space is left; this was not kept. Tell the system's administrator.",
        )


class LogDamaged(Refused):
    """What lies in the database is not what was written there."""

    def __init__(self, session: str, why: str) -> None:
        super().__init__(
            "log_damaged",
            f"{session} 的记录已损坏，停止服务，请联系系统管理员。",
            f"The record of {session} is damaged ({why}); the session is not served. Tell the system's administrator.",
        )


class OutcomeUnknown(Exception):
    """Whether the turn was kept is not known: lock the session at the same version to learn it. `cause`: why."""

    def __init__(self, cause: Refused) -> None:
        super().__init__(cause.en)
        self.cause = cause


class NotLeading(Refused):
    """Another process leads the deployment now."""

    def __init__(self) -> None:
        super().__init__("not_leading", "本进程已不再负责计时。", "Another process keeps the deadlines now.")


class NotTold(Refused):
    """It could not be learnt in time whether a turn was kept."""

    def __init__(self) -> None:
        super().__init__(
            "outcome_unknown",
            "暂时无法确认是否已保存，请稍后重新提交同样的内容：重复提交不会重复生效。",
            "It cannot be told yet whether this was kept. Hand in the same again later: it will not count twice.",
        )


TROUBLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.DatabaseError, sa.exc.TimeoutError, OSError)
"""What a database in trouble raises; errors in our own statements are among them, and are left as they are."""

_OURS = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError, sa.exc.NotSupportedError)


def meaning(error: Exception) -> Exception:
    """The refusal that a database's failure becomes. Does not return if the disk is broken: no flush is tried twice."""
    if isinstance(error, _OURS):
        return error
    code = _code(error.orig if isinstance(error, sa.exc.DBAPIError) else error)
    if code in _FULL:
        return LogFull()
    if code in _BROKEN or code.startswith("SQLITE_IOERR"):
        stop_at_once("the database's disk failed", error)
    if code in _CORRUPT:
        return LogDamaged("the database", code)
    return LogAway()


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction of its own; the database's troubles leave it as refusals."""
    try:
        async with engine.connect() as connection:
            yield connection
    except TROUBLE as error:
        raise meaning(error) from error


def _code(cause: BaseException | None) -> str:
    """SQLite's name, PostgreSQL's SQLSTATE or the system's errno, whichever the failure carries."""
    if isinstance(cause, OSError):
        return errno.errorcode.get(cause.errno or 0, "")
    return str(getattr(cause, "sqlite_errorname", "") or getattr(cause, "sqlstate", "") or "")
