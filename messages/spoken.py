"""How are times, people and lists spoken in Bahasa Indonesia?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

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
    return format_date(day, "EEEE, d MMMM y", locale="id")


def day_and_date(day: date) -> str:
    """'Sabtu 28 November': for a mother, who knows the year."""
    return format_date(day, "EEEE d MMMM", locale="id")


def short_date(day: date) -> str:
    return format_date(day, "EEEE d MMM", locale="id")


def month_name(month: str) -> str:
    """'2026-11' → 'November 2026'."""
    year, number = month.split("-")
    return format_date(date(int(year), int(number), 1), "MMMM y", locale="id")


def listed(words: Sequence[str]) -> str:
    """'Ibu Aminah dan Ibu Rusmini', 'a, b, dan c'."""
    if len(words) <= 2:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"
