"""Whose children does a school file speak of?"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from data.intake.findings import finding
from data.intake.roster.words import fold
from data.intake.school.reading import SchoolFile
from data.obligations.records import SchoolMonth
from data.schema import kpm, member
from data.store import Tx

CHILDREN = ("anak_usia_dini", "sekolah")


def match(tx: Tx, found: SchoolFile) -> list[SchoolMonth]:
    """The lines with their children; whom nobody knows is a finding. Empty when anything is wrong: all or nothing."""
    rows = tx.conn.execute(
        select(member.c.id, member.c.name, kpm.c.name.label("family"))
        .join(kpm, kpm.c.id == member.c.kpm_id)
        .where(member.c.component.in_(CHILDREN))
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
