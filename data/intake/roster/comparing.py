"""What is different between a row and the family we have? What the file does not say stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.intake.identity import Sealed
from data.intake.roster.existing import Existing, Known
from data.intake.roster.records import Family, Member, Roster
from data.intake.roster.words import default_relation, fold

DEFAULTS: Mapping[str, Any] = {
    "id_kpm": None,
    "sapaan": "Ibu",
    "status": "aktif",
    "ketua": False,
    "born": None,
    "language": "id",
}
MEMBER_FIELDS = ("name", "born", "relation", "component", "hpl", "school", "level")


@dataclass(frozen=True, slots=True)
class Changes:
    values: Mapping[str, Any]
    moved: bool = False
    added: Sequence[Mapping[str, Any]] = ()
    updated: Sequence[Mapping[str, Any]] = ()
    """Whole rows of `member` with their id."""
    dropped: Sequence[int] = ()
    linked: Sequence[tuple[str, bool]] = ()
    """Numbers to link, and whether they are her own."""
    owned: Sequence[tuple[int, bool]] = ()
    """Addresses whose owner the file tells otherwise."""
    sealed: Sequence[tuple[Sealed, Member | None]] = ()
    """What is to be kept of a NIK or KK: of a member, or with None of the family itself."""

    def __bool__(self) -> bool:
        rows = (self.added, self.updated, self.dropped, self.linked, self.owned, self.sealed)
        return any((self.values, self.moved, *rows))


def compare(family: Family, known: Known | None, existing: Existing, roster: Roster) -> Changes:
    if known is None:
        said = {name: getattr(family, name) for name in DEFAULTS}
        values = {name: DEFAULTS[name] if word is None else word for name, word in said.items()}
        added = [_new(member, family) for member in family.members]
        return Changes({"name": family.name, **values}, added=added, linked=_own(family), sealed=_sealed(family, set()))
    kept = _Members(family, existing.members.get(known.id, ()), existing.member_digest) if roster.has_members else None
    links = existing.links.get(known.id, {})
    numbers = [(existing.addresses.get(phone, 0), phone, own) for phone, own in _own(family)]
    return Changes(
        _values(family, known),
        known.group != family.group,
        kept.added if kept else (),
        kept.updated if kept else (),
        kept.dropped if kept else (),
        [(phone, own) for id_, phone, own in numbers if id_ not in links],
        [(id_, own) for id_, _, own in numbers[:1] if family.own is not None and links.get(id_, own) != own],
        _sealed(family, existing.digests.get(known.id, set())),
    )


def _sealed(family: Family, known: Collection[str]) -> list[tuple[Sealed, Member | None]]:
    said = [(family.nik, None), (family.kk, None), *((member.nik, member) for member in family.members)]
    return [(number, member) for number, member in said if number and number.digest not in known]


def _own(family: Family) -> list[tuple[str, bool]]:
    """Of two numbers the first is hers, if the file says that the phone is her own."""
    return [(phone, at == 0 and bool(family.own)) for at, phone in enumerate(family.phones)]


def _values(family: Family, known: Known) -> dict[str, Any]:
    values = {}
    for name in DEFAULTS:
        word = getattr(family, name)
        if word is not None and word != known.values[name] and not (name == "id_kpm" and known.values[name]):
            values[name] = word
    if fold(family.name) != fold(known.values["name"]):
        values["name"] = family.name
    if known.group != family.group and known.values["ketua"] and not family.ketua:
        values["ketua"] = False
    return values


def _new(member: Member, family: Family) -> dict[str, Any]:
    component = member.component or "lain"
    relation = member.relation or default_relation(component, member.name, family.name)
    values = {name: getattr(member, name) for name in MEMBER_FIELDS}
    return {**values, "component": component, "relation": relation}


class _Members:
    """Members are matched by name and birth, by NIK where it is kept, then by name alone, so that a corrected date or
    name keeps its history."""

    def __init__(self, family: Family, ours: Sequence[Any], digests: Mapping[int, str]) -> None:
        self.added: list[Mapping[str, Any]] = []
        self.updated: list[Mapping[str, Any]] = []
        left = list(ours)
        open_: list[Member] = []
        for member in family.members:
            row = next((r for r in left if (fold(r.name), r.born) == (fold(member.name), member.born)), None)
            same = next((r for r in left if member.nik and digests.get(r.id) == member.nik.digest), None)
            if row is not None:
                self._update(member, row, left)
            elif same is not None:
                self._update(member, same, left, name=member.name)
            else:
                open_.append(member)
        by_name: dict[str, list[Any]] = defaultdict(list)
        for row in left:
            by_name[fold(row.name)].append(row)
        for member in open_:
            namesakes = by_name[fold(member.name)]
            if namesakes:
                self._update(member, namesakes.pop(0), left)
            elif child := next((r for r in left if r.by_hand and r.born and r.born == member.born), None):
                self._update(member, child, left, name=member.name)  # a newborn that had no name yet
            else:
                self.added.append(_new(member, family))
        self.dropped = [row.id for row in left if not row.by_hand]

    def _update(self, member: Member, row: Any, left: list[Any], **more: Any) -> None:
        left.remove(row)
        ours = {name: getattr(row, name) for name in MEMBER_FIELDS}
        said = {name: getattr(member, name) for name in MEMBER_FIELDS[1:] if getattr(member, name) is not None}
        if said.get("component", "ibu_hamil") != "ibu_hamil":
            said["hpl"] = None
        if ours != {**ours, **said, **more}:
            self.updated.append({"id": row.id, **ours, **said, **more})
