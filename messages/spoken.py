"""How are times, people and lists spoken in Bahasa Indonesia?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
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
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def day_and_date(day: date) -> str:
    """'Sabtu 28 November': for a mother, who knows the year."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def short_date(day: date) -> str:
    """'Sabtu 28 Nov'."""
    return f"{DAYS[day.weekday()]} {short_day(day)}"


def short_day(day: date) -> str:
    """'28 Nov'."""
    return f"{day.day} {SHORT_MONTHS[day.month - 1]}"


def month_name(month: str) -> str:
    """'2026-11' → 'November 2026'."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {int(year)}"


def listed(words: Sequence[str]) -> str:
    """'Ibu Aminah dan Ibu Rusmini', 'a, b, dan c'."""
    if len(words) <= 2:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"
