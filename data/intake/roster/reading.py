"""What does a roster file say? One wide sheet, or the sheets 'keluarga' and 'anggota', from XLSX or CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data.intake.cells import text_of
from data.intake.files import Table, tables
from data.intake.findings import WRONG, Finding, Where, finding
from data.intake.identity import Seal
from data.intake.roster.checks import check
from data.intake.roster.columns import REQUIRED, TITLES, Columns, find_columns, read_columns, report_columns, squash
from data.intake.roster.members import read_member_sheet
from data.intake.roster.records import Family, Roster
from data.intake.roster.rows import read_family

Progress = Callable[[int, int], None]

FAMILY_SHEETS = frozenset({"keluarga", "kpm", "keluargakpm", "datakeluarga", "datakpm"})
MEMBER_SHEETS = frozenset({"anggota", "komponen", "anggotakeluarga", "dataanggota", "datasemuakomponen"})
SILENT_SHEETS = frozenset({"petunjuk", "daftar", "keterangan"})
EVERY = 500


def read_roster(
    source: Path | str | bytes, name: str = "", progress: Progress | None = None, seal: Seal | None = None
) -> Roster:
    """Read a whole file and check every row of it. Never raises for what a file holds: that becomes a finding.
    Without a `seal` no NIK or KK is read."""
    name = name or (Path(source).name if isinstance(source, str | Path) else "roster")
    sheets = tables(source, name, lambda row: read_columns(row).known)
    if isinstance(sheets, Finding):
        return Roster(name, findings=(sheets,))
    findings: list[Finding] = []
    chosen = _choose(sheets, name, findings)
    if chosen is None:
        return Roster(name, findings=findings)
    family_sheet, member_sheet = chosen
    families = _families(family_sheet, findings, progress or (lambda done, total: None), seal)
    if member_sheet is not None:
        families = read_member_sheet(member_sheet, families, findings, seal)
    if not families and not any(f.level == WRONG for f in findings):
        findings.append(finding("empty", Where(family_sheet.name or name)))
    families = check(families, findings)
    has_members = any(family.members for family in families)
    findings.sort(key=lambda f: (f.sheet != family_sheet.name, f.sheet, f.row))
    return Roster(name, families, findings, has_members)


def _choose(sheets: list[Table], name: str, findings: list[Finding]) -> tuple[Table, Table | None] | None:
    """The sheet of the families, and the sheet of the members if there is one: by name, else by what it holds."""
    if len(sheets) == 1 and squash(sheets[0].name) not in MEMBER_SHEETS:
        return sheets[0], None
    family = next((s for s in sheets if squash(s.name) in FAMILY_SHEETS), None)
    member = next((s for s in sheets if squash(s.name) in MEMBER_SHEETS), None)
    if family is None:
        fits = [s for s in sheets if s is not member and set(REQUIRED) <= find_columns(s.rows).family.keys()]
        family = next(iter(fits), None)
    if family is None:
        findings.append(finding("wrong_sheet", Where(name), sheets=", ".join(s.name for s in sheets)))
        return None
    for sheet in sheets:
        if sheet not in (family, member) and squash(sheet.name) not in SILENT_SHEETS and any(map(any, sheet.rows)):
            findings.append(finding("extra_sheet", Where(sheet.name)))
    return family, member


def _families(table: Table, findings: list[Finding], progress: Progress, seal: Seal | None) -> list[Family]:
    if not any(text_of(cell) for row in table.rows for cell in row):
        findings.append(finding("empty", Where(table.name)))
        return []
    columns = find_columns(table.rows, seal=seal)
    if columns.row < 0:
        findings.append(finding("no_header", Where(table.name)))
        return []
    report_columns(Where(table.name, columns.row + 1), columns, findings)
    missing = [name for name in REQUIRED if name not in columns.family]
    for name in missing:
        findings.append(finding("missing_column", Where(table.name, columns.row + 1), name=TITLES[name]))
    return [] if missing else _rows(table, columns, findings, progress)


def _rows(table: Table, columns: Columns, findings: list[Finding], progress: Progress) -> list[Family]:
    families = []
    for number, row in enumerate(table.rows[columns.row + 1 :], columns.row + 2):
        if number % EVERY == 0:
            progress(number, len(table.rows))
        if family := read_family(row, Where(table.name, number), columns, findings):
            families.append(family)
    progress(len(table.rows), len(table.rows))
    return families
