"""Alembic's entry: runs the versions on the connection it is handed."""

from alembic import context

from remote_bid.timeline.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
