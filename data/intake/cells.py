"""What does one cell hold? A text or a date, however it was typed; a Problem instead of an exception."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell cannot be used: the kind of its finding and the words that go into it."""

    kind: str
    value: str = ""
    length: int = 0


EMPTY = frozenset({"", "-", "--", "—", "–", "n/a", "#n/a", "null", "none", "nan"})
_ERROR = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|#{3,}", re.IGNORECASE)
_AS_TEXT = re.compile(r'="([^"]*)"')
_IDENTITY = re.compile(r"(?<!\d)\d(?:[\s.\-_/]{0,2}\d){15}(?!\d)")


def text_of(cell: object) -> str:
    """The cell on one line: no invisible characters, no double spaces, whole numbers without '.0'."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    text = str(cell)
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, unicodedata.normalize("NFKC", text)))
    text = " ".join(text.split())
    # Excel's way of keeping a number as text, seen in files that were saved as CSV.
    if wrapped := _AS_TEXT.fullmatch(text):
        text = wrapped[1].strip()
    return "" if text.lower() in EMPTY else text.removeprefix("'")


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cf", "Cs", "Co", "Cn"}:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    return " " if category[0] in "CZ" else char


def problem_of(text: str) -> Problem | None:
    """What no cell may hold, whatever its column: a formula, Excel's error words, a NIK or KK."""
    if text.startswith("="):
        return Problem("formula")
    if text.startswith("#") and _ERROR.fullmatch(text):
        return Problem("garbage", text)
    return Problem("identity") if has_identity(text) else None


def has_identity(text: str) -> bool:
    return len(text) >= 16 and _IDENTITY.search(text) is not None


# --- dates

_MONTHS = (
    "januari january",
    "februari pebruari february",
    "maret march mrt",
    "april",
    "mei may",
    "juni june",
    "juli july",
    "agustus agt ags august",
    "september sept",
    "oktober october",
    "november nopember",
    "desember december",
)
_DAY_FIRST = re.compile(r"(?:^|.*[,\s])(\d{1,2})\s?[\s/.\-]\s?([a-z]+|\d{1,2})\.?\s?[\s/.\-]\s?(\d{2}|\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_TIME = re.compile(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?z?$")
SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of Excel's calendar, which believes in 29 February 1900."""
_SERIALS = range(367, 73051)  # 1901 to 2099


def date_of(cell: object) -> date | Problem | None:
    """A date as people and spreadsheets write it; day first, never month first."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if not text:
        return None
    if text.isdecimal() and len(text) == 5 and int(text) in _SERIALS:
        return SERIAL_ZERO + timedelta(days=int(text))
    plain = _TIME.sub("", text.lower())
    if found := _YEAR_FIRST.fullmatch(plain):
        return _date(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(plain):
        if len(found[3]) == 2:
            return Problem("date_short_year", text)
        month = int(found[2]) if found[2].isdecimal() else _month(found[2])
        return _date(text, int(found[3]), month, int(found[1])) if month is not None else _unreadable(text)
    return _unreadable(text)


def _unreadable(text: str) -> Problem:
    return Problem("date_unreadable", text)


@lru_cache(maxsize=256)
def _month(word: str) -> int | None:
    for number, names in enumerate(_MONTHS, 1):
        if len(word) >= 3 and any(name.startswith(word) for name in names.split()):
            return number
    return None


def _date(text: str, year: int, month: int, day: int) -> date | Problem:
    try:
        found = date(year, month, day)
    except ValueError:
        return Problem("date_impossible", text)
    return found if 1900 < year < 2100 else Problem("date_impossible", text)
