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
    sa.Index("session_moved", "last_at"),
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

leases = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
)

common = sa.Table(
    "common",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("seen", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("ended", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("common_by_owner", "kind", "owner"),
    sa.Index("common_ended", "kind", "ended"),
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
