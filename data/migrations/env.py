"""How does Alembic reach the database? Through the engine that `data/migrate.py` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from data.schema import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
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
    connection.commit()
