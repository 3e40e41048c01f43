"""Does a database that an earlier version wrote come forward with its numbers intact?

`versions/NNNN.sql.gz` is what the version whose newest revision was NNNN wrote: the sample kabupaten, one meeting with
answers and marks, and whatever else that version could keep. Each released version adds its own; none is ever made
anew.
"""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from data import migrate
from data.schema import metadata
from data.store import Store, Tx
from data.views import recap
from tests.support.databases import Opened

VERSIONS = sorted(Path(__file__).with_name("versions").glob("*.sql.gz"))


@dataclass(frozen=True)
class Was:
    """What that version had counted itself."""

    rows: Mapping[str, int]
    numbers: Mapping[str, int]
    marks: Sequence[str]


SAMPLE = {"kpm": 242, "member": 388, "address": 221, "consent": 340, "meeting": 1, "staff": 4, "kelompok": 9}
WRITTEN = {
    "0001": Was(
        {**SAMPLE, "attendance": 26, "audit": 54},
        {"held": 1, "expected": 26, "hadir": 14, "izin": 6, "alpa": 6, "promised": 9, "declined": 8, "claimed": 9},
        ["alpa", "hadir", "izin"],
    ),
    "0010": Was(
        {
            **SAMPLE,
            "attendance": 26,
            "audit": 37,
            "broadcast": 1,
            "broadcast_kpm": 26,
            "question": 4,
            "understanding": 1,
        },
        {"held": 1, "expected": 26, "hadir": 24, "sakit": 1, "alpa": 1, "promised": 2, "declined": 1, "claimed": 1},
        ["alpa", "hadir", "sakit"],
    ),
}


@pytest.fixture(params=VERSIONS, ids=lambda file: file.name.partition(".")[0])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    conn = sqlite3.connect(tmp_path / "old.db")
    conn.executescript(gzip.decompress(request.param.read_bytes()).decode("utf-8"))
    conn.close()
    opened = Opened(f"sqlite:///{tmp_path / 'old.db'}")
    yield opened
    opened.close()


def counts(tx: Tx, names: Iterable[str]) -> dict[str, int]:
    return {name: tx.conn.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}


def was(store: Store) -> Was:
    return WRITTEN[str(migrate.current(store))]


async def test_it_comes_forward_with_every_row_and_number(written: Opened):
    store: Store = written.store()
    expected = was(store)
    before = store.run(lambda tx: counts(tx, expected.rows))
    migrate.upgrade(store)
    assert migrate.current(store) == migrate.newest(store)
    assert store.run(lambda tx: counts(tx, expected.rows)) == before == expected.rows
    with store.engine.connect() as conn:
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    found = await recap(store.reader, "2026-11", "kelompok")
    assert {name: getattr(found.total, name) for name in expected.numbers} == expected.numbers
    await store.reader.dispose()


def test_and_it_can_be_worked_with(written: Opened):
    store = written.store()
    expected = was(store)
    migrate.upgrade(store)

    def work(tx: Tx) -> list[str]:
        melati = next(one for one in tx.people.every_kelompok() if one.name == "Melati 3")
        meeting = tx.meetings.of_kelompok([melati.id], tx.now.replace(year=2020), tx.now.replace(year=2030))[0]
        return sorted({entry.mark.value for entry in tx.attendance.register(meeting, melati.id) if entry.mark})

    assert store.run(work) == expected.marks
    assert store.run(lambda tx: tx.retention.forget()).rows["letters"] == 0
