"""Who belongs to which kelompok, by the office's own file? Read it, plan against the database, apply, all or nothing.

roster = read_roster(path)
store.run(lambda tx: apply(tx, plan(tx, roster)))
"""

from data.intake.findings import CAUTION, WRONG, Finding
from data.intake.roster.applying import Applied, RosterError, apply
from data.intake.roster.planning import Missing, Plan, Step, plan
from data.intake.roster.reading import read_roster
from data.intake.roster.records import Family, Member, Roster
from data.intake.roster.template import write_template

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
