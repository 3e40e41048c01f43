"""How does a plan become rows? All of it in the transaction it was made in, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from data.intake.findings import WRONG
from data.intake.roster.comparing import MEMBER_FIELDS
from data.intake.roster.existing import WHATSAPP
from data.intake.roster.groups import Groups
from data.intake.roster.planning import Missing, Plan, Step
from data.intake.roster.records import GroupKey
from data.intake.roster.words import fold
from data.obligations import LOOK_AT_ONCE
from data.records import FamilyStatus
from data.schema import Key, address, desa, identity, kabupaten, kecamatan, kelompok, kpm, kpm_address, member
from data.store import Tx

CHUNK = 500

COLUMNS = ("kelompok_id", "id_kpm", "name", "sapaan", "status", "ketua", "born", "language")
ADD_KPM = insert(kpm).returning(kpm.c.id, sort_by_parameter_order=True)
SET_KPM = update(kpm).where(kpm.c.id == bindparam("b_id")).values({name: bindparam(f"b_{name}") for name in COLUMNS})
ADD_MEMBER = insert(member)
SET_MEMBER = (
    update(member)
    .where(member.c.id == bindparam("b_id"))
    .values({**{name: bindparam(f"b_{name}") for name in MEMBER_FIELDS}, "next_on": LOOK_AT_ONCE})
)
DROP_MEMBER = delete(member).where(member.c.id == bindparam("b_id"))
ADD_ADDRESS = insert(address).returning(address.c.id, sort_by_parameter_order=True)
ADD_LINK = insert(kpm_address)
SET_OWN = (
    update(kpm_address)
    .where(kpm_address.c.kpm_id == bindparam("b_kpm"), kpm_address.c.address_id == bindparam("b_address"))
    .values(own=bindparam("b_own"))
)


ADD_IDENTITY = insert(identity)
DROP_IDENTITY = delete(identity).where(
    identity.c.kpm_id == bindparam("b_kpm_id"),
    identity.c.member_id.is_not_distinct_from(bindparam("b_member_id", type_=Key)),
    identity.c.kind == bindparam("b_kind"),
)


class RosterError(Exception):
    """The roster holds what stops an import; nothing is changed. Who acts: whoever made the file."""


@dataclass(frozen=True, slots=True)
class Applied:
    new: int
    changed: int
    unchanged: int
    missing: int
    deactivated: int


def apply(
    tx: Tx,
    plan: Plan,
    missing: Literal["nonaktif"] | None = None,
    *,
    actor: str = "roster",
    progress: Callable[[int, int], None] | None = None,
) -> Applied:
    """Carry out a plan in the transaction it was made in; a plan without changes writes nothing."""
    if not plan.ok:
        wrong = sum(f.level == WRONG for f in plan.findings)
        raise RosterError(f"{wrong} hal di berkas ini harus diperbaiki dulu; tidak ada yang diubah.")
    work = _Work(tx, plan, actor)
    steps = [*plan.new, *plan.changed]
    for at in range(0, len(steps), CHUNK):
        work.families(steps[at : at + CHUNK])
        if progress:
            progress(min(at + CHUNK, len(steps)), len(steps))
    work.former_ketua(plan.former_ketua)
    gone = plan.missing if missing == "nonaktif" else ()
    work.deactivate(gone)
    for kelompok_id in sorted(work.touched):
        tx.people.recount(kelompok_id)
    return Applied(len(plan.new), len(plan.changed), len(plan.unchanged), len(plan.missing), len(gone))


class _Work:
    def __init__(self, tx: Tx, plan: Plan, actor: str) -> None:
        self.tx, self.conn, self.actor = tx, tx.conn, actor
        self.kelompok = _places(self.conn, plan.groups)
        self.addresses = dict(plan.addresses)
        self.touched: set[int] = set()
        """Kelompok whose number of active families may have changed."""

    def families(self, steps: Sequence[Step]) -> None:
        new = [step for step in steps if step.kpm_id is None]
        rows = [{**s.changes.values, "kelompok_id": self.kelompok[s.family.group]} for s in new]
        added = iter(self.conn.execute(ADD_KPM, rows).scalars().all() if rows else ())
        ids = [step.kpm_id or next(added) for step in steps]
        self.touched.update(row["kelompok_id"] for row in rows)
        self._update([step for step in steps if step.kpm_id is not None])
        self._members(zip(ids, steps, strict=True))
        self._links(list(zip(ids, steps, strict=True)))
        self._identities([(kpm_id, step) for kpm_id, step in zip(ids, steps, strict=True) if step.changes.sealed])

    def _update(self, steps: Sequence[Step]) -> None:
        rows = []
        for step in steps:
            if not (step.changes.values or step.changes.moved):
                continue
            after = {**step.was, **step.changes.values, "kelompok_id": self.kelompok[step.family.group]}
            rows.append({"b_id": step.kpm_id, **{f"b_{name}": after[name] for name in COLUMNS}})
            self._record(step, after)
        if rows:
            self.conn.execute(SET_KPM, rows)

    def _record(self, step: Step, after: Mapping[str, Any]) -> None:
        for name, act in (("status", "family.status"), ("kelompok_id", "family.kelompok")):
            if step.was[name] != after[name]:
                subject = f"kpm:{step.kpm_id}"
                self.tx.audit.write(self.actor, act, subject, step.was[name], after[name], "impor data keluarga")
                self.touched.update((step.was["kelompok_id"], after["kelompok_id"]))

    def _members(self, steps: Iterator[tuple[int, Step]]) -> None:
        added, updated, dropped = [], [], []
        for kpm_id, step in steps:
            added += [{**values, "kpm_id": kpm_id} for values in step.changes.added]
            updated += [{f"b_{name}": value for name, value in row.items()} for row in step.changes.updated]
            dropped += [{"b_id": id_} for id_ in step.changes.dropped]
        # The new before the old goes: SQLite would give the old one's id to the new one.
        for statement, rows in ((SET_MEMBER, updated), (ADD_MEMBER, added), (DROP_MEMBER, dropped)):
            if rows:
                self.conn.execute(statement, rows)

    def _links(self, steps: Sequence[tuple[int, Step]]) -> None:
        wanted = dict.fromkeys(phone for _, step in steps for phone, _ in step.changes.linked)
        new = [phone for phone in wanted if phone not in self.addresses]
        if new:
            rows = [{"channel": WHATSAPP, "value": phone} for phone in new]
            self.addresses.update(zip(new, self.conn.execute(ADD_ADDRESS, rows).scalars(), strict=True))
        links = [
            {"kpm_id": kpm_id, "address_id": self.addresses[phone], "own": own}
            for kpm_id, step in steps
            for phone, own in step.changes.linked
        ]
        owned = [
            {"b_kpm": kpm_id, "b_address": id_, "b_own": own}
            for kpm_id, step in steps
            for id_, own in step.changes.owned
        ]
        for statement, values in ((ADD_LINK, links), (SET_OWN, owned)):
            if values:
                self.conn.execute(statement, values)

    def _identities(self, steps: Sequence[tuple[int, Step]]) -> None:
        """One digest of each kind for the family and each member; a newer one takes the place of the older."""
        if not steps:
            return
        members: dict[tuple[int, str, date | None], int] = {}
        for one in self.conn.execute(select(member).where(member.c.kpm_id.in_([kpm_id for kpm_id, _ in steps]))):
            members[one.kpm_id, fold(one.name), one.born] = members[one.kpm_id, fold(one.name), None] = one.id
        rows = []
        for kpm_id, step in steps:
            for number, of in step.changes.sealed:
                found = members.get((kpm_id, fold(of.name), of.born)) if of else None
                if of is None or found is not None:
                    rows.append({"kpm_id": kpm_id, "member_id": found, **asdict(number)})
        for row in rows:
            self.conn.execute(DROP_IDENTITY, {f"b_{name}": row[name] for name in ("kpm_id", "member_id", "kind")})
        if rows:
            self.conn.execute(ADD_IDENTITY, rows)

    def former_ketua(self, ids: Sequence[int]) -> None:
        if ids:
            self.conn.execute(update(kpm).where(kpm.c.id.in_(ids)).values(ketua=False))

    def deactivate(self, gone: Sequence[Missing]) -> None:
        why = "tidak ada lagi di data keluarga"
        for family in gone:
            subject = f"kpm:{family.kpm_id}"
            self.tx.audit.write(self.actor, "family.status", subject, family.status, FamilyStatus.NONAKTIF, why)
            self.touched.add(self.kelompok[family.group])
        if gone:
            statement = update(kpm).where(kpm.c.id == bindparam("b_id")).values(status=FamilyStatus.NONAKTIF.value)
            self.conn.execute(statement, [{"b_id": family.kpm_id} for family in gone])


def _places(conn: Connection, groups: Groups) -> dict[GroupKey, int]:
    """Every kelompok of the roster with its id; what is missing on the way down is made."""

    def add(table: Any, **values: Any) -> int:
        return int(conn.execute(insert(table).returning(table.c.id), values).scalar_one())

    if not groups.places:
        return {}
    top = groups.kabupaten_id or add(kabupaten, name=groups.kabupaten, zone=groups.zone)
    above: dict[tuple[str, ...], int] = {}
    found: dict[GroupKey, int] = {}
    for key, place in groups.places.items():
        if key[:1] not in above:
            above[key[:1]] = place.kecamatan_id or add(kecamatan, kabupaten_id=top, name=place.kecamatan)
        if key[:2] not in above:
            above[key[:2]] = place.desa_id or add(desa, kecamatan_id=above[key[:1]], name=place.desa)
        found[key] = place.kelompok_id or add(kelompok, desa_id=above[key[:2]], name=place.kelompok)
        if place.pendamping_id is not None:
            conn.execute(update(kelompok).where(kelompok.c.id == found[key]).values(pendamping_id=place.pendamping_id))
    return found
