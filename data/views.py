"""What do pages and reports read? Async, read-only, the same statements that transactions execute."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from data.records import Staff
from data.summary import Recap, gather, visible_rows


async def recap(reader: AsyncEngine, month: str, by: str, who: Staff | None = None) -> Recap:
    """The summary of one month inside the scope of `who`; None sees all (the command line)."""
    async with reader.connect() as conn:
        rows = (await conn.execute(visible_rows(by, who), {"month": month})).all()
    return gather(month, by, rows)
