"""Whom is an announcement for? Looked up where the scope is checked, narrowed by what the audience names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, exists, false, func, or_, select

from data.broadcasts.records import Counts, Family
from data.outbox import URGENT
from data.people import KPM, UNREACHABLE_AFTER, kpm_record, scope_clause
from data.records import Audience, Consent, FamilyStatus, Staff, Topic
from data.schema import (
    address,
    attendance,
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
from messages.envelope import Address

WINDOW, WEEK, QUIZ_BACK, ALPA_BACK, OBLIGATION_BACK = (timedelta(days=days) for days in (1, 7, 30, 400, 31))
ALL = 10_000_000
"""A limit keeps SQLite from looking for the address of each family once per column that mentions it."""

_PLACES = (
    kelompok.join(desa, desa.c.id == kelompok.c.desa_id)
    .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
)


class Whom:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

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
        if audience.answers:
            found.append(self._said(attendance.c.answer.in_(audience.answers)))
        if audience.last:
            found.append(kpm.c.id.in_(self._marked(1, audience.last)))
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
            found.append(kpm.c.id.in_(self._marked(audience.alpa, ("alpa",))))
        return found

    def _unanswered(self) -> Any:
        return and_(self._coming().is_not(None), ~self._said(attendance.c.answer != "unknown"))

    def _said(self, what: Any) -> Any:
        """Something was said to the invitation to the next meeting."""
        return exists().where(attendance.c.kpm_id == kpm.c.id, attendance.c.meeting_id == self._coming(), what)

    def _coming(self) -> Any:
        return (
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

    def _marked(self, times: int, marks: Sequence[str]) -> Any:
        """Families whose last `times` marks are all of these."""
        nth = func.row_number().over(partition_by=attendance.c.kpm_id, order_by=meeting.c.starts.desc())
        last = (
            select(attendance.c.kpm_id, attendance.c.mark, nth.label("nth"))
            .join(meeting, meeting.c.id == attendance.c.meeting_id)
            .where(attendance.c.mark.is_not(None), meeting.c.starts > self.now - ALPA_BACK)
            .subquery()
        )
        return (
            select(last.c.kpm_id)
            .where(last.c.nth <= times, last.c.mark.in_(marks))
            .group_by(last.c.kpm_id)
            .having(func.count() == times)
        )
