"""Is the sample kabupaten the one that INTERFACE promises?"""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import phonenumbers
import pytest
from sqlalchemy import func, select

from data.intake.roster import apply, plan, read_roster
from data.intake.sample import WORDING, load_sample
from data.records import Consent, Role, Topic
from data.schema import address, consent, kpm, kpm_address, member, metadata
from data.store import Store
from messages.envelope import Address

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
CAST = {
    "6281100000001": ["Siti"],
    "6281100000002": ["Wati"],
    "6281100000003": ["Aminah", "Rusmini"],
    "6281100000005": ["Halimah"],
    "6281100000011": ["Nur"],
}
NAMES = ["Siti", "Wati", "Aminah", "Rusmini", "Jumiati", "Halimah", "Nur", "Ratna", "Budi", "Dewi"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('sample')}/sample.db", lambda: NOW)
    metadata.create_all(store.engine)
    assert store.run(load_sample) is True
    yield store
    store.stop()


def whatsapp(number):
    return Address("whatsapp", number)


def group(tx, name):
    return next(k for k in tx.people.every_kelompok() if k.name == name)


def members_of(tx, number):
    (family,) = tx.people.who(whatsapp(number)).kpms
    return tx.people.members_of(family.id)


def scalar(store, statement):
    with store.engine.connect() as conn:
        return conn.execute(statement).scalar()


def test_a_second_load_changes_nothing(store):
    def again(tx):
        before = tx.conn.exec_driver_sql("select total_changes()").scalar()
        assert load_sample(tx) is False
        return tx.conn.exec_driver_sql("select total_changes()").scalar() - before

    assert store.run(again) == 0


def test_its_roster_is_a_roster_an_office_could_hand_in(store):
    path = files("data.content").joinpath("sample").joinpath("roster.csv")
    roster = read_roster(path.read_bytes(), "roster.csv")
    assert roster.findings == []

    def again(tx):
        made = plan(tx, roster)
        assert list(made.findings) == []
        return apply(tx, made)

    done = store.run(again)
    assert (done.new, done.changed, done.missing) == (0, 0, 0)
    assert 230 <= done.unchanged <= 250


def test_its_places(store):
    def check(tx):
        top = tx.people.kabupaten()
        assert (top.name, top.zone.key) == ("Kabupaten Balangan (contoh)", "Asia/Makassar")
        assert top.office == "Dinas Sosial P3A-PMD Kabupaten Balangan (contoh)"
        groups = tx.people.every_kelompok()
        assert len({g.kecamatan for g in groups}) == 2
        assert len({g.desa for g in groups}) == 5
        assert {"Babayau", "Batumandi", "Juai"} <= {g.desa for g in groups}
        assert len(groups) == 9
        assert Counter(g.pendamping for g in groups) == {"Pak Budi": 3, "Bu Dewi": 3, "Pak Rahman": 3}
        where = {g.name: (g.desa, g.pendamping) for g in groups}
        assert all(where[f"Melati {n}"] == ("Babayau", "Pak Budi") for n in (1, 2, 3))
        assert all(where[f"Anggrek {n}"] == ("Batumandi", "Bu Dewi") for n in (1, 2, 3))
        sizes = Counter(tx.conn.execute(select(kpm.c.kelompok_id)).scalars())
        assert all(20 <= size <= 30 for size in sizes.values())

    store.run(check)


def test_its_staff_write_on_both_channels(store):
    def check(tx):
        for number, name, role, level in [
            ("6281100000901", "Bu Ratna", Role.KOORDINATOR, "kabupaten"),
            ("6281100000902", "Pak Budi", Role.PENDAMPING, "kelompok"),
            ("6281100000903", "Bu Dewi", Role.PENDAMPING, "kelompok"),
            ("6281100000904", "Pak Rahman", Role.PENDAMPING, "kelompok"),
        ]:
            for channel in ("whatsapp", "telegram"):
                who = tx.people.who(Address(channel, number))
                assert (who.staff.name, who.role, who.staff.scope_level) == (name, role, level)
                assert who.staff.phone == f"+{number}"
        ratna = tx.people.staff_by_phone("+6281100000901")
        assert len(tx.people.kelompok_in_scope(ratna)) == 9
        budi = tx.people.staff_by_phone("+6281100000902")
        assert [k.name for k in tx.people.kelompok_in_scope(budi)] == ["Melati 1", "Melati 2", "Melati 3"]

    store.run(check)


def test_its_cast_has_its_numbers_and_names(store):
    def check(tx):
        for number, names in CAST.items():
            found = tx.people.who(whatsapp(number))
            assert [k.name for k in found.kpms] == names
            assert {k.status for k in found.kpms} == {"aktif"}
            assert {k.called for k in found.kpms} == {f"Ibu {name}" for name in names}
            place = "Anggrek 1" if names == ["Nur"] else "Melati 3"
            assert {k.kelompok_id for k in found.kpms} == {group(tx, place).id}
            assert all(len(tx.people.addresses_of(k.id)) == 1 for k in found.kpms)
        melati = group(tx, "Melati 3").id
        jumiati = next(k for k in tx.people.families(melati) if k.name == "Jumiati")
        assert tx.people.addresses_of(jumiati.id) == []
        assert jumiati.id in tx.people.phoneless(melati)
        assert [k.name for k in tx.people.families(melati) if k.ketua] == ["Siti"]

    store.run(check)


def test_its_cast_has_its_families(store):
    def check(tx):
        (child,) = members_of(tx, "6281100000001")
        assert child.component == "anak_usia_dini"
        assert date(2026, 2, 23) < child.born <= date(2026, 3, 23)
        (wati,) = members_of(tx, "6281100000002")
        assert (wati.component, wati.hpl) == ("ibu_hamil", date(2026, 11, 23) + timedelta(weeks=20))
        son, parent = members_of(tx, "6281100000005")
        assert (son.component, son.level, son.relation) == ("sekolah", "SD", "anak")
        assert parent.component == "lansia"
        assert date(1953, 11, 23) < parent.born <= date(1954, 11, 23)

    store.run(check)


def test_no_other_name_can_be_taken_for_one_of_the_cast(store):
    def check(tx):
        for place in ("Melati 1", "Melati 2", "Melati 3", "Anggrek 1", "Anggrek 2", "Anggrek 3"):
            statement = select(kpm.c.name).where(kpm.c.kelompok_id == group(tx, place).id)
            for name in tx.conn.execute(statement).scalars():
                near = [cast for cast in NAMES if cast.lower() in name.lower() or name.lower() in cast.lower()]
                assert near in ([], [name])
        everywhere = Counter(tx.conn.execute(select(kpm.c.name)).scalars())
        assert all(everywhere[name] == 1 for name in NAMES[:7])

    store.run(check)


def test_its_cast_agreed_on_whatsapp_but_nur_never_wrote(store):
    def check(tx):
        for number in [*CAST][:4]:
            where = tx.people.address_id(whatsapp(number))
            assert tx.people.consent_of(where, Topic.MEETINGS) is Consent.YES
            assert tx.people.consent_of(where, Topic.HEALTH) is Consent.YES
        nur = tx.people.address_id(whatsapp("6281100000011"))
        assert tx.people.consent_of(nur, Topic.MEETINGS) is None
        assert tx.conn.scalar(select(address.c.heard).where(address.c.id == nur)) is None
        reached = [k.name for r in tx.people.reachable([group(tx, "Melati 3").id]) for k in r.kpms]
        assert {"Siti", "Wati", "Aminah", "Rusmini", "Halimah"} <= set(reached)

    store.run(check)


def test_nobody_was_heard_for_a_week(store):
    assert scalar(store, select(func.max(address.c.heard))) < NOW - timedelta(days=7)
    assert scalar(store, select(func.max(consent.c.at))) < NOW - timedelta(days=7)
    assert scalar(store, select(func.count()).where(consent.c.wording != WORDING)) == 0


def test_it_is_as_mixed_as_life(store):
    with store.engine.connect() as conn:
        phones = Counter(conn.execute(select(kpm_address.c.kpm_id)).scalars())
        shared = Counter(conn.execute(select(kpm_address.c.address_id)).scalars())
        families = conn.execute(select(kpm.c.id, kpm.c.status, kpm.c.sapaan)).all()
        components = Counter(conn.execute(select(member.c.component)).scalars())
        telegram = conn.execute(
            select(kpm_address.c.kpm_id).join(address).where(address.c.channel == "telegram")
        ).scalars()
        assert all(phones[family] == 1 for family in telegram)
        answers = Counter((row.topic, row.state) for row in conn.execute(select(consent)))
    assert sum(n == 2 for n in phones.values()) >= 5
    assert sum(n >= 2 for n in shared.values()) >= 5
    assert len(families) - len(phones) >= 10
    assert {row.status for row in families} == {"calon", "aktif", "graduasi", "nonaktif"}
    assert {row.sapaan for row in families} == {"Ibu", "Nenek", "Bapak", "Kakek"}
    for component in ("ibu_hamil", "nifas", "anak_usia_dini", "sekolah", "lansia", "disabilitas_berat"):
        assert components[component] >= 2
    assert 0.75 <= answers["p2k2", "yes"] / len(shared) <= 0.85
    assert 0.5 <= answers["kesehatan", "yes"] / len(shared) <= 0.7
    assert {state for _, state in answers} == {"yes", "no", "later", "stopped"}


def test_its_numbers_are_possible_invented_and_whole(store):
    with store.engine.connect() as conn:
        numbers = conn.execute(select(address.c.value)).scalars().all()
    for number in numbers:
        assert re.fullmatch(r"6281100000\d{3}", number)
        assert phonenumbers.is_valid_number(phonenumbers.parse(f"+{number}"))


def test_no_member_of_a_family_is_older_than_life_or_unborn(store):
    with store.engine.connect() as conn:
        for row in conn.execute(select(member)):
            assert row.born is None or date(1935, 1, 1) < row.born < NOW.date()
            assert (row.hpl is not None) == (row.component == "ibu_hamil")
            assert (row.level is not None) == (row.component == "sekolah")
