"""What does the education form of e-PKH say of each child and month? Strict in its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.intake.cells import text_of
from data.intake.files import Table, tables
from data.intake.findings import WRONG, Finding, Where, finding
from data.intake.roster.columns import squash
from data.intake.roster.words import fold
from data.intake.school.titles import CHILD, FAMILY, Group, groups, judge

_SCHOOL = re.compile(r"nama\s*sekolah\s*:?\s*(.*)", re.IGNORECASE)
MOST_DAYS = 31


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
    sheets = tables(source, name, judge)
    if isinstance(sheets, Finding):
        found.findings.append(sheets)
        return found
    table = max(sheets, key=lambda sheet: max((judge(row) for row in sheet.rows[:30]), default=0))
    at = next((n for n, row in enumerate(table.rows[:30]) if judge(row) >= 2), None)
    if at is None:
        found.findings.append(finding("school_no_header", Where(table.name)))
        return found
    Reader(table, at, found, quarter).read()
    return found


class Reader:
    def __init__(self, table: Table, at: int, found: SchoolFile, quarter: tuple[int, int] | None) -> None:
        self.table, self.at, self.found, self.quarter = table, at, found, quarter
        self.titles = [squash(text_of(cell)) for cell in table.rows[at]]
        self.head = Where(table.name, at + 1)

    def read(self) -> None:
        for row in self.table.rows[: self.at]:
            self._school_name([text_of(cell) for cell in row])
        child = next((n for n, title in enumerate(self.titles) if title in CHILD), None)
        family = next((n for n, title in enumerate(self.titles) if title in FAMILY), None)
        months = groups(self.table.rows, self.at, self.quarter)
        for name, there in (("Nama Siswa", child), ("Nama Pengurus", family), ("Alpa", months or None)):
            if there is None:
                self._wrong("school_missing_column", self.head, name=name)
        for group in months:
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
        self._rows(child, family, months)

    def _school_name(self, cells: Sequence[str]) -> None:
        for n, cell in enumerate(cells):
            if found := _SCHOOL.match(cell):
                following = next((c for c in cells[n + 1 :] if c), "")
                self.found.school = (found[1].strip() or following.strip(" :"))[:80]

    def _rows(self, child: int, family: int, months: Sequence[Group]) -> None:
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
            for group in months:
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
