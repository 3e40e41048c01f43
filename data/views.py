"""What do pages and reports read? Async, read-only, the same statements that transactions execute."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from data.records import Staff
from data.store import Store, Tx
from data.summary import Recap, gather, visible_rows

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")

ENGINE = "sqlalchemy.ext.asyncio"


async def recap(reader: AsyncEngine, month: str, by: str, who: Staff | None = None) -> Recap:
    """The summary of one month inside the scope of `who`; None sees all (the command line)."""
    async with reader.connect() as conn:
        rows = (await conn.execute(visible_rows(by, who), {"month": month})).all()
    return gather(month, by, rows)


async def look(store: Store, work: Callable[[Tx], T]) -> T:
    """Run `work` over the reading door: every shelf can be asked, and whatever it would write is undone."""

    def reading(conn: Connection) -> T:
        return work(Tx(conn, store.clock(), store.key))

    if ENGINE not in sys.modules:
        # The first page loads it, a tenth of a second in which messages go on being answered.
        await asyncio.to_thread(import_module, ENGINE)
    async with store.reader.connect() as conn:
        return await conn.run_sync(reading)
