"""Which family of ours is this row? By id_kpm, else by name, kelompok and birth date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from data.intake.findings import Finding, finding
from data.intake.roster.existing import Existing, Known
from data.intake.roster.records import Family, GroupKey
from data.intake.roster.words import fold
from data.records import FamilyStatus

QUIET = frozenset({FamilyStatus.NONAKTIF.value, FamilyStatus.GRADUASI.value})


def match(families: Sequence[Family], existing: Existing, findings: list[Finding]) -> list[Known | None]:
    """For each family the one we have, or None when it is new."""
    matcher = _Matcher(families, existing, findings)
    found = [matcher.find(family) for family in families]
    first: dict[int, Family] = {}
    for family, known in zip(families, found, strict=True):
        if known is None:
            continue
        if first.setdefault(known.id, family) is not family:
            findings.append(finding("matched_twice", family.where, other=first[known.id].where.row))
        if known.group != family.group:
            before, after = existing.groups[known.group].name, family.kelompok
            findings.append(finding("moved", family.where, "kelompok", before=before, after=after))
        if family.status is None and known.values["status"] in QUIET:
            findings.append(finding("inactive", family.where, "status", status=known.values["status"]))
    return found


class _Matcher:
    def __init__(self, families: Sequence[Family], existing: Existing, findings: list[Finding]) -> None:
        self.existing, self.findings = existing, findings
        self.by_id: dict[str, Known] = {}
        self.by_name: dict[tuple[GroupKey, str], list[Known]] = defaultdict(list)
        self.by_person: dict[object, list[Known]] = defaultdict(list)
        for known in existing.families:
            if known.values["id_kpm"]:
                self.by_id[fold(known.values["id_kpm"])] = known
            self.by_name[known.group, fold(known.values["name"])].append(known)
            self.by_person[known.person].append(known)
        ids = {fold(family.id_kpm) for family in families if family.id_kpm}
        self.claimed = {known.id for id_kpm, known in self.by_id.items() if id_kpm in ids}
        self.known = {known.id: known for known in existing.families}
        sealed = [self._sealed(family) for family in families]
        self.claimed.update(known.id for known in sealed if known)

    def find(self, family: Family) -> Known | None:
        if family.id_kpm and (known := self.by_id.get(fold(family.id_kpm))):
            return known
        if known := self._sealed(family):
            return known
        if family.id_kpm and fold(family.id_kpm) in self.existing.foreign_ids:
            self._report("id_elsewhere", family)
        namesakes = [k for k in self.by_name.get((family.group, fold(family.name)), []) if k.id not in self.claimed]
        fits = [k for k in namesakes if _fits(family, k)]
        exact = [k for k in fits if k.values["born"] == family.born]
        chosen = exact if len(exact) == 1 else fits
        if len(chosen) == 1:
            return chosen[0]
        if chosen:
            self._report("ambiguous_family", family, kelompok=family.kelompok)
        elif namesakes:
            self._report("similar", family, kelompok=family.kelompok)
        elif elsewhere := self._elsewhere(family):
            self._report("maybe_moved", family, before=self.existing.groups[elsewhere.group].name)
        return None

    def _sealed(self, family: Family) -> Known | None:
        """The one family with this NIK, else with this KK, whatever it is called now."""
        for number in filter(None, (family.nik, family.kk)):
            ids = self.existing.by_digest.get(number.digest, set())
            found = [self.known[id_] for id_ in ids if id_ in self.known]
            if len(found) == 1 and not (family.id_kpm and found[0].values["id_kpm"]):
                return found[0]
        return None

    def _elsewhere(self, family: Family) -> Known | None:
        """The same person in another kelompok, when the row has no id_kpm to be sure."""
        if family.id_kpm or family.born is None:
            return None
        return next(iter(self.by_person.get((fold(family.name), family.born), [])), None)

    def _report(self, kind: str, family: Family, **words: object) -> None:
        self.findings.append(finding(kind, family.where, "nama pengurus", **words))


def _fits(family: Family, known: Known) -> bool:
    if family.id_kpm and known.values["id_kpm"]:
        return False
    return None in (family.born, known.values["born"]) or family.born == known.values["born"]
