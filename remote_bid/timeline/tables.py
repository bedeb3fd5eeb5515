"""The log's tables. What a table is now; how it came to be is in migrations/."""

import sqlalchemy as sa

metadata = sa.MetaData()

sessions = sa.Table(
    "session",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("room", sa.Text, nullable=False),
    sa.Column("epoch", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("last_at", sa.Text, nullable=False),
)

entries = sa.Table(
    "entry",
    metadata,
    sa.Column("session", sa.Text, sa.ForeignKey("session.id"), primary_key=True),
    sa.Column("line", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("prev", sa.LargeBinary, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("session", "version", "place", name="entry_in_order"),
)

leaves = sa.Table(
    "platform_leaf",
    metadata,
    sa.Column("index", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("head", sa.Text, nullable=False),
    sa.UniqueConstraint("session", "seq", name="platform_leaf_once"),
)
