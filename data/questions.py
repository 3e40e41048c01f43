"""What should a human look at? Words the bot could not use, kept as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from data.schema import question
from messages.envelope import KpmId

ADD = insert(question).returning(question.c.id)


@dataclass(frozen=True, slots=True)
class Question:
    id: int
    at: datetime
    kpm_id: KpmId | None
    kind: str
    text: str
    state: str


class Questions:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def add(
        self,
        address_id: int,
        kind: str,
        text: str,
        *,
        kpm_id: int | None = None,
        kelompok_id: int | None = None,
        meeting_id: int | None = None,
    ) -> int:
        values = {"at": self.now, "address_id": address_id, "kind": kind, "text": text[:2000]}
        more = {"kpm_id": kpm_id, "kelompok_id": kelompok_id, "meeting_id": meeting_id}
        return int(self.conn.execute(ADD, {**values, **more}).scalar_one())

    def open_of(self, kelompok_ids: Sequence[int]) -> Sequence[Question]:
        rows = self.conn.execute(
            select(question)
            .where(question.c.kelompok_id.in_(kelompok_ids), question.c.state == "open")
            .order_by(question.c.id)
        )
        return [Question(r.id, r.at, r.kpm_id, r.kind, r.text, r.state) for r in rows]

    def of_meeting(self, meeting_id: int, kind: str) -> Sequence[Question]:
        rows = self.conn.execute(
            select(question).where(question.c.meeting_id == meeting_id, question.c.kind == kind).order_by(question.c.id)
        )
        return [Question(r.id, r.at, r.kpm_id, r.kind, r.text, r.state) for r in rows]

    def close(self, question_id: int) -> None:
        self.conn.execute(update(question).where(question.c.id == question_id).values(state="closed"))
