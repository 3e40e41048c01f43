"""What does a koordinator see at a glance? Sums over the running aggregate, always inside the scope of who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from operator import add, attrgetter
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal, literal_column, select

from data import covered
from data.covered import Covered
from data.people import scope_clause
from data.records import Kind, Staff
from data.schema import COUNTS, attendance, desa, kecamatan, kelompok, meeting, staff, tally
from data.scoped import PLACES
from data.summary import NUMBERS, visible_rows

BY = ("kecamatan", "desa", "pendamping", "kelompok")
"""From the widest to the narrowest."""

FIRST = {"kabupaten": "kecamatan", "kecamatan": "desa", "desa": "pendamping"}
"""What a koordinator of that scope looks at first."""


@dataclass(frozen=True, slots=True)
class Where:
    """How far somebody has gone down; None is everything in their scope."""

    kecamatan: int | None = None
    desa: int | None = None
    pendamping: str | None = None

    def clause(self) -> Any:
        chosen = []
        if self.kecamatan is not None:
            chosen.append(kecamatan.c.id == self.kecamatan)
        if self.desa is not None:
            chosen.append(desa.c.id == self.desa)
        return and_(True, *chosen)


@dataclass(frozen=True, slots=True)
class Sums:
    """The numbers of some kelompok over some months. `groups` are counted once a month; so are families."""

    groups: int = 0
    met: int = 0
    """Groups that met at least once in the month."""
    unplanned: int = 0
    """Groups without a standing meeting in the month."""
    families: int = 0
    planned: int = 0
    held: int = 0
    cancelled: int = 0
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

    @property
    def unknown(self) -> int:
        return self.expected - self.hadir - self.izin - self.sakit - self.alpa

    def __add__(self, other: Sums) -> Sums:
        return Sums(*map(add, _numbers(self), _numbers(other)))


FIELDS = tuple(f.name for f in fields(Sums))
_numbers = attrgetter(*FIELDS)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the table: a place or a person, and what to ask for to see it alone."""

    name: str
    key: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Unmet:
    """A kelompok without a standing meeting."""

    name: str
    desa: str
    kecamatan: str
    pendamping: str


class Overview:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def parts(self, who: Staff, months: Sequence[str], by: str, where: Where) -> list[Part]:
        """The numbers of these months, a line per `by`, by name."""
        found: dict[tuple[str, str], Sums] = {}
        statement = _summed(who, by, where)
        for month in months:
            for row in self.conn.execute(statement, {"month": month}):
                name, _, *rest = row
                numbers, (key, groups, met, unplanned) = rest[: len(NUMBERS)], rest[len(NUMBERS) :]
                line = dict(zip(NUMBERS, numbers, strict=True))
                line.pop("belum_diketahui")
                sums = Sums(groups, met, unplanned, **line)
                found[name, str(key)] = found.get((name, str(key)), Sums()) + sums
        return [Part(name, key, found[name, key]) for name, key in sorted(found)]

    def trend(self, who: Staff, months: Sequence[str], where: Where) -> dict[str, Sums]:
        """Each of these months; families and groups are not counted in it."""
        owner = func.coalesce(tally.c.pendamping_id, kelompok.c.pendamping_id)
        chosen = [tally.c.month.in_(months), scope_clause(who), where.clause()]
        if where.pendamping is not None:
            chosen.append(owner.in_(_named(where.pendamping)))
        rows = self.conn.execute(
            select(tally.c.month, *(func.sum(tally.c[name]).label(name) for name in COUNTS))
            .select_from(PLACES.join(tally, tally.c.kelompok_id == kelompok.c.id))
            .where(*chosen)
            .group_by(tally.c.month)
        )
        return {row.month: Sums(**{name: int(getattr(row, name)) for name in COUNTS}) for row in rows}

    def unmet(self, who: Staff, month: str, where: Where) -> list[Unmet]:
        """Groups without a standing P2K2 meeting in the month, by place and name."""
        statement = (
            visible_rows("kelompok", who)
            .where(where.clause(), _owned(where), _planned == _cancelled)
            .with_only_columns(kelompok.c.name, desa.c.name, kecamatan.c.name, func.coalesce(staff.c.name, ""))
            .order_by(kecamatan.c.name, desa.c.name, kelompok.c.name)
        )
        return [Unmet(*row) for row in self.conn.execute(statement, {"month": month})]

    def reasons(self, who: Staff, months: Sequence[str], where: Where) -> dict[str, int]:
        """Why families said that they cannot come: reason code (empty when they gave none) and how often."""
        begins, ends = _about(months)
        chosen = [
            # As a literal, so that SQLite sees that the partial index has all of them.
            attendance.c.answer == literal_column("'declined'"),
            meeting.c.starts >= begins,
            meeting.c.starts < ends,
            meeting.c.month.in_(months),
            meeting.c.kind == Kind.P2K2.value,
            meeting.c.cancelled.is_(False),
            scope_clause(who),
            where.clause(),
        ]
        if where.pendamping is not None:
            chosen.append(meeting.c.pendamping_id.in_(_named(where.pendamping)))
        reason = func.coalesce(attendance.c.reason, "")
        rows = self.conn.execute(
            select(reason.label("reason"), func.count().label("n"))
            .select_from(
                PLACES.join(attendance, attendance.c.kelompok_id == kelompok.c.id).join(
                    meeting, meeting.c.id == attendance.c.meeting_id
                )
            )
            .where(*chosen)
            .group_by(reason)
        )
        return {row.reason: row.n for row in rows}

    def sessions(self, who: Staff, by: str, where: Where) -> list[Covered]:
        """Which sessions were held so far, a line per `by`, by name."""
        mine = (scope_clause(who), where.clause(), _theirs(where))
        if by == "kelompok":
            return covered.of_kelompok(self.conn, mine)
        return covered.of_parts(self.conn, *_level(by), mine, wide=by == BY[0])

    def name_of(self, who: Staff, level: str, key: int) -> str | None:
        """The name of a kecamatan or desa, if any of it lies inside the scope."""
        table = {"kecamatan": kecamatan, "desa": desa}[level]
        statement = select(table.c.name).select_from(PLACES).where(table.c.id == key, scope_clause(who)).limit(1)
        return self.conn.execute(statement).scalar_one_or_none()


_owner_now = func.coalesce(
    select(staff.c.name).where(staff.c.id == kelompok.c.pendamping_id).correlate(kelompok).scalar_subquery(), ""
)
"""The pendamping of today."""


_planned, _cancelled = func.coalesce(tally.c.planned, 0), func.coalesce(tally.c.cancelled, 0)
_KEYS = {
    "kecamatan": kecamatan.c.id,
    "desa": desa.c.id,
    "pendamping": func.coalesce(func.max(staff.c.name), ""),
    "kelompok": kelompok.c.id,
}


def _summed(who: Staff, by: str, where: Where) -> Select[Any]:
    """The statement of the summary itself, narrowed, and with what a line is asked for by and its groups beside it."""
    met = case((tally.c.held > 0, 1), else_=0)
    unplanned = case((_planned == _cancelled, 1), else_=0)
    groups = (literal(1), met, unplanned) if by == "kelompok" else (func.count(), func.sum(met), func.sum(unplanned))
    statement: Select[Any] = visible_rows(by, who).where(where.clause(), _owned(where))
    return statement.add_columns(_KEYS[by], *groups)


def _owned(where: Where) -> Any:
    """The pendamping of the month that is summed."""
    return and_(True) if where.pendamping is None else func.coalesce(staff.c.name, "") == where.pendamping


def _level(by: str) -> tuple[Any, Any]:
    """Key and name of a line that is not about a month: the pendamping of today."""
    return {
        "kecamatan": (kecamatan.c.id, kecamatan.c.name),
        "desa": (desa.c.id, desa.c.name),
        "pendamping": (_owner_now, _owner_now),
    }[by]


def _theirs(where: Where) -> Any:
    if where.pendamping is None:
        return and_(True)
    return _owner_now == where.pendamping


def _named(name: str) -> Any:
    return select(staff.c.id).where(staff.c.name == name)


def _about(months: Sequence[str]) -> tuple[datetime, datetime]:
    """The moments between which these months lie in every zone: meetings have an index by their start."""
    first, last = min(months), max(months)
    begins = datetime(int(first[:4]), int(first[5:]), 1, tzinfo=UTC) - timedelta(days=1)
    return begins, datetime(int(last[:4]), int(last[5:]), 1, tzinfo=UTC) + timedelta(days=33)
