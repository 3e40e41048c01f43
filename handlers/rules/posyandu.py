"""On which days does a posyandu meet? 'tanggal 10', 'selasa 2', 'jumat -1', or the days themselves."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from datetime import date

from data.obligations.records import Posyandu
from handlers.rules.dates import ORDINALS, WEEKDAYS

_MONTHLY = re.compile(r"(?:setiap|tiap)?\s*(?:tanggal|tgl)\.?\s*(\d{1,2})(?:\s*(?:tiap|setiap) bulan)?")
_WEEKDAY = re.compile(
    rf"(?:setiap|tiap)?\s*({'|'.join(map(re.escape, WEEKDAYS))})\s*(?:minggu)?\s*(?:ke-?\s*)?"
    rf"({'|'.join(ORDINALS)}|-?\d)(?:\s*(?:tiap|setiap) bulan)?"
)
_LAST = -1


def read_pattern(text: str) -> str | None:
    """The short form of 'setiap tanggal 10' or 'Selasa minggu kedua'; None for words that name no day."""
    words = " ".join(text.lower().replace("\u2019", "'").split())
    if found := _MONTHLY.fullmatch(words):
        return f"tanggal {int(found[1])}" if 1 <= int(found[1]) <= 31 else None
    if found := _WEEKDAY.fullmatch(words):
        nth = ORDINALS.get(found[2]) or int(found[2])
        return f"{found[1]} {nth}" if nth == _LAST or 1 <= nth <= 4 else None
    return None


def known(found: Sequence[Posyandu]) -> Posyandu | None:
    """What may be said of a desa. With several posyandu nobody knows to which a family goes: the day is known where
    they share it, the place never."""
    if len(found) < 2:
        return next(iter(found), None)
    patterns = {one.pattern for one in found}
    return Posyandu("", "", patterns.pop()) if len(patterns) == 1 else None


def days(pattern: str, since: date, until: date) -> list[date]:
    """The days of a pattern in [since, until]. The 31st is the last day of a shorter month."""
    word, _, rest = pattern.partition(" ")
    if word not in WEEKDAYS and word != "tanggal":
        every = (date.fromisoformat(part) for part in pattern.split(","))
        return [day for day in every if since <= day <= until]
    found: list[date] = []
    for year, month in _months(since, until):
        last = calendar.monthrange(year, month)[1]
        if word == "tanggal":
            number = min(int(rest), last)
        else:
            first = 1 + (WEEKDAYS[word] - date(year, month, 1).weekday()) % 7
            fitting = range(first, last + 1, 7)
            number = fitting[int(rest) - 1 if int(rest) > 0 else _LAST]
        if since <= (day := date(year, month, number)) <= until:
            found.append(day)
    return found


def _months(since: date, until: date) -> Iterator[tuple[int, int]]:
    for number in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
        yield number // 12, number % 12 + 1
