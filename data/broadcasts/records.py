"""What is an announcement, a family of its audience, and what became of it for one?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.records import Audience, Kpm, LetterNews
from messages.envelope import Address


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One announcement; see the table."""

    id: int
    staff_id: int
    kind: str
    said: str
    audience: Audience
    words: str
    state: str
    night: str
    due: datetime
    cursor: int
    created: datetime

    @property
    def about(self) -> str:
        return f"broadcast:{self.id}"


@dataclass(frozen=True, slots=True)
class Family:
    """One family of an audience, with the address its letter goes to, if any, and what it got this week."""

    kpm: Kpm
    phone: bool
    address_id: int | None
    address: Address | None
    letters: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a preview says of an audience. `full` had its letters of the week."""

    families: int
    phoneless: int
    silent: int
    full: int
    free: int
    template: int


@dataclass(frozen=True, slots=True)
class Told:
    """What became of it for one family."""

    kpm: Kpm
    why: str | None
    letter: LetterNews | None
