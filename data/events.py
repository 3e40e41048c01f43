"""Which events have been seen, and which of them failed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from data.dialect import InsertOnce, storable
from data.prepared import Prepared
from data.schema import event

SEEN = InsertOnce(event, ["account", "event"])
FAIL = (
    update(event)
    .where(event.c.account == bindparam("b_account"), event.c.event == bindparam("b_event"))
    .values(state=bindparam("b_state"), raw=bindparam("b_raw"), error=bindparam("b_error"))
)


SINCE = Prepared(
    select(func.count().filter(event.c.account == bindparam("b_account")).label("number")).where(
        event.c.at > bindparam("b_at", type_=event.c.at.type)
    )
)
"""By the index on the moment: whose event it was is asked of those few only."""


@dataclass(frozen=True, slots=True)
class FailedEvent:
    account: str
    event: str
    at: datetime
    raw: Mapping[str, Any]
    error: str


class Events:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def first_time(self, account: str, event_id: str) -> bool:
        """True once for each (account, event id); the database decides."""
        return bool(SEEN(self.conn, {"account": account, "event": event_id, "at": self.now, "state": "done"}))

    def since(self, account: str, at: datetime) -> int:
        """How many were first seen after that moment, in whichever process."""
        return int(SINCE.scalar(self.conn, {"b_account": account, "b_at": at}))

    def keep_failed(self, account: str, event_id: str, raw: Mapping[str, Any], error: str) -> None:
        """Keep a poison event so that `events retry` can run it again."""
        self.first_time(account, event_id)
        self._set(account, event_id, "failed", storable(raw), storable(error))

    def settle(self, account: str, event_id: str) -> None:
        self._set(account, event_id, "done", None, None)

    def failed(self) -> Sequence[FailedEvent]:
        rows = self.conn.execute(select(event).where(event.c.state == "failed").order_by(event.c.at))
        return [FailedEvent(r.account, r.event, r.at, r.raw or {}, r.error or "") for r in rows]

    def forget_before(self, at: datetime) -> int:
        return self.conn.execute(delete(event).where(event.c.at < at, event.c.state == "done")).rowcount

    def _set(self, account: str, event_id: str, state: str, raw: Any, error: str | None) -> None:
        values = {"b_account": account, "b_event": event_id, "b_state": state, "b_raw": raw, "b_error": error}
        self.conn.execute(FAIL, values)
