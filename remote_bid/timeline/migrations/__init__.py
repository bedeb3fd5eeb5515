"""How the log's tables came to be (alembic), the same on SQLite and PostgreSQL."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

_LOCK = 0x5BE2
"""PostgreSQL's advisory lock under which tables change."""


class NotMigrated(RuntimeError):
    """The database's tables are not the ones this program works with."""


def upgrade(connection: sa.Connection) -> None:
    """Bring the tables up to date within the connection's transaction; of several at once each waits for the other."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def require_head(connection: sa.Connection) -> None:
    """NotMigrated unless the tables are up to date."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    if found != head:
        raise NotMigrated(f"the database is at {found or 'nothing'}, this program needs {head}: run remote-bid migrate")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
