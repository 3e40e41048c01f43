"""What does PKH ask of a family? The 35 rules, their days without school, and what is wrong with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Component = Literal[
    "ibu_hamil",
    "nifas",
    "bayi_0_11",
    "balita_12_59",
    "prasekolah_60_71",
    "sekolah",
    "lansia",
    "disabilitas_berat",
    "semua",
]
Cadence = Literal[
    "sekali",
    "kunjungan",
    "bulanan",
    "bulan_tertentu",
    "semester",
    "triwulan",
    "tahunan",
    "tahun_ajaran",
    "bulan_sekolah",
    "edukasi",
    "pertemuan",
]
Form = Literal["pendidikan", "kesehatan", "kesejahteraan", "p2k2", ""]

RULES = 35
REMINDER, SHORT = 110, 60
"""Letters of a sentence and of a phrase: two sentences or three phrases still fit into 300 with the rest."""

FORBIDDEN = re.compile(
    r"\bRp\s?\d|\b(selamat|sanksi|dicoret|blokir|dihentikan|hukuman|denda|wajib|pencairan|dosis|obati)\b", re.IGNORECASE
)
"""No congratulation without certainty, no threat, no amount, no medical advice."""

_CHILDREN = ("bayi_0_11", "balita_12_59", "prasekolah_60_71")


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Rule(_Content):
    """One row. `since` and `until` are completed weeks, days, months or years, both counted."""

    id: str = Field(pattern=r"^[A-Z0-9_]{3,8}$")
    component: Component
    applies: str
    unit: Literal["minggu", "hari", "bulan", "tahun", "-"]
    since: int = Field(alias="from", ge=0)
    until: int = Field(alias="to", ge=0)
    due: str
    cadence: Cadence
    cadence_text: str
    active: bool = True
    visits: tuple[tuple[int, int, int], ...] = ()
    """Parts of the range with a visit each: first week, last week, the week of the reminder."""
    months: tuple[int, ...] = ()
    limit: int | None = None
    """So many are enough, however many months come by."""
    first: int | None = None
    of: int | None = None
    judge: int | None = None
    remind: int = 0
    """Days from the beginning of the window to the first reminder."""
    repeat: int = 14
    """Days to the second one."""
    at_risk: bool = False
    """Reminded only for a child that the pendamping has marked."""
    posyandu: bool = False
    series: str = ""
    """Rules of one series share what was done: weighed at eleven months is weighed in the month of turning one."""
    catch_up: int = 0
    """Days after the window in which a late reminder makes sense."""
    late_remind: bool = True
    """Whether it does: a visit of pregnancy that was missed makes room for the next one."""
    late_to: int | None = None
    """Months of age up to which it can still be made up for."""
    form: Form
    privacy: Literal["umum", "pribadi"]
    proof: str
    source: str = Field(min_length=3)
    confidence: Literal["tinggi", "sedang", "rendah"]
    law_2007: str
    short: str = Field(max_length=SHORT)
    reminder: str = Field(max_length=REMINDER)
    late: str = Field(max_length=REMINDER)

    @property
    def shared(self) -> str:
        """The name under which it is remembered as done."""
        return self.series or self.id

    @property
    def private(self) -> bool:
        return self.privacy == "pribadi"

    @property
    def education(self) -> bool:
        return self.cadence == "edukasi"

    @model_validator(mode="after")
    def _sound(self) -> Rule:
        if self.since > self.until:
            raise ValueError(f"{self.id}: 'from' lebih besar daripada 'to'")
        if (self.cadence == "kunjungan") != bool(self.visits):
            raise ValueError(f"{self.id}: kunjungan perlu 'visits', dan hanya kunjungan")
        if (self.cadence in {"bulan_tertentu", "tahun_ajaran"}) != bool(self.months):
            raise ValueError(f"{self.id}: 'months' hanya untuk bulan tertentu dan tahun ajaran")
        if any(not 1 <= month <= 12 for month in self.months):
            raise ValueError(f"{self.id}: bulan 1 sampai 12")
        for text in (self.short, self.reminder, self.late):
            if found := FORBIDDEN.search(text):
                raise ValueError(f"{self.id}: '{found[0]}' tidak boleh ada")
            if unknown := set(re.findall(r"\{(\w+)\}", text)) - {"nama", "ke"}:
                raise ValueError(f"{self.id}: isian {', '.join(sorted(unknown))} tidak dikenal")
        return self


class Limits(_Content):
    anc_remind: int
    anc_judge: int
    pregnancy_weeks: int
    school_percent: int
    count_izin_sakit: bool
    suppress_below: int


class SchoolBreak(_Content):
    """Days without school, 'dd-mm', both ends counted; one may run over New Year."""

    name: str
    since: str = Field(alias="from", pattern=r"^\d\d-\d\d$")
    until: str = Field(alias="to", pattern=r"^\d\d-\d\d$")

    @staticmethod
    def _day(text: str) -> tuple[int, int]:
        return int(text[3:]), int(text[:2])

    def covers(self, month: int, day: int) -> bool:
        first, last = self._day(self.since), self._day(self.until)
        inside = (month, day)
        return first <= inside <= last if first <= last else inside >= first or inside <= last


class Obligations(_Content):
    limits: Limits
    school_break: tuple[SchoolBreak, ...]
    rule: tuple[Rule, ...]


@lru_cache(maxsize=1)
def content() -> Obligations:
    text = files("data.content.obligations").joinpath("rules.toml").read_text(encoding="utf-8")
    return Obligations.model_validate(tomllib.loads(text))


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """By id, in the order of the file."""
    return {rule.id: rule for rule in content().rule}


def limits() -> Limits:
    return content().limits


# --- is the whole sound?


def faults(found: Obligations | None = None) -> Iterator[str]:
    """One sentence for everything about the rules together that is not as it should be."""
    found = content() if found is None else found
    ids = [rule.id for rule in found.rule]
    if len(ids) != RULES:
        yield f"kewajiban: {len(ids)} aturan, seharusnya {RULES}"
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"kewajiban {repeated}: tertulis dua kali"
    for rule in found.rule:
        yield from _gaps(f"kewajiban {rule.id}", rule.since, rule.until, [visit[:2] for visit in rule.visits])
        for first, last, week in rule.visits:
            if not first <= week <= last:
                yield f"kewajiban {rule.id}: pengingat minggu {week} di luar {first}-{last}"
    pregnant = [rule for rule in found.rule if rule.component == "ibu_hamil" and rule.cadence == "kunjungan"]
    if pregnant:
        yield from _gaps("periksa kehamilan", 0, max(r.until for r in pregnant), [(r.since, r.until) for r in pregnant])
    if (asked := sum(len(rule.visits) for rule in pregnant)) != found.limits.anc_remind:
        yield f"periksa kehamilan: {asked} kunjungan tertulis, anc_remind {found.limits.anc_remind}"
    yield from _series(found.rule)


def _series(every: Sequence[Rule]) -> Iterator[str]:
    """Rules that follow each other: no age belongs to two of them, and none to nobody."""
    series = sorted({rule.series for rule in every if rule.series})
    for name in series:
        mine = [rule for rule in every if rule.series == name]
        first, last = min(r.since for r in mine), max(r.until for r in mine)
        yield from _gaps(f"rangkaian {name}", first, last, [(r.since, r.until) for r in mine])
    for component in ("nifas", "bayi_0_11"):
        days = [r for r in every if r.component == component and r.unit == "hari"]
        if days:
            yield from _gaps(
                f"kunjungan {component}", 0, max(r.until for r in days), [(r.since, r.until) for r in days]
            )
    for rule in every:
        if rule.cadence == "bulan_tertentu" and rule.limit and rule.component in _CHILDREN:
            yield from _without_month(rule)


def _without_month(rule: Rule) -> Iterator[str]:
    """Is there a month of birth whose child comes to no such month while it has the age?"""
    for born in range(1, 13):
        lived = {(born - 1 + age) % 12 + 1 for age in range(rule.since, rule.until + 2)}
        if not lived & set(rule.months):
            yield f"kewajiban {rule.id}: anak lahir bulan {born} tidak pernah mendapat giliran"


def _gaps(what: str, first: int, last: int, parts: Sequence[tuple[int, ...]]) -> Iterator[str]:
    """Do the parts cover first … last once each?"""
    expected = first
    for begin, end in sorted((part[0], part[1]) for part in parts):
        if begin > expected:
            yield f"{what}: celah {expected}-{begin - 1}"
        if begin < expected:
            yield f"{what}: tumpang tindih {begin}-{min(expected - 1, end)}"
        expected = max(expected, end + 1)
    if parts and expected <= last:
        yield f"{what}: celah {expected}-{last}"
    if parts and expected > last + 1:
        yield f"{what}: lewat sampai {expected - 1}, batasnya {last}"
