"""What was announced, to whom, and how far did it come? Whom it is for is looked up where the scope is checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, exists, false, func, insert, or_, select, update

from data.dialect import InsertOnce
from data.outbox import URGENT
from data.people import KPM, UNREACHABLE_AFTER, kpm_record, scope_clause
from data.records import Audience, Consent, FamilyStatus, Kpm, LetterNews, Staff, Topic
from data.schema import (
    address,
    attendance,
    broadcast,
    broadcast_kpm,
    consent,
    desa,
    kabupaten,
    kecamatan,
    kelompok,
    kpm,
    kpm_address,
    meeting,
    meeting_kelompok,
    member,
    obligation,
    outbox,
    outbox_kpm,
    quiz,
)
from messages.envelope import Address, KpmId, Status

WINDOW, WEEK, QUIZ_BACK, ALPA_BACK, OBLIGATION_BACK = (timedelta(days=days) for days in (1, 7, 30, 400, 31))
ALL = 10_000_000
"""A limit keeps SQLite from looking for the address of each family once per column that mentions it."""

REMEMBER = InsertOnce(broadcast_kpm, ["broadcast_id", "kpm_id"])
FOR_KPM = InsertOnce(outbox_kpm, ["outbox_id", "kpm_id"])


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One announcement; see the table."""

    id: int
    staff_id: int
    kind: str
    said: str
    audience: Audience
    words: str
    state: str
    night: str
    due: datetime
    cursor: int
    created: datetime

    @property
    def about(self) -> str:
        return f"broadcast:{self.id}"


@dataclass(frozen=True, slots=True)
class Family:
    """One family of an audience, with the address its letter goes to, if any, and what it got this week."""

    kpm: Kpm
    phone: bool
    address_id: int | None
    address: Address | None
    letters: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a preview says of an audience. `full` had its letters of the week."""

    families: int
    phoneless: int
    silent: int
    full: int
    free: int
    template: int


@dataclass(frozen=True, slots=True)
class Told:
    """What became of it for one family."""

    kpm: Kpm
    why: str | None
    letter: LetterNews | None


class Broadcasts:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    # --- whom

    def counts(self, by: Staff, audience: Audience, per_week: int | None) -> Counts:
        """`per_week`: so many unasked letters a family may have had; None when that does not matter."""
        one = self._families(by, audience).limit(ALL).subquery()
        full = one.c.letters >= per_week if per_week is not None else false()
        goes = and_(one.c.address_id.is_not(None), ~full)
        free = or_(address.c.channel == "telegram", address.c.heard > self.now - WINDOW)
        row = self.conn.execute(
            select(
                func.count().label("families"),
                func.count(case((one.c.phone.is_(False), 1))).label("phoneless"),
                func.count(case((and_(one.c.phone, one.c.address_id.is_(None)), 1))).label("silent"),
                func.count(case((and_(one.c.address_id.is_not(None), full), 1))).label("full"),
                func.count(case((and_(goes, free), 1))).label("free"),
                func.count(case((and_(goes, ~func.coalesce(free, False)), one.c.address_id)).distinct()).label(
                    "template"
                ),
            ).select_from(one.outerjoin(address, address.c.id == one.c.address_id))
        ).one()
        return Counts(row.families, row.phoneless, row.silent, row.full, row.free, row.template)

    def names(self, by: Staff, audience: Audience, limit: int) -> list[str]:
        rows = self.conn.execute(self._families(by, audience).order_by(kpm.c.name, kpm.c.id).limit(limit))
        return [row.name for row in rows]

    def groups(self, by: Staff, audience: Audience, after: int, limit: int) -> list[int]:
        """The next groups of the audience, in the order of their ids."""
        statement = select(kelompok.c.id).select_from(_PLACES).where(scope_clause(by), kelompok.c.id > after)
        if audience.kelompok_ids:
            statement = statement.where(kelompok.c.id.in_(audience.kelompok_ids))
        return list(self.conn.execute(statement.order_by(kelompok.c.id).limit(limit)).scalars())

    def families(self, by: Staff, audience: Audience, kelompok_ids: Sequence[int]) -> list[Family]:
        one = self._families(by, audience).where(kpm.c.kelompok_id.in_(kelompok_ids)).subquery()
        rows = self.conn.execute(
            select(one, address.c.channel, address.c.value)
            .select_from(one.outerjoin(address, address.c.id == one.c.address_id))
            .order_by(one.c.name, one.c.id)
        )
        return [
            Family(
                kpm_record(row),
                bool(row.phone),
                row.address_id,
                Address(row.channel, row.value) if row.address_id is not None else None,
                row.letters,
            )
            for row in rows
        ]

    def _families(self, by: Staff, audience: Audience) -> Any:
        """The active families of the audience inside the scope of `by`, which is checked here."""
        best = (
            select(address.c.id)
            .join(kpm_address, kpm_address.c.address_id == address.c.id)
            .join(consent, and_(consent.c.address_id == address.c.id, consent.c.topic == Topic.MEETINGS.value))
            .where(
                kpm_address.c.kpm_id == kpm.c.id,
                consent.c.state == Consent.YES.value,
                address.c.blocked.is_(False),
                address.c.failures < UNREACHABLE_AFTER,
            )
            .order_by(address.c.heard.desc().nulls_last(), address.c.id)
            .limit(1)
            .scalar_subquery()
        )
        letters = (
            select(func.count())
            .select_from(outbox_kpm.join(outbox, outbox.c.id == outbox_kpm.c.outbox_id))
            .where(
                outbox_kpm.c.kpm_id == kpm.c.id,
                outbox.c.unasked,
                outbox.c.priority > 1,
                outbox.c.key != URGENT,
                outbox.c.not_before > self.now - WEEK,
                outbox.c.state.in_(["queued", "sending", "sent", "delivered", "read"]),
            )
            .scalar_subquery()
        )
        phone = exists().where(kpm_address.c.kpm_id == kpm.c.id)
        statement = (
            select(*KPM, phone.label("phone"), best.label("address_id"), letters.label("letters"))
            .select_from(kpm.join(_PLACES, kelompok.c.id == kpm.c.kelompok_id))
            .where(scope_clause(by), kpm.c.status == FamilyStatus.AKTIF.value, *self._narrowed(audience))
        )
        return statement.where(kpm.c.kelompok_id.in_(audience.kelompok_ids)) if audience.kelompok_ids else statement

    def _narrowed(self, audience: Audience) -> list[Any]:
        found: list[Any] = []
        if audience.components:
            found.append(exists().where(member.c.kpm_id == kpm.c.id, member.c.component.in_(audience.components)))
        if audience.languages:
            found.append(kpm.c.language.in_(audience.languages))
        if audience.unanswered:
            found.append(self._unanswered())
        if audience.quizless:
            taken = (quiz.c.kpm_id == kpm.c.id, quiz.c.started > self.now - QUIZ_BACK)
            found.append(~exists().where(*taken))
        if audience.undone:
            found.append(
                exists().where(
                    obligation.c.kpm_id == kpm.c.id,
                    obligation.c.reminded >= (self.now - OBLIGATION_BACK).date(),
                    func.coalesce(obligation.c.mark, obligation.c.claim, "not_done") == "not_done",
                )
            )
        if audience.alpa:
            found.append(kpm.c.id.in_(self._absent(audience.alpa)))
        return found

    def _unanswered(self) -> Any:
        coming = (
            select(meeting.c.id)
            .join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id)
            .where(
                meeting_kelompok.c.kelompok_id == kpm.c.kelompok_id,
                meeting.c.starts > self.now,
                meeting.c.cancelled.is_(False),
            )
            .order_by(meeting.c.starts, meeting.c.id)
            .limit(1)
            .correlate(kpm)
            .scalar_subquery()
        )
        said = exists().where(
            attendance.c.kpm_id == kpm.c.id, attendance.c.meeting_id == coming, attendance.c.answer != "unknown"
        )
        return and_(coming.is_not(None), ~said)

    def _absent(self, times: int) -> Any:
        """Families whose last `times` marks are all alpa."""
        nth = func.row_number().over(partition_by=attendance.c.kpm_id, order_by=meeting.c.starts.desc())
        last = (
            select(attendance.c.kpm_id, attendance.c.mark, nth.label("nth"))
            .join(meeting, meeting.c.id == attendance.c.meeting_id)
            .where(attendance.c.mark.is_not(None), meeting.c.starts > self.now - ALPA_BACK)
            .subquery()
        )
        return (
            select(last.c.kpm_id)
            .where(last.c.nth <= times, last.c.mark == "alpa")
            .group_by(last.c.kpm_id)
            .having(func.count() == times)
        )

    # --- the announcement

    def add(
        self, by: Staff, kind: str, said: str, audience: Audience, words: str, due: datetime, night: str = "no"
    ) -> Broadcast:
        values = {"staff_id": by.id, "kind": kind, "said": said[:200], "audience": asdict(audience), "words": words}
        values |= {"due": due, "night": night, "created": self.now}
        added = self.conn.execute(insert(broadcast).returning(broadcast.c.id), values).scalar_one()
        found = self.get(added)
        assert found is not None  # noqa: S101  it was just added
        return found

    def get(self, broadcast_id: int) -> Broadcast | None:
        row = self.conn.execute(select(broadcast).where(broadcast.c.id == broadcast_id)).first()
        return _record(row) if row else None

    def latest(self, staff_id: int) -> Broadcast | None:
        statement = select(broadcast).where(broadcast.c.staff_id == staff_id).order_by(broadcast.c.id.desc()).limit(1)
        row = self.conn.execute(statement).first()
        return _record(row) if row else None

    def due(self) -> Broadcast | None:
        """The next one that has something to do."""
        statement = select(broadcast).where(broadcast.c.state.in_(["waiting", "put"]), broadcast.c.due <= self.now)
        row = self.conn.execute(statement.order_by(broadcast.c.due, broadcast.c.id).limit(1)).first()
        return _record(row) if row else None

    def change(self, broadcast_id: int, **values: Any) -> None:
        self.conn.execute(update(broadcast).where(broadcast.c.id == broadcast_id).values(**values))

    def remember(self, broadcast_id: int, families: Collection[tuple[Kpm, int | None, str | None]]) -> None:
        """(family, its letter, why there is none)."""
        for one, letter, why in families:
            values = {"broadcast_id": broadcast_id, "kpm_id": one.id, "kelompok_id": one.kelompok_id}
            REMEMBER(self.conn, {**values, "outbox_id": letter, "why": why})

    def letter_at(self, one: Broadcast, address_id: int) -> int | None:
        """The letter of this announcement that an address has already."""
        statement = select(outbox.c.id).where(outbox.c.once == f"{one.about}:address:{address_id}")
        return self.conn.execute(statement).scalar_one_or_none()

    def also_for(self, letter_id: int, kpm_ids: Collection[KpmId]) -> None:
        """A phone serves another family of the audience too."""
        for kpm_id in kpm_ids:
            FOR_KPM(self.conn, {"outbox_id": letter_id, "kpm_id": kpm_id})

    # --- what became of it

    def states(self, one: Broadcast) -> Mapping[str, int]:
        """Letters by how far they came."""
        rows = self.conn.execute(
            select(outbox.c.state, func.count().label("n")).where(outbox.c.about == one.about).group_by(outbox.c.state)
        )
        return {row.state: row.n for row in rows}

    def tally(self, one: Broadcast) -> Mapping[str | None, int]:
        """Families by how far their letter came; None had none."""
        rows = self.conn.execute(
            select(outbox.c.state, func.count().label("n"))
            .select_from(broadcast_kpm.outerjoin(outbox, outbox.c.id == broadcast_kpm.c.outbox_id))
            .where(broadcast_kpm.c.broadcast_id == one.id)
            .group_by(outbox.c.state)
        )
        return {row.state: row.n for row in rows}

    def missed(self, one: Broadcast, limit: int) -> list[Told]:
        """The families it has not reached, by name."""
        arrived = outbox.c.state.in_(["sent", "delivered", "read"])
        rows = self.conn.execute(
            select(
                *KPM,
                broadcast_kpm.c.why,
                outbox.c.key,
                outbox.c.channel,
                outbox.c.state.label("came"),
                func.coalesce(outbox.c.sent, outbox.c.not_before, type_=outbox.c.sent.type).label("at"),
                outbox.c.error,
            )
            .select_from(
                broadcast_kpm.join(kpm, kpm.c.id == broadcast_kpm.c.kpm_id).outerjoin(
                    outbox, outbox.c.id == broadcast_kpm.c.outbox_id
                )
            )
            .where(broadcast_kpm.c.broadcast_id == one.id, ~func.coalesce(arrived, False))
            .order_by(kpm.c.name, kpm.c.id)
            .limit(limit)
        )
        return [
            Told(
                kpm_record(row),
                row.why,
                LetterNews(row.key, row.channel, Status(row.came), row.at, row.error or "") if row.key else None,
            )
            for row in rows
        ]

    def last_announcement(self, kelompok_id: int, kind: str, since: datetime) -> Broadcast | None:
        """The newest announcement of this kind that really went to the kelompok: for 'kapan cair?'."""
        went = exists().where(
            broadcast_kpm.c.broadcast_id == broadcast.c.id,
            broadcast_kpm.c.kelompok_id == kelompok_id,
            outbox.c.id == broadcast_kpm.c.outbox_id,
            outbox.c.state.in_(["sent", "delivered", "read"]),
        )
        row = self.conn.execute(
            select(broadcast)
            .where(broadcast.c.kind == kind, broadcast.c.created > since, went)
            .order_by(broadcast.c.id.desc())
            .limit(1)
        ).first()
        return _record(row) if row else None


_PLACES = (
    kelompok.join(desa, desa.c.id == kelompok.c.desa_id)
    .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
)


def _record(row: Any) -> Broadcast:
    audience: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.audience.items()
    }
    return Broadcast(**{**row._asdict(), "audience": Audience(**audience)})
