"""Who belongs to which kelompok, by the office's own file? Read it, plan against the database, apply, all or nothing.

roster = read_roster(path)
store.run(lambda tx: apply(tx, plan(tx, roster)))
"""

from __future__ import annotations

from pathlib import Path

from data.intake.findings import CAUTION, WRONG, Finding
from data.intake.roster.applying import Applied, RosterError, apply
from data.intake.roster.planning import Missing, Plan, Step, plan
from data.intake.roster.reading import read_roster
from data.intake.roster.records import Family, Member, Roster


def write_template(path: Path | str) -> None:
    """Write the file to fill in, .xlsx or .csv."""
    from data.intake.roster import template  # openpyxl is large, and a bot that runs for months writes none

    template.write_template(path)


__all__ = [
    "CAUTION",
    "WRONG",
    "Applied",
    "Family",
    "Finding",
    "Member",
    "Missing",
    "Plan",
    "Roster",
    "RosterError",
    "Step",
    "apply",
    "plan",
    "read_roster",
    "write_template",
]
