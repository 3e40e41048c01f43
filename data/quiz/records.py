"""What is a quiz, an answer that was given, and a score?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from messages.envelope import KpmId, StaffId


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that was given."""

    position: int
    item: str
    version: int
    choice: str
    correct: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Quiz:
    id: int
    kpm_id: KpmId
    kelompok_id: int
    meeting_id: int | None
    session: str
    phase: str
    state: str
    items: Sequence[tuple[str, int]]
    expires: datetime
    entered_by: StaffId | None


Answered = tuple[str, int, str, bool]
"""(question, version, choice, right)."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one quiz says about its session: the question that came back from another one is not counted."""

    kpm_id: KpmId
    kelompok_id: int
    session: str
    phase: str
    correct: int
    answered: int
    asked: int
    """Questions of the session; 0 until it is begun."""
    finished: bool
    aloud: bool
    at: datetime
    """Offered, or begun by herself."""

    @property
    def share(self) -> float:
        """Right of those asked."""
        return self.correct / self.asked if self.asked else 0.0


def record(row: Any) -> Quiz:
    return Quiz(
        row.id,
        KpmId(row.kpm_id),
        row.kelompok_id,
        row.meeting_id,
        row.session,
        row.phase,
        row.state,
        [(item, version) for item, version in row.chosen],
        row.expires,
        StaffId(row.entered_by) if row.entered_by else None,
    )


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the shelf of quizzes."""

    conn: Connection
    now: datetime
