"""Does a database that an earlier version wrote come forward with its numbers intact?

`versions/NNNN.sql.gz` is what the version whose newest revision was NNNN wrote: the sample kabupaten, one meeting with
answers and marks. Each released version adds its own; none is ever made anew.
"""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from data import migrate
from data.schema import metadata
from data.store import Store, Tx
from data.views import recap
from tests.support.databases import Opened

VERSIONS = sorted(Path(__file__).with_name("versions").glob("*.sql.gz"))
ROWS = {
    "kpm": 242,
    "member": 388,
    "address": 221,
    "consent": 340,
    "attendance": 26,
    "audit": 54,
    "meeting": 1,
    "staff": 4,
    "kelompok": 9,
}
NUMBERS = {"held": 1, "expected": 26, "hadir": 14, "izin": 6, "sakit": 0, "alpa": 6}
SAID = {"promised": 9, "declined": 8, "claimed": 9}


@pytest.fixture(params=VERSIONS, ids=lambda file: file.name.partition(".")[0])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    conn = sqlite3.connect(tmp_path / "old.db")
    conn.executescript(gzip.decompress(request.param.read_bytes()).decode("utf-8"))
    conn.close()
    opened = Opened(f"sqlite:///{tmp_path / 'old.db'}")
    yield opened
    opened.close()


def counts(tx: Tx) -> dict[str, int]:
    return {name: tx.conn.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in ROWS}


async def test_it_comes_forward_with_every_row_and_number(written: Opened):
    store: Store = written.store()
    assert migrate.current(store) in {file.name.partition(".")[0] for file in VERSIONS}
    before = store.run(counts)
    migrate.upgrade(store)
    assert migrate.current(store) == migrate.newest(store)
    assert store.run(counts) == before == ROWS
    with store.engine.connect() as conn:
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    found = await recap(store.reader, "2026-11", "kelompok")
    assert {name: getattr(found.total, name) for name in (*NUMBERS, *SAID)} == {**NUMBERS, **SAID}
    await store.reader.dispose()


def test_and_it_can_be_worked_with(written: Opened):
    store = written.store()
    migrate.upgrade(store)

    def work(tx: Tx) -> list[str]:
        melati = next(one for one in tx.people.every_kelompok() if one.name == "Melati 3")
        meeting = tx.meetings.of_kelompok([melati.id], tx.now.replace(year=2020), tx.now.replace(year=2030))[0]
        return sorted({entry.mark.value for entry in tx.attendance.register(meeting, melati.id) if entry.mark})

    assert store.run(work) == ["alpa", "hadir", "izin"]
    assert store.run(lambda tx: tx.retention.forget()).rows["letters"] == 0
