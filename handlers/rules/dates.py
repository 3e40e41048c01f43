"""Which moment does a pendamping mean by 'besok 9', 'Sabtu 09.00', '28/11 09.00-11.00'?"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

WEEKDAYS = {
    "senin": 0,
    "selasa": 1,
    "rabu": 2,
    "kamis": 3,
    "jumat": 4,
    "jum'at": 4,
    "jumaat": 4,
    "sabtu": 5,
    "minggu": 6,
    "ahad": 6,
}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan",
            "februari feb pebruari",
            "maret mar",
            "april apr",
            "mei",
            "juni jun",
            "juli jul",
            "agustus agu agt ags",
            "september sep sept",
            "oktober okt",
            "november nov nopember nop",
            "desember des",
        ),
        1,
    )
    for name in names.split()
}
ORDINALS = {"pertama": 1, "kedua": 2, "ketiga": 3, "keempat": 4, "terakhir": -1}
NEAR = {"hari ini": 0, "skrg": 0, "besok lusa": 2, "besok": 1, "bsk": 1, "esok": 1, "lusa": 2}

LONG_PAST = timedelta(days=60)
"""A day without a year that lies further back than this means next year's."""

YEARS = range(2000, 2100)
"""A year outside of these is a slip of the finger."""


class DateFault(Exception):
    """The words name no moment we can use. `key` is the sentence that says so, `params` what it needs."""

    def __init__(self, key: str, **params: str) -> None:
        super().__init__(key)
        self.key, self.params = key, params


@dataclass(frozen=True, slots=True)
class When:
    """A day and hours by the kabupaten's clock; `ends` is None when nobody wrote it."""

    day: date
    starts: time
    ends: time | None


_TIME = r"(?:jam|pukul|pkl\.?)?\s*(\d{1,2})(?:[.:](\d{2}))?\s*(pagi|siang|sore|malam)?"
_PART_FIRST = re.compile(r"^\s*(pagi|siang|sore|malam)\s+((?:jam|pukul|pkl\.?)?\s*\d[\d.:]*)")
_FOUR_DIGITS = re.compile(r"\b([01]\d)([0-5]\d)\b")
_CLOCK = re.compile(rf"^\s*{_TIME}(?:\s*(?:-|–|s\.?/?d\.?|sampai|hingga)\s*{_TIME}|\s*(?:-|–|sampai)\s*selesai)?\s*$")
_NUMERIC = re.compile(
    r"(?<![\d.:])(\d{1,2})\s?(?P<gap>[-/.])\s?(\d{1,2})\s?(?P=gap)\s?(\d{4}|(?<!\.)\d{2})(?![\d.:]\d)"
)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_SHORT = re.compile(r"(?<![\d.:])(\d{1,2})\s?[/-]\s?(\d{1,2})(?![\d.:/]|\s?[-/]\s?\d)")
_SLASHED = re.compile(r"(?<![\d.:])(\d{1,2})\s?/\s?(\d{1,2})(?![\d.:/])")
_ONLY_DAY = re.compile(r"\b(?:tanggal|tgl)\s*(\d{1,2})\b(?!\s*[-/.]\s*\d)")
_NAMED = re.compile(
    rf"\b(\d{{1,2}})\s*[-/ ]?\s*({'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?\s*[-/ ]?(20\d{{2}})?(?!\d)"
)
_DAY = re.compile(rf"\b({'|'.join(map(re.escape, sorted(WEEKDAYS, key=len, reverse=True)))})\b")
_NEXT_WEEK = re.compile(r"\bminggu depan\b")
_NEAR = re.compile(rf"\b({'|'.join(sorted(NEAR, key=len, reverse=True))})\b")
_NOISE = re.compile(r"\b(wita|wib|wit|hari|tanggal|tgl|depan|ini|nanti|yang akan datang|mulai)\b|,")


def read_when(text: str, now: datetime) -> When:
    """`now` is local and with zone. Raises DateFault with the sentence to answer; a past moment is one too."""
    words = re.sub(r"\s+", " ", text.lower().replace("\u2019", "'")).strip()
    if not words:
        raise DateFault("meetings.when.missing")
    if re.search(r"\b(tiap|setiap)\b", words):
        raise DateFault("meetings.when.recurring")
    day, rest = _read_day(words, now.date())
    if day is None:
        raise DateFault("meetings.when.no_day", text=_short(text))
    starts, ends = _read_hours(rest, text)
    if datetime.combine(day, starts, now.tzinfo) <= now:
        raise DateFault("meetings.when.past", text=_short(text))
    if ends is not None and ends <= starts:
        raise DateFault("meetings.when.backwards", text=_short(text))
    return When(day, starts, ends)


def read_monthly(text: str) -> tuple[str, int, int] | None:
    """'Sabtu kedua 09.00 tiap bulan' → ('Sabtu kedua 09.00', 2, 5). None when nothing comes back each month; a fault
    when it is not said which such day of the month."""
    if not re.search(r"\b(?:se)?tiap\b", text, re.IGNORECASE):
        return None
    words = re.sub(r"\b(?:se)?tiap\s+bulan(?:nya)?\b", " ", text, flags=re.IGNORECASE)
    day = _DAY.search(words.lower())
    nth = next((number for word, number in ORDINALS.items() if re.search(rf"\b{word}\b", words.lower())), None)
    if day is None or nth is None or re.search(r"\b(?:se)?tiap\b", words, re.IGNORECASE):
        raise DateFault("meetings.when.recurring")
    return " ".join(words.split()), nth, WEEKDAYS[day[1]]


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The second Saturday of a month; −1 is the last."""
    days = [d for d in calendar.Calendar().itermonthdates(year, month) if d.month == month and d.weekday() == weekday]
    return days[nth - 1] if nth > 0 else days[-1]


def read_day(text: str, today: date) -> date | None:
    """The day that stands in these words, without hours; None when there is none. Raises DateFault for one that
    cannot be."""
    return _read_day(re.sub(r"\s+", " ", text.lower()).strip(), today)[0]


def _read_day(words: str, today: date) -> tuple[date | None, str]:
    next_week = _NEXT_WEEK.search(words)
    words = _NEXT_WEEK.sub(" ", words)
    named_day = _DAY.search(words)
    weekday = WEEKDAYS[named_day[1]] if named_day else None
    # Beside 'besok' or a weekday '10-12' are hours; only a slash still makes it a day.
    short = _SLASHED if named_day or _NEAR.search(words) else _SHORT
    for pattern, order in ((_ISO, "ymd"), (_NUMERIC, "dmy"), (_NAMED, "dmy"), (short, "dm"), (_ONLY_DAY, "d")):
        found = pattern.search(words)
        if found is None:
            continue
        day = _from_parts(found, order, today)
        rest = words[: found.start()] + " " + words[found.end() :]
        if weekday is not None and named_day is not None:
            rest = rest.replace(named_day[1], " ", 1)
            if day.weekday() != weekday:
                real = next(name for name, number in WEEKDAYS.items() if number == day.weekday())
                raise DateFault("meetings.when.weekday", date=f"{day:%d-%m-%Y}", day=real, said=named_day[1])
        return day, rest
    if near := _NEAR.search(words):
        return today + timedelta(days=NEAR[near[1]]), words.replace(near[1], " ", 1)
    if named_day is None or weekday is None:
        return None, words
    rest = words.replace(named_day[1], " ", 1)
    ordinal = next((word for word in ORDINALS if re.search(rf"\b{word}\b", rest)), None)
    if ordinal:
        return _nth_weekday(weekday, ORDINALS[ordinal], today), re.sub(rf"\b{ordinal}\b", " ", rest)
    if next_week:
        return today + timedelta(days=7 - today.weekday() + weekday), rest
    ahead = (weekday - today.weekday()) % 7 or 7
    return today + timedelta(days=ahead), rest


def _from_parts(found: re.Match[str], order: str, today: date) -> date:
    if order == "ymd":
        year, month, day = (int(part) for part in found.groups())
    elif order == "d":
        return _next_with_day(int(found[1]), today, found[0])
    elif "gap" in found.groupdict():
        day, month, year = int(found[1]), int(found[3]), int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    else:
        day = int(found[1])
        month = MONTHS[found[2]] if found[2] in MONTHS else int(found[2])
        written = found[3] if order == "dmy" else None
        year = int(written) + (2000 if len(written) == 2 else 0) if written else 0
    if not 1 <= month <= 12:
        raise DateFault("meetings.when.no_month", text=found[0].strip())
    year = year or _coming_year(day, month, today)
    if year not in YEARS:
        raise DateFault("meetings.when.no_day", text=found[0].strip())
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise DateFault(
            "meetings.when.no_such_day", text=found[0].strip(), month=_month_name(month, year), last=str(last)
        )
    return date(year, month, day)


def _coming_year(day: int, month: int, today: date) -> int:
    """The year of a day that was written without one."""
    this_year = date(today.year, month, min(max(day, 1), calendar.monthrange(today.year, month)[1]))
    return today.year + (today - this_year > LONG_PAST)


def _next_with_day(day: int, today: date, text: str) -> date:
    """'tanggal 5': this month's, or the next month's when that is over."""
    for ahead in range(3):
        month = (today.month - 1 + ahead) % 12 + 1
        year = today.year + (today.month - 1 + ahead) // 12
        if 1 <= day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day)
    raise DateFault("meetings.when.no_day", text=text)


def _month_name(month: int, year: int) -> str:
    return f"{next(name for name, number in MONTHS.items() if number == month).capitalize()} {year}"


def _nth_weekday(weekday: int, nth: int, today: date) -> date:
    """The nth such weekday of this month, or of the next when it is over."""
    for ahead in (0, 1):
        month = (today.month - 1 + ahead) % 12 + 1
        year = today.year + (today.month - 1 + ahead) // 12
        if (found := nth_weekday(year, month, nth, weekday)) > today:
            return found
    return found


def nth_in_month(day: date, year: int, month: int) -> date:
    """The day in another month that is 'the same': the second Saturday for a second Saturday."""
    nth = (day.day - 1) // 7
    days = [
        d for d in calendar.Calendar().itermonthdates(year, month) if d.month == month and d.weekday() == day.weekday()
    ]
    return days[min(nth, len(days) - 1)]


def _read_hours(rest: str, text: str) -> tuple[time, time | None]:
    hours = _PART_FIRST.sub(r"\2 \1", _NOISE.sub(" ", rest).strip(" -."))
    if not hours:
        raise DateFault("meetings.when.no_hour", text=_short(text))
    found = _CLOCK.match(re.sub(r"\s+", " ", _FOUR_DIGITS.sub(r"\1.\2", hours)))
    if found is None:
        raise DateFault("meetings.when.no_hour", text=_short(text))
    starts = _clock(found[1], found[2], found[3], text)
    ends = _clock(found[4], found[5], found[6] or found[3], text) if found[4] else None
    return starts, ends


def _clock(hour: str, minute: str | None, part: str | None, text: str) -> time:
    number, minutes = int(hour), int(minute or 0)
    if part == "malam" and number == 12:
        number = 24  # midnight is not an hour of that day: better asked again than taken for noon
    elif part in {"siang", "sore", "malam"} and 1 <= number <= 11 and not (part == "siang" and number == 11):
        number += 12
    elif part is None and minute is None and 1 <= number <= 5:
        number += 12  # nobody meets at two in the night: 'besok 2' is the afternoon
    if number > 23 or minutes > 59:
        raise DateFault("meetings.when.no_hour", text=_short(text))
    return time(number, minutes)


def _short(text: str) -> str:
    clean = " ".join(text.split())
    return clean if len(clean) <= 40 else clean[:39] + "…"
