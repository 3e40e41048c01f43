"""Is the schema up to date? Alembic, started from here so that no working directory matters."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from data.store import Store


def _config(**attributes: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("data").joinpath("migrations")).replace("%", "%%"))
    config.attributes.update(attributes)
    return config


def upgrade(store: Store, revision: str = "head") -> None:
    command.upgrade(_config(engine=store.engine), revision)


def downgrade(store: Store, revision: str) -> None:
    command.downgrade(_config(engine=store.engine), revision)


def inside(conn: Connection, revision: str) -> None:
    """Bring the schema to `revision` ('base' empties the database) within the caller's transaction."""
    config = _config(connection=conn)
    (command.downgrade if revision == "base" else command.upgrade)(config, revision)


def known(revision: str) -> bool:
    """Whether this version of the program has that revision behind it."""
    return any(one.revision == revision for one in ScriptDirectory.from_config(_config()).walk_revisions())


def newest(store: Store) -> str | None:
    """The revision that this version of the program knows."""
    return ScriptDirectory.from_config(_config(engine=store.engine)).get_current_head()


def current(store: Store) -> str | None:
    """The revision the database is at; None for an empty one."""
    with store.engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        return conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
