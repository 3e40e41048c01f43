"""Is the schema up to date? Alembic, started from here so that no working directory matters."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from data.store import Store


def _config(store: Store) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("data").joinpath("migrations")).replace("%", "%%"))
    config.attributes["engine"] = store.engine
    return config


def upgrade(store: Store, revision: str = "head") -> None:
    command.upgrade(_config(store), revision)


def downgrade(store: Store, revision: str) -> None:
    command.downgrade(_config(store), revision)


def newest(store: Store) -> str | None:
    """The revision that this version of the program knows."""
    return ScriptDirectory.from_config(_config(store)).get_current_head()


def current(store: Store) -> str | None:
    """The revision the database is at; None for an empty one."""
    with store.engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        return conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
