"""What is shown of meetings, families, visits and questions? Frozen records, by the kabupaten's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.records import Answer, Kind, Kpm, Mark
from messages.envelope import KpmId


@dataclass(frozen=True, slots=True)
class Planned:
    """One kelompok at one meeting, as a list shows it."""

    meeting_id: int
    kelompok_id: int
    kelompok: str
    desa: str
    kind: Kind
    starts: datetime
    """By the kabupaten's clock, as `ends`."""
    ends: datetime
    place: str
    title: str
    cancelled: bool
    reason: str
    closed: datetime | None
    marks: int
    families: int
    answers: Mapping[str, int]

    def said(self, *answers: str) -> int:
        return sum(self.answers.get(answer, 0) for answer in answers)


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a family wrote that waits for a human."""

    id: int
    at: datetime
    kind: str
    text: str
    kpm_id: KpmId | None
    name: str
    kelompok: str
    topic: str | None
    """Of a ticket, which JAWAB answers; None for notes and what came without words."""

    def at_zone(self, zone: ZoneInfo) -> Asked:
        return replace(self, at=self.at.astimezone(zone))


@dataclass(frozen=True, slots=True)
class Visited:
    """One visit note."""

    kpm_id: KpmId
    at: datetime
    text: str
    by: str

    def at_zone(self, zone: ZoneInfo) -> Visited:
        return replace(self, at=self.at.astimezone(zone))


@dataclass(frozen=True, slots=True)
class Past:
    """One meeting in the history of a family."""

    starts: datetime
    title: str
    answer: Answer
    reason: str | None
    represented_by: str | None
    mark: Mark | None

    def at_zone(self, zone: ZoneInfo, reason: str) -> Past:
        """By that clock, and with the reason as it is spoken."""
        return replace(self, starts=self.starts.astimezone(zone), reason=reason)


@dataclass(frozen=True, slots=True)
class Found:
    """One family in a list: with its kelompok, and whether any phone serves it."""

    kpm: Kpm
    kelompok: str
    phones: int


def planned(row: Any, answers: Mapping[str, int]) -> Planned:
    zone = ZoneInfo(row.zone)
    return Planned(
        row.id,
        row.kelompok_id,
        row.kelompok,
        row.desa,
        Kind(row.kind),
        row.starts.astimezone(zone),
        row.ends.astimezone(zone),
        row.place,
        row.title,
        row.cancelled,
        row.reason,
        row.closed.astimezone(zone) if row.closed else None,
        row.marks,
        row.registered if row.frozen else row.active,
        answers,
    )
