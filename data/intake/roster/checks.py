"""Do the rows of one file agree with each other? Twins, two ketua, two pendamping, shared phones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from data.intake.findings import Finding, finding
from data.intake.roster.records import Family, GroupKey
from data.intake.roster.words import fold, without_title

MANY = 4
"""So many families may share a phone before we ask whether the number is right."""


def check(families: Sequence[Family], findings: list[Finding]) -> list[Family]:
    """Report what does not fit together; the families come back with their kecamatan and ketua filled in."""
    families = _with_kecamatan(families)
    _twins(families, findings)
    _kelompok_of_two_desa(families, findings)
    _pendamping(families, findings)
    _phones(families, findings)
    return _with_ketua(families, findings)


def _with_kecamatan(families: Sequence[Family]) -> list[Family]:
    """A kecamatan that only some rows of a desa name holds for all of them, if it is only one."""
    known: dict[str, set[str]] = defaultdict(set)
    for family in families:
        if family.kecamatan:
            known[fold(family.desa)].add(family.kecamatan)
    return [
        f if f.kecamatan or len(known[fold(f.desa)]) != 1 else replace(f, kecamatan=min(known[fold(f.desa)]))
        for f in families
    ]


def _twins(families: Sequence[Family], findings: list[Finding]) -> None:
    by_id = _groups((fold(f.id_kpm), f) for f in families if f.id_kpm)
    for same in by_id.values():
        for family in same[1:]:
            findings.append(finding("duplicate_id", family.where, "id_kpm", other=same[0].where.row))
    by_person = _groups(((f.group, fold(f.name), f.born), f) for f in families)
    for same in by_person.values():
        ids = [fold(f.id_kpm) for f in same if f.id_kpm]
        if len(same) == 1 or len(set(ids)) == len(same) or len(set(ids)) < len(ids):
            continue  # one family, or told apart by their ids, or reported above
        for family in same[1:]:
            findings.append(finding("duplicate_family", family.where, other=same[0].where.row))


def _kelompok_of_two_desa(families: Sequence[Family], findings: list[Finding]) -> None:
    first: dict[str, Family] = {}
    told: set[GroupKey] = set()
    for family in families:
        before = first.setdefault(fold(family.kelompok), family)
        if before.group != family.group and family.group not in told:
            told.add(family.group)
            words = {"kelompok": family.kelompok, "other": before.where.row}
            findings.append(finding("kelompok_two_desa", family.where, "kelompok", **words))


def _pendamping(families: Sequence[Family], findings: list[Finding]) -> None:
    first: dict[GroupKey, Family] = {}
    for family in families:
        if not family.pendamping:
            continue
        before = first.setdefault(family.group, family)
        if without_title(before.pendamping or "") != without_title(family.pendamping):
            words = {"kelompok": family.kelompok, "other": before.where.row}
            findings.append(finding("two_pendamping", family.where, "pendamping", **words))


def _phones(families: Sequence[Family], findings: list[Finding]) -> None:
    shared = _groups((phone, f) for f in families for phone in f.phones)
    for same in shared.values():
        if len(same) > MANY:
            rows = ", ".join(str(f.where.row) for f in same)
            findings.append(finding("shared_phone", same[0].where, "no hp", count=len(same), rows=rows))


def _with_ketua(families: Sequence[Family], findings: list[Finding]) -> list[Family]:
    """Where one row of a kelompok says "ketua", an empty cell in the others says "not ketua"."""
    chosen: dict[GroupKey, Family] = {}
    for family in families:
        if family.ketua and chosen.setdefault(family.group, family) is not family:
            words = {"kelompok": family.kelompok, "other": chosen[family.group].where.row}
            findings.append(finding("two_ketua", family.where, "ketua", **words))
    return [replace(f, ketua=False) if f.ketua is None and f.group in chosen else f for f in families]


def _groups(pairs: Iterable[tuple[Hashable, Family]]) -> dict[Hashable, list[Family]]:
    grouped: dict[Hashable, list[Family]] = defaultdict(list)
    for key, family in pairs:
        grouped[key].append(family)
    return grouped
