"""How old is a child, how far is a pregnancy, by the calendar?"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
TERM = timedelta(days=280)
"""From the first day that is counted to the HPL."""


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
