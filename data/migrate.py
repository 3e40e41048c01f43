"""Is the schema up to date? Alembic, started from here so that no working directory matters."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from data.store import Store

if TYPE_CHECKING:  # large, and a bot whose schema is up to date never needs it
    from alembic.config import Config

_NAMES = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)


def _config(**attributes: object) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("data").joinpath("migrations")).replace("%", "%%"))
    config.attributes.update(attributes)
    return config


def upgrade(store: Store, revision: str = "head") -> None:
    if revision == "head" and current(store) == newest(store):
        return
    from alembic import command

    command.upgrade(_config(engine=store.engine), revision)


def downgrade(store: Store, revision: str) -> None:
    from alembic import command

    command.downgrade(_config(engine=store.engine), revision)


def inside(conn: Connection, revision: str) -> None:
    """Bring the schema to `revision` ('base' empties the database) within the caller's transaction."""
    from alembic import command

    config = _config(connection=conn)
    (command.downgrade if revision == "base" else command.upgrade)(config, revision)


def known(revision: str) -> bool:
    """Whether this version of the program has that revision behind it."""
    return revision in _named()["revision"]


def newest(store: Store) -> str | None:
    """The revision that this version of the program knows: the one on which no other builds."""
    named = _named()
    return max(named["revision"] - named["down_revision"], default=None)


def _named() -> dict[str, set[str]]:
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for script in files("data").joinpath("migrations", "versions").iterdir():
        if script.name.endswith(".py"):
            for kind, name in _NAMES.findall(script.read_text(encoding="utf-8")):
                named[kind].add(name)
    return named


def current(store: Store) -> str | None:
    """The revision the database is at; None for an empty one."""
    with store.engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        return conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
