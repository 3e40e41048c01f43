"""Who is to be offered which quiz: after consent, after half a year, around a meeting?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select, update

from data.quiz.records import Shelf
from data.records import Mark
from data.schema import (
    attendance,
    consent,
    kpm,
    kpm_address,
    meeting,
    meeting_kelompok,
    quiz,
)
from messages.envelope import KpmId


class Planning(Shelf):
    """Candidates, and meetings to follow up."""

    def baseline_candidates(
        self, agreed_before: datetime, wordings: Sequence[str], limit: int
    ) -> list[tuple[int, int]]:
        """(family, kelompok) that agreed to one of our own wordings before this moment and was never offered the
        first set. Who was told nothing of quizzes when she agreed is not asked."""
        rows = self.conn.execute(
            select(kpm.c.id, kpm.c.kelompok_id)
            .join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
            .join(consent, and_(consent.c.address_id == kpm_address.c.address_id, consent.c.topic == "p2k2"))
            .where(
                consent.c.state == "yes",
                consent.c.at <= agreed_before,
                consent.c.wording.in_(wordings),
                kpm.c.status == "aktif",
                kpm.c.id.not_in(select(quiz.c.kpm_id).where(quiz.c.phase == "base")),
            )
            .distinct()
            .order_by(kpm.c.id)
            .limit(limit)
        )
        return [(r.id, r.kelompok_id) for r in rows]

    def pre_planned(self, meeting_ids: Sequence[int]) -> set[int]:
        """Which of these meetings have their pre-tests planned."""
        rows = self.conn.execute(
            select(quiz.c.meeting_id).where(quiz.c.meeting_id.in_(list(meeting_ids)), quiz.c.phase == "pre").distinct()
        )
        return {r.meeting_id for r in rows}

    def follow_up_candidates(self, finished_before: datetime, limit: int) -> list[tuple[int, int]]:
        """(family, kelompok) that finished the first set before this moment and was never offered its equal."""
        rows = self.conn.execute(
            select(quiz.c.kpm_id, quiz.c.kelompok_id)
            .where(
                quiz.c.phase == "base",
                quiz.c.finished <= finished_before,
                quiz.c.kpm_id.not_in(select(quiz.c.kpm_id).where(quiz.c.phase == "follow")),
            )
            .order_by(quiz.c.kpm_id)
            .limit(limit)
        )
        return [(r.kpm_id, r.kelompok_id) for r in rows]

    def to_follow(self, since: datetime, limit: int) -> list[tuple[int, int]]:
        """(meeting, kelompok) that ended and whose follow-up is not planned yet, or whose register came later."""
        rows = self.conn.execute(
            select(meeting.c.id, meeting_kelompok.c.kelompok_id)
            .join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id)
            .where(
                meeting.c.ends > since,
                meeting.c.ends <= self.now,
                meeting.c.kind == "p2k2",
                meeting.c.session.is_not(None),
                meeting.c.cancelled.is_(False),
                or_(meeting_kelompok.c.followed.is_(None), meeting_kelompok.c.closed > meeting_kelompok.c.followed),
            )
            .order_by(meeting.c.id, meeting_kelompok.c.kelompok_id)
            .limit(limit)
        )
        return [(r.id, r.kelompok_id) for r in rows]

    def followed(self, meeting_id: int, kelompok_id: int) -> None:
        self.conn.execute(
            update(meeting_kelompok)
            .where(meeting_kelompok.c.meeting_id == meeting_id, meeting_kelompok.c.kelompok_id == kelompok_id)
            .values(followed=self.now)
        )

    def present(self, meeting_id: int, kelompok_id: int) -> tuple[list[KpmId], list[KpmId]]:
        """(there, not there): marked hadir, or without a mark a claim; not there only when the pendamping says so."""
        rows = self.conn.execute(
            select(attendance.c.kpm_id, attendance.c.mark, attendance.c.answer).where(
                attendance.c.meeting_id == meeting_id,
                attendance.c.kelompok_id == kelompok_id,
                attendance.c.registered,
            )
        ).all()
        there = [
            KpmId(r.kpm_id) for r in rows if r.mark == Mark.PRESENT.value or (r.mark is None and r.answer == "claimed")
        ]
        absent = [KpmId(r.kpm_id) for r in rows if r.mark is not None and r.mark != Mark.PRESENT.value]
        return there, absent
