"""What do the shelves hand out? Frozen records, never rows. Times are aware UTC datetimes, dates local."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from messages.envelope import Address, KpmId, StaffId, Status

__all__ = ["Address", "KpmId", "StaffId"]


class Role(StrEnum):
    KPM = "kpm"
    PENDAMPING = "pendamping"
    KOORDINATOR = "koordinator"
    ADMIN = "admin"
    UNKNOWN = "unknown"


class FamilyStatus(StrEnum):
    CALON = "calon"
    AKTIF = "aktif"
    GRADUASI = "graduasi"
    NONAKTIF = "nonaktif"


class Kind(StrEnum):
    """Kinds of meeting. Only P2K2 counts as participation."""

    P2K2 = "p2k2"
    AWAL = "awal"
    SOSIALISASI = "sosialisasi"
    BIMTEK = "bimtek"


class Answer(StrEnum):
    """What a family said before or at a meeting. UNKNOWN is silence: belum diketahui, never absence."""

    UNKNOWN = "unknown"
    MAYBE = "maybe"
    PROMISED = "promised"
    DECLINED = "declined"
    CLAIMED = "claimed"


class Mark(StrEnum):
    """What the pendamping writes in the register, in the attendance sheet's own words."""

    PRESENT = "hadir"
    EXCUSED = "izin"
    SICK = "sakit"
    ABSENT = "alpa"


class Topic(StrEnum):
    """What a family may agree to hear about."""

    MEETINGS = "p2k2"
    HEALTH = "kesehatan"


class Consent(StrEnum):
    YES = "yes"
    NO = "no"
    LATER = "later"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Kabupaten:
    id: int
    name: str
    zone: ZoneInfo
    office: str


@dataclass(frozen=True, slots=True)
class Desa:
    id: int
    name: str
    kecamatan_id: int
    kecamatan: str


@dataclass(frozen=True, slots=True)
class Staff:
    id: StaffId
    name: str
    role: Role
    phone: str | None
    active: bool
    scope_level: str
    """'kelompok' for a pendamping (her own groups), else 'desa', 'kecamatan' or 'kabupaten'."""
    scope_id: int


@dataclass(frozen=True, slots=True)
class Kelompok:
    id: int
    name: str
    desa_id: int
    desa: str
    kecamatan_id: int
    kecamatan: str
    kabupaten_id: int
    zone: ZoneInfo
    pendamping_id: StaffId | None
    pendamping: str


@dataclass(frozen=True, slots=True)
class Kpm:
    id: KpmId
    name: str
    sapaan: str
    status: FamilyStatus
    kelompok_id: int
    ketua: bool
    language: str = "id"

    @property
    def called(self) -> str:
        """Name with the form of address of the roster: 'Ibu Siti', 'Nenek Arbainah'."""
        return f"{self.sapaan} {self.name}"


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands behind an address: one of the staff, or the families it serves; role and scope come from here."""

    address: Address
    address_id: int
    staff: Staff | None = None
    kpms: Sequence[Kpm] = ()
    consent: Consent | None = None

    @property
    def role(self) -> Role:
        if self.staff is not None:
            return self.staff.role
        return Role.KPM if self.kpms else Role.UNKNOWN


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting, with every kelompok that is invited to it. `revision` counts the times it was moved."""

    id: int
    kind: Kind
    starts: datetime
    ends: datetime
    place: str
    session: str | None
    title: str
    code: str
    cancelled: bool
    reason: str
    revision: int
    announced: datetime
    """When it was written down, or moved: the plan of its letters counts from here."""
    step: int
    pendamping_id: StaffId
    kelompok_ids: Sequence[int]
    zone: ZoneInfo

    @property
    def local(self) -> datetime:
        return self.starts.astimezone(self.zone)

    @property
    def month(self) -> str:
        """The month it counts in, by the kabupaten's clock: '2026-11'."""
        local = self.local
        return f"{local.year:04}-{local.month:02}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register: what the family said, and what the pendamping wrote."""

    kpm: Kpm
    answer: Answer = Answer.UNKNOWN
    reason: str | None = None
    late: bool = False
    represented_by: str | None = None
    claimed_at: datetime | None = None
    code: bool = False
    claim_by: str | None = None
    mark: Mark | None = None
    marked_by: StaffId | None = None
    note: str | None = None
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation that waits for its next line."""

    topic: str
    memory: Mapping[str, Any]
    expires: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    id: int
    desa_id: int
    name: str
    capacity: int | None
    checks: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a family may hear from us unasked, local time. `pause` is magrib, `friday` the Friday prayer."""

    opens: str = "08:00"
    closes: str = "20:00"
    pause: tuple[str, str] = ("18:00", "19:30")
    friday: tuple[str, str] = ("11:30", "13:30")


@dataclass(frozen=True, slots=True)
class Birth:
    name: str
    born: date | None


DEFAULT_LENGTH = timedelta(minutes=120)


@dataclass(frozen=True, slots=True)
class Line:
    """One address of a family, as STATUS looks at it."""

    channel: str
    heard: datetime | None
    blocked: bool
    failures: int
    unreachable: bool
    consent: Consent | None
    since: datetime | None
    """When the consent was given or withdrawn."""


@dataclass(frozen=True, slots=True)
class LetterNews:
    """What became of the newest unasked letter to a family. `at`: when it left, else when it may."""

    key: str
    channel: str
    state: Status
    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is for: these groups, narrowed by everything else that is named. `quizless`: no quiz in the
    last 30 days; `alpa`: absent without a reason so many times in a row; `unanswered`: silent on the next meeting;
    `undone`: reminded of an obligation in the last 31 days that nobody called done; `answers`: what they said to the
    next invitation, one of these; `last`: the last mark in a register, one of these."""

    kelompok_ids: Sequence[int] = ()
    components: Sequence[str] = ()
    languages: Sequence[str] = ()
    alpa: int = 0
    unanswered: bool = False
    quizless: bool = False
    undone: bool = False
    answers: Sequence[str] = ()
    last: Sequence[str] = ()
