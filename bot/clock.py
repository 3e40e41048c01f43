"""What time is it? The real clock, and the simulator's, which stands still until somebody moves it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, UTC."""
        ...


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class StandingClock:
    """Moves only when it is set; kept in the database by whoever sets it."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)
