"""Who stands behind an address, who may be written to, and what do the constraints refuse?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from data import schema
from data.records import Consent, FamilyStatus, Role, Topic
from data.store import Store, Tx
from messages.envelope import Address, Outbound
from tests.support.databases import NOW, Opened
from tests.support.village import PHONES, Village, move_in, settle

STRANGER = Address("whatsapp", "62899000000")


@pytest.fixture
def village(store: Store) -> Village:
    return store.run(settle)


def at(name: str) -> Address:
    return Address("whatsapp", PHONES[name])


# --- a number goes on under one that wrote first


def test_of_two_answers_the_stricter_is_kept_and_what_no_yes_holds_any_more_is_not_sent(store: Store, village: Village):
    """Siti's number goes on as Wati's; each line says how they answered, what holds, and what her letter comes to."""
    old, new = at("Siti"), at("Wati")
    cases = [
        (Consent.YES, Consent.YES, Consent.YES, "queued"),
        (Consent.YES, None, Consent.YES, "queued"),
        (None, Consent.YES, Consent.YES, "queued"),
        (Consent.STOPPED, Consent.YES, Consent.STOPPED, "cancelled"),
        (Consent.YES, Consent.STOPPED, Consent.STOPPED, "cancelled"),
        (Consent.NO, Consent.LATER, Consent.NO, "cancelled"),
    ]

    def moved(tx: Tx, was: Consent | None, there: Consent | None) -> tuple[Any, ...]:
        siti, wati = tx.people.address_id(old), tx.people.address_id(new)
        tx.conn.execute(delete(schema.consent).where(schema.consent.c.address_id.in_([siti, wati])))
        for where, state in ((siti, was), (wati, there)):
            if state is not None:
                tx.people.keep_consent(where, Topic.MEETINGS, state, "v1")
        tx.conn.execute(delete(schema.kpm_address).where(schema.kpm_address.c.address_id.in_([siti, wati])))
        for name, where in (("Siti", siti), ("Jumiati", siti), ("Wati", wati), ("Jumiati", wati)):
            tx.people.link_kpm(village.kpms[name], where, own=where == siti)
        tx.sessions.keep(siti, "reason", {"of": "old"}, timedelta(hours=1))
        letter = tx.outbox.put(Outbound(old, "consent.stopped", unasked=True))
        asked = tx.outbox.put(Outbound(old, "consent.stopped"))
        for _ in "twice":
            tx.people.readdress(old, new)
        who = tx.people.who(new)
        assert not tx.people.who(old).kpms
        own = select(schema.kpm_address.c.own).where(schema.kpm_address.c.address_id == wati)
        assert sorted(tx.conn.execute(own).scalars()) == [False, True, True]
        assert tx.sessions.get(wati, "reason") is not None
        rows = select(schema.outbox.c.id, schema.outbox.c.address_id, schema.outbox.c.state)
        letters = {r.id: (r.address_id, r.state) for r in tx.conn.execute(rows)}
        assert letters[asked] == (wati, "queued")
        assert letters[letter][0] == wati
        return [kpm.name for kpm in who.kpms], who.consent, letters[letter][1]

    for was, there, kept, comes_to in cases:
        found = store.run(partial(moved, was=was, there=there))
        assert found == (["Jumiati", "Siti", "Wati"], kept, comes_to), (was, there)


# --- who is it?


def test_an_address_knows_its_family_its_group_and_its_consent(store: Store, village: Village):
    who = store.run(lambda tx: tx.people.who(at("Siti")))
    assert [kpm.called for kpm in who.kpms] == ["Ibu Siti"]
    assert who.role is Role.KPM
    assert who.consent is Consent.YES
    assert who.kpms[0].kelompok_id == village.melati1


def test_a_phone_may_serve_two_families(store: Store, village: Village):
    who = store.run(lambda tx: tx.people.who(at("Aminah")))
    assert [kpm.name for kpm in who.kpms] == ["Aminah", "Rusmini"]


def test_staff_are_known_by_their_number(store: Store, village: Village):
    who = store.run(lambda tx: tx.people.who(Address("whatsapp", "6281100000902")))
    assert who.role is Role.PENDAMPING
    assert who.staff is not None
    assert who.staff.name == "Pak Budi"


def test_a_stranger_is_nobody_and_leaves_no_trace_until_she_writes(store: Store, village: Village):
    who = store.run(lambda tx: tx.people.who(STRANGER))
    assert who.role is Role.UNKNOWN
    assert who.address_id == 0
    heard = store.run(lambda tx: tx.people.hear(STRANGER, NOW))
    assert heard.role is Role.UNKNOWN
    assert heard.address_id > 0
    assert store.run(lambda tx: tx.people.hear(STRANGER, NOW)).address_id == heard.address_id


def test_hearing_of_an_address_only_moves_forward_and_ends_a_block(store: Store, village: Village):
    def heard(tx: Tx) -> Any:
        row = schema.address.c
        return tx.conn.execute(select(row.heard, row.blocked).where(row.value == PHONES["Siti"])).one()

    store.run(lambda tx: tx.people.hear(at("Siti"), NOW))
    store.run(lambda tx: tx.people.hear(at("Siti"), NOW - timedelta(hours=3)))  # a late webhook
    assert store.run(heard) == (NOW, False)
    store.run(lambda tx: tx.people.block(at("Siti"), True))
    assert store.run(heard).blocked
    store.run(lambda tx: tx.people.hear(at("Siti"), NOW + timedelta(minutes=1)))
    assert store.run(heard) == (NOW + timedelta(minutes=1), False)


# --- who may be written to?


def reached(store: Store, village: Village, kelompok_id: int) -> list[tuple[str, list[str]]]:
    found = store.run(lambda tx: tx.people.reachable([kelompok_id]))
    return sorted((reach.address.value, [kpm.name for kpm in reach.kpms]) for reach in found)


def test_a_letter_goes_to_active_families_that_agreed_and_have_a_phone(store: Store, village: Village):
    assert reached(store, village, village.melati1) == [
        (PHONES["Siti"], ["Siti"]),
        (PHONES["Wati"], ["Wati"]),
        (PHONES["Aminah"], ["Aminah"]),
    ]


def test_two_families_on_one_phone_get_one_letter_naming_both(store: Store, village: Village):
    store.run(
        lambda tx: tx.conn.execute(
            update(schema.kpm).where(schema.kpm.c.name == "Rusmini").values(kelompok_id=village.melati1)
        )
    )
    assert (PHONES["Aminah"], ["Aminah", "Rusmini"]) in reached(store, village, village.melati1)


@pytest.mark.parametrize("state", [Consent.NO, Consent.LATER, Consent.STOPPED])
def test_without_a_yes_nothing_goes_there(store: Store, village: Village, state: Consent):
    def answer(tx: Tx) -> None:
        tx.people.keep_consent(tx.people.address_id(at("Siti")), Topic.MEETINGS, state, "v1")

    store.run(answer)
    assert PHONES["Siti"] not in dict(reached(store, village, village.melati1))


def test_consent_for_meetings_is_not_consent_for_health(store: Store, village: Village):
    assert store.run(lambda tx: tx.people.reachable([village.melati1], Topic.HEALTH)) == []


@pytest.mark.parametrize("status", [FamilyStatus.CALON, FamilyStatus.GRADUASI, FamilyStatus.NONAKTIF])
def test_only_active_families_are_invited(store: Store, village: Village, status: FamilyStatus):
    store.run(lambda tx: tx.people.set_status(village.kpms["Siti"], status))
    assert PHONES["Siti"] not in dict(reached(store, village, village.melati1))


def test_of_two_numbers_the_one_last_heard_from_is_used(store: Store, village: Village):
    def second(tx: Tx) -> None:
        new = Address("whatsapp", "62811000999")
        address_id = tx.people.address_id(new)
        tx.people.link_kpm(village.kpms["Siti"], address_id)
        tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "v1")
        tx.people.hear(new, NOW)

    store.run(second)
    assert dict(reached(store, village, village.melati1))["62811000999"] == ["Siti"]
    assert PHONES["Siti"] not in dict(reached(store, village, village.melati1))
    store.run(lambda tx: tx.people.hear(at("Siti"), NOW + timedelta(minutes=1)))
    assert PHONES["Siti"] in dict(reached(store, village, village.melati1))


def test_the_other_number_is_used_after_permanent_failures(store: Store, village: Village):
    def second(tx: Tx) -> int:
        new = Address("whatsapp", "62811000999")
        address_id = tx.people.address_id(new)
        tx.people.link_kpm(village.kpms["Siti"], address_id)
        tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "v1")
        tx.people.hear(new, NOW)
        return address_id

    address_id = store.run(second)
    for _ in range(2):
        store.run(lambda tx: tx.people.failed_at(address_id, blocked=False))
    assert "62811000999" in dict(reached(store, village, village.melati1))  # both sides of the third
    store.run(lambda tx: tx.people.failed_at(address_id, blocked=False))
    assert PHONES["Siti"] in dict(reached(store, village, village.melati1))
    store.run(lambda tx: tx.people.arrived_at(address_id))
    assert "62811000999" in dict(reached(store, village, village.melati1))


def test_the_phoneless_are_counted_too(store: Store, village: Village):
    assert store.run(lambda tx: tx.people.phoneless(village.melati1)) == {village.kpms["Jumiati"]}


# --- scope


def seen_by(store: Store, staff_id: int) -> list[str]:
    def look(tx: Tx) -> list[str]:
        person = tx.people.staff(staff_id)
        assert person is not None
        return [k.name for k in tx.people.kelompok_in_scope(person)]

    return store.run(look)


def test_everybody_sees_only_their_own_scope(store: Store, village: Village):
    assert seen_by(store, village.budi) == ["Melati 1", "Melati 2"]
    assert seen_by(store, village.dewi) == ["Anggrek 1"]
    assert seen_by(store, village.ratna) == ["Melati 1", "Melati 2", "Anggrek 1"]


def test_a_koordinator_of_another_kabupaten_sees_nothing_of_this_one(store: Store, village: Village):
    def far(tx: Tx) -> int:
        other = tx.conn.execute(
            insert(schema.kabupaten).returning(schema.kabupaten.c.id), {"name": "Tabalong", "zone": "Asia/Makassar"}
        ).scalar_one()
        return tx.people.add_staff("Bu Lain", Role.KOORDINATOR, "+6281100000990", "kabupaten", other)

    assert seen_by(store, store.run(far)) == []


def test_a_koordinator_of_a_desa_sees_that_desa(store: Store, village: Village):
    def local(tx: Tx) -> int:
        desa_id = next(i for i, name in tx.people.places().desa if name == "Babayau")
        return tx.people.add_staff("Bu Desa", Role.KOORDINATOR, "+6281100000991", "desa", desa_id)

    assert seen_by(store, store.run(local)) == ["Melati 1", "Melati 2"]


def test_one_who_was_removed_is_nobody_at_once(store: Store, village: Village):
    store.run(lambda tx: tx.people.remove_staff(village.budi))
    who = store.run(lambda tx: tx.people.who(Address("whatsapp", "6281100000902")))
    assert who.role is Role.UNKNOWN
    assert [s.name for s in store.run(lambda tx: tx.people.every_staff())] == ["Bu Ratna", "Bu Dewi"]


def test_the_number_of_one_who_was_removed_is_free_for_the_next(store: Store, village: Village):
    """The service number of a pendamping goes on to her successor."""
    store.run(lambda tx: tx.people.remove_staff(village.budi))
    assert store.run(lambda tx: tx.people.staff_by_phone("+6281100000902")) is None
    new = store.run(lambda tx: tx.people.add_staff("Bu Baru", Role.PENDAMPING, "+6281100000902", "kelompok", 0))
    who = store.run(lambda tx: tx.people.who(Address("whatsapp", "6281100000902")))
    assert who.staff is not None
    assert who.staff.id == new


# --- how many families at the month's end


def families_of(store: Store, village: Village, month: str) -> int:
    recap = store.run(lambda tx: tx.summary.recap(month, "kelompok", None))
    return next(line.families for line in recap.rows if line.name == "Melati 1")


def test_each_month_remembers_the_families_of_its_end(database: Opened, store: Store, village: Village):
    assert families_of(store, village, "2026-11") == 4
    database.clock.set(datetime(2026, 12, 5, tzinfo=UTC))
    store.run(lambda tx: move_in(tx, village, "Baru", village.melati1))
    database.clock.set(datetime(2027, 1, 5, tzinfo=UTC))
    store.run(lambda tx: tx.people.set_status(village.kpms["Siti"], FamilyStatus.GRADUASI))
    store.run(lambda tx: tx.people.set_status(village.kpms["Wati"], FamilyStatus.NONAKTIF))
    months = ("2026-10", "2026-11", "2026-12", "2027-01", "2027-06")
    assert [families_of(store, village, month) for month in months] == [0, 4, 5, 3, 3]


def test_a_month_begins_by_the_clock_of_the_kabupaten(database: Opened, store: Store, village: Village):
    database.clock.set(datetime(2026, 11, 30, 16, 30, tzinfo=UTC))  # 00.30 on 1 December in Balangan
    store.run(lambda tx: move_in(tx, village, "Baru", village.melati1))
    assert families_of(store, village, "2026-11") == 4
    assert families_of(store, village, "2026-12") == 5


# --- what the database refuses, whoever asks

REFUSED: list[tuple[str, Table, dict[str, Any]]] = [
    ("a family of no kelompok", schema.kpm, {"name": "X", "kelompok_id": 404}),
    ("an unknown status", schema.kpm, {"name": "X", "kelompok_id": "melati1", "status": "almarhum"}),
    ("an unknown channel", schema.address, {"channel": "fax", "value": "1"}),
    ("the same address twice", schema.address, {"channel": "whatsapp", "value": PHONES["Siti"]}),
    ("a kelompok of the same name in one desa", schema.kelompok, {"name": "Melati 1", "desa_id": "babayau"}),
    ("an unknown role", schema.staff, {"name": "X", "role": "kpm", "scope_level": "desa"}),
    ("an unknown scope", schema.staff, {"name": "X", "role": "admin", "scope_level": "provinsi"}),
    (
        "two staff with one phone",
        schema.staff,
        {"name": "X", "role": "admin", "scope_level": "desa", "phone": "+6281100000902"},
    ),
    ("a member of no family", schema.member, {"kpm_id": 404, "name": "X", "component": "sekolah"}),
    ("an unknown component", schema.member, {"kpm_id": "Siti", "name": "X", "component": "kuliah"}),
    (
        "consent without a known answer",
        schema.consent,
        {"address_id": "siti", "topic": "kesehatan", "state": "perhaps", "at": NOW, "wording": "v"},
    ),
    (
        "consent for something unknown",
        schema.consent,
        {"address_id": "siti", "topic": "iklan", "state": "yes", "at": NOW, "wording": "v"},
    ),
    ("a question from nowhere", schema.question, {"at": NOW, "address_id": 404, "kind": "x", "text": "x"}),
    (
        "an event twice",
        schema.event,
        {"account": "whatsapp", "event": "seen", "at": NOW},
    ),
    ("an event in a state of its own", schema.event, {"account": "a", "event": "e", "at": NOW, "state": "lost"}),
    (
        "a letter in a state of its own",
        schema.outbox,
        {
            "address_id": "siti",
            "channel": "whatsapp",
            "key": "k",
            "params": {},
            "priority": 0,
            "not_before": NOW,
            "created": NOW,
            "state": "lost",
        },
    ),
]


@pytest.mark.parametrize(("what", "table", "values"), REFUSED, ids=[what for what, *_ in REFUSED])
def test_the_database_refuses(store: Store, village: Village, what: str, table: Table, values: dict[str, Any]):
    def known(tx: Tx) -> dict[str, int]:
        tx.events.first_time("whatsapp", "seen")
        desa = {name: i for i, name in tx.people.places().desa}
        siti = tx.people.address_id(at("Siti"))
        return {"melati1": village.melati1, "babayau": desa["Babayau"], "siti": siti, "Siti": village.kpms["Siti"]}

    ids = store.run(known)
    filled = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
    with pytest.raises(IntegrityError):
        store.run(lambda tx: tx.conn.execute(insert(table), filled))


def test_what_others_point_to_cannot_be_deleted(store: Store, village: Village):
    for table in (schema.kelompok, schema.desa, schema.kabupaten, schema.kpm, schema.address, schema.staff):
        statement = delete(table)
        with pytest.raises(IntegrityError):
            store.run(lambda tx: tx.conn.execute(statement))  # noqa: B023  it runs before the next one


# --- a fault must be kept whatever it holds


def test_a_failed_event_is_kept_whatever_somebody_wrote(store: Store):
    raw = {"text": "a\x00b\ud83dc", "nested": [{"x\x00": "\x00"}], "number": 3, "nothing": None}
    store.run(lambda tx: tx.events.keep_failed("whatsapp", "e1", raw, "ValueError: \x00\udfff"))
    (found,) = store.run(lambda tx: tx.events.failed())
    assert found.raw == {"text": "ab?c", "nested": [{"x": ""}], "number": 3, "nothing": None}
    assert found.error == "ValueError: ?"


def test_a_failed_event_is_not_forgotten_but_a_done_one_is(database: Opened, store: Store):
    store.run(lambda tx: tx.events.first_time("whatsapp", "done"))
    store.run(lambda tx: tx.events.keep_failed("whatsapp", "failed", {"a": 1}, "x"))
    assert store.run(lambda tx: tx.events.forget_before(NOW + timedelta(days=1))) == 1
    assert [e.event for e in store.run(lambda tx: tx.events.failed())] == ["failed"]
    assert not store.run(lambda tx: tx.events.first_time("whatsapp", "failed"))
    store.run(lambda tx: tx.events.settle("whatsapp", "failed"))
    assert store.run(lambda tx: tx.events.failed()) == []


# --- conversations that wait


def test_a_conversation_waits_until_its_time_and_the_newest_comes_first(
    database: Opened, store: Store, village: Village
):
    address_id = store.run(lambda tx: tx.people.address_id(at("Siti")))
    store.run(lambda tx: tx.sessions.keep(address_id, "who", {"a": [1, {"b": None}]}, timedelta(hours=1)))
    database.clock.set(NOW + timedelta(minutes=1))
    store.run(lambda tx: tx.sessions.keep(address_id, "reason", {}, timedelta(minutes=1)))
    newest = store.run(lambda tx: tx.sessions.newest(address_id))
    assert newest is not None
    assert newest.topic == "reason"
    database.clock.set(NOW + timedelta(minutes=2))
    newest = store.run(lambda tx: tx.sessions.newest(address_id))
    assert newest is not None
    assert (newest.topic, newest.memory) == ("who", {"a": [1, {"b": None}]})
    assert store.run(lambda tx: tx.sessions.forget()) == 1
    database.clock.set(NOW + timedelta(hours=1))
    assert store.run(lambda tx: tx.sessions.newest(address_id)) is None
