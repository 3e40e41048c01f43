"""How long does the daily look at obligations take for 1,000, 10,000 and 100,000 families, and how much memory?

Each size is one kabupaten of 3.5 members a family. Everybody is looked at once as new (the first day); the day that is
measured is one of those on which a seventh of all families is reminded for the first time. Whether it grows with what
is due, and not with the people there are, shows in two ways: seconds for a thousand members that are due at each size,
and the same thousand families due among few and among many. Each tick runs in a process of its own, so that its memory
and its CPU time are its own. The baseline walks through everybody, as a bot without `next_on` would.
`python -m benchmarks obligations` measures SQLite, and PostgreSQL too where LIKE_PKH_BENCH_POSTGRES_URL names an empty
database, which is emptied again for each size (its server's CPU time is not in ours).
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

from sqlalchemy import Connection, Date, bindparam, create_engine, func, insert, inspect, select, text, update

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
LATER = START + timedelta(days=60)
AMONG = 1_000
"""So many families have something due, among few and among many."""

Took = dict[str, float]
MOST_SECONDS, MOST_MB, MOST_GROWTH = 60.0, 300.0, 1.5
POSTGRES = "LIKE_PKH_BENCH_POSTGRES_URL"


def build(url: str, families: int) -> None:
    store = Store(url, lambda: START)
    migrate.upgrade(store)
    groups = families // FAMILIES
    store.run(lambda tx: world.build_places(tx.conn, groups))
    store.run(lambda tx: _people(tx.conn, groups))
    store.stop()
    _analysed(url)


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

DUE = (
    select(func.count())
    .select_from(member.join(kpm, kpm.c.id == member.c.kpm_id))
    .where(member.c.next_on <= bindparam("day", type_=Date))
)
LETTERS = select(func.count()).select_from(outbox)


def once(url: str, at: datetime) -> Took:
    """Run the whole look of that moment and say what it took."""
    store = Store(url, lambda: at)
    due, before = store.run(lambda tx: (tx.conn.execute(DUE, {"day": at.date()}).scalar_one(), _letters(tx)))
    begun, used = time.perf_counter(), time.process_time()
    while store.run(tick):
        pass
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - used}
    letters = store.run(_letters) - before
    store.stop()
    return {**took, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "due": due, "letters": letters}


def few(url: str, at: datetime) -> Took:
    """The same where only the first families have something due, however many others there are."""
    store = Store(url, lambda: at)
    nobody, everybody_else = date(at.year + 1, 1, 1), member.c.kpm_id > AMONG
    store.run(lambda tx: tx.conn.execute(update(member).where(everybody_else).values(next_on=nobody)))
    store.run(lambda tx: tx.conn.execute(update(member).where(~everybody_else).values(next_on=at.date())))
    store.stop()
    return once(url, at)


def everybody(url: str, at: datetime) -> Took:
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
    return {"seconds": took}


def _letters(tx: Tx) -> int:
    return int(tx.conn.execute(LETTERS).scalar_one())


def _apart(what: str, url: str, at: datetime, *more: str) -> Took:
    command = [sys.executable, "-m", "benchmarks.obligations", what, url, at.isoformat(), *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: Took = json.loads(done.stdout)
    return found


# --- the figures


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    figures: list[Figure] = []
    with world.on_disk() as folder:
        figures += _measure("SQLite", [f"sqlite:///{folder}/obligations-{size}.db" for size in SIZES], tell)
    if url := os.environ.get(POSTGRES):
        _must_be_empty(url)
        figures += _measure("PostgreSQL", [url] * len(SIZES), tell)
    return figures


def _must_be_empty(url: str) -> None:
    engine = create_engine(url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    if tables:
        raise SystemExit(f"{POSTGRES} names a database that is not empty.")


def _analysed(url: str) -> None:
    """PostgreSQL knows its tables, as autovacuum would have seen to by then."""
    if not url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.begin() as conn:
            conn.execute(text("ANALYZE"))
        engine.dispose()


def _emptied(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def _measure(name: str, urls: Sequence[str], tell: Tell) -> list[Figure]:
    figures: list[Figure] = []
    days: list[Took] = []
    among: list[Took] = []
    for number, (url, size) in enumerate(zip(urls, SIZES, strict=True)):
        tell(f"{name}, {size:,} families", number / len(SIZES))
        _apart("build", url, START, str(size))  # apart, or its memory would count as the tick's
        new = _apart("once", url, START)
        _analysed(url)
        day, walk = _apart("once", url, MEASURED), _apart("everybody", url, MEASURED)
        days.append(day)
        among.append(_apart("few", url, LATER))
        if name == "PostgreSQL":
            _emptied(url)
        figures += _of_size(f"{name}, {size:,} families", new, day, walk["seconds"], last=size == SIZES[-1])
    largest, smaller = _for_thousand(days[-1]), _for_thousand(days[1])
    figures += [
        Figure(
            f"CPU seconds for 1,000 due, {name}, {SIZES[-1]:,} families",
            largest,
            "s",
            smaller,
            f"itself at {SIZES[1]:,} families",
            f"≤ {MOST_GROWTH:g} ×",
            largest <= MOST_GROWTH * smaller,
        ),
        Figure(
            f"CPU seconds, {AMONG:,} families due among {SIZES[-1]:,}, {name}",
            among[-1]["cpu"],
            "s",
            among[0]["cpu"],
            f"the same among {SIZES[0]:,}",
            f"≤ {MOST_GROWTH:g} ×",
            among[-1]["cpu"] <= MOST_GROWTH * among[0]["cpu"],
        ),
    ]
    return figures


def _for_thousand(took: Took) -> float:
    return 1000 * took["cpu"] / max(took["due"], 1)


def _of_size(about: str, new: Took, day: Took, walk: float, *, last: bool) -> list[Figure]:
    seconds, memory = max(new["seconds"], day["seconds"]), max(new["mb"], day["mb"])
    figures = []
    for what, took in (("daily look", day), ("the day everybody is new", new)):
        begun = f"{what}, {about}"
        figures += [
            Figure(f"{begun}: members due", took["due"], "members"),
            Figure(f"{begun}: letters", took["letters"], "letters"),
            Figure(
                begun,
                took["seconds"],
                "s",
                walk if took is day else None,
                "a walk through everybody" if took is day else "",
                f"≤ {MOST_SECONDS:g} s" if last else "",
                seconds <= MOST_SECONDS if last else None,
            ),
            Figure(f"{begun}: CPU", took["cpu"], "s"),
            Figure(f"{begun}: seconds for 1,000 due", 1000 * took["seconds"] / max(took["due"], 1), "s"),
        ]
    demand, met = (f"≤ {MOST_MB:g} MB", memory <= MOST_MB) if last else ("", None)
    return [*figures, Figure(f"memory, {about}", memory, "MB", demand=demand, met=met)]


if __name__ == "__main__":
    _, _what, _url, _at, *_more = sys.argv
    if _what == "build":
        build(_url, int(_more[0]))
        print("{}")
    else:
        _found = {"once": once, "few": few, "everybody": everybody}[_what](_url, datetime.fromisoformat(_at))
        print(json.dumps(_found))
