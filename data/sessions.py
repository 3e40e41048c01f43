"""Which conversation waits for the next line of an address?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from data.dialect import Upsert
from data.prepared import Prepared
from data.records import Session
from data.schema import session

INSTANT = timedelta(milliseconds=1)
KEEP = Upsert(session, ["address_id", "topic"], ["memory", "at", "expires"])
OPEN = Prepared(
    select(session.c.topic, session.c.memory, session.c.at, session.c.expires)
    .where(session.c.address_id == bindparam("a"), session.c.expires > bindparam("now", type_=session.c.expires.type))
    .order_by(session.c.at.desc(), session.c.topic)
)
END = Prepared(delete(session).where(session.c.address_id == bindparam("a"), session.c.topic == bindparam("t")))
END_ALL = Prepared(delete(session).where(session.c.address_id == bindparam("a")))


class Sessions:
    """What is open at an address is looked up once in a transaction: every conversation asks for it."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now
        self._open: dict[int, Sequence[Session]] = {}

    def newest(self, address_id: int) -> Session | None:
        return next(iter(self._at(address_id)), None)

    def get(self, address_id: int, topic: str) -> Session | None:
        return next((one for one in self._at(address_id) if one.topic == topic), None)

    def keep(self, address_id: int, topic: str, memory: Mapping[str, Any], lasts: timedelta) -> None:
        """Two that are kept in the same instant stay in the order of their turn."""
        newest = self.newest(address_id)
        at = self.now if newest is None or newest.at < self.now else newest.at + INSTANT
        values = {"address_id": address_id, "topic": topic, "memory": dict(memory)}
        KEEP(self.conn, {**values, "at": at, "expires": self.now + lasts})
        del self._open[address_id]

    def end(self, address_id: int, topic: str | None = None) -> None:
        if topic is None:
            END_ALL.change(self.conn, {"a": address_id})
            self._open.pop(address_id, None)
        elif self.get(address_id, topic) is not None:
            END.change(self.conn, {"a": address_id, "t": topic})
            del self._open[address_id]

    def forget(self) -> int:
        """Drop what nobody waits for any longer."""
        self._open.clear()
        return self.conn.execute(delete(session).where(session.c.expires <= self.now)).rowcount

    def _at(self, address_id: int) -> Sequence[Session]:
        """What waits, the newest first."""
        if address_id not in self._open:
            rows = OPEN.all(self.conn, {"a": address_id, "now": self.now})
            self._open[address_id] = [Session(row.topic, row.memory, row.expires, row.at) for row in rows]
        return self._open[address_id]
