"""What may one member of staff see and change? Every statement here carries their scope in itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, func, insert, select, update

from data.audit import Audit
from data.people import KELOMPOK, KPM, UNREACHABLE_AFTER, kelompok_record, kpm_record, scope_clause
from data.records import Answer, Consent, Kelompok, Kpm, Line, Mark, Staff, Topic
from data.schema import (
    address,
    attendance,
    consent,
    kabupaten,
    kelompok,
    kpm,
    kpm_address,
    meeting,
    meeting_kelompok,
    question,
    staff,
    visit,
)
from data.scoped import audited
from data.scoped.audited import Noted, Sought
from data.scoped.seen import Asked, Found, Past, Planned, Visited, planned
from data.scoped.statements import ANSWERS, PLACES, PLANNED, within
from messages.envelope import Address, KpmId

HISTORY = 36
"""Meetings of one family that are shown: three years of months."""


class Scoped:
    """Who asks comes first in every method; what lies outside their scope is as if it were not there."""

    def __init__(self, conn: Connection, now: datetime, audit: Audit) -> None:
        self.conn, self.now, self.audit = conn, now, audit

    def zone(self, who: Staff) -> ZoneInfo:
        """By which clock this member of staff lives."""
        own = select(kabupaten.c.zone).select_from(PLACES).where(scope_clause(who)).limit(1)
        name = self.conn.execute(own).scalar() or self.conn.execute(select(kabupaten.c.zone).limit(1)).scalar()
        return ZoneInfo(name or "UTC")

    # --- groups and meetings

    def kelompok(self, who: Staff, kelompok_id: int) -> Kelompok | None:
        row = self.conn.execute(KELOMPOK.where(kelompok.c.id == kelompok_id, scope_clause(who))).first()
        return kelompok_record(row) if row else None

    def meets(self, who: Staff, meeting_id: int, kelompok_id: int) -> bool:
        """Whether this kelompok is theirs and was invited to this meeting."""
        invited = select(meeting_kelompok.c.meeting_id).where(
            meeting_kelompok.c.meeting_id == meeting_id,
            meeting_kelompok.c.kelompok_id == kelompok_id,
            meeting_kelompok.c.kelompok_id.in_(within(who)),
        )
        return self.conn.execute(invited).first() is not None

    def meetings(self, who: Staff, since: datetime, until: datetime, only: int | None = None) -> list[Planned]:
        """Everything that begins in [since, until), a line per kelompok, cancelled ones too; `only` of one kelompok."""
        chosen = and_(
            meeting.c.starts >= since, meeting.c.starts < until, meeting_kelompok.c.kelompok_id.in_(within(who))
        )
        if only is not None:
            chosen = and_(chosen, meeting_kelompok.c.kelompok_id == only)
        rows = self.conn.execute(PLANNED.where(chosen).order_by(meeting.c.starts, kelompok.c.name, kelompok.c.id)).all()
        ids = {row.id for row in rows}
        said: dict[tuple[int, int], dict[str, int]] = {}
        if ids:
            answers = ANSWERS.where(attendance.c.meeting_id.in_(ids), attendance.c.kelompok_id.in_(within(who)))
            for row in self.conn.execute(answers):
                said.setdefault((row.meeting_id, row.kelompok_id), {})[row.answer] = row.n
        return [planned(row, said.get((row.id, row.kelompok_id), {})) for row in rows]

    # --- families

    def family(self, who: Staff, kpm_id: int) -> Kpm | None:
        row = self.conn.execute(select(*KPM).where(kpm.c.id == kpm_id, kpm.c.kelompok_id.in_(within(who)))).first()
        return kpm_record(row) if row else None

    def born(self, who: Staff, kpm_id: int) -> date | None:
        statement = select(kpm.c.born).where(kpm.c.id == kpm_id, kpm.c.kelompok_id.in_(within(who)))
        found: date | None = self.conn.execute(statement).scalar_one_or_none()
        return found

    def families(self, who: Staff, words: str = "", only: int | None = None) -> list[Found]:
        """Active families by name; those whose name holds `words`."""
        phones = select(func.count()).where(kpm_address.c.kpm_id == kpm.c.id).correlate(kpm).scalar_subquery()
        statement = (
            select(*KPM, kelompok.c.name.label("kelompok"), phones.label("phones"))
            .join(kelompok, kelompok.c.id == kpm.c.kelompok_id)
            .where(kpm.c.status == "aktif", kpm.c.kelompok_id.in_(within(who)))
            .order_by(kpm.c.name, kpm.c.id)
        )
        if words:
            statement = statement.where(func.lower(kpm.c.name).contains(words.lower(), autoescape=True))
        if only is not None:
            statement = statement.where(kpm.c.kelompok_id == only)
        return [Found(kpm_record(row), row.kelompok, row.phones) for row in self.conn.execute(statement)]

    def family_counts(self, who: Staff) -> Mapping[int, int]:
        """Active families of each kelompok."""
        rows = self.conn.execute(
            select(kpm.c.kelompok_id, func.count().label("n"))
            .where(kpm.c.status == "aktif", kpm.c.kelompok_id.in_(within(who)))
            .group_by(kpm.c.kelompok_id)
        )
        return {row.kelompok_id: row.n for row in rows}

    def phones(self, who: Staff, kpm_id: int) -> list[tuple[Address, Line]]:
        """Every address of a family with what is known of it, the one last heard from first."""
        rows = self.conn.execute(
            select(
                address.c.channel,
                address.c.value,
                address.c.heard,
                address.c.blocked,
                address.c.failures,
                consent.c.state,
                consent.c.at,
            )
            .join(kpm_address, kpm_address.c.address_id == address.c.id)
            .join(kpm, kpm.c.id == kpm_address.c.kpm_id)
            .outerjoin(consent, and_(consent.c.address_id == address.c.id, consent.c.topic == Topic.MEETINGS.value))
            .where(kpm.c.id == kpm_id, kpm.c.kelompok_id.in_(within(who)))
            .order_by(address.c.heard.desc().nulls_last(), address.c.id)
        )
        return [
            (
                Address(r.channel, r.value),
                Line(
                    r.channel,
                    r.heard,
                    r.blocked,
                    r.failures,
                    r.failures >= UNREACHABLE_AFTER,
                    Consent(r.state) if r.state else None,
                    r.at,
                ),
            )
            for r in rows
        ]

    def consents(self, who: Staff, kpm_id: int) -> list[tuple[Address, Topic, Consent, datetime]]:
        """What each address of a family has agreed to, or not, and when."""
        rows = self.conn.execute(
            select(address.c.channel, address.c.value, consent.c.topic, consent.c.state, consent.c.at)
            .join(kpm_address, kpm_address.c.address_id == address.c.id)
            .join(kpm, kpm.c.id == kpm_address.c.kpm_id)
            .join(consent, consent.c.address_id == address.c.id)
            .where(kpm.c.id == kpm_id, kpm.c.kelompok_id.in_(within(who)))
            .order_by(address.c.id, consent.c.topic.desc())
        )
        return [(Address(r.channel, r.value), Topic(r.topic), Consent(r.state), r.at) for r in rows]

    def history(self, who: Staff, kpm_id: int) -> list[Past]:
        """The meetings of a family, newest first."""
        rows = self.conn.execute(
            select(
                meeting.c.starts,
                meeting.c.title,
                attendance.c.answer,
                attendance.c.reason,
                attendance.c.represented_by,
                attendance.c.mark,
            )
            .join(meeting, meeting.c.id == attendance.c.meeting_id)
            .join(kpm, kpm.c.id == attendance.c.kpm_id)
            .where(attendance.c.kpm_id == kpm_id, kpm.c.kelompok_id.in_(within(who)), meeting.c.cancelled.is_(False))
            .order_by(meeting.c.starts.desc(), meeting.c.id.desc())
            .limit(HISTORY)
        )
        return [
            Past(r.starts, r.title, Answer(r.answer), r.reason, r.represented_by, Mark(r.mark) if r.mark else None)
            for r in rows
        ]

    # --- visits

    def visits(self, who: Staff, kpm_ids: Sequence[int]) -> list[Visited]:
        """The notes about these families, newest first."""
        rows = self.conn.execute(
            select(visit.c.kpm_id, visit.c.at, visit.c.text, staff.c.name)
            .join(kpm, kpm.c.id == visit.c.kpm_id)
            .join(staff, staff.c.id == visit.c.staff_id)
            .where(visit.c.kpm_id.in_(kpm_ids), kpm.c.kelompok_id.in_(within(who)))
            .order_by(visit.c.at.desc(), visit.c.id.desc())
        )
        return [Visited(KpmId(r.kpm_id), r.at, r.text, r.name) for r in rows]

    def note_visit(self, who: Staff, kpm_id: int, text: str) -> bool:
        """Write down a visit; False when the family is not theirs."""
        if self.family(who, kpm_id) is None:
            return False
        values = {"kpm_id": kpm_id, "staff_id": who.id, "at": self.now, "text": text[:500]}
        self.conn.execute(insert(visit), values)
        self.audit.write(f"staff:{who.id}", "visit.noted", f"kpm:{kpm_id}")
        return True

    # --- the audit

    def audited(self, who: Staff, sought: Sought, most: int) -> list[Noted]:
        """Who did what inside the scope, the newest first."""
        return audited.find(self.conn, who, sought, most)

    def audited_people(self, who: Staff) -> list[tuple[int, str]]:
        """Whose acts can be asked for, by name."""
        return audited.people(self.conn, who)

    # --- questions

    def questions(self, who: Staff, only: int | None = None) -> list[Asked]:
        """What waits for an answer, oldest first; `only` of one family."""
        statement = (
            select(question, kpm.c.name, kelompok.c.name.label("kelompok"))
            .select_from(
                question.join(kelompok, kelompok.c.id == question.c.kelompok_id).outerjoin(
                    kpm, kpm.c.id == question.c.kpm_id
                )
            )
            .where(question.c.state == "open", question.c.kelompok_id.in_(within(who)))
            .order_by(question.c.id)
        )
        if only is not None:
            statement = statement.where(question.c.kpm_id == only)
        rows = self.conn.execute(statement)
        return [
            Asked(r.id, r.at, r.kind, r.text, KpmId(r.kpm_id) if r.kpm_id else None, r.name or "", r.kelompok, r.topic)
            for r in rows
        ]

    def open_questions(self, who: Staff) -> int:
        statement = select(func.count()).where(question.c.state == "open", question.c.kelompok_id.in_(within(who)))
        return int(self.conn.execute(statement).scalar_one())

    def close_question(self, who: Staff, question_id: int) -> bool:
        """Put it away as dealt with; False when it is not theirs or was closed before."""
        done = self.conn.execute(
            update(question)
            .where(
                question.c.id == question_id,
                question.c.state == "open",
                question.c.kind != "join",
                question.c.kelompok_id.in_(within(who)),
            )
            .values(state="closed", closed=self.now, closed_by=who.id)
        ).rowcount
        if done:
            self.audit.write(f"staff:{who.id}", "question.closed", f"question:{question_id}")
        return bool(done)


__all__ = ["PLACES", "Asked", "Found", "Noted", "Past", "Planned", "Scoped", "Sought", "Visited", "within"]
