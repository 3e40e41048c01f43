"""What does a roster say? Families and members as the file has them, before the database is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.intake.findings import WRONG, Finding, Where
from data.intake.identity import Sealed
from data.intake.roster.words import fold

GroupKey = tuple[str, str, str]
"""Kecamatan, desa and kelompok, folded; the kecamatan may be empty until the database is asked."""


@dataclass(frozen=True, slots=True)
class Member:
    where: Where
    titles: Mapping[str, str]
    """How the file titles the column of each field, for findings."""
    name: str
    component: str | None = None
    relation: str | None = None
    born: date | None = None
    hpl: date | None = None
    school: str | None = None
    level: str | None = None
    nik: Sealed | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """One row. None is "the file does not say": what we have stays."""

    where: Where
    name: str
    kelompok: str
    desa: str
    kecamatan: str = ""
    kabupaten: str = ""
    id_kpm: str | None = None
    sapaan: str | None = None
    status: str | None = None
    ketua: bool | None = None
    born: date | None = None
    language: str | None = None
    pendamping: str | None = None
    phones: Sequence[str] = ()
    own: bool | None = None
    nik: Sealed | None = None
    kk: Sealed | None = None
    members: Sequence[Member] = ()

    @property
    def group(self) -> GroupKey:
        return fold(self.kecamatan), fold(self.desa), fold(self.kelompok)


@dataclass(frozen=True, slots=True)
class Roster:
    name: str
    families: Sequence[Family] = ()
    findings: Sequence[Finding] = ()
    has_members: bool = False
    """False: the file knows nothing of members, and ours stay."""

    @property
    def ok(self) -> bool:
        return not any(f.level == WRONG for f in self.findings)
