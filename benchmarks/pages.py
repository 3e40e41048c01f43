"""How long does a page take, from the request to the last byte, while the kabupaten grows to 100,000 families?

Five years of monthly meetings behind every size, on SQLite and on PostgreSQL; the whole way is measured: session,
queries, template, headers. Only the network is left out. The baseline of the summary is the same month counted from
the attendance table.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, insert, text
from starlette.applications import Starlette

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from benchmarks.summary import COUNTED, MONTHS, NOW
from bot import dashboard
from bot.dashboard.door import COOKIE
from data import migrate
from data.content.sessions import sessions
from data.records import Role
from data.schema import FIGURES, figures, meeting, meeting_kelompok
from data.store import Store, Tx
from handlers.small_numbers import together
from messages.envelope import StaffId

SIZES = (1_000, 10_000, 100_000)
EACH = 25
"""Families of a kelompok."""

ROUNDS = 5
MOST_MS = 1000.0
THIS, QUARTER = MONTHS[1], f"{MONTHS[1][:4]}-T{(int(MONTHS[1][5:]) + 2) // 3}"
PAGES = {
    "summary of a month": ("koordinator", f"/dasbor/ringkasan?waktu={THIS}"),
    "summary of a triwulan": ("koordinator", f"/dasbor/ringkasan?waktu={QUARTER}"),
    "one kecamatan": ("koordinator", f"/dasbor/ringkasan?waktu={THIS}&kecamatan=1"),
    "quizzes and obligations": ("koordinator", f"/dasbor/capaian?waktu={THIS}"),
    "quizzes and obligations of a triwulan": ("koordinator", f"/dasbor/capaian?waktu={QUARTER}"),
    "quizzes and obligations, one kecamatan": ("koordinator", f"/dasbor/capaian?waktu={THIS}&kecamatan=1"),
    "missing reports": ("koordinator", f"/dasbor/belum-lapor?waktu={QUARTER}"),
    "sessions": ("koordinator", "/dasbor/sesi"),
    "today": ("pendamping", "/dasbor/hari-ini"),
    "a register": ("pendamping", "/dasbor/kelompok/1/pertemuan/1"),
    "a report": ("pendamping", "/dasbor/kelompok/1/pertemuan/1/laporan"),
    "reports of a month": ("pendamping", f"/dasbor/laporan?waktu={THIS}"),
    "families": ("pendamping", "/dasbor/keluarga"),
    "follow-up": ("pendamping", "/dasbor/tindak-lanjut"),
}

ATTENDED = """
INSERT INTO attendance (meeting_id, kpm_id, kelompok_id, mark, registered, answer, reason)
SELECT mk.meeting_id, k.id, k.kelompok_id,
    CASE (k.id * 7 + mk.meeting_id) % 24 WHEN 20 THEN 'izin' WHEN 21 THEN 'sakit' WHEN 22 THEN 'alpa' WHEN 23 THEN NULL
        ELSE 'hadir' END,
    true,
    CASE (k.id * 5 + mk.meeting_id) % 20 WHEN 0 THEN 'declined' WHEN 1 THEN 'unknown' ELSE 'promised' END,
    CASE (k.id * 5 + mk.meeting_id) % 20 WHEN 0 THEN
        CASE k.id % 3 WHEN 0 THEN 'kerja' WHEN 1 THEN 'anak_sakit' END END
FROM meeting_kelompok mk JOIN kpm k ON k.kelompok_id = mk.kelompok_id
"""
COUNTED_ONCE = """
INSERT INTO tally (month, kelompok_id, pendamping_id, planned, held, expected, reached, promised, declined,
    hadir, izin, sakit, alpa)
SELECT m.month, mk.kelompok_id, min(m.pendamping_id), 1, 1, count(*), count(*),
    sum(CASE WHEN a.answer = 'promised' THEN 1 ELSE 0 END), sum(CASE WHEN a.answer = 'declined' THEN 1 ELSE 0 END),
    sum(CASE WHEN a.mark = 'hadir' THEN 1 ELSE 0 END), sum(CASE WHEN a.mark = 'izin' THEN 1 ELSE 0 END),
    sum(CASE WHEN a.mark = 'sakit' THEN 1 ELSE 0 END), sum(CASE WHEN a.mark = 'alpa' THEN 1 ELSE 0 END)
FROM meeting m JOIN meeting_kelompok mk ON mk.meeting_id = m.id
JOIN attendance a ON a.meeting_id = m.id AND a.kelompok_id = mk.kelompok_id
GROUP BY m.month, mk.kelompok_id
"""

REPORTED = """
INSERT INTO report (meeting_id, kelompok_id, state, by_staff_id, begun, done)
SELECT mk.meeting_id, mk.kelompok_id, CASE mk.kelompok_id % 5 WHEN 0 THEN 'konsep' ELSE 'selesai' END, m.pendamping_id,
    m.starts, CASE mk.kelompok_id % 5 WHEN 0 THEN NULL ELSE m.ends END
FROM meeting_kelompok mk JOIN meeting m ON m.id = mk.meeting_id WHERE mk.kelompok_id % 7 > 0
"""
LAST_NIGHT = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Asked:
    """(milliseconds to its last byte, milliseconds of this process) of every page at one size; and the milliseconds
    of the same month counted from its rows."""

    pages: dict[str, tuple[float, float]]
    counted: float


# --- the kabupaten


def build(store: Store, families: int) -> None:
    groups = families // EACH
    store.run(lambda tx: world.build_places(tx.conn, groups))
    store.run(lambda tx: world.build_families(tx.conn, groups, EACH))
    store.run(lambda tx: _meet(tx.conn, groups))
    for statement in (ATTENDED, COUNTED_ONCE, REPORTED):
        store.run(lambda tx, s=statement: tx.conn.execute(text(s)))  # type: ignore[misc]
    store.run(lambda tx: _figure(tx.conn, groups))
    if store.sqlite:
        return  # nobody analyzes it in real life
    with store.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def _meet(conn: Connection, groups: int) -> None:
    """One meeting a month for each kelompok, the newest month first."""
    known = sessions()
    for age, month in enumerate(MONTHS):
        starts = NOW.replace(year=int(month[:4]), month=int(month[5:]), day=10)
        what = {"kind": "p2k2", "month": month, "starts": starts, "ends": starts.replace(hour=2), "announced": starts}
        session = known[age % len(known)]
        more = {"place": "Balai", "title": session.name, "session": session.id, "code": "4821", "created": starts}
        ids = range(1, groups + 1)
        conn.execute(
            insert(meeting),
            [{**what, **more, "id": age * groups + g, "pendamping_id": world.pendamping_of(g)} for g in ids],
        )
        registers = [{"meeting_id": age * groups + g, "kelompok_id": g, "frozen": starts, "marks": 24} for g in ids]
        conn.execute(insert(meeting_kelompok), [{**one, "closed": starts} for one in registers])


def _figure(conn: Connection, groups: int) -> None:
    """What the night has counted: this month and triwulan and those before, some numbers of them small."""
    periods = [*dict.fromkeys(period for one in (THIS, MONTHS[4]) for period in together(one))]
    for number, period in enumerate(periods):
        rows = [
            {
                **{name: (g * (place + 3) + number) % 23 for place, name in enumerate(FIGURES)},
                **{"period": period, "kelompok_id": g, "pendamping_id": world.pendamping_of(g)},
                **{"families": EACH, "at": NOW - LAST_NIGHT},
            }
            for g in range(1, groups + 1)
        ]
        conn.execute(insert(figures), rows)


# --- the measuring


async def ask(app: Starlette, path: str, cookie: str) -> tuple[float, float]:
    """One request through the whole application; milliseconds to its last byte, and of this process's processors."""
    path, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    begun, worked = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    took = 1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - worked)
    if statuses != [200]:
        raise RuntimeError(f"{path} answered {statuses}")
    return took


async def measure(store: Store) -> Asked:
    def sign_in(tx: Tx) -> dict[str, str]:
        people = {
            "koordinator": tx.people.add_staff("Koordinator", Role.KOORDINATOR, None, "kabupaten", 1),
            "pendamping": StaffId(1),
        }
        opened = {name: tx.desk.spend(tx.desk.link(who)) for name, who in people.items()}
        return {name: one.token for name, one in opened.items() if one is not None}

    if store.url.get_backend_name() == "postgresql":  # ids were given by hand
        store.run(lambda tx: tx.conn.execute(text("SELECT setval('staff_id_seq', (SELECT max(id) FROM staff))")))
    cookies = store.run(sign_in)
    app = Starlette(routes=dashboard.routes(store, secure=False))
    pages = {}
    for name, (who, path) in PAGES.items():
        await ask(app, path, cookies[who])  # the first one warms up
        times = [await ask(app, path, cookies[who]) for _ in range(ROUNDS)]
        pages[name] = median(wall for wall, _ in times), median(worked for _, worked in times)
    begun = time.perf_counter()
    await store.write(lambda tx: tx.conn.execute(COUNTED, {"month": THIS}).all())
    counted = 1000 * (time.perf_counter() - begun)
    await store.close()
    return Asked(pages, counted)


@contextmanager
def databases() -> Iterator[dict[str, list[str]]]:
    """A fresh database for every size, of both kinds."""
    from tests.support.databases import running_postgres

    with world.on_disk() as folder, running_postgres() as server, ExitStack() as made:
        files = [f"sqlite:///{folder}/pages-{size}.db" for size in SIZES]
        yield {"SQLite": files, "PostgreSQL": [made.enter_context(server.database()) for _ in SIZES]}


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    told: list[Figure] = []
    with databases() as urls:
        for step, (kind, addresses) in enumerate(urls.items()):
            for place, (size, url) in enumerate(zip(SIZES, addresses, strict=True)):
                tell(f"{kind}, {size:,} families", (step * len(SIZES) + place) / (2 * len(SIZES)))
                store = Store(url, lambda: NOW, lambda: "a key of the benchmark")
                migrate.upgrade(store)
                build(store, size)
                told += _figures(kind, size, asyncio.run(measure(store)))
    return told


def _figures(kind: str, size: int, asked: Asked) -> list[Figure]:
    largest = size == SIZES[-1]
    found = []
    for name, (took, worked) in asked.pages.items():
        against = (
            (asked.counted, "join and GROUP BY of that month alone") if name == "summary of a month" else (None, "")
        )
        demand = (f"≤ {MOST_MS:,.0f} ms", took <= MOST_MS) if largest else ("", None)
        found.append(Figure(f"{name}, {size:,} families, {kind}", took, "ms", *against, *demand))
        if largest:
            found.append(Figure(f"{name}, {size:,} families, {kind}: processor of the bot", worked, "ms"))
    return found
