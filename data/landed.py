"""What was acknowledged and not worked at yet? Deliveries as the platform posted them, until the work is on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from data.prepared import Prepared
from data.schema import landed

KEEP = Prepared(insert(landed).returning(landed.c.id), [landed.c.id])
DONE = Prepared(delete(landed).where(landed.c.id.in_(bindparam("b_ids", expanding=True))))
BETWEEN = "\x1e"
"""Between two deliveries of one row: JSON has no such sign, and one row for many costs the writer one step."""


@dataclass(frozen=True, slots=True)
class Landed:
    id: int
    bodies: Sequence[str]


class Landings:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def keep(self, account: str, bodies: Sequence[str]) -> int:
        """All of them in one row, whose id is returned."""
        row = {"account": account, "at": self.now, "body": BETWEEN.join(bodies)}
        return int(KEEP.scalar(self.conn, row))

    def done(self, ids: Sequence[int]) -> None:
        DONE.change(self.conn, {"b_ids": ids})

    def left(self, account: str, before: datetime) -> list[Landed]:
        """What lies there since before that moment, oldest first."""
        rows = select(landed).where(landed.c.account == account, landed.c.at <= before).order_by(landed.c.id)
        return [Landed(row.id, row.body.split(BETWEEN)) for row in self.conn.execute(rows)]

    def count(self) -> int:
        """How many rows."""
        return int(self.conn.execute(select(func.count()).select_from(landed)).scalar_one())
