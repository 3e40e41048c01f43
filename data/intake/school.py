"""What does the education form of e-PKH say of each child and month? Tolerant of its form, strict in its numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from data.intake.cells import text_of
from data.intake.files import Row, Table, tables
from data.intake.findings import WRONG, Finding, Where, finding
from data.intake.roster.columns import squash
from data.intake.roster.words import fold
from data.obligations.verkom import SchoolMonth
from data.schema import kpm, member
from data.store import Tx

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
_SCHOOL = re.compile(r"nama\s*sekolah\s*:?\s*(.*)", re.IGNORECASE)
_QUARTER = re.compile(r"(?:triwulan|tw)\s*(?:ke-?)?\s*([1-4]|iv|i{1,3})\b", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
MOST_DAYS = 31


@dataclass(slots=True)
class Group:
    """The columns of one month."""

    at: dict[str, int] = field(default_factory=dict)
    month: str = ""
    effective: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One month of one child, as written; `where` for what is said of it later."""

    where: Where
    child: str
    family: str
    month: str
    effective: int
    alpa: int
    izin: int
    sakit: int


@dataclass(slots=True)
class SchoolFile:
    school: str = ""
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    children: int = 0

    @property
    def ok(self) -> bool:
        return not any(f.level == WRONG for f in self.findings)


def read_school(source: Path | str | bytes, name: str, quarter: tuple[int, int] | None = None) -> SchoolFile:
    """Never raises: whatever is wrong is a finding. `quarter` where the file itself names no months."""
    found = SchoolFile()
    sheets = tables(source, name, _judge)
    if isinstance(sheets, Finding):
        found.findings.append(sheets)
        return found
    table = max(sheets, key=lambda sheet: max((_judge(row) for row in sheet.rows[:30]), default=0))
    at = next((n for n, row in enumerate(table.rows[:30]) if _judge(row) >= 2), None)
    if at is None:
        found.findings.append(finding("school_no_header", Where(table.name)))
        return found
    _Reader(table, at, found, quarter).read()
    return found


def _judge(row: Row) -> int:
    """How much a row looks like the titles of this form."""
    titles = [squash(text_of(cell)) for cell in row]
    known = CHILD | FAMILY | NUMBERS["alpa"] - {"a"} | NUMBERS["izin"] - {"i"} | NUMBERS["sakit"] - {"s"}
    return sum(title in known for title in titles)


class _Reader:
    def __init__(self, table: Table, at: int, found: SchoolFile, quarter: tuple[int, int] | None) -> None:
        self.table, self.at, self.found, self.quarter = table, at, found, quarter
        self.titles = [squash(text_of(cell)) for cell in table.rows[at]]
        self.head = Where(table.name, at + 1)

    def read(self) -> None:
        above = " ".join(text_of(cell) for row in self.table.rows[: self.at] for cell in row)
        for row in self.table.rows[: self.at]:
            self._school_name([text_of(cell) for cell in row])
        child = next((n for n, title in enumerate(self.titles) if title in CHILD), None)
        family = next((n for n, title in enumerate(self.titles) if title in FAMILY), None)
        groups = self._groups(above)
        for name, there in (("Nama Siswa", child), ("Nama Pengurus", family), ("Alpa", groups or None)):
            if there is None:
                self._wrong("school_missing_column", self.head, name=name)
        for group in groups:
            for name in ("izin", "sakit"):
                if name not in group.at:
                    self._wrong("school_missing_column", self.head, name=f"{name.capitalize()} {group.month}".strip())
            if not group.month:
                self._wrong("school_no_month", self.head)
            if group.effective is None and "effective" not in group.at:
                self._wrong("school_missing_column", self.head, name=f"Hari Efektif {group.month}".strip())
        if any("nik" in title or "nisn" in title for title in self.titles):
            self.found.findings.append(finding("school_identity", self.head))
        if not self.found.ok or child is None or family is None:
            return
        self._rows(child, family, groups)

    def _school_name(self, cells: Sequence[str]) -> None:
        for n, cell in enumerate(cells):
            if found := _SCHOOL.match(cell):
                following = next((c for c in cells[n + 1 :] if c), "")
                self.found.school = (found[1].strip() or following.strip(" :"))[:80]

    def _groups(self, above: str) -> list[Group]:
        """Each 'Alpa' begins a month; its name and days stand in the same or a row above, over or before it."""
        starts = [n for n, title in enumerate(self.titles) if _title(title) in NUMBERS["alpa"]]
        year = _YEAR.search(above)
        groups = []
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(starts) else len(self.titles)
            first = starts[number - 1] + 1 if number else 0
            group = Group({"alpa": start})
            for n in range(start + 1, end):
                title = _title(self.titles[n])
                for name in ("izin", "sakit"):
                    if title in NUMBERS[name]:
                        group.at.setdefault(name, n)
                if text_of(self.table.rows[self.at][n]) == "%" or title in PERCENT - {""}:
                    group.at.setdefault("percent", n)
            for n in (*range(start - 1, max(first, start - 2) - 1, -1), *range(start, end)):
                if _title(self.titles[n]) in EFFECTIVE:
                    group.at.setdefault("effective", n)
            self._name(group, start, end, year[1] if year else "")
            groups.append(group)
        self._by_quarter(groups, above, year[1] if year else "")
        return groups

    def _name(self, group: Group, start: int, end: int, year: str) -> None:
        over = []
        for row in self.table.rows[max(0, self.at - 3) : self.at + 1]:
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

    def _by_quarter(self, groups: list[Group], above: str, year: str) -> None:
        """Months that no title names follow from the triwulan."""
        quarter = self.quarter
        if quarter is None and (found := _QUARTER.search(above)) and year:
            word = found[1].lower()
            quarter = (int(year), _ROMAN.get(word) or int(word))
        if quarter is None:
            return
        for number, group in enumerate(groups[:3]):
            group.month = group.month or f"{quarter[0]}-{3 * quarter[1] - 2 + number:02}"

    # --- rows

    def _rows(self, child: int, family: int, groups: Sequence[Group]) -> None:
        seen: dict[tuple[str, str], int] = {}
        for number, row in enumerate(self.table.rows[self.at + 1 :], self.at + 2):
            where = Where(self.table.name, number)
            cells = [text_of(cell) for cell in row] + [""] * (len(self.titles) - len(row))
            name, pengurus = cells[child], cells[family]
            if not name or name.isdecimal() or squash(name).startswith(("kepalasekolah", "mengetahui", "jumlah")):
                continue
            key = (fold(name), fold(pengurus))
            if key in seen:
                self._wrong("school_repeated", where, name=name, row=seen[key])
                continue
            seen[key] = number
            self.found.children += 1
            for group in groups:
                if (line := self._month(cells, group, where, name, pengurus)) is not None:
                    self.found.lines.append(line)

    def _month(self, cells: Sequence[str], group: Group, where: Where, name: str, family: str) -> Line | None:
        at = group.at
        written = [cells[at[what]] for what in ("alpa", "izin", "sakit") if what in at]
        if not any(written) and not cells[at.get("percent", at["alpa"])]:
            return None  # a month that the school has not filled in is not a month without absence
        numbers = {what: self._days(cells[at[what]], where, what) for what in ("alpa", "izin", "sakit") if what in at}
        effective = group.effective
        if "effective" in at and cells[at["effective"]]:
            effective = self._days(cells[at["effective"]], where, "Hari Efektif")
        if effective is None or any(value is None for value in numbers.values()):
            return None
        days: dict[str, int] = {what: value or 0 for what, value in numbers.items()}
        missed = sum(days.values())
        if missed > effective or effective > MOST_DAYS:
            self._wrong("school_too_many", where, missed=missed, effective=effective)
            return None
        if not self._percent(cells, group, where, effective, days):
            return None
        return Line(where, name, family, group.month, effective, **days)

    def _percent(
        self, cells: Sequence[str], group: Group, where: Where, effective: int, days: Mapping[str, int]
    ) -> bool:
        """What the school wrote is only compared: days count. Above 100 % something is wrong with the days."""
        written = cells[group.at["percent"]] if "percent" in group.at else ""
        found = re.fullmatch(r"\s*(\d{1,4}(?:[.,]\d+)?)\s*%?\s*", written)
        if not found:
            return True
        value = float(found[1].replace(",", "."))
        value = value * 100 if 0 < value <= 1 and ("," in written or "." in written) else value
        if value > 100:
            self._wrong("school_percent", where, value=written)
            return False
        missed = (days["alpa"], sum(days.values()))
        counted = [100 * (effective - one) / effective for one in missed] if effective else [value]
        if all(abs(value - one) > 1.5 and abs(100 - value - one) > 1.5 for one in counted):
            shown = f"{min(counted):.0f} %"
            self.found.findings.append(finding("school_percent_differs", where, value=written, counted=shown))
        return True

    def _days(self, text: str, where: Where, what: str) -> int | None:
        if text in {"", "-"}:
            return 0
        if not text.isdecimal() or int(text) > MOST_DAYS:
            self._wrong("school_not_a_number", where, what.capitalize(), value=text)
            return None
        return int(text)

    def _wrong(self, kind: str, where: Where, column: str = "", **words: object) -> None:
        self.found.findings.append(finding(kind, where, column, **words))


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


# --- whose children are they?


def match(tx: Tx, found: SchoolFile) -> list[SchoolMonth]:
    """The lines with their children; whom nobody knows is a finding. Empty when anything is wrong: all or nothing."""
    rows = tx.conn.execute(
        select(member.c.id, member.c.name, kpm.c.name.label("family")).join(kpm, kpm.c.id == member.c.kpm_id)
    )
    both: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        both[fold(row.name), fold(row.family)].append(row.id)
    months, told = [], set()
    for line in found.lines:
        ids = both.get((fold(line.child), fold(line.family)), [])
        if len(ids) != 1:
            if line.where not in told:
                kind = "school_ambiguous" if ids else "school_unknown_child"
                words = {"name": line.child} | ({} if ids else {"family": line.family})
                found.findings.append(finding(kind, line.where, **words))
                told.add(line.where)
            continue
        days = (line.effective, line.alpa, line.izin, line.sakit)
        months.append(SchoolMonth(ids[0], line.month, found.school, *days))
    return months if found.ok else []
