"""What should a human look at, who may see it, and what became of it? Only the pendamping of its kelompok reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from data.records import Role, Staff
from data.schema import address, kelompok, question, question_step
from messages.envelope import Address, KpmId, StaffId

ADD = insert(question).returning(question.c.id)
STEP = insert(question_step)
ROWS = (
    select(question, address.c.channel, address.c.value, kelompok.c.name.label("kelompok"))
    .join(address, address.c.id == question.c.address_id)
    .outerjoin(kelompok, kelompok.c.id == question.c.kelompok_id)
    .order_by(question.c.id)
)


@dataclass(frozen=True, slots=True)
class Question:
    """`topic` makes it a ticket; open ones with the same `gist` are one line of the list."""

    id: int
    at: datetime
    address_id: int
    sender: Address
    kpm_id: KpmId | None
    kelompok: str
    kelompok_id: int | None
    kind: str
    topic: str | None
    gist: str
    text: str
    state: str
    result: str | None

    @property
    def open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the pendamping did about a question."""

    at: datetime
    text: str
    told: bool


class Questions:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    # --- keep

    def add(
        self,
        address_id: int,
        kind: str,
        text: str,
        *,
        topic: str | None = None,
        gist: str = "",
        kpm_id: int | None = None,
        kelompok_id: int | None = None,
        meeting_id: int | None = None,
    ) -> int:
        values = {"at": self.now, "address_id": address_id, "kind": kind, "text": text[:2000]}
        more = {"kpm_id": kpm_id, "kelompok_id": kelompok_id, "meeting_id": meeting_id}
        about = {"topic": topic, "gist": gist[:160]}
        return int(self.conn.execute(ADD, {**values, **more, **about}).scalar_one())

    def add_step(self, question_id: int, staff_id: StaffId, text: str, *, told: bool) -> None:
        values = {"question_id": question_id, "at": self.now, "staff_id": staff_id, "text": text, "told": told}
        self.conn.execute(STEP, values)

    def close(self, question_id: int, by: StaffId | None = None, result: str | None = None) -> None:
        """It stays in the table; nobody is reminded of it any more."""
        values = {"state": "closed", "closed": self.now, "closed_by": by, "result": result}
        self.conn.execute(update(question).where(question.c.id == question_id).values(**values))

    def close_of_address(self, address_id: int) -> None:
        """Whoever answered there would answer a stranger."""
        self.conn.execute(
            update(question)
            .where(question.c.address_id == address_id, question.c.state == "open")
            .values(state="closed", closed=self.now)
        )

    # --- look, inside one's own scope

    def tickets_of(self, who: Staff) -> list[Question]:
        """The open tickets of her own groups, oldest first."""
        wanted = ROWS.where(_own(who), question.c.topic.is_not(None), question.c.state == "open")
        return [_record(row) for row in self.conn.execute(wanted)]

    def ticket(self, who: Staff, question_id: int) -> Question | None:
        """One of them, open or closed; None for one of another pendamping's groups."""
        wanted = ROWS.where(_own(who), question.c.topic.is_not(None), question.c.id == question_id)
        row = self.conn.execute(wanted).first()
        return _record(row) if row else None

    def steps(self, question_id: int) -> list[Step]:
        rows = self.conn.execute(
            select(question_step).where(question_step.c.question_id == question_id).order_by(question_step.c.id)
        )
        return [Step(r.at, r.text, r.told) for r in rows]

    def unread_media(self, who: Staff, since: datetime) -> list[Question]:
        """Voice notes, photos and the rest of her own groups."""
        wanted = ROWS.where(_own(who), question.c.kind == "media", question.c.at >= since)
        return [_record(row) for row in self.conn.execute(wanted)]

    # --- look, for the bot itself

    def asked_already(self, kelompok_ids: Sequence[int], topic: str, gist: str) -> int | None:
        """The oldest open ticket that says the same in one of these groups."""
        found: int | None = self.conn.execute(
            select(func.min(question.c.id)).where(
                question.c.kelompok_id.in_(kelompok_ids),
                question.c.topic == topic,
                question.c.gist == gist,
                question.c.state == "open",
            )
        ).scalar()
        return found

    def waiting_since_before(self, moment: datetime) -> dict[StaffId, int]:
        """How many open tickets from before this moment each pendamping has."""
        rows = self.conn.execute(
            select(kelompok.c.pendamping_id, func.count().label("n"))
            .join(question, question.c.kelompok_id == kelompok.c.id)
            .where(question.c.state == "open", question.c.topic.is_not(None), question.c.at < moment)
            .where(kelompok.c.pendamping_id.is_not(None))
            .group_by(kelompok.c.pendamping_id)
        )
        return {StaffId(row.pendamping_id): row.n for row in rows}

    def open_of(self, kelompok_ids: Sequence[int]) -> Sequence[Question]:
        wanted = ROWS.where(question.c.kelompok_id.in_(kelompok_ids), question.c.state == "open")
        return [_record(row) for row in self.conn.execute(wanted)]

    def of_meeting(self, meeting_id: int, kind: str) -> Sequence[Question]:
        wanted = ROWS.where(question.c.meeting_id == meeting_id, question.c.kind == kind)
        return [_record(row) for row in self.conn.execute(wanted)]


def _own(who: Staff) -> Any:
    """A family's words are for its pendamping: not for a koordinator, not for a colleague."""
    return kelompok.c.pendamping_id == (who.id if who.role is Role.PENDAMPING and who.active else -1)


def _record(row: Any) -> Question:
    return Question(
        row.id,
        row.at,
        row.address_id,
        Address(row.channel, row.value),
        row.kpm_id,
        row.kelompok or "",
        row.kelompok_id,
        row.kind,
        row.topic,
        row.gist,
        row.text,
        row.state,
        row.result,
    )
