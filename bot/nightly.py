"""Who makes the backup of the night? The process that ticks, by a command, so that nobody waits for it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot import inbox
from data.records import Role
from data.store import Store, Tx
from messages.envelope import Outbound, Priority, StaffTo

log = structlog.get_logger()

AFTER = 2
"""The hour of the night, local: nobody is written to, and few write."""

NAME = re.compile(r"like-pkh-\d{4}-\d\d-\d\d\.zip")
AGAIN = timedelta(hours=1)
"""After a failure; the admin is told once a day."""

Make = Callable[[Path], Awaitable[int]]


async def by_command(file: Path) -> int:
    """A process of its own: reading and packing everything would hold up replies in ours."""
    made = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "backup", str(file))
    try:
        return await made.wait()
    except asyncio.CancelledError:
        made.terminate()
        raise


class Nightly:
    """One backup each night in `folder`, the newest `keep` of them kept. No folder, no backups."""

    def __init__(self, store: Store, folder: Path | None, keep: int, zone: ZoneInfo, make: Make = by_command) -> None:
        self.store, self.folder, self.keep, self.zone, self.make = store, folder, keep, zone, make
        self.failed: datetime | None = None
        self._busy: asyncio.Task[None] | None = None

    def look(self, now: datetime) -> None:
        """Called every minute; begins when it is time and returns at once."""
        local = now.astimezone(self.zone)
        if self.folder is None or local.hour < AFTER or (self._busy is not None and not self._busy.done()):
            return
        if self.failed is not None and now < self.failed + AGAIN:
            return
        file = self.folder / f"like-pkh-{local:%Y-%m-%d}.zip"
        if not file.exists():
            self._busy = asyncio.create_task(self._run(file, now))

    async def finish(self) -> None:
        if self._busy is not None:
            await asyncio.gather(self._busy, return_exceptions=True)

    def leave(self) -> None:
        """The bot stops; a backup that is under way begins again tomorrow, its half file is of no use."""
        if self._busy is not None:
            self._busy.cancel()

    async def _run(self, file: Path, now: datetime) -> None:
        if await self.make(file) == 0:
            self.failed = None
            log.info("backup made", file=file.name)
            self._rotate(file.parent)
            return
        self.failed = now
        log.error("backup failed", file=file.name)
        await self.store.write(lambda tx: _tell_admins(tx, file.name))

    def _rotate(self, folder: Path) -> None:
        """Files that people put there under other names stay."""
        ours = sorted(one for one in folder.iterdir() if NAME.fullmatch(one.name))
        for old in ours[: -self.keep]:
            old.unlink(missing_ok=True)


def _tell_admins(tx: Tx, name: str) -> None:
    inbox.post(
        tx,
        [
            Outbound(
                StaffTo(one.id), "help.backup_failed", {}, once=f"backup:{name}:{one.id}", priority=Priority.CHANGE
            )
            for one in tx.people.every_staff()
            if one.role is Role.ADMIN
        ],
    )
