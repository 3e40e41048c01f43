"""Which kabupaten, kecamatan, desa and kelompok does a roster need, and whose are they?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data.intake.findings import Finding, Where, finding
from data.intake.numbers import phone_of
from data.intake.roster.existing import Existing
from data.intake.roster.records import Family, GroupKey, Roster
from data.intake.roster.words import fold, without_title


@dataclass(frozen=True, slots=True)
class Place:
    """A kelompok with its way up, as it is called; `pendamping_id` only where one is to be linked."""

    kecamatan: str
    desa: str
    kelompok: str
    kelompok_id: int | None
    kecamatan_id: int | None
    desa_id: int | None
    pendamping_id: int | None


@dataclass(frozen=True, slots=True)
class Groups:
    kabupaten: str
    kabupaten_id: int | None
    zone: str
    places: Mapping[GroupKey, Place]


def plan_groups(
    roster: Roster, existing: Existing, zone: str, findings: list[Finding]
) -> tuple[Sequence[Family], Groups]:
    """The families with their kecamatan filled in, and the places they live in."""
    families = [_with_kecamatan(family, existing, findings) for family in roster.families]
    name = _kabupaten(roster, existing, findings)
    members: dict[GroupKey, list[Family]] = {}
    for family in families:
        members.setdefault(family.group, []).append(family)
    places = {key: _place(key, same, existing, findings) for key, same in members.items()}
    if existing.groups:
        _report_new(places, members, findings)
    known = existing.kabupaten
    return families, Groups(name, known.id if known else None, known.zone if known else zone, places)


def _kabupaten(roster: Roster, existing: Existing, findings: list[Finding]) -> str:
    named = {fold(f.kabupaten): f for f in roster.families if f.kabupaten}
    if len(named) > 1:
        findings.append(finding("two_kabupaten", list(named.values())[1].where, "kabupaten"))
    if existing.kabupaten is not None:
        return str(existing.kabupaten.name)
    if not named:
        if roster.families:
            findings.append(finding("no_kabupaten", Where(roster.families[0].where.sheet or roster.name)))
        return ""
    first = next(iter(named.values()))
    if not existing.empty:
        findings.append(finding("new_place", first.where, "kabupaten", sort="Kabupaten", name=first.kabupaten))
    return first.kabupaten if fold(first.kabupaten).startswith("kota ") else f"Kabupaten {first.kabupaten}"


def _with_kecamatan(family: Family, existing: Existing, findings: list[Finding]) -> Family:
    if family.kecamatan:
        return family
    known = existing.kecamatan_of(fold(family.desa))
    if len(known) == 1:
        return replace(family, kecamatan=known[0])
    findings.append(finding("no_kecamatan", family.where, "kecamatan", desa=family.desa))
    return family


def _place(key: GroupKey, same: Sequence[Family], existing: Existing, findings: list[Finding]) -> Place:
    first, group = same[0], existing.groups.get(key)
    speaker = next((family for family in same if family.pendamping), None)
    pendamping = _pendamping(speaker, existing, findings) if speaker else None
    if speaker and pendamping and group and group.pendamping_id:
        if group.pendamping_id != pendamping:
            findings.append(finding("pendamping_other", speaker.where, "pendamping", kelompok=speaker.kelompok))
        pendamping = None
    return Place(
        first.kecamatan,
        first.desa,
        first.kelompok,
        group.id if group else None,
        existing.kecamatan.get(key[0]),
        existing.desa.get(key[:2]),
        pendamping,
    )


def _pendamping(family: Family, existing: Existing, findings: list[Finding]) -> int | None:
    """The member of staff a family's row names, by number or by name."""
    word = family.pendamping or ""
    number = phone_of(word)
    if isinstance(number, str) and number in existing.staff_by_phone:
        return existing.staff_by_phone[number]
    named = existing.staff_by_name.get(without_title(word), [])
    if len(named) == 1:
        return named[0]
    findings.append(finding("pendamping_unknown", family.where, "pendamping", value=word, kelompok=family.kelompok))
    return None


def _report_new(
    places: Mapping[GroupKey, Place], members: Mapping[GroupKey, Sequence[Family]], findings: list[Finding]
) -> None:
    """In a database that has its kelompok already, a new name may be a spelling mistake."""
    told: set[tuple[str, ...]] = set()
    for key, place in places.items():
        steps = (
            ("Kecamatan", place.kecamatan, place.kecamatan_id, key[:1]),
            ("Desa", place.desa, place.desa_id, key[:2]),
            ("Kelompok", place.kelompok, place.kelompok_id, key),
        )
        sort, name, known, above = next((step for step in steps if step[2] is None), steps[-1])
        if known is None and above not in told:
            told.add(above)
            findings.append(finding("new_place", members[key][0].where, sort.lower(), sort=sort, name=name))
