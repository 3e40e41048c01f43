"""How often does a rule ask in the time in which it concerns somebody: once, each month, in a school year?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from data.content.obligations import Rule, SchoolBreak, content
from handlers.rules.obligations.ages import DAY, TERM, length
from handlers.rules.obligations.concerns import Kind, Span

Part = tuple[str, date, date, int | None, date | None]
"""Key, first day, last day, which of how many, day of the first reminder."""


def of_rule(rule: Rule, kind: Kind, reach: Span, since: date, until: date) -> Iterator[Part]:
    first, last = max(since, reach[0]), min(until, reach[1])
    for key, begins, ends, nth, remind in _CADENCES[rule.cadence](rule, kind, reach, first, last):
        begin, end = max(begins, reach[0]), min(ends, reach[1])
        if begin <= end and begin <= until and end >= since:
            at = remind or begin + timedelta(days=rule.remind)
            yield key, begin, end, nth, min(max(at, begin), end)


def _once(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    yield "1", *reach, rule.first, None


def _visits(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    begin = (kind.hpl or first) - TERM
    for number, (week, final, remind) in enumerate(rule.visits, rule.first or 1):
        ends = begin + timedelta(weeks=final + 1) - DAY
        yield str(number), begin + timedelta(weeks=week), ends, number, begin + timedelta(weeks=remind)


def _monthly(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 1):
        if not rule.months or month in rule.months:
            yield f"{year}-{month:02}", *_of_months(year, month, 1), None, None


def _halves(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 6):
        yield f"{year}-S{1 + month // 7}", *_of_months(year, month, 6), None, None


def _quarters(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 3):
        yield f"{year}-T{1 + month // 3}", *_of_months(year, month, 3), None, None


def _yearly(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, _ in _calendar(first, last, 12):
        yield f"{year}", date(year, 1, 1), date(year, 12, 31), None, None


def _school_years(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 1):
        if month in rule.months:
            yield f"{year}", *_of_months(year, month, 1), None, None


def _school_months(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    for year, month in _calendar(first, last, 1):
        if days := school_days(year, month):
            yield f"{year}-{month:02}", *days, None, None


def _nothing(rule: Rule, kind: Kind, reach: Span, first: date, last: date) -> Iterator[Part]:
    yield from ()


_CADENCES: Mapping[str, Callable[[Rule, Kind, Span, date, date], Iterator[Part]]] = {
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
