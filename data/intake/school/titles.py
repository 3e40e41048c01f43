"""Which columns of the education form are whose, and of which month? Tolerant of how a school wrote its titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.intake.cells import text_of
from data.intake.files import Row
from data.intake.roster.columns import squash

CHILD = frozenset({"namasiswa", "namaanak", "namapesertadidik", "siswa"})
FAMILY = frozenset({"namapengurus", "pengurus", "namaibu"})
NUMBERS = {
    "alpa": frozenset({"alpa", "alpha", "alfa", "a"}),
    "izin": frozenset({"izin", "ijin", "i"}),
    "sakit": frozenset({"sakit", "s"}),
}
PERCENT = frozenset({"", "persen", "persentase", "prosentase"})
EFFECTIVE = frozenset({"hariefektif", "efektif", "he", "harisekolah"})
MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_MONTH = re.compile(
    r"\b(jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|juni?|juli?|agu?s?(?:tus)?|sep(?:tember)?|okt(?:ober)?"
    r"|nov(?:ember)?|nopember|des(?:ember)?)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(20\d\d)\b")
_DAYS = re.compile(r"(?:\(|efektif\D{0,6})\s*(\d{1,2})\b(?!\d)", re.IGNORECASE)
_QUARTER = re.compile(r"(?:triwulan|tw)\s*(?:ke-?)?\s*([1-4]|iv|i{1,3})\b", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(slots=True)
class Group:
    """The columns of one month."""

    at: dict[str, int] = field(default_factory=dict)
    month: str = ""
    effective: int | None = None


def judge(row: Row) -> int:
    """How much a row looks like the titles of this form."""
    titles = [squash(text_of(cell)) for cell in row]
    known = CHILD | FAMILY | NUMBERS["alpa"] - {"a"} | NUMBERS["izin"] - {"i"} | NUMBERS["sakit"] - {"s"}
    return sum(title in known for title in titles)


def groups(rows: Sequence[Row], at: int, quarter: tuple[int, int] | None) -> list[Group]:
    """Each 'Alpa' begins a month; its name and days stand in the same or a row above, over or before it."""
    above = " ".join(text_of(cell) for row in rows[:at] for cell in row)
    titles = [squash(text_of(cell)) for cell in rows[at]]
    starts = [n for n, title in enumerate(titles) if _title(title) in NUMBERS["alpa"]]
    year = _YEAR.search(above)
    found = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(titles)
        first = starts[number - 1] + 1 if number else 0
        group = Group({"alpa": start})
        for n in range(start + 1, end):
            title = _title(titles[n])
            for name in ("izin", "sakit"):
                if title in NUMBERS[name]:
                    group.at.setdefault(name, n)
            if text_of(rows[at][n]) == "%" or title in PERCENT - {""}:
                group.at.setdefault("percent", n)
        for n in (*range(start - 1, max(first, start - 2) - 1, -1), *range(start, end)):
            if _title(titles[n]) in EFFECTIVE:
                group.at.setdefault("effective", n)
        _name(group, rows[max(0, at - 3) : at + 1], start, end, year[1] if year else "")
        found.append(group)
    _by_quarter(found, quarter, above, year[1] if year else "")
    return found


def _name(group: Group, rows: Sequence[Row], start: int, end: int, year: str) -> None:
    over = []
    for row in rows:
        cells = [text_of(cell) for cell in row]
        # A merged title stands in the first of its cells.
        over += [cells[n] for n in range(start, min(end, len(cells))) if cells[n]][:1] or []
        before = cells[start - 1] if 0 < start <= len(cells) else ""
        over += [before] if _MONTH.search(before) else []
    for text in over:
        if found := _MONTH.search(text):
            month = _number(found[1])
            written = _YEAR.search(text)
            if written or year:
                group.month = f"{written[1] if written else year}-{month:02}"
        if (days := _DAYS.search(text)) and group.effective is None:
            group.effective = int(days[1])


def _by_quarter(found: list[Group], quarter: tuple[int, int] | None, above: str, year: str) -> None:
    """Months that no title names follow from the triwulan."""
    if quarter is None and (written := _QUARTER.search(above)) and year:
        word = written[1].lower()
        quarter = (int(year), _ROMAN.get(word) or int(word))
    if quarter is None:
        return
    for number, group in enumerate(found[:3]):
        group.month = group.month or f"{quarter[0]}-{3 * quarter[1] - 2 + number:02}"


def _title(squashed: str) -> str:
    """'oktober2026alpa' is 'alpa'."""
    for names in (NUMBERS["alpa"], NUMBERS["izin"], NUMBERS["sakit"], EFFECTIVE):
        for name in names:
            if len(name) > 2 and squashed.endswith(name):
                return name
    return squashed


def _short(month: str) -> str:
    return month.lower()[:3].replace("nop", "nov").replace("ags", "agu")


def _number(month: str) -> int:
    return MONTHS.index(_short(month)) + 1
