"""Who lives in a test database? A kabupaten of two desa, with the cast of STYLE.md and others as a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from data import schema
from data.records import Consent, FamilyStatus, Kind, Kpm, Meeting, Role, Topic
from data.store import Tx
from messages.envelope import Address, KpmId, StaffId

WITA = ZoneInfo("Asia/Makassar")
SATURDAY = datetime(2026, 11, 28, 9, 0, tzinfo=WITA)
"""The meeting of most tests: five days after the clock of a test database."""


@dataclass
class Village:
    """Melati 1 and 2 belong to Pak Budi, Anggrek 1 to Bu Dewi; Bu Ratna sees the kabupaten."""

    kabupaten: int
    budi: StaffId
    dewi: StaffId
    ratna: StaffId
    melati1: int
    melati2: int
    anggrek1: int
    kpms: dict[str, KpmId] = field(default_factory=dict)

    def kpm(self, tx: Tx, name: str) -> Kpm:
        found = tx.people.kpm(self.kpms[name])
        assert found is not None
        return found


FAMILIES = {"melati1": ["Siti", "Wati", "Aminah", "Jumiati"], "melati2": ["Halimah", "Rusmini"], "anggrek1": ["Nur"]}
PHONES = {name: f"62811000000{n:02d}" for n, name in enumerate(["Siti", "Wati", "Aminah", "Halimah", "Nur"], 1)}
"""Jumiati has no phone; Rusmini uses Aminah's."""


def settle(tx: Tx) -> Village:
    """Fill an empty database. Everybody with a phone has agreed to hear of meetings."""

    def add(table, **values) -> int:
        return int(tx.conn.execute(insert(table).returning(table.c.id), values).scalar_one())

    top = add(schema.kabupaten, name="Balangan", zone="Asia/Makassar", office="Dinas Sosial Balangan")
    kecamatan = add(schema.kecamatan, kabupaten_id=top, name="Batumandi")
    babayau = add(schema.desa, kecamatan_id=kecamatan, name="Babayau")
    other = add(schema.desa, kecamatan_id=kecamatan, name="Batumandi")
    budi = tx.people.add_staff("Pak Budi", Role.PENDAMPING, "+6281100000902", "kelompok", 0)
    dewi = tx.people.add_staff("Bu Dewi", Role.PENDAMPING, "+6281100000903", "kelompok", 0)
    ratna = tx.people.add_staff("Bu Ratna", Role.KOORDINATOR, "+6281100000901", "kabupaten", top)
    melati1 = add(schema.kelompok, desa_id=babayau, name="Melati 1", pendamping_id=budi)
    melati2 = add(schema.kelompok, desa_id=babayau, name="Melati 2", pendamping_id=budi)
    anggrek1 = add(schema.kelompok, desa_id=other, name="Anggrek 1", pendamping_id=dewi)
    village = Village(top, budi, dewi, ratna, melati1, melati2, anggrek1)
    for kelompok, names in FAMILIES.items():
        for name in names:
            move_in(tx, village, name, getattr(village, kelompok), PHONES.get(name))
    tx.people.link_kpm(village.kpms["Rusmini"], tx.people.address_id(Address("whatsapp", PHONES["Aminah"])))
    return village


def move_in(
    tx: Tx,
    village: Village,
    name: str,
    kelompok_id: int,
    phone: str | None = None,
    status: FamilyStatus = FamilyStatus.AKTIF,
) -> KpmId:
    """One more family."""
    values = {"kelompok_id": kelompok_id, "name": name, "status": status.value}
    kpm_id = KpmId(tx.conn.execute(insert(schema.kpm).returning(schema.kpm.c.id), values).scalar_one())
    village.kpms[name] = kpm_id
    if phone:
        address_id = tx.people.address_id(Address("whatsapp", phone))
        tx.people.link_kpm(kpm_id, address_id, own=True)
        tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "test")
    tx.people.recount(kelompok_id)
    return kpm_id


def plan_meeting(
    tx: Tx,
    village: Village,
    *kelompok_ids: int,
    starts: datetime = SATURDAY,
    kind: Kind = Kind.P2K2,
    by: StaffId | None = None,
) -> Meeting:
    """A meeting of these groups (Melati 1 when none is named), with its summary."""
    groups: Sequence[int] = kelompok_ids or (village.melati1,)
    meeting = tx.meetings.add(
        kind,
        starts,
        starts + timedelta(hours=2),
        WITA,
        "Balai Desa Babayau",
        "P2" if kind is Kind.P2K2 else None,
        "P2 Memahami Perilaku Anak",
        "4821",
        by or village.budi,
        groups,
    )
    for kelompok_id in meeting.kelompok_ids:
        tx.summary.planned(meeting, kelompok_id)
    return meeting
