"""What do the answers tell, and what did the pendamping decide?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, cast, func, or_, select

from data.dialect import Upsert
from data.quiz.records import Answered, Score, Shelf
from data.schema import (
    meeting,
    quiz,
    quiz_answer,
    understanding,
)
from messages.envelope import KpmId, StaffId

KEEP_LEVEL = Upsert(understanding, ["meeting_id", "kpm_id"], ["level", "by_staff_id", "at"])
MOMENT = quiz.c.due.type
OF_SESSION = quiz_answer.c.item.like(quiz.c.session + "-%")


class Counting(Shelf):
    """Scores, answers by question, levels."""

    def scores(self, kelompok_ids: Sequence[int], session: str | None = None) -> list[Score]:
        """Right and answered per quiz of these groups; what was not answered is not wrong."""
        correct: Any = func.coalesce(func.sum(cast(quiz_answer.c.correct, Integer)), 0)
        statement = (
            select(
                quiz.c.kpm_id,
                quiz.c.kelompok_id,
                quiz.c.session,
                quiz.c.phase,
                quiz.c.chosen,
                quiz.c.finished,
                quiz.c.entered_by,
                quiz.c.invited,
                quiz.c.started,
                correct.label("correct"),
                func.count(quiz_answer.c.position).label("answered"),
            )
            .outerjoin(quiz_answer, and_(quiz_answer.c.quiz_id == quiz.c.id, OF_SESSION))
            .where(
                quiz.c.kelompok_id.in_(list(kelompok_ids)),
                or_(quiz.c.invited.is_not(None), quiz.c.started.is_not(None)),
            )
            .group_by(quiz.c.id)
            .order_by(quiz.c.id)
        )
        if session is not None:
            statement = statement.where(quiz.c.session == session)
        return [
            Score(
                KpmId(r.kpm_id),
                r.kelompok_id,
                r.session,
                r.phase,
                int(r.correct),
                r.answered,
                sum(item.startswith(f"{r.session}-") for item, _ in r.chosen),
                r.finished is not None,
                r.entered_by is not None,
                r.invited or r.started,
            )
            for r in self.conn.execute(statement)
        ]

    def answered(self, kelompok_ids: Sequence[int], session: str | None = None) -> list[list[Answered]]:
        """The answers of each quiz of these groups."""
        statement = (
            select(
                quiz_answer.c.quiz_id,
                quiz_answer.c.item,
                quiz_answer.c.version,
                quiz_answer.c.choice,
                quiz_answer.c.correct,
            )
            .join(quiz, quiz.c.id == quiz_answer.c.quiz_id)
            .where(quiz.c.kelompok_id.in_(list(kelompok_ids)))
            .order_by(quiz_answer.c.quiz_id, quiz_answer.c.position)
        )
        if session is not None:
            statement = statement.where(quiz.c.session == session)
        found: dict[int, list[Answered]] = {}
        for r in self.conn.execute(statement):
            found.setdefault(r.quiz_id, []).append((r.item, r.version, r.choice, r.correct))
        return list(found.values())

    def offered_in(self, kelompok_ids: Sequence[int], since: datetime, until: datetime) -> tuple[int, int, int]:
        """(offered, begun, finished) quizzes of these groups that were offered or begun in [since, until)."""
        at = func.coalesce(quiz.c.invited, quiz.c.started)
        row = self.conn.execute(
            select(func.count(), func.count(quiz.c.started), func.count(quiz.c.finished)).where(
                quiz.c.kelompok_id.in_(list(kelompok_ids)),
                at >= bindparam("b_since", since, type_=MOMENT),
                at < bindparam("b_until", until, type_=MOMENT),
            )
        ).one()
        return int(row[0]), int(row[1]), int(row[2])

    def level(self, meeting_id: int, kpm_id: int) -> str | None:
        return self.conn.execute(
            select(understanding.c.level).where(
                understanding.c.meeting_id == meeting_id, understanding.c.kpm_id == kpm_id
            )
        ).scalar_one_or_none()

    def levels_of(self, kpm_id: int) -> dict[str, str]:
        """What was decided about a family, by session."""
        rows = self.conn.execute(
            select(meeting.c.session, understanding.c.level)
            .join(meeting, meeting.c.id == understanding.c.meeting_id)
            .where(understanding.c.kpm_id == kpm_id, meeting.c.session.is_not(None))
            .order_by(meeting.c.starts)
        )
        return {r.session: r.level for r in rows}

    def keep_level(self, meeting_id: int, kpm_id: int, level: str, by: StaffId) -> None:
        values = {"meeting_id": meeting_id, "kpm_id": kpm_id, "level": level, "by_staff_id": by}
        KEEP_LEVEL(self.conn, {**values, "at": self.now})
