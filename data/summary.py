"""How many met, came and are unknown? A running aggregate per kelompok and month; higher levels are sums of it.

The statements live here once: transactions and the pages of `data/views.py` execute the same objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from data.dialect import InsertOnce
from data.people import scope_clause
from data.records import Answer, Kind, Mark, Meeting, Staff
from data.schema import (
    COUNTS,
    attendance,
    desa,
    family_count,
    family_month,
    kabupaten,
    kecamatan,
    kelompok,
    meeting,
    meeting_kelompok,
    staff,
    tally,
)

FLAGS = ("reached", Answer.MAYBE.value, Answer.PROMISED.value, Answer.DECLINED.value, Answer.CLAIMED.value)
MARKS = tuple(mark.value for mark in Mark)

NEW_TALLY = InsertOnce(tally, ["month", "kelompok_id"])
NEW_FAMILY = InsertOnce(family_month, ["month", "kelompok_id", "kpm_id"])
_THIS_TALLY = and_(tally.c.month == bindparam("b_month"), tally.c.kelompok_id == bindparam("b_kelompok"))
_THIS_FAMILY = and_(
    family_month.c.month == bindparam("b_month"),
    family_month.c.kelompok_id == bindparam("b_kelompok"),
    family_month.c.kpm_id == bindparam("b_kpm"),
)
RAISE = {
    flag: update(family_month).where(_THIS_FAMILY, family_month.c[flag].is_(False)).values({family_month.c[flag]: True})
    for flag in FLAGS
}
ADD = {
    name: update(tally).where(_THIS_TALLY).values({tally.c[name]: tally.c[name] + bindparam("d")}) for name in COUNTS
}
OWNER = update(tally).where(_THIS_TALLY).values(pendamping_id=bindparam("p"))

_LAST_COUNT = (
    select(family_count.c.families)
    .where(family_count.c.kelompok_id == kelompok.c.id, family_count.c.month <= bindparam("month"))
    .order_by(family_count.c.month.desc())
    .limit(1)
    .correlate(kelompok)
    .scalar_subquery()
)
_OWNER = func.coalesce(tally.c.pendamping_id, kelompok.c.pendamping_id)

ROWS = (
    select(
        kelompok.c.id.label("kelompok_id"),
        kelompok.c.name.label("kelompok"),
        desa.c.name.label("desa"),
        kecamatan.c.name.label("kecamatan"),
        func.coalesce(staff.c.name, "").label("pendamping"),
        func.coalesce(_LAST_COUNT, 0).label("families"),
        *(func.coalesce(tally.c[name], 0).label(name) for name in COUNTS),
    )
    .select_from(
        kelompok.join(desa, desa.c.id == kelompok.c.desa_id)
        .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
        .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
        .outerjoin(tally, and_(tally.c.kelompok_id == kelompok.c.id, tally.c.month == bindparam("month")))
        .outerjoin(staff, staff.c.id == _OWNER)
    )
    .order_by(kecamatan.c.name, desa.c.name, kelompok.c.name)
)
"""One row per kelompok for `month`, with the pendamping of that month's meetings."""

BY = ("kecamatan", "desa", "pendamping", "kelompok")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary. `expected` is the denominator of hadir … belum_diketahui; `families` are active at the
    month's end; reached … claimed count families that ever were so that month."""

    name: str
    planned: int = 0
    held: int = 0
    cancelled: int = 0
    families: int = 0
    expected: int = 0
    reached: int = 0
    maybe: int = 0
    promised: int = 0
    declined: int = 0
    claimed: int = 0
    hadir: int = 0
    izin: int = 0
    sakit: int = 0
    alpa: int = 0
    belum_diketahui: int = 0


NUMBERS = tuple(f.name for f in fields(Line) if f.name != "name")


@dataclass(frozen=True, slots=True)
class Recap:
    month: str
    by: str
    rows: Sequence[Line]
    total: Line


def visible_rows(who: Staff | None) -> Any:
    """ROWS inside the scope of `who`; None is the command line, which sees all."""
    return ROWS if who is None else ROWS.where(scope_clause(who))


def gather(month: str, by: str, rows: Iterable[Any]) -> Recap:
    """Add up the rows of kelompok to the level asked for. Names that occur twice get their place behind them."""
    groups: dict[tuple[str, ...], dict[str, int]] = {}
    for row in rows:
        key = {
            "kecamatan": (row.kecamatan,),
            "desa": (row.desa, row.kecamatan),
            "pendamping": (row.pendamping or "(belum ada pendamping)",),
            "kelompok": (row.kelompok, row.desa, row.kecamatan),
        }[by]
        sums = groups.setdefault(key, dict.fromkeys(("families", *COUNTS), 0))
        for name in sums:
            sums[name] += getattr(row, name)
    twice = _repeated(key[0] for key in groups)
    lines = [
        _line(f"{key[0]} ({', '.join(key[1:])})" if key[0] in twice and key[1:] else key[0], sums)
        for key, sums in groups.items()
    ]
    lines.sort(key=lambda line: line.name)
    total = _line("Jumlah", {name: sum(sums[name] for sums in groups.values()) for name in ("families", *COUNTS)})
    return Recap(month, by, lines, total)


def _repeated(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def _line(name: str, sums: Mapping[str, int]) -> Line:
    unknown = sums["expected"] - sum(sums[mark] for mark in MARKS)
    return Line(name=name, belum_diketahui=unknown, **sums)


class Summary:
    """Keeps the aggregate. Only p2k2 counts as participation; every method is a no-op for other kinds."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def recap(self, month: str, by: str, who: Staff | None) -> Recap:
        return gather(month, by, self.conn.execute(visible_rows(who), {"month": month}))

    def planned(self, which: Meeting, kelompok_id: int, by: int = 1) -> None:
        self._add(which, kelompok_id, planned=by)
        if which.kind is Kind.P2K2 and by > 0:
            self.conn.execute(OWNER, {"b_month": which.month, "b_kelompok": kelompok_id, "p": which.pendamping_id})

    def cancelled(self, which: Meeting, kelompok_id: int) -> None:
        self._add(which, kelompok_id, cancelled=1)

    def held(self, which: Meeting, kelompok_id: int, expected: int, by: int = 1) -> None:
        self._add(which, kelompok_id, held=by, expected=by * expected)

    def marked(self, which: Meeting, kelompok_id: int, was: Mark | None, now: Mark | None) -> None:
        """−old +new on every correction."""
        changes: dict[str, int] = {}
        if was is not None:
            changes[was.value] = -1
        if now is not None:
            changes[now.value] = changes.get(now.value, 0) + 1
        self._add(which, kelompok_id, **changes)

    def flag(self, which: Meeting, kelompok_id: int, kpm_id: int, flag: str) -> None:
        """The family was reached, or answered so, at least once in the month of this meeting."""
        if which.kind is not Kind.P2K2:
            return
        key = {"month": which.month, "kelompok_id": kelompok_id, "kpm_id": kpm_id}
        if NEW_FAMILY(self.conn, {**key, flag: True}):
            self._add(which, kelompok_id, **{flag: 1})
            return
        values = {"b_month": which.month, "b_kelompok": kelompok_id, "b_kpm": kpm_id}
        if self.conn.execute(RAISE[flag], values).rowcount:
            self._add(which, kelompok_id, **{flag: 1})

    def _add(self, which: Meeting, kelompok_id: int, **changes: int) -> None:
        if which.kind is not Kind.P2K2:
            return
        key = {"b_month": which.month, "b_kelompok": kelompok_id}
        for name, change in changes.items():
            if change and not self.conn.execute(ADD[name], {**key, "d": change}).rowcount:
                owner = {"pendamping_id": which.pendamping_id}
                NEW_TALLY(self.conn, {"month": which.month, "kelompok_id": kelompok_id, **owner})
                self.conn.execute(ADD[name], {**key, "d": change})


def recount(conn: Connection, month: str) -> dict[int, dict[str, int]]:
    """The same numbers counted from the tables themselves, per kelompok: what the aggregate must equal."""
    result: dict[int, dict[str, int]] = {}

    def add(kelompok_id: int, name: str, number: int) -> None:
        result.setdefault(kelompok_id, dict.fromkeys(COUNTS, 0))[name] += number

    is_held = (meeting_kelompok.c.closed.is_not(None)) | (meeting_kelompok.c.marks > 0)
    of_month = and_(meeting.c.month == month, meeting.c.kind == Kind.P2K2.value)
    base = select(meeting_kelompok.c.kelompok_id, meeting.c.cancelled, is_held.label("held")).join(
        meeting, meeting.c.id == meeting_kelompok.c.meeting_id
    )
    for row in conn.execute(base.where(of_month)):
        add(row.kelompok_id, "planned", 1)
        add(row.kelompok_id, "cancelled", int(row.cancelled))
        add(row.kelompok_id, "held", int(row.held))
    lines = (
        select(attendance.c.kelompok_id, attendance.c.mark, func.count().label("n"))
        .join(meeting, meeting.c.id == attendance.c.meeting_id)
        .join(
            meeting_kelompok,
            and_(
                meeting_kelompok.c.meeting_id == attendance.c.meeting_id,
                meeting_kelompok.c.kelompok_id == attendance.c.kelompok_id,
            ),
        )
        .where(of_month, is_held, attendance.c.registered)
        .group_by(attendance.c.kelompok_id, attendance.c.mark)
    )
    for row in conn.execute(lines):
        add(row.kelompok_id, "expected", row.n)
        if row.mark is not None:
            add(row.kelompok_id, row.mark, row.n)
    for row in conn.execute(select(family_month).where(family_month.c.month == month)):
        for flag in FLAGS:
            add(row.kelompok_id, flag, int(getattr(row, flag)))
    return result


def rebuild(conn: Connection, month: str) -> None:
    """Write the recount over the aggregate, for a restored or migrated database. Owners stay as they were."""
    of_month = tally.c.month == month
    conn.execute(update(tally).where(of_month).values(**dict.fromkeys(COUNTS, 0)))
    for kelompok_id, counts in recount(conn, month).items():
        done = conn.execute(update(tally).where(of_month, tally.c.kelompok_id == kelompok_id).values(**counts))
        if not done.rowcount:
            conn.execute(insert(tally), {"month": month, "kelompok_id": kelompok_id, **counts})
