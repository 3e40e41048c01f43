"""What do the verkom lists read besides obligations: meetings attended, school months?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from data.dialect import Upsert
from data.obligations.records import Attended, SchoolMonth
from data.records import Kind
from data.schema import attendance, meeting, meeting_kelompok, school_month
from data.summary import HELD

KEEP_MONTH = Upsert(school_month, ["member_id", "month"], ["school", "effective", "alpa", "izin", "sakit"])


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
            HELD,
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
