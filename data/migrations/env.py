"""How does Alembic reach the database? Through the engine that `data/migrate.py` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from data.schema import metadata


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Several processes may start at once; SQLite's BEGIN IMMEDIATE makes the second one wait by itself.
        connection.execute(text("SELECT pg_advisory_xact_lock(20261123)"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="schema.",
    )
    with context.begin_transaction():
        context.run_migrations()


already = context.config.attributes.get("connection")
if already is not None:
    run(already)  # somebody's open transaction, which goes on after this
else:
    with context.config.attributes["engine"].connect() as fresh:
        run(fresh)
        fresh.commit()
