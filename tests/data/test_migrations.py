"""Do the migrations make what the schema says, and do they leave nothing behind?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect

from data import migrate
from data.schema import metadata
from data.store import Store
from tests.conftest import BOTH
from tests.data.test_store import keep, kept
from tests.support.databases import Opened


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """A database without any table."""
    if request.param == "sqlite":
        opened = Opened(f"sqlite:///{tmp_path}/deep/in/a/folder/empty.db")
        yield opened
        opened.close()
        return
    with request.getfixturevalue("postgres").database(empty=True) as url:
        opened = Opened(url)
        yield opened
        opened.close()


def tables(store: Store) -> set[str]:
    with store.engine.connect() as conn:
        return set(inspect(conn).get_table_names())


def test_an_empty_database_becomes_what_the_schema_says(empty: Opened):
    store = empty.store()
    assert migrate.current(store) is None
    migrate.upgrade(store)
    assert migrate.current(store) == migrate.newest(store)
    assert tables(store) == {*metadata.tables, "alembic_version"}
    with store.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []


def test_constraints_and_indexes_are_there_too(empty: Opened):
    """Comparing metadata does not look at checks."""
    store = empty.store()
    migrate.upgrade(store)
    with store.engine.connect() as conn:
        found = inspect(conn)
        for name, table in metadata.tables.items():
            wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
            assert {c["name"] for c in found.get_check_constraints(name)} == wanted, name
            assert {i["name"] for i in found.get_indexes(name)} >= {i.name for i in table.indexes}, name


def test_downgrading_to_the_base_leaves_nothing(empty: Opened):
    store = empty.store()
    migrate.upgrade(store)
    migrate.downgrade(store, "base")
    assert tables(store) == {"alembic_version"}
    assert migrate.current(store) is None
    migrate.upgrade(store)
    assert tables(store) == {*metadata.tables, "alembic_version"}


def test_running_twice_changes_nothing(empty: Opened):
    store = empty.store()
    migrate.upgrade(store)
    store.run(keep("siti"))
    migrate.upgrade(store)
    assert kept(store) == {"siti"}


UPGRADE = """
import sys
from data import migrate
from tests.support.databases import Opened
migrate.upgrade(Opened(sys.argv[1]).store())
"""


def test_two_processes_may_start_at_the_same_time(empty: Opened):
    command = [sys.executable, "-c", UPGRADE, empty.url]
    both = [
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."})
        for _ in range(2)
    ]
    for process in both:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert tables(empty.store()) == {*metadata.tables, "alembic_version"}


@pytest.mark.postgres
def test_a_migration_that_fails_leaves_nothing_half_done(empty: Opened, monkeypatch: pytest.MonkeyPatch):
    store = empty.store()
    from alembic import op

    made: list[str] = []
    create = op.create_table

    def until_the_tenth(name: str, *columns, **more):
        made.append(name)
        if len(made) == 10:
            raise RuntimeError("the lights went out")
        return create(name, *columns, **more)

    monkeypatch.setattr(op, "create_table", until_the_tenth)
    with pytest.raises(RuntimeError):
        migrate.upgrade(store)
    assert tables(store) - {"alembic_version"} == set()
    monkeypatch.undo()
    migrate.upgrade(store)
    assert migrate.current(store) == migrate.newest(store)


def test_the_newest_revision_is_alembics_head(empty: Opened):
    store = empty.store()
    assert migrate.newest(store) == ScriptDirectory.from_config(migrate._config(engine=store.engine)).get_current_head()
