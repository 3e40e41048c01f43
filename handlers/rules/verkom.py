"""What stands on the list of verifikasi komitmen for three months: due, reported, verified, not done, unknown?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from data.content.obligations import limits, rules
from data.obligations.records import Attended, Claim, Kept, Member
from handlers.rules.obligations import Occurrence, occurrences
from handlers.rules.small_cells import Cells

FORMS = ("kesehatan", "pendidikan", "kesejahteraan")
FORM_WORDS = {
    "kesehatan": "kesehatan",
    "kes": "kesehatan",
    "pendidikan": "pendidikan",
    "sekolah": "pendidikan",
    "kesejahteraan": "kesejahteraan",
    "kesejahteraan sosial": "kesejahteraan",
    "kesos": "kesejahteraan",
}
STATES = ("due", "reported", "verified", "not_done", "unknown")
SUM = {"due": STATES[1:]}


@dataclass(frozen=True, slots=True)
class Quarter:
    """Triwulan 1 to 4."""

    year: int
    number: int

    @property
    def since(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def until(self) -> date:
        following = date(self.year + self.number // 4, (3 * self.number) % 12 + 1, 1)
        return following - timedelta(days=1)

    @property
    def months(self) -> Sequence[str]:
        return [f"{self.year}-{month:02}" for month in range(3 * self.number - 2, 3 * self.number + 1)]

    def __str__(self) -> str:
        return f"triwulan {self.number} {self.year}"


@dataclass(frozen=True, slots=True)
class Month:
    """'2026-11'."""

    name: str

    @property
    def since(self) -> date:
        return date(int(self.name[:4]), int(self.name[5:]), 1)

    @property
    def until(self) -> date:
        return (self.since + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of one member in these months, with what is known of it."""

    one: Occurrence
    kept: Kept | None

    @property
    def state(self) -> str:
        return state(self.one, self.kept, None)


@dataclass(frozen=True, slots=True)
class Counts:
    """`due` is the sum of the others."""

    due: int = 0
    reported: int = 0
    verified: int = 0
    not_done: int = 0
    unknown: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in STATES))


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def read_quarter(text: str, today: date) -> Quarter | None:
    """'TW3', 'triwulan 3 2026', '2026-T3', 'lalu'; None for words that name none."""
    words = text.lower().strip()
    if words in {"lalu", "tw lalu", "triwulan lalu"}:
        return quarter_of(quarter_of(today).since - timedelta(days=1))
    found = re.fullmatch(r"(?:tw|triwulan)\s*([1-4])(?:\s+(20\d\d))?|(20\d\d)\s*-?\s*(?:tw?|triwulan)\s*([1-4])", words)
    if found is None:
        return None
    number = int(found[1] or found[4])
    if found[2] or found[3]:
        return Quarter(int(found[2] or found[3]), number)
    this = Quarter(today.year, number)
    return this if this.since <= today else Quarter(today.year - 1, number)


def state(one: Occurrence, kept: Kept | None, day: date | None) -> str:
    """One word for it. The pendamping's word counts before the family's; with `day`, what is open is due or late."""
    if kept is not None and kept.mark is not None:
        return {"done": "verified", "not_done": "not_done", "not_applicable": "verified"}[kept.mark.value]
    if kept is not None and kept.claim is not None:
        return "not_done" if kept.claim is Claim.NOT_DONE else "reported"
    if day is None:
        return "unknown"
    return "late" if one.is_late(day) else "due"


def entries(
    member: Member, kept: Mapping[tuple[int, str, str], Kept], form: str, quarter: Quarter | Month, today: date
) -> list[Entry]:
    """What was asked of this member in these months up to today; what does not concern her is left out."""
    found = []
    for one in occurrences(member, quarter.since, min(quarter.until, today)):
        known = kept.get(one.name)
        set_aside = known is not None and known.mark is Claim.NOT_APPLICABLE
        if one.rule.form == form and not set_aside:
            found.append(Entry(one, known))
    return sorted(found, key=lambda entry: (entry.one.due_from, entry.one.rule.id))


def count(found: Sequence[Entry]) -> Counts:
    states = [entry.state for entry in found]
    return Counts(len(found), *(states.count(name) for name in STATES[1:]))


def of_meetings(found: Attended) -> Counts:
    """The fourth list in the words of the others: who was not there, for whatever reason, has not done it."""
    return Counts(found.held, 0, found.hadir, found.izin + found.sakit + found.alpa, found.unknown)


def visits_judged(member: Member, kept: Mapping[tuple[int, str, str], Kept]) -> tuple[int, int] | None:
    """Visits of this pregnancy that were made, as far as is known, and how many PKH judges by: fewer than we remind
    of. None for who is not pregnant."""
    if member.component != "ibu_hamil":
        return None
    visits = {rule.shared for rule in rules().values() if rule.component == "ibu_hamil" and rule.visits}
    made = sum(
        one.mark is Claim.DONE or (one.mark is None and one.claim is Claim.DONE)
        for (who, series, _), one in kept.items()
        if who == member.id and series in visits
    )
    return made, limits().anc_judge


def percent(effective: int, alpa: int, izin: int, sakit: int) -> int | None:
    """Days at school of those that counted; whether izin and sakit count against it is a setting: sources differ."""
    if effective <= 0:
        return None
    missed = alpa + (izin + sakit if limits().count_izin_sakit else 0)
    return max(0, 100 * (effective - missed) // effective)


def low_below() -> int:
    return limits().school_percent


def is_low(share: int | None) -> bool:
    return share is not None and share < low_below()


def shown(counts: Counts, gone: Collection[str] = ()) -> dict[str, str]:
    """The numbers as they may be read; what is hidden is `gone` (handlers/rules/small_cells.py)."""
    least = limits().suppress_below
    words = {name: f"<{least}" if 0 < getattr(counts, name) < least else "…" for name in gone}
    return {name: words.get(name, str(getattr(counts, name))) for name in STATES}


def cells(counts: Counts) -> Cells:
    return {name: [getattr(counts, name)] for name in STATES}
