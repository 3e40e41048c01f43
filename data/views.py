"""What do pages and reports read? Async, read-only, the same statements that transactions execute."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from data.records import Staff
from data.store import Store, Tx
from data.summary import Recap, gather, visible_rows

T = TypeVar("T")


async def recap(reader: AsyncEngine, month: str, by: str, who: Staff | None = None) -> Recap:
    """The summary of one month inside the scope of `who`; None sees all (the command line)."""
    async with reader.connect() as conn:
        rows = (await conn.execute(visible_rows(by, who), {"month": month})).all()
    return gather(month, by, rows)


async def look(store: Store, work: Callable[[Tx], T]) -> T:
    """Run `work` over the reading door: every shelf can be asked, and whatever it would write is undone."""

    def reading(conn: Connection) -> T:
        return work(Tx(conn, store.clock(), store.key))

    async with store.reader.connect() as conn:
        return await conn.run_sync(reading)
