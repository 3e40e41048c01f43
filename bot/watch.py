"""Does somebody hear when it runs badly? Old letters, silent webhooks and a full disk reach the admin, once a day."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import inbox
from data.records import Role
from data.store import Store, StoreError, Tx
from messages import spoken
from messages.envelope import Outbound, Priority, StaffTo

log = structlog.get_logger()

EVERY = 10
"""Minutes between two looks."""

OLD = timedelta(minutes=30)
SILENT_FOR, SETTLED, ENOUGH = timedelta(hours=3), timedelta(minutes=30), 10
"""Ten letters of the last three hours without any status or message: nothing reaches us."""

WORKING = range(9, 16)
SUNDAY = 6
LITTLE = 1000
"""Free megabytes: a week of a large kabupaten, so there is time to make room."""


def free_of(folder: Path) -> Callable[[], int]:
    """Free megabytes where the data lies."""
    return lambda: shutil.disk_usage(folder if folder.is_dir() else Path()).free // 2**20


class Watch:
    def __init__(self, store: Store, zone: ZoneInfo, free: Callable[[], int], *, statuses: bool) -> None:
        """`statuses`: whether a platform reports what became of a letter (WhatsApp does, Telegram does not)."""
        self.store, self.zone, self.free, self.statuses = store, zone, free, statuses

    async def look(self, now: datetime) -> None:
        """Called every minute; looks every tenth. A database that is away now is looked at again then."""
        if now.minute % EVERY:
            return
        try:
            await self.store.write(self._look)
        except (StoreError, SQLAlchemyError, OSError):
            log.exception("watch failed")

    def _look(self, tx: Tx) -> None:
        local = tx.now.astimezone(self.zone)
        queue = tx.watching.queue()
        if queue.oldest is not None and tx.now - queue.oldest > OLD:
            since = spoken.clock(queue.oldest.astimezone(self.zone))
            self._tell(tx, local, "surat", f"{queue.depth} pesan menunggu, yang tertua sejak {since}")
        works = local.hour in WORKING and local.weekday() != SUNDAY
        if self.statuses and works and tx.watching.silent(ENOUGH, SILENT_FOR, SETTLED):
            self._tell(tx, local, "webhook", "tidak ada kabar masuk dari WhatsApp tiga jam ini, webhook mungkin putus")
        free = self.free()
        if free < LITTLE:
            self._tell(tx, local, "disk", f"ruang di disk tinggal {free} MB")

    @staticmethod
    def _tell(tx: Tx, local: datetime, kind: str, what: str) -> None:
        letters = [
            Outbound(
                StaffTo(one.id),
                "help.watch",
                {"what": what},
                once=f"watch:{kind}:{local:%Y-%m-%d}:{one.id}",
                priority=Priority.CHANGE,
            )
            for one in tx.people.every_staff()
            if one.role is Role.ADMIN
        ]
        log.warning("needs attention", kind=kind)
        inbox.post(tx, letters)
