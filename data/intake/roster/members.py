"""Whose members stand on the sheet 'anggota'?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from data.intake.cells import text_of
from data.intake.files import Table
from data.intake.findings import Finding, Where, finding
from data.intake.identity import Seal
from data.intake.roster.columns import find_columns, report_columns
from data.intake.roster.records import Family, Member
from data.intake.roster.rows import EXAMPLE, ID, Line, read_member
from data.intake.roster.words import fold

KEYS = ("id_kpm", "family", "kelompok")


def read_member_sheet(
    table: Table, families: Sequence[Family], findings: list[Finding], seal: Seal | None = None
) -> list[Family]:
    """The families with the members of the sheet."""
    columns = find_columns(table.rows, members_only=True, seal=seal)
    fields = columns.members.get(0, {})
    if "name" not in fields or not {"id_kpm", "family"} & fields.keys():
        if any(text_of(cell) for row in table.rows for cell in row):
            findings.append(finding("missing_column", Where(table.name, columns.row + 1), name="nama anggota, id_kpm"))
        return list(families)
    report_columns(Where(table.name, columns.row + 1), columns, findings)
    own = {name: at for name, at in fields.items() if name not in KEYS}
    members: dict[int, list[Member]] = defaultdict(list)
    index = _Index(families)
    for number, row in enumerate(table.rows[columns.row + 1 :], columns.row + 2):
        where = Where(table.name, number)
        at = index.find(Line(row, where, columns.titles, fields, findings))
        member = Line(row, where, columns.titles, own, findings)
        if at is not None and (read := read_member(member, columns, 0)):
            members[at].append(read)
    return [replace(f, members=(*f.members, *members[at])) for at, f in enumerate(families)]


class _Index:
    """Families by id_kpm, and by name with and without their kelompok."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.families: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, family in enumerate(families):
            self.families["", fold(family.name)].append(at)
            self.families[fold(family.kelompok), fold(family.name)].append(at)
            if family.id_kpm:
                self.families[(fold(family.id_kpm),)].append(at)

    def find(self, line: Line) -> int | None:
        if line.blank():
            return None
        id_kpm, name, kelompok = line.text("id_kpm", ID), line.text("family"), line.text("kelompok")
        if None in (id_kpm, name, kelompok):
            return None
        if id_kpm and id_kpm.upper().startswith(EXAMPLE):
            line.report("example_row")
            return None
        found = self.families.get((fold(id_kpm),), []) if id_kpm else []
        if not found and name:
            found = self.families.get((fold(kelompok), fold(name)), [])
        if len(found) != 1:
            line.report("member_ambiguous" if found else "member_without_family")
            return None
        return found[0]
