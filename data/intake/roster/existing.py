"""What does the database hold already? Loaded in a handful of queries, however long the roster is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from data.intake.roster.records import GroupKey
from data.intake.roster.words import fold, place_name, without_title
from data.schema import (
    address,
    desa,
    identity,
    kabupaten,
    kecamatan,
    kelompok,
    kpm,
    kpm_address,
    member,
    staff,
    staff_address,
)

WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True)
class Group:
    id: int
    name: str
    pendamping_id: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """A family as we have it."""

    id: int
    group: GroupKey
    values: Mapping[str, Any]
    """The columns of `kpm` that a roster can change."""

    @property
    def person(self) -> tuple[str, date | None]:
        return fold(self.values["name"]), self.values["born"]


class Existing:
    def __init__(self, conn: Connection, kabupaten_name: str) -> None:
        self.kabupaten = self._kabupaten(conn, kabupaten_name)
        self.kecamatan: dict[str, int] = {}
        self.desa: dict[tuple[str, str], int] = {}
        self.groups: dict[GroupKey, Group] = {}
        self._places(conn)
        self.families = self._families(conn)
        self.members: dict[int, list[Any]] = defaultdict(list)
        for row in conn.execute(select(member).order_by(member.c.id)):
            self.members[row.kpm_id].append(row)
        self.addresses = self._addresses(conn)
        self.links: dict[int, dict[int, bool]] = defaultdict(dict)
        for link in conn.execute(select(kpm_address)):
            self.links[link.kpm_id][link.address_id] = link.own
        self._staff(conn)
        self._identities(conn)

    def _identities(self, conn: Connection) -> None:
        """Digests of the family's own numbers and of its members'; both empty where the office keeps none."""
        self.by_digest: dict[str, set[int]] = defaultdict(set)
        self.member_digest: dict[int, str] = {}
        self.digests: dict[int, set[str]] = defaultdict(set)
        for row in conn.execute(select(identity)):
            self.digests[row.kpm_id].add(row.digest)
            if row.member_id is None:
                self.by_digest[row.digest].add(row.kpm_id)
            else:
                self.member_digest[row.member_id] = row.digest

    def _kabupaten(self, conn: Connection, name: str) -> Any:
        """The kabupaten of that name; without a name the only one there is."""
        rows = conn.execute(select(kabupaten)).all()
        self.empty = not rows
        if not name:
            return rows[0] if len(rows) == 1 else None
        return next((row for row in rows if fold(place_name(row.name)) == fold(name)), None)

    def _places(self, conn: Connection) -> None:
        if self.kabupaten is None:
            return
        mine = select(kecamatan.c.id, kecamatan.c.name).where(kecamatan.c.kabupaten_id == self.kabupaten.id)
        self.kecamatan = {fold(row.name): row.id for row in conn.execute(mine)}
        names = {id_: name for name, id_ in self.kecamatan.items()}
        keys: dict[int, tuple[str, str]] = {}
        for row in conn.execute(select(desa)):
            if row.kecamatan_id in names:
                keys[row.id] = (names[row.kecamatan_id], fold(row.name))
        self.desa = {key: id_ for id_, key in keys.items()}
        for row in conn.execute(select(kelompok)):
            if row.desa_id in keys:
                self.groups[*keys[row.desa_id], fold(row.name)] = Group(row.id, row.name, row.pendamping_id)

    def _families(self, conn: Connection) -> list[Known]:
        keys = {group.id: key for key, group in self.groups.items()}
        rows = conn.execute(select(kpm).order_by(kpm.c.id)).all()
        self.foreign_ids = {fold(row.id_kpm) for row in rows if row.id_kpm and row.kelompok_id not in keys}
        return [Known(row.id, keys[row.kelompok_id], row._asdict()) for row in rows if row.kelompok_id in keys]

    def _addresses(self, conn: Connection) -> dict[str, int]:
        rows = conn.execute(select(address.c.id, address.c.value).where(address.c.channel == WHATSAPP))
        return {row.value: row.id for row in rows}

    def _staff(self, conn: Connection) -> None:
        """Active staff by phone and by name, and the numbers that are theirs."""
        rows = conn.execute(select(staff).where(staff.c.active).order_by(staff.c.id)).all()
        self.staff_by_phone: dict[str, int] = {row.phone.lstrip("+"): row.id for row in rows if row.phone}
        self.staff_by_name: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            if row.role == "pendamping":
                self.staff_by_name[without_title(row.name)].append(row.id)
        own = (
            select(address.c.value)
            .join(staff_address, staff_address.c.address_id == address.c.id)
            .join(staff, staff.c.id == staff_address.c.staff_id)
            .where(address.c.channel == WHATSAPP, staff.c.active)
        )
        self.staff_phones = self.staff_by_phone.keys() | set(conn.execute(own).scalars())

    def kecamatan_of(self, desa_name: str) -> Sequence[str]:
        return [found for found, name in self.desa if name == desa_name]
