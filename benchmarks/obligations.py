"""How long does the daily look at obligations take for 1,000, 10,000 and 100,000 families, and how much memory?

Each size is one kabupaten of 3.5 members a family. Everybody is looked at once as new (the first day); the day that is
measured is one of those on which a seventh of all families is reminded for the first time. Each tick runs in a process
of its own, so that its memory is its own. The baseline walks through everybody, as a bot without `next_on` would.
`python -m benchmarks obligations` measures SQLite, and PostgreSQL too where LIKE_PKH_BENCH_POSTGRES_URL names an empty
database.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from data import migrate
from data.schema import consent, kpm, member, outbox
from data.store import Store, Tx
from handlers.obligations import tick
from handlers.rules.obligation_reminders import QUIET, open_for

SIZES = (1_000, 10_000, 100_000)
FAMILIES = 25
CHUNK = 20_000
START = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
"""Five past nine in Asia/Makassar."""

MEASURED = START + timedelta(days=QUIET + 2)
MOST_SECONDS, MOST_MB, MOST_GROWTH = 60.0, 300.0, 1.5
POSTGRES = "LIKE_PKH_BENCH_POSTGRES_URL"


def build(url: str, families: int) -> None:
    store = Store(url, lambda: START)
    migrate.upgrade(store)
    groups = families // FAMILIES
    store.run(lambda tx: world.build_places(tx.conn, groups))
    store.run(lambda tx: _people(tx.conn, groups))
    store.stop()


def _people(conn: Connection, groups: int) -> None:
    ids = world.build_families(conn, groups, FAMILIES)
    world.build_phones(conn, ids)
    agreed = conn.execute(select(consent.c.address_id)).scalars().all()
    rows = [
        {"address_id": i, "topic": "kesehatan", "state": "yes", "at": START, "wording": "kesehatan-1"} for i in agreed
    ]
    conn.execute(insert(consent), rows)
    waiting: list[dict[str, object]] = []
    for row in _members(ids):
        waiting.append(row)
        if len(waiting) == CHUNK:
            conn.execute(insert(member), waiting)
            waiting = []
    if waiting:
        conn.execute(insert(member), waiting)


def _members(ids: Sequence[int]) -> Iterator[dict[str, object]]:
    """3.5 a family: a school child, a small one in most, an elder or a pregnancy in some, and others."""
    today = START.date()
    for number in ids:
        base = {"kpm_id": number, "hpl": None, "born": None, "level": None, "school": None, "relation": "anak"}
        yield {
            **base,
            "name": "Rizky",
            "component": "sekolah",
            "level": "SD",
            "born": _ago(today, 2500 + number % 1500),
        }
        yield {**base, "name": "Hafiz", "component": "anak_usia_dini", "born": _ago(today, number % 2100)}
        if number % 10 == 0:
            hpl = today + timedelta(days=number % 250)
            yield {**base, "name": "Wati", "component": "ibu_hamil", "hpl": hpl, "relation": "pengurus"}
        else:
            yield {**base, "name": "Siti", "component": "lain", "relation": "pengurus"}
        if number % 2:
            yield {**base, "name": "Jamhari", "component": "lansia", "born": _ago(today, 23000 + number % 6000)}


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


# --- one process, one tick


def once(url: str, at: datetime) -> dict[str, float]:
    """Run the whole look of that moment and say what it took."""
    store = Store(url, lambda: at)
    begun, turns = time.perf_counter(), 0
    while store.run(tick):
        turns += 1
    took = time.perf_counter() - begun
    letters = store.run(lambda tx: tx.conn.execute(select(func.count()).select_from(outbox)).scalar_one())
    store.stop()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": took, "mb": memory, "turns": turns, "letters": letters}


def everybody(url: str, at: datetime) -> dict[str, float]:
    """The usual way: compute every member of every family."""
    store = Store(url, lambda: at)

    def walk(tx: Tx) -> int:
        ids = list(tx.conn.execute(select(kpm.c.id)).scalars())
        found = 0
        for first in range(0, len(ids), 500):
            chunk = ids[first : first + 500]
            kept = tx.obligations.kept(chunk)
            for members in tx.obligations.members(chunk).values():
                found += len(open_for(members, kept, at.date()))
        return found

    begun = time.perf_counter()
    store.run(walk)
    took = time.perf_counter() - begun
    store.stop()
    return {"seconds": took, "mb": 0.0, "turns": 0, "letters": 0}


def _apart(what: str, url: str, at: datetime) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.obligations", what, url, at.isoformat()]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


# --- the figures


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    figures: list[Figure] = []
    with world.on_disk() as folder:
        figures += _measure("SQLite", [f"sqlite:///{folder}/obligations-{size}.db" for size in SIZES], SIZES, tell)
    if url := os.environ.get(POSTGRES):
        figures += _measure("PostgreSQL", [url], SIZES[-1:], tell)
    return figures


def _measure(name: str, urls: Sequence[str], sizes: Sequence[int], tell: Tell) -> list[Figure]:
    figures, each = [], []
    for number, (url, size) in enumerate(zip(urls, sizes, strict=True)):
        tell(f"{name}, {size:,} families", number / len(sizes))
        build(url, size)
        new = _apart("once", url, START)
        before = new["letters"]
        day = _apart("once", url, MEASURED)
        walk = _apart("everybody", url, MEASURED)
        said = day["letters"] - before
        last = size == SIZES[-1]
        about = f"{name}, {size:,} families"
        met = day["seconds"] <= MOST_SECONDS if last else None
        demand = f"≤ {MOST_SECONDS:g} s" if last else ""
        figures += [
            Figure(
                f"daily look, {about}", day["seconds"], "s", walk["seconds"], "a walk through everybody", demand, met
            ),
            Figure(f"the day everybody is new, {about}", new["seconds"], "s"),
            Figure(f"letters of the daily look, {about}", said, "letters"),
            Figure(
                f"memory of the daily look, {about}",
                max(day["mb"], new["mb"]),
                "MB",
                demand=f"≤ {MOST_MB:g} MB" if last else "",
                met=max(day["mb"], new["mb"]) <= MOST_MB if last else None,
            ),
        ]
        each.append(1000 * day["seconds"] / max(said, 1))
    if len(each) > 1:
        figures.append(
            Figure(
                f"milliseconds a letter, {name}, largest",
                each[-1],
                "ms",
                each[1],
                f"itself at {sizes[1]:,} families",
                f"≤ {MOST_GROWTH:g} ×",
                each[-1] <= MOST_GROWTH * each[1],
            )
        )
    return figures


if __name__ == "__main__":
    _, _what, _url, _at = sys.argv
    _found = {"once": once, "everybody": everybody}[_what](_url, datetime.fromisoformat(_at))
    print(json.dumps(_found))
