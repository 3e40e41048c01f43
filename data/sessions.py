"""Which conversation waits for the next line of an address?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from data.dialect import Upsert
from data.records import Session
from data.schema import session

KEEP = Upsert(session, ["address_id", "topic"], ["memory", "at", "expires"])
NEWEST = (
    select(session.c.topic, session.c.memory, session.c.expires)
    .where(session.c.address_id == bindparam("a"), session.c.expires > bindparam("now", type_=session.c.expires.type))
    .order_by(session.c.at.desc(), session.c.topic)
)


class Sessions:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def newest(self, address_id: int) -> Session | None:
        row = self.conn.execute(NEWEST, {"a": address_id, "now": self.now}).first()
        return Session(row.topic, row.memory, row.expires) if row else None

    def get(self, address_id: int, topic: str) -> Session | None:
        for row in self.conn.execute(NEWEST, {"a": address_id, "now": self.now}):
            if row.topic == topic:
                return Session(row.topic, row.memory, row.expires)
        return None

    def keep(self, address_id: int, topic: str, memory: Mapping[str, Any], lasts: timedelta) -> None:
        values = {"address_id": address_id, "topic": topic, "memory": dict(memory)}
        KEEP(self.conn, {**values, "at": self.now, "expires": self.now + lasts})

    def end(self, address_id: int, topic: str | None = None) -> None:
        statement = delete(session).where(session.c.address_id == address_id)
        self.conn.execute(statement.where(session.c.topic == topic) if topic else statement)

    def forget(self) -> int:
        """Drop what nobody waits for any longer."""
        return self.conn.execute(delete(session).where(session.c.expires <= self.now)).rowcount
