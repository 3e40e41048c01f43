"""Who calls the ticks? APScheduler once a minute in real life; the simulator's clock for every minute that passes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from data.store import Store, Tx
from handlers import timetable

log = structlog.get_logger()
MINUTE = timedelta(minutes=1)
AT_ONCE = 1440
"""Minutes of the simulator's clock in one transaction; then others get their turn."""


async def tick(store: Store, now: datetime) -> None:
    """Run the ticks of this minute; each transaction is short, so replies pass in between."""
    for one in timetable.due(now):
        try:
            while await store.write(one.run):
                pass
        except Exception:  # one failing tick must not stop the others, nor the next minute
            log.exception("tick failed", tick=one.name)


def start(every_minute: Callable[[], Awaitable[None]]) -> AsyncIOScheduler:
    """Memory only: what is due lies in our tables, so nothing is lost when a minute is missed."""
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1})
    scheduler.add_job(every_minute, "cron", second=0, id="tick")
    scheduler.start()
    return scheduler


def pass_time(tx: Tx, now: datetime, until: datetime) -> datetime:
    """The simulator: every minute after `now`, in order, until a letter is due or `until` is reached."""
    at = now
    for _ in range(AT_ONCE):
        following = at.replace(second=0, microsecond=0) + MINUTE
        if following > until:
            return until
        at = following
        run_ticks(Tx(tx.conn, at))
        due = tx.outbox.next_due()
        if due is not None and due <= at:
            break
    return at


def run_ticks(tx: Tx) -> None:
    for one in timetable.due(tx.now):
        while one.run(tx):
            pass
