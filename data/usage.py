"""Who used the bot, and how often did groups meet? Distinct families, counted from the tables themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, distinct, exists, func, select, union

from data.records import Answer, Consent, Kind, Mark, Topic
from data.schema import (
    attendance,
    consent,
    family_month,
    kelompok,
    kpm_address,
    meeting,
    meeting_kelompok,
    photo,
    practice,
    question,
    quiz,
)
from data.summary import HELD

AGREED = exists().where(
    kpm_address.c.address_id == consent.c.address_id,
    consent.c.topic == Topic.MEETINGS.value,
    consent.c.state.in_([Consent.YES.value, Consent.STOPPED.value]),
)
"""Whoever said stop had agreed before."""


@dataclass(frozen=True, slots=True)
class Users:
    """Distinct families of a period; `users` are those who replied or were verified present."""

    reached: int
    replied: int
    verified: int
    users: int


class Usage:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def users(self, months: Sequence[str], since: datetime, until: datetime) -> Users:
        """`months` are those of [since, until). Sending is not using; another's word for her is not her own."""
        reached = select(family_month.c.kpm_id).where(family_month.c.month.in_(months), family_month.c.reached)
        replied, verified = self._replied(since, until), _verified(months)
        return Users(
            self._count(reached), self._count(replied), self._count(verified), self._count(union(replied, verified))
        )

    def _replied(self, since: datetime, until: datetime) -> Any:
        """Families of a phone that agreed, who said something of their own."""

        def within(moment: Any) -> Any:
            return and_(moment >= since, moment < until)

        said = [
            select(attendance.c.kpm_id).where(
                within(attendance.c.answered),
                attendance.c.answer != Answer.UNKNOWN.value,
                attendance.c.claim_by.is_(None),
            ),
            select(quiz.c.kpm_id).where(within(quiz.c.started), quiz.c.entered_by.is_(None)),
            select(practice.c.kpm_id).where(within(practice.c.asked), practice.c.answer.is_not(None)),
            select(question.c.kpm_id).where(within(question.c.at), question.c.kpm_id.is_not(None)),
        ]
        every = union(*said).subquery()
        agreed = select(kpm_address.c.kpm_id).where(AGREED)
        return select(every.c.kpm_id).where(every.c.kpm_id.in_(agreed))

    def _count(self, families: Any) -> int:
        counted = families.subquery()
        return int(self.conn.execute(select(func.count(distinct(counted.c.kpm_id)))).scalar_one())

    def kelompok_met(self, months: Sequence[str]) -> tuple[int, int]:
        """(groups with a P2K2 that was held in these months, all groups)."""
        met = (
            select(func.count(distinct(meeting_kelompok.c.kelompok_id)))
            .join(meeting, meeting.c.id == meeting_kelompok.c.meeting_id)
            .where(meeting.c.month.in_(months), meeting.c.kind == Kind.P2K2.value, meeting.c.cancelled.is_(False), HELD)
        )
        every = select(func.count()).select_from(kelompok)
        return int(self.conn.execute(met).scalar_one()), int(self.conn.execute(every).scalar_one())

    def desa_met(self, months: Sequence[str]) -> tuple[int, int]:
        """(desa with a P2K2 that was held in these months, desa that have groups)."""
        met = (
            select(func.count(distinct(kelompok.c.desa_id)))
            .join(meeting_kelompok, meeting_kelompok.c.kelompok_id == kelompok.c.id)
            .join(meeting, meeting.c.id == meeting_kelompok.c.meeting_id)
            .where(meeting.c.month.in_(months), meeting.c.kind == Kind.P2K2.value, meeting.c.cancelled.is_(False), HELD)
        )
        every = select(func.count(distinct(kelompok.c.desa_id)))
        return int(self.conn.execute(met).scalar_one()), int(self.conn.execute(every).scalar_one())

    def meetings_of(self, kind: Kind, since: datetime, until: datetime) -> list[tuple[int, int, int]]:
        """(meeting, verified present, photos) of those held in [since, until): a plan is no proof."""
        present = (
            select(func.count())
            .select_from(attendance)
            .where(attendance.c.meeting_id == meeting.c.id, attendance.c.mark == Mark.PRESENT.value)
            .correlate(meeting)
            .scalar_subquery()
        )
        photos = (
            select(func.count())
            .select_from(photo)
            .where(photo.c.meeting_id == meeting.c.id)
            .correlate(meeting)
            .scalar_subquery()
        )
        rows = self.conn.execute(
            select(meeting.c.id, present, photos)
            .where(
                meeting.c.kind == kind.value,
                meeting.c.cancelled.is_(False),
                exists().where(meeting_kelompok.c.meeting_id == meeting.c.id, HELD),
                meeting.c.ends >= since,
                meeting.c.ends < until,
            )
            .order_by(meeting.c.starts, meeting.c.id)
        )
        return [(int(a), int(b), int(c)) for a, b, c in rows]

    def questions(self, since: datetime, until: datetime) -> tuple[int, int]:
        """(tickets that families asked, those that were closed) of [since, until)."""
        asked = and_(question.c.at >= since, question.c.at < until, question.c.topic.is_not(None))
        every = self.conn.execute(select(func.count()).select_from(question).where(asked)).scalar_one()
        closed = select(func.count()).select_from(question).where(asked, question.c.state == "closed")
        return int(every), int(self.conn.execute(closed).scalar_one())


def _verified(months: Sequence[str]) -> Any:
    """Present by the pendamping's own mark."""
    return (
        select(attendance.c.kpm_id)
        .join(meeting, meeting.c.id == attendance.c.meeting_id)
        .where(
            meeting.c.month.in_(months),
            meeting.c.kind == Kind.P2K2.value,
            attendance.c.mark == Mark.PRESENT.value,
        )
    )
