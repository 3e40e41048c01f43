"""How are times, people and lists spoken in Bahasa Indonesia?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


def zone_name(at: datetime) -> str:
    """The name people use for the zone; the offset where it has none. `at` is local."""
    return ZONES.get(str(at.tzinfo)) or f"UTC{at:%z}"


def clock(at: datetime) -> str:
    """'09.00': hours are written with a full stop."""
    return f"{at:%H.%M}"


def clock_zone(at: datetime) -> str:
    return f"{clock(at)} {zone_name(at)}"


def long_date(day: date) -> str:
    """'Sabtu, 28 November 2026'."""
    return _dated(day, "EEEE, d MMMM y")


def day_and_date(day: date) -> str:
    """'Sabtu 28 November': for a mother, who knows the year."""
    return _dated(day, "EEEE d MMMM")


def short_date(day: date) -> str:
    return _dated(day, "EEEE d MMM")


def month_name(month: str) -> str:
    """'2026-11' → 'November 2026'."""
    year, number = month.split("-")
    return _dated(date(int(year), int(number), 1), "MMMM y")


def listed(words: Sequence[str]) -> str:
    """'Ibu Aminah dan Ibu Rusmini', 'a, b, dan c'."""
    if len(words) <= 2:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"


def _dated(day: date, pattern: str) -> str:
    return _written(day.year, day.month, day.day, pattern)


@lru_cache(maxsize=512)
def _written(year: int, month: int, day: int, pattern: str) -> str:
    """The same few days are spoken of all the time."""
    return format_date(date(year, month, day), pattern, locale="id")
