"""How many met, came and are unknown? A running aggregate per kelompok and month; higher levels are sums of it.

The statements live here once: transactions and the pages of `data/views.py` execute the same objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, literal, or_, select, update

from data.dialect import InsertOnce, InTurn
from data.people import scope_clause
from data.prepared import Prepared
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

Change = tuple[Mark | None, Mark | None]
"""What a mark was, and what it is now."""

FLAGS = ("reached", Answer.MAYBE.value, Answer.PROMISED.value, Answer.DECLINED.value, Answer.CLAIMED.value)

HELD = or_(meeting_kelompok.c.closed.is_not(None), meeting_kelompok.c.marks > 0)
"""SELESAI or one mark (HOUSE 15)."""

NEW_TALLY = InsertOnce(tally, ["month", "kelompok_id"])
NEW_FAMILY = InsertOnce(family_month, ["month", "kelompok_id", "kpm_id"])
_THIS_TALLY = and_(tally.c.month == bindparam("b_month"), tally.c.kelompok_id == bindparam("b_kelompok"))
_THIS_FAMILY = and_(
    family_month.c.month == bindparam("b_month"),
    family_month.c.kelompok_id == bindparam("b_kelompok"),
    family_month.c.kpm_id == bindparam("b_kpm"),
)
RAISE = {
    flag: InTurn(
        update(family_month).where(_THIS_FAMILY, family_month.c[flag].is_(False)).values({family_month.c[flag]: True}),
        update(tally).where(_THIS_TALLY).values({tally.c[flag]: tally.c[flag] + 1}),
    )
    for flag in FLAGS
}
ADD = {
    name: Prepared(update(tally).where(_THIS_TALLY).values({tally.c[name]: tally.c[name] + bindparam("d")}))
    for name in COUNTS
}
FAMILY = Prepared(select(*(family_month.c[flag] for flag in FLAGS)).where(_THIS_FAMILY))
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
_PLACES = (
    kelompok.join(desa, desa.c.id == kelompok.c.desa_id)
    .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
    .outerjoin(tally, and_(tally.c.kelompok_id == kelompok.c.id, tally.c.month == bindparam("month")))
    .outerjoin(staff, staff.c.id == _OWNER)
)


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
HEADINGS = {
    "planned": "direncanakan",
    "held": "terlaksana",
    "cancelled": "dibatalkan",
    "families": "keluarga",
    "expected": "di daftar hadir",
    "reached": "terjangkau",
    "maybe": "belum pasti",
    "promised": "akan datang",
    "declined": "tidak bisa",
    "claimed": "mengaku hadir",
    "belum_diketahui": "belum diketahui",
}
"""What people read above a column; the marks are Indonesian already."""


def heading(number: str) -> str:
    return HEADINGS.get(number, number)


@dataclass(frozen=True, slots=True)
class Recap:
    month: str
    by: str
    rows: Sequence[Line]
    total: Line


def _level(name: Any, place: Any, *ids: Any) -> Any:
    """One row for each place of a level, in the order of `Line`: the database adds up what has the same `ids`, and past
    months keep the pendamping of their meetings."""
    numbers: dict[str, Any] = {one: func.coalesce(tally.c[one], 0) for one in COUNTS}
    numbers["families"] = func.coalesce(_LAST_COUNT, 0)
    numbers["belum_diketahui"] = numbers["expected"] - sum(numbers[mark.value] for mark in Mark)
    columns = (func.sum(numbers[one]) if ids else numbers[one] for one in NUMBERS)
    rows = select(name.label("name"), place.label("place"), *columns).select_from(_PLACES)
    return rows.group_by(*ids) if ids else rows


LEVELS = {
    "kecamatan": _level(kecamatan.c.name, literal(""), kecamatan.c.id),
    "desa": _level(desa.c.name, kecamatan.c.name, desa.c.id, kecamatan.c.id),
    "pendamping": _level(func.coalesce(staff.c.name, "(belum ada pendamping)"), literal(""), staff.c.id),
    "kelompok": _level(kelompok.c.name, desa.c.name + ", " + kecamatan.c.name),
}


BY = tuple(LEVELS)


def visible_rows(by: str, who: Staff | None) -> Any:
    """The rows of a level inside the scope of `who`; None is the command line, which sees all."""
    return LEVELS[by] if who is None else LEVELS[by].where(scope_clause(who))


def gather(month: str, by: str, rows: Iterable[Any]) -> Recap:
    """The lines by name, and their total. Names that occur twice get their place behind them."""
    found = list(rows)
    twice = {name for name, times in Counter(row[0] for row in found).items() if times > 1}
    lines = [Line(f"{row[0]} ({row[1]})" if row[0] in twice and row[1] else row[0], *row[2:]) for row in found]
    lines.sort(key=lambda line: line.name)
    return Recap(month, by, lines, Line("Jumlah", *(sum(column) for column in list(zip(*found, strict=True))[2:])))


class Summary:
    """Keeps the aggregate. Only p2k2 counts as participation; every method is a no-op for other kinds."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._raised: dict[tuple[str, int, int], set[str]] = {}
        """What this transaction has seen to be true of a family this month; a flag never goes back."""

    def recap(self, month: str, by: str, who: Staff | None) -> Recap:
        return gather(month, by, self.conn.execute(visible_rows(by, who), {"month": month}))

    def planned(self, which: Meeting, kelompok_id: int, by: int = 1) -> None:
        self._add(which, kelompok_id, planned=by)
        if which.kind is Kind.P2K2 and by > 0:
            self.conn.execute(OWNER, {"b_month": which.month, "b_kelompok": kelompok_id, "p": which.pendamping_id})

    def cancelled(self, which: Meeting, kelompok_id: int) -> None:
        self._add(which, kelompok_id, cancelled=1)

    def held(self, which: Meeting, kelompok_id: int, expected: int, by: int = 1) -> None:
        self._add(which, kelompok_id, held=by, expected=by * expected)

    def marked(self, which: Meeting, kelompok_id: int, changes: Sequence[Change]) -> None:
        """−old +new on every correction; a register of thirty is a few sums, not thirty."""
        sums = Counter(now.value for _, now in changes if now is not None)
        sums.subtract(was.value for was, _ in changes if was is not None)
        self._add(which, kelompok_id, **sums)

    def flag(self, which: Meeting, kelompok_id: int, kpm_id: int, flag: str) -> None:
        """The family was reached, or answered so, at least once in the month of this meeting."""
        if which.kind is not Kind.P2K2:
            return
        values = {"b_month": which.month, "b_kelompok": kelompok_id, "b_kpm": kpm_id}
        seen = self._raised.setdefault((which.month, kelompok_id, kpm_id), set())
        if flag in seen:
            return
        seen.add(flag)
        known = True  # who answers was reached by a letter of this month, and answers so for the first time
        if flag == "reached":  # most letters reach somebody who was reached already
            was = FAMILY.first(self.conn, values)
            if was is not None and was.reached:
                return
            known = was is not None
        if known and self._raise(which, kelompok_id, flag, values):
            return
        new = {"month": which.month, "kelompok_id": kelompok_id, "kpm_id": kpm_id, flag: True}
        if NEW_FAMILY(self.conn, new):
            self._add(which, kelompok_id, **{flag: 1})
        elif not known:  # another process was quicker
            self._raise(which, kelompok_id, flag, values)

    def _raise(self, which: Meeting, kelompok_id: int, flag: str, values: dict[str, Any]) -> bool:
        """False where it was raised before, or nothing is known of her this month."""
        raised, counted = RAISE[flag](self.conn, values)
        if raised and not counted:
            self._add(which, kelompok_id, **{flag: 1})
        return bool(raised)

    def _add(self, which: Meeting, kelompok_id: int, **changes: int) -> None:
        if which.kind is not Kind.P2K2:
            return
        key = {"b_month": which.month, "b_kelompok": kelompok_id}
        for name, change in changes.items():
            if change and not ADD[name].change(self.conn, {**key, "d": change}):
                owner = {"pendamping_id": which.pendamping_id}
                NEW_TALLY(self.conn, {"month": which.month, "kelompok_id": kelompok_id, **owner})
                ADD[name].change(self.conn, {**key, "d": change})


def recount(conn: Connection, month: str) -> dict[int, dict[str, int]]:
    """The same numbers counted from the tables themselves, per kelompok: what the aggregate must equal."""
    result: dict[int, dict[str, int]] = {}

    def add(kelompok_id: int, name: str, number: int) -> None:
        result.setdefault(kelompok_id, dict.fromkeys(COUNTS, 0))[name] += number

    of_month = and_(meeting.c.month == month, meeting.c.kind == Kind.P2K2.value)
    base = select(meeting_kelompok.c.kelompok_id, meeting.c.cancelled, HELD.label("held")).join(
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
        .where(of_month, HELD, attendance.c.registered)
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
