"""Which meetings are there, for which kelompok, and what became of them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, String, bindparam, cast, delete, exists, func, insert, select, update

from data.dialect import Upsert
from data.prepared import Prepared
from data.records import Kind, Meeting, Place
from data.schema import desa, kabupaten, kecamatan, kelompok, meeting, meeting_kelompok, place, tally
from messages.envelope import StaffId

KEEP_PLACE = Upsert(place, ["desa_id", "name"], ["capacity", "checks"])
MOMENT = meeting.c.starts.type

ZONE = (
    select(kabupaten.c.zone)
    .select_from(
        meeting_kelompok.join(kelompok, kelompok.c.id == meeting_kelompok.c.kelompok_id)
        .join(desa, desa.c.id == kelompok.c.desa_id)
        .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
        .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
    )
    .where(meeting_kelompok.c.meeting_id == meeting.c.id)
    .limit(1)
    .correlate(meeting)
    .scalar_subquery()
)
GROUPS = (
    select(func.aggregate_strings(cast(meeting_kelompok.c.kelompok_id, String), ","))
    .where(meeting_kelompok.c.meeting_id == meeting.c.id)
    .correlate(meeting)
    .scalar_subquery()
)
MEETING = select(meeting, ZONE.label("zone"), GROUPS.label("groups"))
BY_ID = Prepared(MEETING.where(meeting.c.id == bindparam("m")))
OF_KELOMPOK = MEETING.join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id).where(
    meeting_kelompok.c.kelompok_id == bindparam("k"), meeting.c.cancelled.is_(False)
)
NOT_OVER = Prepared(
    OF_KELOMPOK.where(meeting.c.ends >= bindparam("at", type_=MOMENT)).order_by(meeting.c.starts, meeting.c.id).limit(1)
)
LAST = Prepared(
    OF_KELOMPOK.where(meeting.c.ends < bindparam("at", type_=MOMENT))
    .order_by(meeting.c.starts.desc(), meeting.c.id.desc())
    .limit(1)
)
THAT_DAY = Prepared(
    OF_KELOMPOK.where(
        meeting.c.starts >= bindparam("since", type_=MOMENT), meeting.c.starts < bindparam("until", type_=MOMENT)
    )
    .order_by(meeting.c.starts.desc())
    .limit(1)
)
BETWEEN = MEETING.where(
    meeting.c.starts >= bindparam("since", type_=MOMENT),
    meeting.c.starts < bindparam("until", type_=MOMENT),
    meeting.c.cancelled.is_(False),
).order_by(meeting.c.starts, meeting.c.id)
STEPS_DUE = Prepared(
    MEETING.where(meeting.c.step_at <= bindparam("now", type_=MOMENT), meeting.c.cancelled.is_(False))
    .order_by(meeting.c.step_at, meeting.c.id)
    .limit(bindparam("n"))
)
UNFROZEN = Prepared(
    select(meeting.c.id, meeting_kelompok.c.kelompok_id)
    .join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id)
    .where(
        meeting.c.starts >= bindparam("since", type_=MOMENT),
        meeting.c.starts < bindparam("until", type_=MOMENT),
        meeting.c.cancelled.is_(False),
        meeting_kelompok.c.frozen.is_(None),
    )
    .order_by(meeting.c.id, meeting_kelompok.c.kelompok_id)
)
ANY_BETWEEN = (
    select(meeting.c.id)
    .where(
        meeting.c.starts >= bindparam("since", type_=MOMENT),
        meeting.c.starts < bindparam("until", type_=MOMENT),
        meeting.c.cancelled.is_(False),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Register:
    """The state of one kelompok's register at one meeting."""

    frozen: datetime | None
    closed: datetime | None
    marks: int

    @property
    def held(self) -> bool:
        """HOUSE 15: held is SELESAI or one mark."""
        return self.closed is not None or self.marks > 0


class Meetings:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def _record(self, row: Any) -> Meeting:
        groups = tuple(sorted(int(one) for one in row.groups.split(","))) if row.groups else ()
        return Meeting(
            row.id,
            Kind(row.kind),
            row.starts,
            row.ends,
            row.place,
            row.session,
            row.title,
            row.code,
            row.cancelled,
            row.reason,
            row.revision,
            row.announced,
            row.step,
            StaffId(row.pendamping_id),
            groups,
            ZoneInfo(row.zone),
        )

    def _first(self, statement: Prepared, **values: Any) -> Meeting | None:
        row = statement.first(self.conn, values)
        return self._record(row) if row else None

    # --- find

    def get(self, meeting_id: int) -> Meeting | None:
        return self._first(BY_ID, m=meeting_id)

    def current_or_next(self, kelompok_id: int, at: datetime) -> Meeting | None:
        """The meeting that is not over at `at`: the one going on, else the next."""
        return self._first(NOT_OVER, k=kelompok_id, at=at)

    def last(self, kelompok_id: int, at: datetime) -> Meeting | None:
        """The newest meeting that was over before `at`."""
        return self._first(LAST, k=kelompok_id, at=at)

    def of_the_day(self, kelompok_id: int, at: datetime, zone: ZoneInfo) -> Meeting | None:
        """Today's meeting by the local calendar, else the next, else the last."""
        day = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        today = self._first(THAT_DAY, k=kelompok_id, since=day, until=day + timedelta(days=1))
        return today or self.current_or_next(kelompok_id, at) or self.last(kelompok_id, at)

    def between(self, since: datetime, until: datetime) -> list[Meeting]:
        """Meetings that begin in [since, until), not the cancelled ones."""
        rows = self.conn.execute(BETWEEN, {"since": since, "until": until}).all()
        return [self._record(row) for row in rows]

    def any_between(self, since: datetime, until: datetime) -> bool:
        return self.conn.execute(ANY_BETWEEN, {"since": since, "until": until}).first() is not None

    def of_kelompok(self, kelompok_ids: Sequence[int], since: datetime, until: datetime) -> list[Meeting]:
        """Everything planned, held or cancelled for these groups, in order."""
        theirs = select(meeting_kelompok.c.meeting_id).where(meeting_kelompok.c.kelompok_id.in_(kelompok_ids))
        within = (meeting.c.id.in_(theirs), meeting.c.starts >= since, meeting.c.starts < until)
        rows = self.conn.execute(MEETING.where(*within).order_by(meeting.c.starts, meeting.c.id)).all()
        return [self._record(row) for row in rows]

    def clashes(
        self, kelompok_ids: Sequence[int], pendamping_id: int, starts: datetime, ends: datetime, but: int | None = None
    ) -> list[Meeting]:
        """Meetings of these groups or of this pendamping that overlap [starts, ends)."""
        statement = MEETING.where(
            meeting.c.starts < ends,
            meeting.c.ends > starts,
            meeting.c.cancelled.is_(False),
            (meeting.c.pendamping_id == pendamping_id)
            | exists().where(
                meeting_kelompok.c.meeting_id == meeting.c.id, meeting_kelompok.c.kelompok_id.in_(kelompok_ids)
            ),
        )
        if but is not None:
            statement = statement.where(meeting.c.id != but)
        return [self._record(row) for row in self.conn.execute(statement.order_by(meeting.c.starts)).all()]

    def sessions_had(self, kelompok_id: int) -> set[str]:
        """Sessions that this kelompok has met for, or is going to."""
        rows = self.conn.execute(
            select(meeting.c.session)
            .join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id)
            .where(
                meeting_kelompok.c.kelompok_id == kelompok_id,
                meeting.c.cancelled.is_(False),
                meeting.c.kind == Kind.P2K2.value,
                meeting.c.session.is_not(None),
            )
        )
        return {r.session for r in rows}

    def without_meeting(self, month: str) -> set[int]:
        """Groups that have no p2k2 meeting in `month` that still stands."""
        planned = (
            select(meeting_kelompok.c.kelompok_id)
            .join(meeting, meeting.c.id == meeting_kelompok.c.meeting_id)
            .where(meeting.c.month == month, meeting.c.cancelled.is_(False), meeting.c.kind == Kind.P2K2.value)
        )
        rows = self.conn.execute(select(kelompok.c.id).where(kelompok.c.id.not_in(planned)))
        return set(rows.scalars())

    # --- change

    def add(
        self,
        kind: Kind,
        starts: datetime,
        ends: datetime,
        zone: ZoneInfo,
        where: str,
        session: str | None,
        title: str,
        code: str,
        pendamping_id: int,
        kelompok_ids: Sequence[int],
        step_at: datetime | None = None,
    ) -> Meeting:
        values = {
            "kind": kind.value,
            "starts": starts,
            "ends": ends,
            "month": f"{starts.astimezone(zone):%Y-%m}",
            "place": where,
            "announced": self.now,
            "step_at": step_at,
            "session": session,
            "title": title,
            "code": code,
            "pendamping_id": pendamping_id,
            "created": self.now,
        }
        added = self.conn.execute(insert(meeting).returning(meeting.c.id), values).scalar_one()
        for group in sorted(set(kelompok_ids)):
            self.conn.execute(insert(meeting_kelompok), {"meeting_id": added, "kelompok_id": group})
        found = self.get(added)
        assert found is not None  # noqa: S101  it was added in this transaction
        return found

    def move(self, which: Meeting, starts: datetime, ends: datetime, where: str, step_at: datetime | None) -> Meeting:
        self.conn.execute(
            update(meeting)
            .where(meeting.c.id == which.id)
            .values(
                starts=starts,
                ends=ends,
                place=where,
                month=f"{starts.astimezone(which.zone):%Y-%m}",
                revision=which.revision + 1,
                announced=self.now,
                step=0,
                step_at=step_at,
            )
        )
        # The new day has a register of its own.
        self.conn.execute(update(meeting_kelompok).where(meeting_kelompok.c.meeting_id == which.id).values(frozen=None))
        found = self.get(which.id)
        assert found is not None  # noqa: S101  it was there a line ago
        return found

    def cancel(self, which: Meeting, reason: str) -> None:
        self.conn.execute(
            update(meeting).where(meeting.c.id == which.id).values(cancelled=True, reason=reason[:200], step_at=None)
        )

    def permit(self, meeting_id: int, given: bool) -> None:
        """'Izin tempat sudah?'"""
        self.conn.execute(update(meeting).where(meeting.c.id == meeting_id).values(permit=given))

    def steps_due(self, limit: int) -> list[Meeting]:
        """Meetings whose next letters are due now."""
        rows = STEPS_DUE.all(self.conn, {"now": self.now, "n": limit})
        return [self._record(row) for row in rows]

    def step_done(self, which: Meeting, step: int, step_at: datetime | None) -> None:
        self.conn.execute(update(meeting).where(meeting.c.id == which.id).values(step=step, step_at=step_at))

    def hand_over(self, old: int, new: int, since: datetime) -> int:
        """Meetings from `since` on go to another pendamping, and so do the sums of their months; past ones stay."""
        theirs = update(meeting).where(meeting.c.pendamping_id == old, meeting.c.starts >= since)
        moved = self.conn.execute(theirs.values(pendamping_id=new)).rowcount
        still_ahead = (
            exists()
            .where(meeting_kelompok.c.meeting_id == meeting.c.id, meeting_kelompok.c.kelompok_id == tally.c.kelompok_id)
            .where(meeting.c.month == tally.c.month, meeting.c.pendamping_id == new, meeting.c.starts >= since)
        )
        self.conn.execute(update(tally).where(tally.c.pendamping_id == old, still_ahead).values(pendamping_id=new))
        return moved

    # --- registers

    def register(self, meeting_id: int, kelompok_id: int) -> Register | None:
        row = self.conn.execute(
            select(meeting_kelompok.c.frozen, meeting_kelompok.c.closed, meeting_kelompok.c.marks).where(
                meeting_kelompok.c.meeting_id == meeting_id, meeting_kelompok.c.kelompok_id == kelompok_id
            )
        ).first()
        return Register(row.frozen, row.closed, row.marks) if row else None

    def close(self, meeting_id: int, kelompok_id: int, by: StaffId) -> None:
        self._set(meeting_id, kelompok_id, closed=self.now, closed_by=by)

    def reopen(self, meeting_id: int, kelompok_id: int) -> None:
        self._set(meeting_id, kelompok_id, closed=None, closed_by=None)

    def freeze(self, meeting_id: int, kelompok_id: int) -> None:
        self._set(meeting_id, kelompok_id, frozen=self.now)

    def count_marks(self, meeting_id: int, kelompok_id: int, marks: int) -> None:
        self._set(meeting_id, kelompok_id, marks=marks)

    def _set(self, meeting_id: int, kelompok_id: int, **values: Any) -> None:
        self.conn.execute(
            update(meeting_kelompok)
            .where(meeting_kelompok.c.meeting_id == meeting_id, meeting_kelompok.c.kelompok_id == kelompok_id)
            .values(**values)
        )

    def unfrozen(self, since: datetime, until: datetime) -> list[tuple[int, int]]:
        """(meeting, kelompok) whose meeting began or begins in [since, until) and whose register is still open."""
        return [(r.id, r.kelompok_id) for r in UNFROZEN.all(self.conn, {"since": since, "until": until})]

    def unfilled(self, since: datetime, until: datetime) -> list[tuple[int, int]]:
        """(meeting, kelompok) that ended in [since, until) without SELESAI."""
        rows = self.conn.execute(
            select(meeting.c.id, meeting_kelompok.c.kelompok_id)
            .join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id)
            .where(
                meeting.c.ends >= since,
                meeting.c.ends < until,
                meeting.c.cancelled.is_(False),
                meeting_kelompok.c.closed.is_(None),
            )
            .order_by(meeting.c.id, meeting_kelompok.c.kelompok_id)
        )
        return [(r.id, r.kelompok_id) for r in rows]

    # --- places

    def places(self, desa_id: int) -> list[Place]:
        rows = self.conn.execute(select(place).where(place.c.desa_id == desa_id).order_by(place.c.name))
        return [Place(r.id, r.desa_id, r.name, r.capacity, r.checks) for r in rows]

    def place_named(self, desa_id: int, name: str) -> Place | None:
        row = self.conn.execute(
            select(place).where(place.c.desa_id == desa_id, func.lower(place.c.name) == name.lower())
        ).first()
        return Place(row.id, row.desa_id, row.name, row.capacity, row.checks) if row else None

    def keep_place(self, desa_id: int, name: str, capacity: int | None, checks: dict[str, bool]) -> None:
        KEEP_PLACE(self.conn, {"desa_id": desa_id, "name": name, "capacity": capacity, "checks": checks})

    def forget_place(self, place_id: int) -> None:
        self.conn.execute(delete(place).where(place.c.id == place_id))
