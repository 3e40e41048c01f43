"""Who changed what, when, from what to what, and why? Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from data.prepared import Prepared
from data.schema import audit

ADD = Prepared(insert(audit))


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    actor: str
    act: str
    subject: str
    was: str | None
    now: str | None
    why: str


class Audit:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def write(self, actor: str, act: str, subject: str, was: object = None, now: object = None, why: str = "") -> None:
        """`actor` and `subject` are ids ('staff:3', 'address:17', 'meeting:41:kpm:7'), never names or numbers."""
        ADD.change(
            self.conn,
            {
                "at": self.now,
                "actor": actor,
                "act": act,
                "subject": subject,
                "was": None if was is None else str(was)[:200],
                "now": None if now is None else str(now)[:200],
                "why": why[:200],
            },
        )

    def of(self, subject: str) -> Sequence[Change]:
        rows = self.conn.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.id))
        return [Change(r.at, r.actor, r.act, r.subject, r.was, r.now, r.why) for r in rows]
