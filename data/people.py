"""Who stands behind an address, who belongs to which kelompok, and who may be written to?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, or_, select, update

from data.dialect import InsertOnce, Upsert
from data.moving import move
from data.prepared import Prepared
from data.records import (
    Consent,
    Desa,
    FamilyStatus,
    Kabupaten,
    Kelompok,
    Kpm,
    Person,
    Role,
    Staff,
    Topic,
)
from data.schema import (
    address,
    consent,
    desa,
    family_count,
    kabupaten,
    kecamatan,
    kelompok,
    kpm,
    kpm_address,
    member,
    staff,
    staff_address,
)
from messages.envelope import Address, KpmId, StaffId

UNREACHABLE_AFTER = 3
"""Permanent failures in a row after which an address is no longer tried."""

KPM = (kpm.c.id, kpm.c.name, kpm.c.sapaan, kpm.c.status, kpm.c.kelompok_id, kpm.c.ketua, kpm.c.language)
STAFF = (staff.c.id, staff.c.name, staff.c.role, staff.c.phone, staff.c.active, staff.c.scope_level, staff.c.scope_id)

ADDRESS = Prepared(
    select(address.c.id, address.c.heard, address.c.blocked, consent.c.state)
    .select_from(
        address.outerjoin(consent, and_(consent.c.address_id == address.c.id, consent.c.topic == Topic.MEETINGS.value))
    )
    .where(address.c.channel == bindparam("ch"), address.c.value == bindparam("v"))
)
KPMS_AT = Prepared(
    select(*KPM)
    .join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
    .where(kpm_address.c.address_id == bindparam("a"))
    .order_by(kpm.c.name, kpm.c.id)
)
STAFF_AT = Prepared(
    select(*STAFF)
    .join(staff_address, staff_address.c.staff_id == staff.c.id)
    .where(staff_address.c.address_id == bindparam("a"), staff.c.active)
)
HEARD = Prepared(
    update(address).where(address.c.id == bindparam("a")).values(heard=bindparam("at"), blocked=False, failures=0)
)
ADD_ADDRESS = InsertOnce(address, ["channel", "value"], returning="id")
LINK_KPM = InsertOnce(kpm_address, ["kpm_id", "address_id"])
LINK_STAFF = InsertOnce(staff_address, ["staff_id", "address_id"])
KEEP_CONSENT = Upsert(consent, ["address_id", "topic"], ["state", "at", "wording", "by_staff_id"])
KEEP_COUNT = Upsert(family_count, ["kelompok_id", "month"], ["families"])

KELOMPOK = select(
    kelompok.c.id,
    kelompok.c.name,
    kelompok.c.desa_id,
    desa.c.name.label("desa"),
    desa.c.kecamatan_id,
    kecamatan.c.name.label("kecamatan"),
    kecamatan.c.kabupaten_id,
    kabupaten.c.zone,
    kelompok.c.pendamping_id,
    func.coalesce(staff.c.name, "").label("pendamping"),
).select_from(
    kelompok.join(desa, desa.c.id == kelompok.c.desa_id)
    .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
    .outerjoin(staff, staff.c.id == kelompok.c.pendamping_id)
)
OF_PENDAMPING = Prepared(KELOMPOK.where(kelompok.c.pendamping_id == bindparam("p")).order_by(kelompok.c.id))
KELOMPOK_BY_ID = Prepared(KELOMPOK.where(kelompok.c.id == bindparam("k")))
KELOMPOK_BY_IDS = Prepared(KELOMPOK.where(kelompok.c.id.in_(bindparam("ks", expanding=True))))

REACHABLE = (
    select(*KPM, address.c.id.label("address_id"), address.c.channel, address.c.value, address.c.heard)
    .join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
    .join(address, address.c.id == kpm_address.c.address_id)
    .join(consent, and_(consent.c.address_id == address.c.id, consent.c.topic == bindparam("topic")))
    .where(
        kpm.c.kelompok_id.in_(bindparam("ks", expanding=True)),
        kpm.c.status == FamilyStatus.AKTIF.value,
        consent.c.state == Consent.YES.value,
        address.c.blocked.is_(False),
        address.c.failures < UNREACHABLE_AFTER,
    )
    .order_by(kpm.c.name, kpm.c.id, address.c.heard.desc().nulls_last(), address.c.id)
)


@dataclass(frozen=True, slots=True)
class Reach:
    """One address and the families it serves: one letter names them all."""

    address: Address
    address_id: int
    kpms: Sequence[Kpm]


@dataclass(frozen=True, slots=True)
class Places:
    """Every place with its id and name, for those who name one."""

    kabupaten: Sequence[tuple[int, str]]
    kecamatan: Sequence[tuple[int, str]]
    desa: Sequence[tuple[int, str]]
    kelompok: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Phone:
    """One person and one number, with the channels it is used on and the other families that share it."""

    id: int
    name: str
    called: str
    role: Role
    kelompok_id: int | None
    value: str
    channels: Sequence[str]
    shares: Sequence[str]


def kpm_record(row: Any) -> Kpm:
    return Kpm(KpmId(row.id), row.name, row.sapaan, FamilyStatus(row.status), row.kelompok_id, row.ketua, row.language)


def staff_record(row: Any) -> Staff:
    return Staff(StaffId(row.id), row.name, Role(row.role), row.phone, row.active, row.scope_level, row.scope_id)


def kelompok_record(row: Any) -> Kelompok:
    return Kelompok(**{**row._asdict(), "zone": ZoneInfo(row.zone)})


class People:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    # --- addresses

    def address_id(self, where: Address) -> int:
        """The row of an address, made when it is new."""
        found = ADDRESS.first(self.conn, {"ch": where.channel, "v": where.value})
        if found is not None:
            return int(found.id)
        added = ADD_ADDRESS(self.conn, {"channel": where.channel, "value": where.value})
        return int(added) if added is not None else self.address_id(where)

    def hear(self, where: Address, at: datetime) -> Person:
        """Who is writing from `where`? Remembers that the address was heard of, which also ends a block."""
        found = ADDRESS.first(self.conn, {"ch": where.channel, "v": where.value})
        if found is None:
            self.address_id(where)
            return self.hear(where, at)
        if found.heard is None or at > found.heard or found.blocked:
            HEARD.change(self.conn, {"a": found.id, "at": max(at, found.heard or at)})
        return self._person(where, found)

    def who(self, where: Address) -> Person:
        found = ADDRESS.first(self.conn, {"ch": where.channel, "v": where.value})
        return self._person(where, found) if found is not None else Person(where, 0)

    def at(self, address_id: int) -> Person:
        row = self.conn.execute(select(address.c.channel, address.c.value).where(address.c.id == address_id)).one()
        return self.who(Address(row.channel, row.value))

    def _person(self, where: Address, found: Any) -> Person:
        kpms = [kpm_record(r) for r in KPMS_AT.all(self.conn, {"a": found.id})]
        state = Consent(found.state) if found.state else None
        if kpms:
            return Person(where, found.id, None, kpms, state)
        row = STAFF_AT.first(self.conn, {"a": found.id})
        return Person(where, found.id, staff_record(row) if row else None, (), state)

    def block(self, where: Address, blocked: bool) -> None:
        self.conn.execute(
            update(address)
            .where(address.c.channel == where.channel, address.c.value == where.value)
            .values(blocked=blocked)
        )

    def failed_at(self, address_id: int, *, blocked: bool) -> None:
        """A permanent failure: a block counts at once, others after UNREACHABLE_AFTER in a row."""
        values: dict[str, Any] = {"failures": address.c.failures + 1}
        if blocked:
            values["blocked"] = True
        self.conn.execute(update(address).where(address.c.id == address_id).values(**values))

    def arrived_at(self, address_id: int) -> None:
        """A letter arrived, so earlier failures no longer count."""
        self.conn.execute(update(address).where(address.c.id == address_id, address.c.failures > 0).values(failures=0))

    def readdress(self, old: Address, new: Address) -> None:
        """The platform says that this chat or number goes on under another value, which may have written first."""
        taken = ADDRESS.first(self.conn, {"ch": new.channel, "v": new.value})
        left = ADDRESS.first(self.conn, {"ch": old.channel, "v": old.value})
        if taken is not None and left is not None and taken.id != left.id:
            move(self.conn, left.id, taken.id)
        elif taken is None:
            self.conn.execute(
                update(address)
                .where(address.c.channel == old.channel, address.c.value == old.value)
                .values(value=new.value, blocked=False, failures=0)
            )

    def link_kpm(self, kpm_id: int, address_id: int, *, own: bool = False) -> bool:
        return bool(LINK_KPM(self.conn, {"kpm_id": kpm_id, "address_id": address_id, "own": own}))

    def link_staff(self, staff_id: int, address_id: int) -> bool:
        return bool(LINK_STAFF(self.conn, {"staff_id": staff_id, "address_id": address_id}))

    def unlink_kpm(self, kpm_id: int, address_id: int) -> None:
        """This address is not this family's."""
        self.conn.execute(
            delete(kpm_address).where(kpm_address.c.kpm_id == kpm_id, kpm_address.c.address_id == address_id)
        )

    def addresses_of(self, kpm_id: int) -> Sequence[tuple[int, Address]]:
        rows = self.conn.execute(
            select(address.c.id, address.c.channel, address.c.value)
            .join(kpm_address, kpm_address.c.address_id == address.c.id)
            .where(kpm_address.c.kpm_id == kpm_id)
            .order_by(address.c.id)
        )
        return [(r.id, Address(r.channel, r.value)) for r in rows]

    def everybody_with_phone(self) -> list[Phone]:
        """Staff first, then families by name; a person with two numbers occurs twice."""
        where = (address.c.channel, address.c.value)
        staff_rows = self.conn.execute(
            select(*STAFF, *where)
            .join(staff_address, staff_address.c.staff_id == staff.c.id)
            .join(address, address.c.id == staff_address.c.address_id)
            .where(staff.c.active)
            .order_by(staff.c.role, staff.c.name, address.c.channel.desc())
        ).all()
        kpm_rows = self.conn.execute(
            select(*KPM, *where)
            .join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
            .join(address, address.c.id == kpm_address.c.address_id)
            .order_by(kpm.c.name, kpm.c.id, address.c.channel.desc())
        ).all()
        on_phone: dict[str, list[str]] = defaultdict(list)
        for row in kpm_rows:
            if row.name not in on_phone[row.value]:
                on_phone[row.value].append(row.name)
        people: dict[tuple[str, int, str], Phone] = {}
        for role_of, rows in (("staff", staff_rows), ("kpm", kpm_rows)):
            for row in rows:
                is_kpm = role_of == "kpm"
                key = (role_of, row.id, row.value)
                channels = (*people[key].channels, row.channel) if key in people else (row.channel,)
                shares = [name for name in on_phone[row.value] if name != row.name] if is_kpm else []
                people[key] = Phone(
                    row.id,
                    row.name,
                    kpm_record(row).called if is_kpm else row.name,
                    Role.KPM if is_kpm else Role(row.role),
                    row.kelompok_id if is_kpm else None,
                    row.value,
                    channels,
                    shares,
                )
        return list(people.values())

    def staff_chats(self, channel: str) -> dict[Address, Role]:
        """Where the staff write from, and in which role."""
        rows = self.conn.execute(
            select(address.c.value, staff.c.role)
            .join(staff_address, staff_address.c.address_id == address.c.id)
            .join(staff, staff.c.id == staff_address.c.staff_id)
            .where(staff.c.active, address.c.channel == channel)
        )
        return {Address(channel, row.value): Role(row.role) for row in rows}

    def staff_beside(self, staff_id: int, channel: str) -> Address | None:
        """Where somebody of the staff was last heard from on another channel. A number that nobody wrote from may lie
        on one that is not in use here at all."""
        row = self.conn.execute(
            select(address.c.channel, address.c.value)
            .join(staff_address, staff_address.c.address_id == address.c.id)
            .where(
                staff_address.c.staff_id == staff_id,
                address.c.channel != channel,
                address.c.heard.is_not(None),
                address.c.blocked.is_(False),
                address.c.failures < UNREACHABLE_AFTER,
            )
            .order_by(address.c.heard.desc(), address.c.id)
            .limit(1)
        ).first()
        return Address(row.channel, row.value) if row else None

    # --- consent

    def consent_of(self, address_id: int, topic: Topic) -> Consent | None:
        state = self.conn.execute(
            select(consent.c.state).where(consent.c.address_id == address_id, consent.c.topic == topic.value)
        ).scalar_one_or_none()
        return Consent(state) if state else None

    def keep_consent(
        self, address_id: int, topic: Topic, state: Consent, wording: str, by: StaffId | None = None
    ) -> bool:
        """Remember an answer with its time and the version of the words it answered; `by` when given face to face.
        False when just that is remembered already, which stays with its time."""
        where = {"address_id": address_id, "topic": topic.value}
        said = {"state": state.value, "wording": wording, "by_staff_id": by}
        if self.conn.execute(select(consent.c.at).filter_by(**where, **said)).first() is not None:
            return False
        KEEP_CONSENT(self.conn, {**where, **said, "at": self.now})
        return True

    def reachable(self, kelompok_ids: Sequence[int], topic: Topic = Topic.MEETINGS) -> list[Reach]:
        """One entry per address for the active families that agreed to `topic`; of two addresses of a family the
        one last heard from."""
        chosen: dict[int, Any] = {}
        for row in self.conn.execute(REACHABLE, {"ks": list(kelompok_ids), "topic": topic.value}):
            chosen.setdefault(row.id, row)
        served: dict[int, list[Any]] = defaultdict(list)
        for row in chosen.values():
            served[row.address_id].append(row)
        return [
            Reach(Address(rows[0].channel, rows[0].value), address_id, [kpm_record(r) for r in rows])
            for address_id, rows in served.items()
        ]

    def phoneless(self, kelompok_id: int) -> set[KpmId]:
        """Active families of the kelompok that no address serves."""
        rows = self.conn.execute(
            select(kpm.c.id)
            .outerjoin(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
            .where(
                kpm.c.kelompok_id == kelompok_id,
                kpm.c.status == FamilyStatus.AKTIF.value,
                kpm_address.c.kpm_id.is_(None),
            )
        )
        return {KpmId(r.id) for r in rows}

    # --- families and groups

    def on_channel(self, kelompok_id: int, channel: str) -> set[KpmId]:
        """Families of this kelompok that have an address there."""
        linked = select(kpm.c.id).join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
        here = linked.join(address, address.c.id == kpm_address.c.address_id)
        found = here.where(kpm.c.kelompok_id == kelompok_id, address.c.channel == channel)
        return set(self.conn.execute(found).scalars())

    def kpm(self, kpm_id: int) -> Kpm | None:
        row = self.conn.execute(select(*KPM).where(kpm.c.id == kpm_id)).first()
        return kpm_record(row) if row else None

    def families(self, kelompok_id: int) -> list[Kpm]:
        """The active families, by name."""
        rows = self.conn.execute(
            select(*KPM)
            .where(kpm.c.kelompok_id == kelompok_id, kpm.c.status == FamilyStatus.AKTIF.value)
            .order_by(kpm.c.name, kpm.c.id)
        )
        return [kpm_record(r) for r in rows]

    def kelompok(self, kelompok_id: int) -> Kelompok:
        found = KELOMPOK_BY_ID.first(self.conn, {"k": kelompok_id})
        if found is None:
            raise LookupError(f"there is no kelompok {kelompok_id}")
        return kelompok_record(found)

    def kelompoks(self, kelompok_ids: Collection[int]) -> dict[int, Kelompok]:
        """By id."""
        rows = KELOMPOK_BY_IDS.all(self.conn, {"ks": list(kelompok_ids)})
        return {row.id: kelompok_record(row) for row in rows}

    def kelompok_in_scope(self, who: Staff) -> list[Kelompok]:
        """Every kelompok that this member of staff may see, by name. The scope is checked here, where data is read."""
        statement = KELOMPOK.where(scope_clause(who)).order_by(kecamatan.c.name, desa.c.name, kelompok.c.name)
        return [kelompok_record(r) for r in self.conn.execute(statement)]

    def kelompok_of(self, staff_id: int | None) -> list[Kelompok]:
        """The groups of a pendamping."""
        return [kelompok_record(r) for r in OF_PENDAMPING.all(self.conn, {"p": staff_id})]

    def every_kelompok(self) -> list[Kelompok]:
        return [kelompok_record(r) for r in self.conn.execute(KELOMPOK.order_by(kelompok.c.id))]

    def desa(self, desa_id: int) -> Desa:
        row = self.conn.execute(
            select(desa.c.id, desa.c.name, desa.c.kecamatan_id, kecamatan.c.name.label("kecamatan"))
            .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
            .where(desa.c.id == desa_id)
        ).one()
        return Desa(**row._mapping)

    def kabupaten(self, kabupaten_id: int | None = None) -> Kabupaten | None:
        statement = select(kabupaten).order_by(kabupaten.c.id).limit(1)
        if kabupaten_id is not None:
            statement = statement.where(kabupaten.c.id == kabupaten_id)
        row = self.conn.execute(statement).first()
        return Kabupaten(row.id, row.name, ZoneInfo(row.zone), row.office) if row else None

    def places(self) -> Places:
        def named(table: Table) -> list[tuple[int, str]]:
            return [(r.id, r.name) for r in self.conn.execute(select(table.c.id, table.c.name).order_by(table.c.name))]

        return Places(named(kabupaten), named(kecamatan), named(desa), named(kelompok))

    def set_language(self, kpm_ids: Sequence[int], language: str) -> None:
        """In which words these families are spoken to."""
        self.conn.execute(update(kpm).where(kpm.c.id.in_(list(kpm_ids))).values(language=language))

    def set_status(self, kpm_id: int, status: FamilyStatus) -> None:
        self.conn.execute(update(kpm).where(kpm.c.id == kpm_id).values(status=status.value))
        self.recount(self.conn.execute(select(kpm.c.kelompok_id).where(kpm.c.id == kpm_id)).scalar_one())

    def recount(self, kelompok_id: int) -> None:
        """Keep the number of active families for this month's end; call it after every change of a family."""
        zone = self.kelompok(kelompok_id).zone
        families = self.conn.execute(
            select(func.count())
            .select_from(kpm)
            .where(kpm.c.kelompok_id == kelompok_id, kpm.c.status == FamilyStatus.AKTIF.value)
        ).scalar_one()
        month = f"{self.now.astimezone(zone):%Y-%m}"
        KEEP_COUNT(self.conn, {"kelompok_id": kelompok_id, "month": month, "families": families})

    # --- staff

    def staff(self, staff_id: int) -> Staff | None:
        row = self.conn.execute(select(*STAFF).where(staff.c.id == staff_id)).first()
        return staff_record(row) if row else None

    def every_staff(self, *, active: bool = True) -> list[Staff]:
        statement = select(*STAFF).order_by(staff.c.role, staff.c.name)
        return [staff_record(r) for r in self.conn.execute(statement.where(staff.c.active) if active else statement)]

    def staff_by_phone(self, phone: str) -> Staff | None:
        row = self.conn.execute(select(*STAFF).where(staff.c.phone == phone)).first()
        return staff_record(row) if row else None

    def add_staff(self, name: str, role: Role, phone: str | None, scope_level: str, scope_id: int) -> StaffId:
        values = {"name": name, "role": role.value, "phone": phone, "scope_level": scope_level, "scope_id": scope_id}
        added = self.conn.execute(insert(staff).returning(staff.c.id), {**values, "active": True}).scalar_one()
        if phone:
            self.link_staff(added, self.address_id(Address("whatsapp", phone.lstrip("+"))))
        return StaffId(added)

    def unlink_staff(self, staff_id: int) -> list[int]:
        """No chat is hers any more, and her number is free; returns which were."""
        mine = delete(staff_address).where(staff_address.c.staff_id == staff_id).returning(staff_address.c.address_id)
        addresses = list(self.conn.execute(mine).scalars())
        self.conn.execute(update(staff).where(staff.c.id == staff_id).values(phone=None))
        return addresses

    def new_phone(self, staff_id: int, phone: str) -> None:
        self.conn.execute(update(staff).where(staff.c.id == staff_id).values(phone=phone))
        self.link_staff(staff_id, self.address_id(Address("whatsapp", phone.lstrip("+"))))

    def remove_staff(self, staff_id: int) -> None:
        """The person stays, for the audit; the number is free for a successor."""
        self.unlink_staff(staff_id)
        self.conn.execute(update(staff).where(staff.c.id == staff_id).values(active=False, phone=None))

    def give_kelompok(self, kelompok_ids: Iterable[int], staff_id: int | None) -> None:
        self.conn.execute(update(kelompok).where(kelompok.c.id.in_(list(kelompok_ids))).values(pendamping_id=staff_id))

    def members_of(self, kpm_id: int) -> Sequence[Any]:
        return self.conn.execute(select(member).where(member.c.kpm_id == kpm_id).order_by(member.c.id)).all()


def scope_clause(who: Staff) -> Any:
    """The condition on the kelompok tables that keeps a member of staff inside their scope."""
    if who.role is Role.ADMIN:
        return kelompok.c.id.is_not(None)
    if who.role is Role.PENDAMPING:
        return kelompok.c.pendamping_id == who.id
    columns = {"desa": desa.c.id, "kecamatan": kecamatan.c.id, "kabupaten": kabupaten.c.id}
    return or_(columns[who.scope_level] == who.scope_id)
