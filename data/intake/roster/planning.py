"""What would this roster change? Families are matched by id_kpm, else by name, kelompok and birth date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from data.intake.findings import WRONG, Finding, finding
from data.intake.roster.comparing import Changes, compare
from data.intake.roster.dates import check_dates
from data.intake.roster.existing import Existing, Known
from data.intake.roster.groups import Groups, plan_groups
from data.intake.roster.matching import match
from data.intake.roster.records import Family, GroupKey, Roster
from data.records import FamilyStatus
from data.store import Tx

LISTED = frozenset({FamilyStatus.AKTIF.value, FamilyStatus.CALON.value})


@dataclass(frozen=True, slots=True)
class Step:
    """One family of the roster: new when it has no `kpm_id`."""

    family: Family
    kpm_id: int | None
    was: Mapping[str, Any]
    changes: Changes


@dataclass(frozen=True, slots=True)
class Missing:
    """A family of a kelompok in the roster that the roster does not name."""

    kpm_id: int
    name: str
    kelompok: str
    status: str
    group: GroupKey


@dataclass(frozen=True, slots=True)
class Plan:
    """Good for the transaction it was made in."""

    findings: Sequence[Finding]
    groups: Groups
    new: Sequence[Step] = ()
    changed: Sequence[Step] = ()
    unchanged: Sequence[Step] = ()
    missing: Sequence[Missing] = ()
    former_ketua: Sequence[int] = ()
    addresses: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not any(f.level == WRONG for f in self.findings)


def plan(tx: Tx, roster: Roster, *, zone: str = "Asia/Makassar") -> Plan:
    """Compare a roster with the database. `zone` is for a kabupaten that is new."""
    findings = list(roster.findings)
    named = sorted({f.kabupaten for f in roster.families if f.kabupaten})
    existing = Existing(tx.conn, named[0] if named else "")
    families, groups = plan_groups(roster, existing, zone, findings)
    today = tx.now.astimezone(ZoneInfo(groups.zone)).date()
    check_dates(families, today, findings)
    _staff_phones(families, existing, findings)
    found = match(families, existing, findings)
    steps = [
        Step(family, known.id if known else None, known.values if known else {}, changes)
        for family, known in zip(families, found, strict=True)
        for changes in [compare(family, known, existing, roster)]
    ]
    former = _former_ketua(families, found, existing, findings)
    main = families[0].where.sheet if families else ""
    return Plan(
        sorted(findings, key=lambda f: (f.sheet != main, f.sheet, f.row)),
        groups,
        [s for s in steps if s.kpm_id is None],
        [s for s in steps if s.kpm_id is not None and s.changes],
        [s for s in steps if s.kpm_id is not None and not s.changes],
        _missing(families, found, existing),
        former,
        existing.addresses,
    )


def _staff_phones(families: Sequence[Family], existing: Existing, findings: list[Finding]) -> None:
    # Who writes from a family's number is taken for the family: a pendamping would lose her own words.
    for family in families:
        if not existing.staff_phones.isdisjoint(family.phones):
            findings.append(finding("phone_of_staff", family.where, "no hp"))


def _missing(families: Sequence[Family], found: Sequence[Known | None], existing: Existing) -> list[Missing]:
    named = {known.id for known in found if known}
    touched = {family.group for family in families}
    return [
        Missing(k.id, k.values["name"], existing.groups[k.group].name, k.values["status"], k.group)
        for k in existing.families
        if k.group in touched and k.id not in named and k.values["status"] in LISTED
    ]


def _former_ketua(
    families: Sequence[Family], found: Sequence[Known | None], existing: Existing, findings: list[Finding]
) -> list[int]:
    """The ketua of kelompok that the file gives another one, where the file does not name the old one."""
    named = {known.id for known in found if known}
    chosen = {family.group: family for family in families if family.ketua}
    former = [k for k in existing.families if k.values["ketua"] and k.group in chosen and k.id not in named]
    for known in former:
        family = chosen[known.group]
        findings.append(finding("ketua_replaced", family.where, "ketua", kelompok=family.kelompok))
    return [known.id for known in former]
