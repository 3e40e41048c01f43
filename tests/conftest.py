"""What do all tests share? The two databases, and the rule that in the whole check nothing may be skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.app import claim_for_simulator
from data.store import Store
from tests.support.databases import Opened, Postgres, running_postgres, sqlite_copy, sqlite_template

# The check asks the same questions every time; `pytest --hypothesis-profile=search` looks for new ones, for long.
settings.register_profile(
    "house", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("house"), derandomize=False, max_examples=3000)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that at the end no worker sits beside another's long test."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


NO_SKIP = os.environ.get("LIKE_PKH_NO_SKIP") == "1"


def not_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In the whole check a skip is a failure: a test that did not run has shown nothing."""
    if NO_SKIP and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped under LIKE_PKH_NO_SKIP=1: {why}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    report = yield
    not_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    report = yield
    not_skipped(report)
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, started once."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def sample_file(sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulator's database with the sample kabupaten, to be copied; its clock stands at 2026-11-23 08.00 WITA."""
    file = tmp_path_factory.mktemp("sample") / "sample.db"
    opened = Opened(sqlite_copy(sqlite_file, file))
    opened.store().run(lambda tx: claim_for_simulator(tx, True))
    opened.close()
    return file


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """A fresh database with its schema, on SQLite and on PostgreSQL: such a test runs twice."""
    if request.param == "sqlite":
        opened = Opened(sqlite_copy(request.getfixturevalue("sqlite_file"), tmp_path / "test.db"))
        yield opened
        opened.close()
        return
    with request.getfixturevalue("postgres").database() as url:
        opened = Opened(url)
        yield opened
        opened.close()


@pytest.fixture
def store(database: Opened) -> Store:
    """A store on a fresh database, on SQLite and on PostgreSQL: such a test runs twice."""
    return database.store()


@pytest.fixture
def sqlite(sqlite_file: Path, tmp_path: Path) -> Iterator[Opened]:
    """A fresh SQLite file, for what is true of files only."""
    opened = Opened(sqlite_copy(sqlite_file, tmp_path / "test.db"))
    yield opened
    opened.close()


@pytest.fixture
def on_postgres(postgres: Postgres) -> Iterator[Opened]:
    """A fresh PostgreSQL database, for what is true of servers only."""
    with postgres.database() as url:
        opened = Opened(url)
        yield opened
        opened.close()
