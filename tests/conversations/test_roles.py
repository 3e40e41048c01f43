"""Who may do what, for whom? Every word of staff, by every role, about its own and another kelompok."""

from __future__ import annotations

from functools import cache

import pytest
from sqlalchemy import func, select

from data.records import Role
from data.schema import metadata
from handlers import registration
from handlers.router import STAFF_WORDS
from handlers.rules.permissions import PENDAMPING, WORDS
from messages import catalog
from tests.support.chat import Cast, Someone, cast

SAID = {
    "jadwal": "JADWAL {group}; Sabtu 09.00; Balai Desa; P2",
    "gabung": "GABUNG {group}, {group}; Sabtu 09.00; Balai Desa; P2",
    "usul waktu": "USUL WAKTU {group}; Sabtu 09.00; Minggu 14.00",
    "ganti jadwal": "GANTI JADWAL {group}; Minggu 10.00",
    "batalkan": "BATALKAN {group}; hujan",
    "absen": "ABSEN {group}",
    "setuju": "SETUJU {name}",
    "undang": "UNDANG {group}",
    "daftarkan": "DAFTARKAN 1 {name}",
    "kode": "KODE {group}",
    "status": "STATUS {name}",
    "tindak lanjut": "TINDAK LANJUT",
    "data": "DATA {name}; hamil; HPL 12-04-2027",
    "verkom": "VERKOM {group}",
    "tanya": "TANYA",
    "jawab": "JAWAB {ticket}; besok saya ke rumah",
    "catat": "CATAT {ticket}; sudah ditelepon",
    "tutup": "TUTUP {ticket}; selesai",
    "bahasa": "BAHASA {name}; banjar",
    "kuis": "KUIS {group}",
    "paham": "PAHAM {group}",
    "rekap": "REKAP",
    "laporan": "LAPORAN {group}",
    "siaran": "SIARAN {group}; Besok bawa Buku KIA.",
    "ringkasan": "RINGKASAN MATI",
    "belum bertemu": "BELUM BERTEMU",
    "belum lapor": "BELUM LAPOR",
    "halaman": "HALAMAN",
    "menu": "MENU",
}
CHANGING = set(metadata.tables) - {"address", "audit", "event", "lease", "outbox", "outbox_kpm", "session", "desk_link"}
ROLES = ("kpm", "ketua", "pendamping", "desa", "kecamatan", "kabupaten", "admin")


@cache
def scene() -> tuple[Cast, dict[str, Someone], dict[str, int]]:
    """Both kelompok have a meeting on Saturday and a question that waits; somebody of every role."""
    c = cast()
    c.chat.sign_with("a key")
    desa = c.chat.kelompok("Melati 3").desa_id
    people = {
        "kpm": c.siti,
        "ketua": c.chat.kpm("Aminah", ketua=True),
        "pendamping": c.budi,
        "desa": c.chat.koordinator("Bu Desa", level="desa", of=desa),
        "kecamatan": c.chat.koordinator("Bu Camat", level="kecamatan", of=c.chat.kecamatan_id),
        "kabupaten": c.ratna,
        "admin": c.chat.admin("Pak Amin"),
    }
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    c.chat.meeting("Anggrek 1", starts="2026-11-28 09:00", announced="now", code="1234")
    tickets = {}
    for group, family in (("Melati 3", c.wati), ("Anggrek 1", c.dewi)):
        family.says("TANYA").says("kenapa KKS saya tidak bisa dipakai bu?")
        found = c.chat.sql("SELECT id FROM question WHERE kpm_id = :k ORDER BY id DESC", k=family.id)
        tickets[group] = found.scalar()
    return c, people, tickets


def rows(c: Cast) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a word could change."""
    with c.chat.tx() as tx:
        return {
            name: sorted((tuple(row) for row in tx.conn.execute(select(metadata.tables[name]))), key=str)
            for name in CHANGING
            if tx.conn.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
        }


def test_the_table_names_every_word_and_the_router_keeps_to_it():
    told: dict[str, frozenset[Role]] = {}
    for word in STAFF_WORDS:
        told[word.words[0]] = told.get(word.words[0], frozenset()) | word.roles
    assert told == dict(WORDS)
    assert set(SAID) == set(WORDS)


@pytest.mark.parametrize("role", ROLES)
def test_whoever_may_not_say_a_word_changes_nothing_and_learns_nothing(role):
    """KPM and ketua are families: to them a word of staff is like any other line."""
    c, people, tickets = scene()
    before = rows(c)
    for word, line in SAID.items():
        may = WORDS[word]
        if people[role].role in may or (role in {"kpm", "ketua"} and word in {"jadwal", "kuis", "menu", "tanya"}):
            continue
        with c.chat.undone():
            said = line.format(group="Melati 3", name="Wati", ticket=tickets["Melati 3"])
            who = people[role].looks().says(said)
            if who.role is not Role.KPM:
                # Any line of a pendamping may be meant for the one family that waits for her answer.
                expected = "questions.staff.confirm" if role == "pendamping" else "help.staff_unknown"
                who.hears(expected).hears_nothing()
                assert rows(c) == before, word
                continue
            for letter in who.unread:
                assert catalog.entry(letter.key).audience == "kpm", (word, letter.key)
                assert "Wati" not in letter.text or "Wati" in said, (word, letter.text)
            after = rows(c)
            changed = {name for name in {*before, *after} if after.get(name) != before.get(name)}
            assert changed <= {"question", "attendance", "tally", "family_month"}, word
            answered = c.chat.sql("SELECT kpm_id FROM attendance WHERE answer != 'unknown'").scalars().all()
            assert set(answered) <= {who.id}, word  # "batalkan, hujan" is a no of her own


@pytest.mark.parametrize("word", [word for word, roles in WORDS.items() if roles >= PENDAMPING])
def test_a_pendamping_does_it_for_her_own_and_never_for_another_kelompok(word):
    c, _, tickets = scene()
    before = rows(c)
    with c.chat.undone():
        c.budi.looks().says(SAID[word].format(group="Melati 3", name="Wati", ticket=tickets["Melati 3"]))
        assert [one.key for one in c.budi.unread if one.key == "help.staff_unknown"] == []
        assert c.budi.unread, word
        assert not any("Dewi" in one.text or "Anggrek" in one.text for one in c.budi.unread), word
    with c.chat.undone():
        c.dewi.looks()
        c.budi.looks().says(SAID[word].format(group="Anggrek 1", name="Dewi", ticket=tickets["Anggrek 1"]))
        assert rows(c) == before, word
        c.dewi.hears_nothing()
        for button in [
            b for one in c.budi.unread for b in one.buttons if b.id.startswith(("draft.", "mark.", "face."))
        ]:
            c.budi.presses(button.id, button.title)
            c.dewi.hears_nothing()


@pytest.mark.parametrize(("role", "sees"), [("desa", 2), ("kecamatan", 3), ("kabupaten", 3), ("admin", 3)])
def test_a_koordinator_counts_her_own_area_and_sees_no_family(role, sees):
    """Anggrek 2 lies in another desa, Mawar 1 in another kabupaten."""
    c, people, _ = scene()
    with c.chat.undone():
        c.chat.pendamping("Bu Hana", "Anggrek 1")
        c.chat.kelompok("Kenanga 1", desa="Mampari")
        with c.chat.tx() as tx:
            who = tx.people.staff(people[role].id)
            assert who is not None
            assert len(tx.people.kelompok_in_scope(who)) == sees
        for word in ("rekap", "belum bertemu", "belum lapor", "verkom", "kuis"):
            people[role].looks().says(SAID[word].replace(" {group}", ""))
            for letter in people[role].unread:
                assert not any(name in letter.text for name in ("Siti", "Wati", "Dewi")), letter.text


def test_a_ketua_speaks_for_the_presence_of_her_own_kelompok_only():
    c, people, _ = scene()
    with c.chat.undone():
        c.chat.at("2026-11-28 09:05")
        people["ketua"].says("HADIR Wati")
        c.siti.says("HADIR Wati")
        entries = c.chat.entries()
        assert (entries["Wati"].answer.value, entries["Wati"].claim_by) == ("claimed", "ketua Aminah")
        people["ketua"].says("HADIR Dewi")
        assert c.chat.entries("Anggrek 1")["Dewi"].answer.value == "unknown"


# --- the end of a role


def test_removed_in_the_middle_of_a_talk_she_is_a_stranger_at_once():
    c, _, _ = scene()
    with c.chat.undone():
        c.budi.says("BATALKAN Melati 3; hujan")
        before = rows(c)
        with c.chat.tx() as tx:
            who = tx.people.staff(c.budi.id)
            assert who is not None
            registration.revoke(tx, who, "cli", "staff.revoked")
            tx.people.remove_staff(c.budi.id)
        c.budi.looks().says("ya")
        assert [one.key for one in c.budi.unread if one.key != "consent.stranger"] == []
        c.budi.says("ABSEN Melati 3").hears_nothing()
        changed = {name for name, was in before.items() if rows(c).get(name) != was}
        assert changed == {"staff", "staff_address"}


def test_a_lost_phone_opens_nothing_and_the_new_one_everything():
    c, _, _ = scene()
    with c.chat.undone():
        group = c.chat.kelompok("Melati 3").id
        with c.chat.tx() as tx:
            who = tx.people.staff(c.budi.id)
            assert who is not None
            opened = tx.desk.spend(tx.desk.link(who.id))
            unused = tx.desk.link(who.id)
            given = tx.invitations.create(kelompok_id=group, by=who.id)
            hers = tx.invitations.create(staff_id=who.id)
            assert opened is not None
            assert registration.revoke(tx, who, "cli", "staff.revoked") == 1
            assert tx.desk.who(opened.token) is None
            assert tx.desk.spend(unused) is None
            for code in (given.code, hers.code):
                found = tx.invitations.get(code)
                assert found is not None
                assert found.expires <= tx.now
            tx.people.new_phone(c.budi.id, "+6281199990000")
        c.budi.looks().says("ABSEN Melati 3").hears("consent.stranger")
        new = Someone(
            c.chat, "Pak Budi", c.budi.id, Role.PENDAMPING, type(c.budi._address)("whatsapp", "6281199990000")
        )
        new.says("MENU").hears("help.pendamping", kelompok="Melati 3")
        (line,) = [one for one in c.chat.audit() if one.act == "staff.revoked"]
        assert (line.actor, line.subject, line.was) == ("cli", f"staff:{c.budi.id}", "1 chat, 1 sesi, 2 undangan")
