"""Which groups meet on the same day of every month?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from data.dialect import Upsert
from data.schema import rhythm

KEEP = Upsert(rhythm, ["kelompok_id"], ["staff_id", "nth", "weekday", "starts", "ends", "place", "proposed"])


@dataclass(frozen=True, slots=True)
class Rhythm:
    """'Sabtu kedua 09.00': `nth` −1 is the last of a month; `proposed` the last month that was spoken of."""

    kelompok_id: int
    staff_id: int
    nth: int
    weekday: int
    starts: str
    ends: str
    place: str
    proposed: str


class Rhythms:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def keep(self, one: Rhythm) -> None:
        names = ("kelompok_id", "staff_id", "nth", "weekday", "starts", "ends", "place", "proposed")
        KEEP(self.conn, {name: getattr(one, name) for name in names})

    def get(self, kelompok_id: int) -> Rhythm | None:
        row = self.conn.execute(select(rhythm).where(rhythm.c.kelompok_id == kelompok_id)).first()
        return _record(row) if row else None

    def every(self) -> list[Rhythm]:
        return [_record(row) for row in self.conn.execute(select(rhythm).order_by(rhythm.c.kelompok_id))]

    def proposed(self, kelompok_id: int, month: str) -> None:
        self.conn.execute(update(rhythm).where(rhythm.c.kelompok_id == kelompok_id).values(proposed=month))

    def end(self, kelompok_id: int) -> None:
        self.conn.execute(delete(rhythm).where(rhythm.c.kelompok_id == kelompok_id))


def _record(row: Any) -> Rhythm:
    return Rhythm(**row._asdict())
