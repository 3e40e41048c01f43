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
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from sqlalchemy import bindparam, func, insert, select

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from data import migrate, views
from data.records import Mark, Role, Staff, StaffId
from data.schema import attendance, desa, kecamatan, kelompok, meeting, meeting_kelompok, tally
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
    store.run(lambda tx: world.build_places(tx.conn, GROUPS))
    store.run(lambda tx: world.build_families(tx.conn, GROUPS, FAMILIES))
    rows, made, before = _rows(), {}, 0
    for size in SIZES:
        tell(f"{size:,} attendance rows", 0.4 * size / SIZES[-1])
        months = range(_months(before), _months(size))
        store.run(partial(_meet, months=months))
        _append(file, islice(rows, size - before))
        store.run(lambda tx: rebuild(tx.conn, MONTH))
        with closing(sqlite3.connect(file)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made[size], before = folder / f"summary-{size}.db", size
        shutil.copyfile(file, made[size])
    store.stop()
    return made


def _months(size: int) -> int:
    return -(-size // (GROUPS * FAMILIES))


def _meet(tx: Tx, months: range) -> None:
    """One meeting a month for each kelompok, held, and counted as the transactions would have counted it."""
    for age in months:
        starts, month, groups = NOW - timedelta(days=30 * age), MONTHS[age], range(1, GROUPS + 1)
        times = {"starts": starts, "ends": starts + timedelta(hours=2), "announced": starts, "created": starts}
        what = {"kind": "p2k2", "month": month, "place": "Balai", "title": "Pengasuhan", "code": "4821", **times}
        owners = [world.pendamping_of(group) for group in groups]
        keys = [age * GROUPS + group for group in groups]
        meetings = [{**what, "id": key, "pendamping_id": owner} for key, owner in zip(keys, owners, strict=True)]
        registers = [
            {"meeting_id": key, "kelompok_id": group, "frozen": starts, "marks": 1}
            for key, group in zip(keys, groups, strict=True)
        ]
        counts = {"planned": 1, "held": 1, "expected": FAMILIES, "hadir": FAMILIES}
        counted = [{"month": month, "kelompok_id": group, **counts} for group in groups]
        for table, values in ((meeting, meetings), (meeting_kelompok, registers), (tally, counted)):
            tx.conn.execute(insert(table), values)


def _rows() -> Iterator[tuple[int, int, int, str | None]]:
    """(meeting, family, kelompok, mark): the newest month first, so that every size has something in it."""
    marks = cycle(MARKS)
    for age in range(len(MONTHS)):
        for group in range(1, GROUPS + 1):
            for family in range((group - 1) * FAMILIES + 1, group * FAMILIES + 1):
                yield age * GROUPS + group, family, group, next(marks)


def _append(file: Path, rows: Iterator[tuple[int, int, int, str | None]]) -> None:
    """Past the writer: how a million rows come in is not what is measured here."""
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA synchronous=OFF")
        db.executemany(
            "INSERT INTO attendance (meeting_id, kpm_id, kelompok_id, mark, registered) VALUES (?, ?, ?, ?, true)", rows
        )


# --- the measuring


async def measure(files: dict[int, Path], tell: Tell) -> dict[int, Times]:
    stores = {size: Store(f"sqlite:///{file}", lambda: NOW) for size, file in files.items()}
    pages: dict[int, list[float]] = {size: [] for size in files}
    chats: dict[int, list[float]] = {size: [] for size in files}
    counted: dict[int, list[float]] = {size: [] for size in files}
    for number in range(-1, ROUNDS):  # the first round only warms up
        tell("summaries", 0.5 + 0.5 * max(number, 0) / ROUNDS)
        for size, store in stores.items():
            page = [await _awaited(partial(views.recap, store.reader, MONTH, BY, WHO)) for _ in range(IN_ROUND)]
            chat = await store.write(_chat)
            if number >= 0:
                pages[size] += page
                chats[size] += chat
            if 0 <= number < BASELINE_ROUNDS:
                counted[size].append(await store.write(_count))
    for store in stores.values():
        await store.close()
    return {size: Times(median(pages[size]), median(chats[size]), median(counted[size])) for size in files}


def _chat(tx: Tx) -> list[float]:
    return [_took(lambda: tx.summary.recap(MONTH, BY, WHO)) for _ in range(IN_ROUND)]


def _count(tx: Tx) -> float:
    return _took(lambda: tx.conn.execute(COUNTED, {"month": MONTH}).all())


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
