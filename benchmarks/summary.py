"""How long does the summary of one kabupaten take while its history grows to a million attendance rows?

Ours reads the running aggregate: `views.recap` as a page asks it, `tx.summary.recap` as REKAP does. It is one and the
same kabupaten at every size, 560 kelompok of 30 families, after some days, half a year and five years. The baseline is
the same month counted from the attendance table with joins and GROUP BY.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from sqlalchemy import bindparam, func, insert, select

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from data import migrate, views
from data.records import Mark, Role, Staff, StaffId
from data.schema import EPOCH, attendance, desa, kecamatan, kelompok, meeting, meeting_kelompok
from data.store import Store, Tx
from data.summary import rebuild

SIZES = (10_000, 100_000, 1_000_000)
GROUPS, FAMILIES, YEARS = 560, 30, 5
MOST_MS, MOST_GROWTH = 5.0, 1.5
ROUNDS, IN_ROUND = 12, 10
"""The sizes take turns, so that a busy computer slows them all."""

BASELINE_ROUNDS = 5
NOW = datetime(2026, 11, 25, tzinfo=UTC)
MONTHS = [f"{2026 - (i + 1) // 12}-{(10 - i) % 12 + 1:02}" for i in range(12 * YEARS)]
"""From this one back: 2026-11, 2026-10 …"""

MONTH, BY = MONTHS[0], "kecamatan"
WHO = Staff(StaffId(1), "Koordinator", Role.KOORDINATOR, None, True, "kabupaten", 1)
MARKS = (*(20 * (Mark.PRESENT,)), Mark.EXCUSED, Mark.SICK, Mark.ABSENT, None)

COUNTED = (
    select(
        kecamatan.c.name,
        func.count(attendance.c.kpm_id),
        *(func.count().filter(attendance.c.mark == mark.value) for mark in Mark),
    )
    .select_from(
        attendance.join(meeting, meeting.c.id == attendance.c.meeting_id)
        .join(kelompok, kelompok.c.id == attendance.c.kelompok_id)
        .join(desa, desa.c.id == kelompok.c.desa_id)
        .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    )
    .where(meeting.c.month == bindparam("month"), kecamatan.c.kabupaten_id == 1, meeting.c.kind == "p2k2")
    .group_by(kecamatan.c.id)
    .order_by(kecamatan.c.name)
)
"""The usual way: the attendance columns of the same summary."""


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds at one size."""

    page: float
    chat: float
    counted: float


# --- the history


def build(folder: Path, tell: Tell) -> dict[int, Path]:
    """One file for each size; the larger ones go on where the smaller stopped."""
    file = folder / "summary.db"
    store = Store(f"sqlite:///{file}", lambda: NOW)
    migrate.upgrade(store)
    store.run(_kabupaten)
    store.stop()
    rows = _rows()
    made, before = {}, 0
    for size in SIZES:
        tell(f"{size:,} attendance rows", 0.4 * size / SIZES[-1])
        _append(file, islice(rows, size - before))
        _tally(file)
        made[size], before = folder / f"summary-{size}.db", size
        shutil.copyfile(file, made[size])
    return made


def _kabupaten(tx: Tx) -> None:
    """The places and every meeting of five years: one a month for each kelompok."""
    world.build_places(tx.conn, GROUPS)
    world.build_families(tx.conn, GROUPS, FAMILIES)
    usual = {"kind": "p2k2", "place": "Balai", "title": "Pengasuhan", "code": "4821", "announced": EPOCH}
    keys = [(age * GROUPS + group, age, group) for age in range(len(MONTHS)) for group in range(1, GROUPS + 1)]
    starts = [NOW - timedelta(days=30 * age) for age in range(len(MONTHS))]
    meetings = [
        {
            **usual,
            "id": key,
            "starts": starts[age],
            "ends": starts[age] + timedelta(hours=2),
            "month": MONTHS[age],
            "pendamping_id": world.pendamping_of(group),
            "created": EPOCH,
        }
        for key, age, group in keys
    ]
    tx.conn.execute(insert(meeting), meetings)
    registers = [{"meeting_id": key, "kelompok_id": group, "frozen": EPOCH, "marks": 1} for key, _, group in keys]
    tx.conn.execute(insert(meeting_kelompok), registers)


def _rows() -> Iterator[tuple[int, int, int, str | None]]:
    """(meeting, family, kelompok, mark): the newest month first, so that every size has something in it."""
    number = 0
    for age in range(len(MONTHS)):
        for group in range(1, GROUPS + 1):
            for family in range((group - 1) * FAMILIES + 1, group * FAMILIES + 1):
                yield age * GROUPS + group, family, group, MARKS[number % len(MARKS)]
                number += 1


def _append(file: Path, rows: Iterator[tuple[int, int, int, str | None]]) -> None:
    """Past the writer: a million rows are not what is measured here."""
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA synchronous=OFF")
        db.executemany(
            "INSERT INTO attendance (meeting_id, kpm_id, kelompok_id, mark, registered) VALUES (?, ?, ?, ?, true)", rows
        )


def _tally(file: Path) -> None:
    """The running aggregate as the transactions would have left it."""
    store = Store(f"sqlite:///{file}", lambda: NOW)
    for month in MONTHS:
        store.run(lambda tx, month=month: rebuild(tx.conn, month))
    store.run(lambda tx: tx.conn.exec_driver_sql("SELECT 1").all())
    store.stop()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- the measuring


async def measure(files: dict[int, Path], tell: Tell) -> dict[int, Times]:
    stores = {size: Store(f"sqlite:///{file}", lambda: NOW) for size, file in files.items()}
    pages: dict[int, list[float]] = {size: [] for size in files}
    chats: dict[int, list[float]] = {size: [] for size in files}
    counted: dict[int, list[float]] = {size: [] for size in files}
    for number in range(-1, ROUNDS):  # the first round only warms up
        tell("summaries", 0.5 + 0.5 * max(number, 0) / ROUNDS)
        for size, store in stores.items():
            page = [await _awaited(lambda s=store: views.recap(s.reader, MONTH, BY, WHO)) for _ in range(IN_ROUND)]
            chat = await store.write(
                lambda tx: [_took(lambda: tx.summary.recap(MONTH, BY, WHO)) for _ in range(IN_ROUND)]
            )
            if number >= 0:
                pages[size] += page
                chats[size] += chat
            if 0 <= number < BASELINE_ROUNDS:
                usual = await store.write(lambda tx: _took(lambda: tx.conn.execute(COUNTED, {"month": MONTH}).all()))
                counted[size].append(usual)
    for store in stores.values():
        await store.close()
    return {size: Times(median(pages[size]), median(chats[size]), median(counted[size])) for size in files}


def _took(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


async def _awaited(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return 1000 * (time.perf_counter() - begun)


# --- the figures


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    with world.on_disk() as folder:
        tell("a kabupaten", 0.0)
        times = asyncio.run(measure(build(folder, tell), tell))
    small, large = times[SIZES[0]], times[SIZES[-1]]
    usual = "join and GROUP BY of that month"
    figures = [
        Figure(f"summary on a page, {size:,} rows", one.page, "ms", one.counted, usual, *_fast(size, one.page))
        for size, one in times.items()
    ]
    figures += [
        Figure(f"summary in the chat, {size:,} rows", one.chat, "ms", one.counted, usual, *_fast(size, one.chat))
        for size, one in times.items()
    ]
    return [
        *figures,
        _growth("summary on a page, growth", large.page, small.page),
        _growth("summary in the chat, growth", large.chat, small.chat),
    ]


def _fast(size: int, took: float) -> tuple[str, bool | None]:
    return (f"≤ {MOST_MS:g} ms", took <= MOST_MS) if size == SIZES[-1] else ("", None)


def _growth(name: str, large: float, small: float) -> Figure:
    against = f"itself at {SIZES[0]:,} rows"
    return Figure(name, large, "ms", small, against, f"≤ {MOST_GROWTH:g} ×", large <= MOST_GROWTH * small)
