"""Who changed what, when, from what to what, and why? Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; `act` and `subject` also find what begins with them: 'attendance', 'meeting:41'."""

    since: datetime | None = None
    actor: str | None = None
    subject: str | None = None
    act: str | None = None


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
        return [_change(row) for row in rows]

    def find(self, wanted: Wanted, most: int, *where: ColumnElement[bool]) -> list[Change]:
        """The newest first."""
        statement = select(audit).where(*where).order_by(audit.c.id.desc()).limit(most)
        if wanted.since is not None:
            statement = statement.where(audit.c.at >= wanted.since)
        if wanted.actor:
            statement = statement.where(audit.c.actor == wanted.actor)
        for column, words, sign in ((audit.c.subject, wanted.subject, ":"), (audit.c.act, wanted.act, ".")):
            if words:
                longer = column.startswith(f"{words}{sign}", autoescape=True)
                statement = statement.where(or_(column == words, longer))
        return [_change(row) for row in self.conn.execute(statement)]


def _change(row: Any) -> Change:
    return Change(row.at, row.actor, row.act, row.subject, row.was, row.now, row.why)
