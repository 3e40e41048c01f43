"""What do the verkom lists read besides obligations: meetings attended, school months?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from data.dialect import Upsert
from data.records import Kind
from data.schema import attendance, meeting, meeting_kelompok, school_month

KEEP_MONTH = Upsert(school_month, ["member_id", "month"], ["school", "effective", "alpa", "izin", "sakit"])


@dataclass(frozen=True, slots=True)
class Attended:
    """Meetings of one family in a time: those held, and what the register says."""

    held: int = 0
    hadir: int = 0
    izin: int = 0
    sakit: int = 0
    alpa: int = 0

    def __add__(self, other: Attended) -> Attended:
        return Attended(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def unknown(self) -> int:
        return self.held - self.hadir - self.izin - self.sakit - self.alpa


@dataclass(frozen=True, slots=True)
class SchoolMonth:
    """One month of one child, as the school wrote it."""

    member_id: int
    month: str
    school: str
    effective: int
    alpa: int
    izin: int
    sakit: int


def attended(conn: Connection, kelompok_ids: Collection[int], since: datetime, until: datetime) -> dict[int, Attended]:
    """By family: P2K2 meetings that were held in [since, until)."""
    rows = conn.execute(
        select(attendance.c.kpm_id, attendance.c.mark, func.count().label("n"))
        .join(meeting, meeting.c.id == attendance.c.meeting_id)
        .join(
            meeting_kelompok,
            (meeting_kelompok.c.meeting_id == attendance.c.meeting_id)
            & (meeting_kelompok.c.kelompok_id == attendance.c.kelompok_id),
        )
        .where(
            attendance.c.kelompok_id.in_(list(kelompok_ids)),
            attendance.c.registered,
            meeting.c.kind == Kind.P2K2.value,
            meeting.c.cancelled.is_(False),
            meeting.c.starts >= since,
            meeting.c.starts < until,
            or_(meeting_kelompok.c.closed.is_not(None), meeting_kelompok.c.marks > 0),
        )
        .group_by(attendance.c.kpm_id, attendance.c.mark)
    )
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row.kpm_id]["held"] += row.n
        if row.mark:
            found[row.kpm_id][row.mark] += row.n
    return {kpm_id: Attended(**numbers) for kpm_id, numbers in found.items()}


def school_months(conn: Connection, member_ids: Collection[int], months: Collection[str]) -> list[SchoolMonth]:
    rows = conn.execute(
        select(school_month)
        .where(school_month.c.member_id.in_(list(member_ids)), school_month.c.month.in_(list(months)))
        .order_by(school_month.c.member_id, school_month.c.month)
    )
    return [SchoolMonth(**row._mapping) for row in rows]


def keep_month(conn: Connection, month: SchoolMonth) -> None:
    values = {name: getattr(month, name) for name in SchoolMonth.__slots__}
    KEEP_MONTH(conn, values)
