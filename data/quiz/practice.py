"""What is tried at home, and what did families say of it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, cast, func, or_, select, update

from data.dialect import InsertOnce
from data.quiz.records import Shelf
from data.schema import (
    practice,
    quiz,
)

PLAN_PRACTICE = InsertOnce(practice, ["meeting_id", "kpm_id"])


class Practices(Shelf):
    """Practices and key messages after a meeting."""

    def plan_practice(
        self, meeting_id: int, kpm_id: int, kelompok_id: int, session: str, kind: str, due: datetime, expires: datetime
    ) -> None:
        values = {"meeting_id": meeting_id, "kpm_id": kpm_id, "kelompok_id": kelompok_id, "session": session}
        PLAN_PRACTICE(self.conn, {**values, "kind": kind, "due": due, "expires": expires})

    def practices_due(self, limit: int) -> Sequence[Any]:
        return self.conn.execute(
            select(practice)
            .where(practice.c.state.in_(["planned", "told"]), practice.c.due <= self.now)
            .order_by(practice.c.due, practice.c.meeting_id, practice.c.kpm_id)
            .limit(limit)
        ).all()

    def practice_planned(self, kpm_ids: Sequence[int]) -> set[int]:
        """Which of these families have a practice or key messages still to come."""
        rows = self.conn.execute(
            select(practice.c.kpm_id).where(practice.c.kpm_id.in_(list(kpm_ids)), practice.c.state == "planned")
        )
        return {r.kpm_id for r in rows}

    def set_practice(self, meeting_id: int, kpm_id: int, **values: Any) -> int:
        return self.conn.execute(
            update(practice).where(practice.c.meeting_id == meeting_id, practice.c.kpm_id == kpm_id).values(**values)
        ).rowcount

    def practice_asked(self, kpm_ids: Sequence[int]) -> Any:
        """The newest question 'sudah dicoba?' of these families that waits for its answer."""
        return self.conn.execute(
            select(practice)
            .where(practice.c.kpm_id.in_(list(kpm_ids)), practice.c.state == "asked", practice.c.expires > self.now)
            .order_by(practice.c.asked.desc(), practice.c.kpm_id)
        ).all()

    def practice_counts(self, kelompok_ids: Sequence[int], session: str | None = None) -> dict[str, dict[str, int]]:
        """By session: told, asked, done, not yet. What families said, never what was seen."""
        told_done: Any = func.coalesce(func.sum(cast(practice.c.answer == "done", Integer)), 0)
        statement = select(
            practice.c.session,
            func.count(practice.c.told).label("told"),
            func.count(practice.c.asked).label("asked"),
            told_done.label("done"),
            func.count(practice.c.answer).label("answered"),
        ).where(practice.c.kelompok_id.in_(list(kelompok_ids)), practice.c.kind == "practice")
        if session is not None:
            statement = statement.where(practice.c.session == session)
        return {
            r.session: {"told": r.told, "asked": r.asked, "done": int(r.done), "not_yet": r.answered - int(r.done)}
            for r in self.conn.execute(statement.group_by(practice.c.session).order_by(practice.c.session))
        }

    def tried_in(self, kelompok_id: int, since: datetime, until: datetime) -> tuple[int, int, int, int]:
        """(told, asked, done, not yet) of the practices that were sent in [since, until)."""
        told = practice.c.told
        row = self.conn.execute(
            select(
                func.count(),
                func.count(practice.c.asked),
                func.coalesce(func.sum(cast(practice.c.answer == "done", Integer)), 0),
                func.count(practice.c.answer),
            ).where(practice.c.kelompok_id == kelompok_id, practice.c.kind == "practice", told >= since, told < until)
        ).one()
        return int(row[0]), int(row[1]), int(row[2]), int(row[3]) - int(row[2])

    def newest_session(self, kelompok_ids: Sequence[int]) -> str | None:
        """The session of the quiz that was offered or begun last."""
        return self.conn.execute(
            select(quiz.c.session)
            .where(
                quiz.c.kelompok_id.in_(list(kelompok_ids)),
                quiz.c.phase == "post",
                or_(quiz.c.invited.is_not(None), quiz.c.started.is_not(None)),
            )
            .order_by(quiz.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
