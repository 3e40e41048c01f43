"""What does the running aggregate cost where attendance is written: in answers, claims, marks and corrections?

The same writes with the summary and with one that keeps nothing, turn and turn about on one database; each round is a
month of a kelompok: everybody answers, most claim to be there, the pendamping marks all, corrects two, hands in.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import insert

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from benchmarks.obligations import POSTGRES
from benchmarks.summary import NOW
from data import migrate
from data.attendance import Attendance
from data.meetings import Meetings
from data.records import Answer, Mark, Meeting
from data.schema import meeting, meeting_kelompok
from data.store import Store, Tx
from data.summary import Summary
from messages.envelope import StaffId

GROUPS, FAMILIES = 120, 25
MOST = 0.25
SAID = (Answer.PROMISED, Answer.PROMISED, Answer.MAYBE, Answer.DECLINED)


class Nothing(Summary):
    """A summary that is not kept."""

    def planned(self, *_: Any, **__: Any) -> None: ...
    def cancelled(self, *_: Any, **__: Any) -> None: ...
    def held(self, *_: Any, **__: Any) -> None: ...
    def marked(self, *_: Any, **__: Any) -> None: ...
    def flag(self, *_: Any, **__: Any) -> None: ...


def build(store: Store) -> None:
    migrate.upgrade(store)
    store.run(lambda tx: world.build_places(tx.conn, GROUPS))
    store.run(lambda tx: world.build_families(tx.conn, GROUPS, FAMILIES))

    def meet(tx: Tx) -> None:
        times = {"starts": NOW, "ends": NOW + timedelta(hours=2), "announced": NOW, "created": NOW}
        what = {"kind": "p2k2", "month": "2026-11", "place": "Balai", "title": "P1", "code": "4821", **times}
        ids = range(1, GROUPS + 1)
        tx.conn.execute(insert(meeting), [{**what, "id": g, "pendamping_id": world.pendamping_of(g)} for g in ids])
        tx.conn.execute(insert(meeting_kelompok), [{"meeting_id": g, "kelompok_id": g} for g in ids])
        for g in ids:
            found = tx.meetings.get(g)
            assert found is not None
            tx.summary.planned(found, g)
            for kpm in tx.people.families(g):  # the letter that asks arrives before the answer
                tx.summary.flag(found, g, kpm.id, "reached")

    store.run(meet)


def month(tx: Tx, group: int, *, kept: bool) -> float:
    """Processor seconds of the writer's thread, in which SQLite works too; with PostgreSQL the time that passes."""
    found = tx.meetings.get(group)
    families = tx.people.families(group)
    assert found is not None
    summary = Summary(tx.conn) if kept else Nothing(tx.conn)
    shelf = Attendance(tx.conn, tx.now, tx.audit, summary, Meetings(tx.conn, tx.now))
    clock = time.thread_time if tx.conn.dialect.name == "sqlite" else time.perf_counter
    begun = clock()
    _live(shelf, found, families, group)
    return clock() - begun


def _live(shelf: Attendance, found: Meeting, families: Sequence[Any], group: int) -> None:
    for number, kpm in enumerate(families):
        shelf.keep_answer(found, kpm, SAID[number % len(SAID)], "address:1")
    for kpm in families[: FAMILIES * 2 // 3]:
        shelf.keep_answer(found, kpm, Answer.CLAIMED, "address:1", claimed=NOW)
    by = StaffId(world.pendamping_of(group))
    marks: dict[Any, Mark | None] = {kpm.id: Mark.PRESENT for kpm in families}
    shelf.mark_all(found, group, {**marks, families[0].id: Mark.SICK, families[1].id: Mark.ABSENT}, by)
    shelf.mark_all(found, group, {families[0].id: Mark.PRESENT, families[1].id: Mark.EXCUSED}, by)
    shelf.close(found, group, by)


def measure(store: Store) -> tuple[float, float, float]:
    """Median milliseconds of a month of one kelompok (with, without), and of the whole transaction as it passes."""
    times: dict[bool, list[float]] = {True: [], False: []}
    whole = []
    for group in range(1, GROUPS + 1):
        kept = group % 2 == 0
        begun = time.perf_counter()
        took = store.run(lambda tx, g=group, k=kept: month(tx, g, kept=k))  # type: ignore[misc]
        if group > 4:  # the first ones warm up
            times[kept].append(1000 * took)
            if kept:
                whole.append(1000 * (time.perf_counter() - begun))
    return median(times[True]), median(times[False]), median(whole)


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    figures: list[Figure] = []
    with world.on_disk() as folder, ExitStack():
        urls = {"SQLite": f"sqlite:///{folder}/aggregates.db"}
        if url := os.environ.get(POSTGRES):
            urls["PostgreSQL"] = url
        for number, (kind, address) in enumerate(urls.items()):
            tell(kind, number / len(urls))
            store = Store(address, lambda: NOW)
            build(store)
            kept, plain, whole = measure(store)
            store.stop()
            share, writes = kept / plain - 1, FAMILIES + FAMILIES * 2 // 3 + FAMILIES + 2
            name = f"attendance writes of a kelompok and month ({writes}), {kind}"
            figures += [
                Figure(name, kept, "ms", plain, "without the running aggregate"),
                Figure(f"cost of the running aggregate, {kind}", 100 * share, "%", None, "", "≤ 25 %", share <= MOST),
                Figure(f"{name}, with the commit", whole, "ms"),
            ]
    return figures
