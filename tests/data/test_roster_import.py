"""Does an imported roster become the right rows, once, and does a newer file change only what it says?"""

import csv
import io
import sqlite3
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from data.intake.roster import RosterError, apply, plan, read_roster
from data.records import Role
from data.schema import address, audit, family_count, kelompok, kpm, kpm_address, member, metadata
from data.store import Store
from messages.envelope import Address

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
NIK = "6311010203040005"
MEMBER = [f"anggota{n}_{c}" for n in (1, 2) for c in ("nama", "lahir", "komponen", "hpl")]
PLACE = {"kelompok": "Melati 9", "desa": "Babayau", "kecamatan": "Batumandi", "kabupaten": "Contoh"}
MARIAM = {"id_kpm": "K1", "nama": "Mariam", "lahir": "28-11-1990", "hp": "081100000101", **PLACE}
SALMAH = {"nama": "Salmah", "lahir": "01-02-1985", "hp": "081100000101 / 081100000102", **PLACE}
LINA = {"nama": "Lina", **PLACE}


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/roster.db", lambda: NOW)
    metadata.create_all(store.engine)
    yield store
    store.stop()


def roster(*families, **more):
    titles = list(dict.fromkeys(title for family in families for title in family))
    text = io.StringIO()
    csv.DictWriter(text, [*titles, *more], restval="", extrasaction="ignore").writerows(
        [dict(zip([*titles, *more], [*titles, *more], strict=True)), *({**family, **more} for family in families)]
    )
    read = read_roster(text.getvalue().encode(), "r.csv")
    assert read.ok, [str(f) for f in read.findings]
    return read


def load(store, *families, missing=None, **more):
    return store.run(lambda tx: apply(tx, plan(tx, roster(*families, **more)), missing))


def look(store, *families):
    return store.run(lambda tx: plan(tx, roster(*families)))


def rows(store, table, *columns):
    with store.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(select(*columns).select_from(table).order_by(*table.primary_key))]


def count(store, table):
    with store.engine.connect() as conn:
        return conn.scalar(select(func.count()).select_from(table))


def writes(store):
    return store.run(lambda tx: tx.conn.exec_driver_sql("select total_changes()").scalar())


def test_a_first_import_makes_places_families_members_and_addresses(store):
    pregnant = dict(zip(MEMBER, ["Mariam", "28-11-1990", "hamil", "12-04-2027"], strict=False))
    done = load(store, {**MARIAM, **pregnant, "hp_milik": "sendiri"}, {**SALMAH, "hp_milik": "suami"}, LINA)
    assert (done.new, done.changed, done.unchanged, done.missing) == (3, 0, 0, 0)

    def check(tx):
        (group,) = tx.people.every_kelompok()
        assert (group.name, group.desa, group.kecamatan) == ("Melati 9", "Babayau", "Batumandi")
        top = tx.people.kabupaten()
        assert (top.name, top.zone.key, top.office) == ("Kabupaten Contoh", "Asia/Makassar", "Dinas Sosial")
        assert [k.called for k in tx.people.families(group.id)] == ["Ibu Lina", "Ibu Mariam", "Ibu Salmah"]
        assert [k.name for k in tx.people.who(Address("whatsapp", "6281100000101")).kpms] == ["Mariam", "Salmah"]
        assert [k.name for k in tx.people.who(Address("whatsapp", "6281100000102")).kpms] == ["Salmah"]

    store.run(check)
    assert rows(store, kpm_address, kpm_address.c.own) == [(True,), (False,), (False,)]
    assert rows(store, member, member.c.relation, member.c.component, member.c.hpl) == [
        ("pengurus", "ibu_hamil", date(2027, 4, 12))
    ]
    assert rows(store, family_count, family_count.c.month, family_count.c.families) == [("2026-11", 3)]


def test_the_zone_of_a_new_kabupaten_is_told_by_the_caller(store):
    store.run(lambda tx: apply(tx, plan(tx, roster(MARIAM), zone="Asia/Jayapura")))
    assert store.run(lambda tx: tx.people.kabupaten().zone.key) == "Asia/Jayapura"


def test_the_same_file_twice_writes_nothing(store):
    families = ({**MARIAM, "hp_milik": "sendiri", MEMBER[0]: "Rizky", MEMBER[2]: "sekolah"}, SALMAH, LINA)
    load(store, *families)
    before = writes(store)
    again = load(store, *families, missing="nonaktif")
    assert (again.new, again.changed, again.unchanged, again.missing) == (0, 0, 3, 0)
    assert writes(store) == before
    assert count(store, audit) == 0


def test_other_spelling_of_the_same_names_changes_nothing(store):
    load(store, MARIAM, SALMAH)
    before = writes(store)
    place = {"kelompok": "MELATI  9", "desa": "DESA BABAYAU", "kecamatan": "", "kabupaten": ""}
    load(store, {**MARIAM, **place, "nama": "MARIAM"}, {**SALMAH, **place, "nama": "salmah"})
    assert writes(store) == before


def test_what_the_newer_file_does_not_say_stays(store):
    load(store, {**MARIAM, "status": "calon", "sapaan": "Nenek", "bahasa": "bjn", "ketua": "ya", MEMBER[0]: "Rizky"})
    before = writes(store)
    load(store, {"id_kpm": "K1", "nama": "Mariam", **PLACE})
    assert writes(store) == before


def test_a_changed_status_is_kept_counted_and_written_to_the_audit(store):
    load(store, MARIAM, SALMAH)
    done = load(store, {**MARIAM, "status": "graduasi"}, {**SALMAH, "status": "aktif"})
    assert (done.changed, done.unchanged) == (1, 1)
    assert rows(store, audit, audit.c.act, audit.c.subject, audit.c.was, audit.c.now) == [
        ("family.status", "kpm:1", "aktif", "graduasi")
    ]
    assert rows(store, family_count, family_count.c.families) == [(1,)]


def test_a_family_is_known_by_its_id_even_with_another_name_and_birth(store):
    load(store, MARIAM)
    done = load(store, {**MARIAM, "nama": "Siti Mariam", "lahir": "29-11-1990"})
    assert (done.new, done.changed) == (0, 1)
    assert rows(store, kpm, kpm.c.name, kpm.c.born) == [("Siti Mariam", date(1990, 11, 29))]


def test_a_family_without_id_is_known_by_name_kelompok_and_birth_and_takes_its_id(store):
    load(store, SALMAH)
    done = load(store, {**SALMAH, "id_kpm": "K2"})
    assert (done.new, done.changed) == (0, 1)
    assert rows(store, kpm, kpm.c.id_kpm) == [("K2",)]


def test_another_birth_date_is_another_family_and_is_said(store):
    load(store, SALMAH)
    other = {**SALMAH, "lahir": "02-02-1985"}
    made = look(store, other)
    assert [f.kind for f in made.findings] == ["similar"]
    assert load(store, other).new == 1


def test_twins_in_the_database_ask_for_an_id(store):
    load(store, {**SALMAH, "id_kpm": "K1"}, {**SALMAH, "id_kpm": "K2"})
    made = look(store, {**SALMAH, "lahir": ""})
    assert [f.kind for f in made.findings] == ["ambiguous_family"]
    assert not made.ok
    assert look(store, {**SALMAH, "id_kpm": "K2"}).ok


def test_two_rows_cannot_mean_one_family(store):
    load(store, SALMAH)
    made = look(store, {**SALMAH, "lahir": ""}, SALMAH)
    assert "matched_twice" in {f.kind for f in made.findings}
    assert not made.ok


def test_a_family_that_moved_is_moved_counted_and_said(store):
    load(store, {**MARIAM, "ketua": "ya"}, SALMAH)
    away = {**MARIAM, "kelompok": "Melati 8"}
    assert {f.kind for f in look(store, away, SALMAH).findings} == {"moved", "new_place"}
    load(store, away, SALMAH)
    assert rows(store, kpm, kpm.c.kelompok_id, kpm.c.ketua) == [(2, False), (1, False)]
    assert rows(store, family_count, family_count.c.families) == [(1,), (1,)]
    assert rows(store, audit, audit.c.act, audit.c.was, audit.c.now) == [("family.kelompok", "1", "2")]


def test_the_same_person_in_another_kelompok_without_id_is_new_and_said(store):
    load(store, SALMAH, LINA)
    made = look(store, {**SALMAH, "kelompok": "Melati 8"}, LINA)
    assert {f.kind for f in made.findings} == {"maybe_moved", "new_place"}
    assert (len(made.new), [m.name for m in made.missing]) == (1, ["Salmah"])


def test_missing_families_are_listed_and_changed_only_when_told(store):
    load(store, MARIAM, SALMAH, {**LINA, "kelompok": "Melati 8"})
    made = look(store, MARIAM)
    assert [(m.name, m.kelompok) for m in made.missing] == [("Salmah", "Melati 9")]
    assert load(store, MARIAM).deactivated == 0
    assert load(store, MARIAM, missing="nonaktif").deactivated == 1
    assert rows(store, kpm, kpm.c.status) == [("aktif",), ("nonaktif",), ("aktif",)]
    assert rows(store, family_count, family_count.c.families) == [(1,), (1,)]
    assert rows(store, audit, audit.c.subject, audit.c.was, audit.c.now) == [("kpm:2", "aktif", "nonaktif")]
    assert look(store, MARIAM).missing == []


def test_a_family_that_comes_back_without_a_status_stays_inactive_and_is_said(store):
    load(store, MARIAM, SALMAH)
    load(store, MARIAM, missing="nonaktif")
    assert [f.kind for f in look(store, MARIAM, SALMAH).findings] == ["inactive"]
    load(store, MARIAM, {**SALMAH, "status": "aktif"})
    assert rows(store, kpm, kpm.c.status) == [("aktif",), ("aktif",)]


def test_members_are_replaced_with_care(store):
    def family(*cells):
        return {**MARIAM, **dict(zip(MEMBER, cells, strict=False))}

    load(store, family("Mariam", "28-11-1990", "hamil", "12-04-2027", "Rizky", "15-06-2015", "sekolah"))
    load(store, family("Rizky", "16-06-2015", "sekolah", "", "Mariam", "28-11-1990", "hamil", "19-04-2027"))
    kept = rows(store, member, member.c.id, member.c.name, member.c.born, member.c.hpl)
    assert kept == [(1, "Mariam", date(1990, 11, 28), date(2027, 4, 19)), (2, "Rizky", date(2015, 6, 16), None)]
    load(store, family("Mariam", "", "nifas", "", "Aisyah", "20-11-2026", "bayi"))
    kept = rows(store, member, member.c.id, member.c.component, member.c.born, member.c.hpl)
    assert kept == [(1, "nifas", date(1990, 11, 28), None), (3, "anak_usia_dini", date(2026, 11, 20), None)]


def test_a_file_without_members_keeps_ours(store):
    load(store, {**MARIAM, MEMBER[0]: "Rizky"})
    load(store, {**MARIAM, MEMBER[0]: ""})
    assert count(store, member) == 1


def test_a_new_number_is_added_and_the_old_one_kept(store):
    load(store, MARIAM)
    load(store, {**MARIAM, "hp": "0811-0000-0103", "hp_milik": "sendiri"})
    assert rows(store, address, address.c.value) == [("6281100000101",), ("6281100000103",)]
    assert rows(store, kpm_address, kpm_address.c.own) == [(False,), (True,)]
    load(store, {**MARIAM, "hp": "0811-0000-0103", "hp_milik": "suami"})
    assert rows(store, kpm_address, kpm_address.c.own) == [(False,), (False,)]


def test_an_address_that_wrote_before_the_import_is_taken_up(store):
    where = Address("whatsapp", "6281100000101")
    store.run(lambda tx: tx.people.hear(where, NOW))
    load(store, MARIAM)
    assert [k.name for k in store.run(lambda tx: tx.people.who(where)).kpms] == ["Mariam"]


def add_staff(store, name, phone, role=Role.PENDAMPING):
    return store.run(lambda tx: tx.people.add_staff(name, role, phone, "kelompok", 0))


@pytest.mark.parametrize("word", ["Pak Budi", "budi", "0811-0000-0902", "+6281100000902"])
def test_a_pendamping_is_linked_by_name_or_number(store, word):
    budi = add_staff(store, "Pak Budi", "+6281100000902")
    load(store, {**MARIAM, "pendamping": word}, SALMAH)
    assert rows(store, kelompok, kelompok.c.pendamping_id) == [(budi,)]


def test_an_unknown_pendamping_is_said_and_linked_by_the_next_import(store):
    row = {**MARIAM, "pendamping": "Pak Budi"}
    assert [f.kind for f in look(store, row).findings] == ["pendamping_unknown"]
    load(store, row)
    budi = add_staff(store, "Pak Budi", "+6281100000902")
    load(store, row)
    assert rows(store, kelompok, kelompok.c.pendamping_id) == [(budi,)]


def test_another_pendamping_needs_a_handover(store):
    budi = add_staff(store, "Pak Budi", "+6281100000902")
    add_staff(store, "Bu Dewi", "+6281100000903")
    load(store, {**MARIAM, "pendamping": "Pak Budi"})
    row = {**MARIAM, "pendamping": "Bu Dewi"}
    assert [f.kind for f in look(store, row).findings] == ["pendamping_other"]
    load(store, row)
    assert rows(store, kelompok, kelompok.c.pendamping_id) == [(budi,)]


def test_a_family_cannot_take_the_number_of_its_pendamping(store):
    add_staff(store, "Pak Budi", "+6281100000101")
    made = look(store, MARIAM)
    assert [f.kind for f in made.findings] == ["phone_of_staff"]
    with pytest.raises(RosterError, match="1 hal"):
        load(store, MARIAM)


def test_a_new_ketua_follows_the_old_one(store):
    load(store, {**MARIAM, "ketua": "ya"}, {**SALMAH, "ketua": ""})
    made = look(store, {**SALMAH, "ketua": "ya"})
    assert [f.kind for f in made.findings] == ["ketua_replaced"]
    load(store, {**SALMAH, "ketua": "ya"})
    assert rows(store, kpm, kpm.c.ketua) == [(False,), (True,)]
    load(store, {**MARIAM, "ketua": "ya"}, {**SALMAH, "ketua": ""})
    assert rows(store, kpm, kpm.c.ketua) == [(True,), (False,)]


def test_without_any_kabupaten_the_file_must_name_one(store):
    made = look(store, {**MARIAM, "kabupaten": ""})
    assert [f.kind for f in made.findings] == ["no_kabupaten"]


def test_an_id_of_another_kabupaten_is_refused(store):
    load(store, MARIAM)
    made = look(store, {**MARIAM, "kabupaten": "Lain"})
    assert {f.kind for f in made.findings} == {"new_place", "id_elsewhere"}
    assert not made.ok


@pytest.mark.parametrize(
    ("hpl", "kind"),
    [
        ("13-09-2027", set()),
        ("14-09-2027", {"hpl_far"}),
        ("12-10-2026", set()),
        ("11-10-2026", {"hpl_past"}),
    ],
)
def test_the_edges_of_a_pregnancy(store, hpl, kind):
    made = look(store, {**MARIAM, **dict(zip(MEMBER, ["Mariam", "", "hamil", hpl], strict=False))})
    assert {f.kind for f in made.findings} == kind


@pytest.mark.parametrize(("born", "ok"), [("23-11-2026", True), ("24-11-2026", False)])
def test_nobody_is_born_tomorrow_by_the_clock_of_the_kabupaten(store, born, ok):
    assert look(store, {**MARIAM, "lahir": born}).ok is ok


def test_a_plan_alone_writes_nothing(store):
    before = writes(store)
    look(store, MARIAM)
    assert writes(store) == before


def test_what_fails_half_way_leaves_nothing(store):
    def attempt(tx):
        apply(tx, plan(tx, roster(MARIAM, SALMAH)))
        raise OSError("the disk")

    with pytest.raises(OSError, match="the disk"):
        store.run(attempt)
    assert count(store, kpm) == count(store, kelompok) == 0


def test_an_identity_number_reaches_no_table(store, tmp_path):
    columns = {"nik": NIK, "No. KK": NIK, "nik pengurus": NIK, "anggota1_nik": NIK, "catatan": f"NIK {NIK}"}
    load(store, MARIAM, SALMAH, **columns)
    store.stop()
    with sqlite3.connect(tmp_path / "roster.db") as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        dump = "\n".join(conn.iterdump())
    conn.close()
    assert "Mariam" in dump
    assert NIK not in dump
    assert NIK.encode() not in (tmp_path / "roster.db").read_bytes()


def test_a_long_roster_is_quick_and_tells_how_far_it_is(store):
    families = [
        {
            **MARIAM,
            "id_kpm": f"K{n}",
            "nama": f"Ibu {chr(97 + n % 26)}",
            "hp": f"0811{n:08d}",
            "kelompok": f"M {n // 25}",
        }
        for n in range(1200)
    ]
    heard = []
    read = roster(*families)
    store.run(lambda tx: apply(tx, plan(tx, read), progress=lambda done, total: heard.append((done, total))))
    assert heard == [(500, 1200), (1000, 1200), (1200, 1200)]
    assert count(store, kpm) == count(store, kpm_address) == 1200
    with store.engine.connect() as conn:
        assert conn.scalar(select(func.sum(family_count.c.families))) == 1200


def test_a_newborn_entered_by_the_pendamping_is_left_and_gets_its_name_from_the_roster(store):
    family = {**MARIAM, "anggota1_nama": "Rizky", "anggota1_lahir": "01-02-2016", "anggota1_komponen": "sekolah"}
    load(store, family)
    born = {"component": "anak_usia_dini", "born": date(2026, 11, 20), "relation": "anak"}
    store.run(lambda tx: tx.obligations.add_member(1, name="Bayi", **born))
    load(store, family)
    assert rows(store, member, member.c.name) == [("Rizky",), ("Bayi",)]
    named = {"anggota2_nama": "Ahmad", "anggota2_lahir": "20-11-2026", "anggota2_komponen": "balita"}
    load(store, {**family, **named})
    assert rows(store, member, member.c.name, member.c.next_on) == [
        ("Rizky", date(1970, 1, 1)),
        ("Ahmad", date(1970, 1, 2)),
    ]
