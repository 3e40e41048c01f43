"""What do the shelves of obligations hand out? Frozen records, dates by the kabupaten's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from data.records import Kpm
from messages.envelope import Address, KpmId


class Claim(StrEnum):
    """What a family said of one thing that is due."""

    DONE = "done"
    NOT_DONE = "not_done"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a family, as far as the rules look at her."""

    id: int
    kpm_id: KpmId
    name: str
    component: str
    born: date | None = None
    hpl: date | None = None
    school: str | None = None
    level: str | None = None
    delivered: date | None = None
    """The day on which a birth was confirmed."""
    stopped: bool = False
    """After a loss, a death, a move: nothing is said or asked until the pendamping says otherwise."""
    at_risk: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of one thing that is due: the family's word, the pendamping's, and our reminders."""

    member_id: int
    series: str
    occurrence: str
    claim: Claim | None = None
    reason: str | None = None
    done_on: date | None = None
    mark: Claim | None = None
    proof: str | None = None
    reminded: date | None = None
    times: int = 0

    @property
    def settled(self) -> bool:
        """Nothing more is asked: it is said or known to be done, or does not concern her."""
        if self.mark is not None:
            return self.mark is not Claim.NOT_DONE
        return self.claim in {Claim.DONE, Claim.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Refused:
    """A BELUM, with the reason where she gave one."""

    kpm_id: KpmId
    kpm: str
    member: str
    rule: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a letter was about."""

    kpm_id: KpmId
    member_id: int
    rule: str
    series: str
    occurrence: str

    @property
    def name(self) -> tuple[int, str, str]:
        """What it is remembered under."""
        return self.member_id, self.series, self.occurrence


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter about obligations that went to an address, and what it asked."""

    id: int
    address_id: int
    on: date
    items: Sequence[Item]
    open: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Where a family can be reached, and how freely."""

    kpm: Kpm
    address: Address
    address_id: int
    alone: bool
    """The address serves no other family and is marked as her own."""
    health: bool | None
    """Whether she agreed to reminders of this sort; None when nobody has asked."""
    heard_hours: float | None
    """How long ago she wrote."""


@dataclass(frozen=True, slots=True)
class Posyandu:
    name: str
    place: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Attended:
    """Meetings of one family in a time: those held, and what the register says."""

    held: int = 0
    hadir: int = 0
    izin: int = 0
    sakit: int = 0
    alpa: int = 0

    def __add__(self, other: Attended) -> Attended:
        return Attended(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def unknown(self) -> int:
        return self.held - self.hadir - self.izin - self.sakit - self.alpa


@dataclass(frozen=True, slots=True)
class SchoolMonth:
    """One month of one child, as the school wrote it."""

    member_id: int
    month: str
    school: str
    effective: int
    alpa: int
    izin: int
    sakit: int
