"""Which meetings have their report, and which do not? Always inside the scope of who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from data.overview import Where
from data.people import scope_clause
from data.records import Staff
from data.schema import desa, kabupaten, kecamatan, kelompok, meeting, meeting_kelompok, photo, report, staff
from data.scoped import PLACES

EVERYWHERE = Where()


@dataclass(frozen=True, slots=True)
class Reported:
    """One kelompok at one meeting that began. `state` is '' before anything was told, then 'konsep' or 'selesai'."""

    meeting_id: int
    kelompok_id: int
    kelompok: str
    desa: str
    kecamatan: str
    pendamping: str
    starts: datetime
    """By the kabupaten's clock."""
    title: str
    held: bool
    state: str
    photos: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Of the meetings held: how many reports are done, how many begun."""

    held: int = 0
    done: int = 0
    begun: int = 0

    @property
    def missing(self) -> int:
        return self.held - self.done


class Reporting:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def of_month(self, who: Staff, month: str) -> list[Reported]:
        """Everything that began in the month, newest first; a cancelled meeting needs no report."""
        statement = _listed(who, EVERYWHERE, [month]).where(meeting.c.starts <= self.now)
        rows = self.conn.execute(statement.order_by(meeting.c.starts.desc(), kelompok.c.name, kelompok.c.id))
        return [_record(row) for row in rows]

    def missing(self, who: Staff, months: Sequence[str], where: Where, limit: int) -> list[Reported]:
        """Held and over, without a finished report: by place, name and day."""
        statement = _listed(who, where, months).where(_HELD, meeting.c.ends <= self.now, _STATE != "selesai")
        order = (kecamatan.c.name, desa.c.name, kelompok.c.name, meeting.c.starts, kelompok.c.id)
        return [_record(row) for row in self.conn.execute(statement.order_by(*order).limit(limit))]

    def counted(self, who: Staff, months: Sequence[str], where: Where) -> Counted:
        sums = (func.coalesce(func.sum(case((state == _STATE, 1), else_=0)), 0) for state in ("selesai", "konsep"))
        statement = select(func.count(), *sums).select_from(_JOINED).where(*_within(who, where, months))
        row = self.conn.execute(statement.where(_HELD, meeting.c.ends <= self.now)).one()
        return Counted(*(int(number) for number in row))


_STATE: Any = func.coalesce(report.c.state, "")
_HELD = or_(meeting_kelompok.c.closed.is_not(None), meeting_kelompok.c.marks > 0)
_OWNER = func.coalesce(meeting.c.pendamping_id, kelompok.c.pendamping_id)
_ITS_REPORT = and_(report.c.meeting_id == meeting.c.id, report.c.kelompok_id + 0 == kelompok.c.id)
"""By its key, which begins with the meeting; PostgreSQL would rather go through all reports of a kelompok."""

_JOINED = (
    PLACES.join(meeting_kelompok, meeting_kelompok.c.kelompok_id == kelompok.c.id)
    .join(meeting, meeting.c.id == meeting_kelompok.c.meeting_id)
    .outerjoin(report, _ITS_REPORT)
    .outerjoin(staff, staff.c.id == _OWNER)
)
_PHOTOS = (
    select(func.count())
    .where(photo.c.meeting_id == meeting.c.id, photo.c.kelompok_id == kelompok.c.id)
    .correlate(meeting, kelompok)
    .scalar_subquery()
)


def _listed(who: Staff, where: Where, months: Sequence[str]) -> Select[Any]:
    names = (
        kelompok.c.name.label("kelompok"),
        desa.c.name.label("desa"),
        kecamatan.c.name.label("kecamatan"),
        func.coalesce(staff.c.name, "").label("pendamping"),
    )
    more = (kabupaten.c.zone, _HELD.label("held"), _STATE.label("state"), _PHOTOS.label("photos"))
    columns = (meeting.c.id, meeting.c.starts, meeting.c.title, kelompok.c.id.label("kelompok_id"))
    return select(*columns, *names, *more).select_from(_JOINED).where(*_within(who, where, months))


def _within(who: Staff, where: Where, months: Sequence[str]) -> list[Any]:
    """The bounds are there for the index of the meetings: a day around the months, for every zone."""
    first, last = min(months), max(months)
    begins = datetime(int(first[:4]), int(first[5:]), 1, tzinfo=UTC) - timedelta(days=1)
    ends = datetime(int(last[:4]), int(last[5:]), 1, tzinfo=UTC) + timedelta(days=33)
    chosen = [meeting.c.month.in_(months), meeting.c.starts >= begins, meeting.c.starts < ends]
    if where.pendamping is not None:
        chosen.append(func.coalesce(staff.c.name, "") == where.pendamping)
    # Not by the index of a kelompok: SQLite would walk through all meetings that it ever had.
    mine = (kelompok.c.id + 0).in_(select(kelompok.c.id).select_from(PLACES).where(scope_clause(who), where.clause()))
    return [mine, meeting.c.cancelled.is_(False), *chosen]


def _record(row: Any) -> Reported:
    return Reported(
        row.id,
        row.kelompok_id,
        row.kelompok,
        row.desa,
        row.kecamatan,
        row.pendamping,
        row.starts.astimezone(ZoneInfo(row.zone)),
        row.title,
        bool(row.held),
        row.state,
        row.photos,
    )
