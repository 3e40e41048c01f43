"""What does the admin's page know of the machine it runs on? The free room, and the newest backup of the night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PATTERN = "like-pkh-????-??-??.zip"


@dataclass(frozen=True, slots=True)
class Machine:
    free: Callable[[], int] | None = None
    """Megabytes left where the data lies; None where nobody measures."""

    backups: Path | None = None
    """Where the backups of the nights lie; None when none are wanted."""

    def last_backup(self) -> datetime | None:
        """When the newest was made."""
        if self.backups is None or not self.backups.is_dir():
            return None
        times = [file.stat().st_mtime for file in self.backups.glob(PATTERN)]
        return datetime.fromtimestamp(max(times), UTC) if times else None


UNKNOWN = Machine()
