"""What is due for a member of a family, from when to when?"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from data.content.obligations import Rule, SchoolBreak, content, rules
from data.obligations.records import Kept, Member

DAY = timedelta(days=1)
TERM = timedelta(days=280)
"""From the first day that is counted to the HPL."""

NEXT_PREGNANCY = timedelta(days=150)
"""An HPL so long after a birth is of another child."""

CHILDREN = {"anak_usia_dini", "sekolah"}
SCHOOLS = {"SD", "SMP", "SMA", "SLB", "Paket A", "Paket B", "Paket C"}
LEFT, FINISHED = "putus", "tamat"
"""Levels that the pendamping enters: no longer at school, and done with it."""

CHILD_RULES = {"bayi_0_11", "balita_12_59", "prasekolah_60_71"}
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that is due once: the visit, the month, the year."""

    rule: Rule
    member: Member
    key: str
    due_from: date
    due_to: date
    nth: int | None = None
    remind: date | None = None

    @property
    def name(self) -> tuple[int, str, str]:
        """What it is remembered under."""
        return self.member.id, self.rule.shared, self.key

    def is_due(self, day: date) -> bool:
        return self.due_from <= day <= self.due_to

    def is_late(self, day: date) -> bool:
        """Over, and it can still be made up for."""
        if day <= self.due_to:
            return False
        if self.rule.late_to is not None and self.member.born is not None:
            return day < after_months(self.member.born, self.rule.late_to + 1)
        return day <= self.due_to + timedelta(days=self.rule.catch_up)


@lru_cache(maxsize=65536)
def after_months(day: date, months: int) -> date:
    """The day a child is so many months old. Born on a 31st it is older on the last day of a shorter month, born on
    29 February on the 28th where there is no 29th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, length(year, month + 1)))


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def length(year: int, month: int) -> int:
    """Days of a month."""
    return 29 if month == 2 and calendar.isleap(year) else _LENGTHS[month - 1]


def months_old(born: date, day: date) -> int:
    """Completed months."""
    months = (day.year - born.year) * 12 + day.month - born.month
    return months if after_months(born, months) <= day else months - 1


def week_of(hpl: date, day: date) -> int:
    """Completed weeks of pregnancy."""
    return (day - (hpl - TERM)).days // 7


def enrolled(member: Member) -> bool:
    """Goes to school as far as we know."""
    return member.level in SCHOOLS or (member.component == "sekolah" and member.level not in {LEFT, FINISHED})


# --- when does a rule concern her at all?


def span(rule: Rule, member: Member) -> Span | None:
    """The first and the last day on which this rule concerns her; None when it never does."""
    if member.stopped or not rule.active:
        return None
    match rule.component:
        case "ibu_hamil":
            if member.component != "ibu_hamil" or member.hpl is None or has_delivered(member):
                return None
            first = member.hpl - TERM
            return first + timedelta(weeks=rule.since), first + timedelta(weeks=rule.until + 1) - DAY
        case "nifas":
            return _days(rule, member.delivered) if member.component in {"nifas", "ibu_hamil"} else None
        case "sekolah":
            return _years(rule, member.born) if _at_school(rule, member) else None
        case "lansia" | "disabilitas_berat":
            if member.component != rule.component:
                return None
            return _years(rule, member.born) or (date.min, date.max)
        case _ if rule.component in CHILD_RULES:
            if member.component not in CHILDREN or member.born is None:
                return None
            if rule.component == "prasekolah_60_71" and enrolled(member):
                return None
            return _days(rule, member.born) if rule.unit == "hari" else _months(rule, member.born)
        case _:
            return None


def has_delivered(member: Member) -> bool:
    """The birth that is known belongs to this pregnancy, and not to the one before."""
    if member.delivered is None:
        return False
    return member.hpl is None or member.hpl - member.delivered < NEXT_PREGNANCY


def _at_school(rule: Rule, member: Member) -> bool:
    if member.component not in CHILDREN or member.level == FINISHED:
        return False
    if rule.cadence == "triwulan":
        return not enrolled(member)
    return rule.cadence != "bulan_sekolah" or enrolled(member)


def _days(rule: Rule, since: date | None) -> Span | None:
    return (since + timedelta(days=rule.since), since + timedelta(days=rule.until)) if since else None


def _months(rule: Rule, born: date) -> Span:
    return after_months(born, rule.since), after_months(born, rule.until + 1) - DAY


def _years(rule: Rule, born: date | None) -> Span | None:
    return (after_months(born, 12 * rule.since), after_months(born, 12 * (rule.until + 1)) - DAY) if born else None


# --- and what does it ask for in that time?


def occurrences(member: Member, since: date, until: date, *, made_up: bool = False) -> list[Occurrence]:
    """Everything whose window touches [since, until]; what only teaches is not asked for and not here."""
    found: list[Occurrence] = []
    for rule, reach in _spans(member):
        if reach[0] <= until and reach[1] >= since and (not made_up or rule.late_to is not None or rule.catch_up):
            found += of_rule(rule, member, reach, since, until)
    return found


@lru_cache(maxsize=4096)
def _spans(member: Member) -> Sequence[tuple[Rule, Span]]:
    """Every rule that ever concerns her: asked for several times in one look."""
    return [(rule, reach) for rule in _asked(member.component) if (reach := span(rule, member)) is not None]


@cache
def _asked(component: str) -> Sequence[Rule]:
    """The rules that may concern such a member: most members are looked at for a handful only."""
    if component in CHILDREN:
        wanted = {*CHILD_RULES, "sekolah"}
    else:
        wanted = {component, "nifas"} if component == "ibu_hamil" else {component}
    return tuple(rule for rule in rules().values() if rule.component in wanted and not rule.education)


def of_rule(rule: Rule, member: Member, reach: Span, since: date, until: date) -> Iterator[Occurrence]:
    first, last = max(since, reach[0]), min(until, reach[1])
    for key, begins, ends, nth, remind in _CADENCES[rule.cadence](rule, member, reach, first, last):
        begin, end = max(begins, reach[0]), min(ends, reach[1])
        if begin <= end and begin <= until and end >= since:
            at = remind or begin + timedelta(days=rule.remind)
            yield Occurrence(rule, member, key, begin, end, nth, min(max(at, begin), end))


Part = tuple[str, date, date, int | None, date | None]


def _once(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    yield "1", *reach, rule.first, None


def _visits(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    begin = (member.hpl or first) - TERM
    for number, (week, final, remind) in enumerate(rule.visits, rule.first or 1):
        ends = begin + timedelta(weeks=final + 1) - DAY
        yield str(number), begin + timedelta(weeks=week), ends, number, begin + timedelta(weeks=remind)


def _monthly(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 1):
        if not rule.months or month in rule.months:
            yield f"{year}-{month:02}", *_of_months(year, month, 1), None, None


def _halves(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 6):
        yield f"{year}-S{1 + month // 7}", *_of_months(year, month, 6), None, None


def _quarters(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 3):
        yield f"{year}-T{1 + month // 3}", *_of_months(year, month, 3), None, None


def _yearly(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, _ in _calendar(first, last, 12):
        yield f"{year}", date(year, 1, 1), date(year, 12, 31), None, None


def _school_years(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 1):
        if month in rule.months:
            yield f"{year}", *_of_months(year, month, 1), None, None


def _school_months(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 1):
        if days := school_days(year, month):
            yield f"{year}-{month:02}", *days, None, None


def _nothing(rule: Rule, member: Member, reach: Span, first: date, last: date) -> Iterator[Part]:
    yield from ()


_CADENCES: Mapping[str, Callable[[Rule, Member, Span, date, date], Iterator[Part]]] = {
    "sekali": _once,
    "kunjungan": _visits,
    "bulanan": _monthly,
    "bulan_tertentu": _monthly,
    "semester": _halves,
    "triwulan": _quarters,
    "tahunan": _yearly,
    "tahun_ajaran": _school_years,
    "bulan_sekolah": _school_months,
    "edukasi": _nothing,
    "pertemuan": _nothing,
}


@cache
def school_days(year: int, month: int) -> Span | None:
    """The first and the last day of a month that no school break covers; None when it is all holidays."""
    breaks = content().school_break
    first, last = _of_months(year, month, 1)
    while first <= last and _free(breaks, first):
        first += DAY
    while first <= last and _free(breaks, last):
        last -= DAY
    return (first, last) if first <= last else None


def _free(breaks: tuple[SchoolBreak, ...], day: date) -> bool:
    return any(one.covers(day.month, day.day) for one in breaks)


def _of_months(year: int, month: int, many: int) -> Span:
    end = month + many - 1
    return date(year, month, 1), date(year, end, length(year, end))


def _calendar(first: date, last: date, step: int) -> Iterator[tuple[int, int]]:
    """The periods of so many months that touch [first, last], by their first month."""
    begin = (first.year * 12 + first.month - 1) // step
    for number in range(begin, (last.year * 12 + last.month - 1) // step + 1):
        yield number * step // 12, number * step % 12 + 1


# --- what of it is open?


def due_on(member: Member, day: date) -> list[Occurrence]:
    """What the table asks for on this day, done or not."""
    return [one for one in occurrences(member, day, day) if one.is_due(day)]


MADE_UP = timedelta(days=366 * 5)


def late_on(member: Member, day: date) -> list[Occurrence]:
    """What is over and can still be made up for."""
    return [one for one in occurrences(member, day - MADE_UP, day, made_up=True) if one.is_late(day)]


def is_enough(rule: Rule, kept: Mapping[tuple[int, str, str], Kept], member: Member) -> bool:
    """So many were done already that no more are asked for."""
    if rule.limit is None:
        return False
    mine = [one for (who, series, _), one in kept.items() if (who, series) == (member.id, rule.shared)]
    return sum(one.settled for one in mine) >= rule.limit


def is_over(member: Member, day: date) -> bool:
    """The HPL has passed and nobody has told of a birth: now the pendamping is asked, not the mother."""
    if member.component != "ibu_hamil" or member.hpl is None:
        return False
    return day > member.hpl and not has_delivered(member)
