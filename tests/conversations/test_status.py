"""STATUS: one honest sentence per person. TINDAK LANJUT: whom to go and see."""

from __future__ import annotations

import pytest

from data.records import FamilyStatus
from messages.envelope import Kind, Status, StatusUpdate
from tests.support.chat import Cast, Someone, cast
from tests.support.outboxes import letters_of


@pytest.fixture
def village() -> Cast:
    """Monday 08.00; the meeting is on Saturday, the invitations left on Wednesday at 08.00."""
    made = cast()
    made.chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    made.chat.at("2026-11-25 07:59")
    made.budi.looks()
    return made


def status_of(village: Cast, words: str) -> str:
    return village.budi.says(f"STATUS {words}").last.text


def meta_says(village: Cast, who: Someone, status: Status) -> None:
    """A status webhook for her newest letter."""
    with village.chat.tx() as tx:
        letter = letters_of(tx, who.id)[0]
        said = StatusUpdate("whatsapp", f"{letter.id}:{status}", f"test:{letter.id}", status, tx.now, letter.id)
        assert tx.arrivals.progress([said])


def test_the_sentence_follows_the_letter(village):
    assert status_of(village, "Wati") == "Wati: siap menerima, belum ada undangan yang perlu dikirim."
    village.chat.at("2026-11-25 08:00")
    village.budi.says("STATUS Wati").hears("status.sent", who="Wati", what="undangan", at="Rabu 25 Nov 08.00")
    meta_says(village, village.wati, Status.DELIVERED)
    assert status_of(village, "Wati") == "Wati: undangan terkirim Rabu 25 Nov 08.00, belum dibaca."
    meta_says(village, village.wati, Status.READ)
    village.budi.says("status wati").hears("status.read")
    village.chat.at("2026-11-25 09:10")
    village.wati.says("2")
    village.budi.says("STATUS Bu Wati").hears("status.answered", at="Rabu 25 Nov 09.10")
    village.budi.hears_nothing()


def test_what_waits_says_until_when(village):
    chat = village.chat
    chat.at("2026-11-25 08:00")
    chat.sql("UPDATE outbox SET state = 'queued', sent = NULL, not_before = not_before + 3600000")
    village.budi.says("STATUS Wati").hears("status.waits_for_hour", at="Rabu 25 Nov 09.00")
    chat.sql("UPDATE outbox SET error = 'templat berhenti'")
    village.budi.says("STATUS Wati").hears("status.template_stopped", what="undangan")


def test_the_time_is_the_kabupatens(village):
    """08.00 WITA is midnight UTC."""
    village.chat.at("2026-11-25 08:00")
    assert "08.00" in status_of(village, "Siti")


def test_no_phone_no_first_message_no_consent_and_stop_each_have_their_sentence(village):
    chat = village.chat
    chat.kpm("Jumiati", phone=None)
    chat.kpm("Nur", consent=None)
    chat.kpm("Rusmini", consent=False)
    village.budi.says("STATUS Jumiati").hears("status.no_phone").showing("tanpa HP")
    village.budi.says("STATUS Nur").hears("status.never_wrote")
    village.budi.showing("belum pernah menulis ke nomor ini; ajak kirim pesan pertama")
    village.budi.says("STATUS Rusmini").hears("status.refused", at="Rabu 25 Nov 07.59")
    village.siti.says("STOP PESAN")
    village.budi.says("STATUS Siti").hears("status.stopped", at="Rabu 25 Nov 07.59").showing("STOP PESAN sejak")


def test_three_permanent_failures_make_a_number_unreachable_and_a_visit(village):
    with village.chat.tx() as tx:
        address = tx.people.address_id(village.wati.address)
    for failures in (1, 2, 3):
        with village.chat.tx() as tx:
            tx.people.failed_at(address, blocked=False)
        said = village.budi.says("TINDAK LANJUT").inbox[-1]
        assert ("Wati (cek nomornya)" in said.text) is (failures == 3)
    village.budi.says("STATUS Wati").hears("status.unreachable").showing("cek nomornya")
    village.chat.at("2026-11-25 08:00")
    assert "reminders.meeting.invitation" not in village.wati.heard


def test_a_blocked_chat_is_named(village):
    nur = village.chat.kpm("Nur", channel="telegram")
    with village.chat.tx() as tx:
        tx.people.block(nur.address, True)
    village.budi.says("STATUS Nur").hears("status.blocked")


def test_who_blocked_and_let_us_in_again_is_written_to_again(village):
    """Telegram tells both; she need not write a word in between."""
    chat = village.chat
    nur = chat.kpm("Nur", channel="telegram").says("jadwal").looks()
    nur.sends(Kind.BLOCKED).hears_nothing()
    village.budi.says("STATUS Nur").hears("status.blocked")
    chat.at("2026-11-25 08:05")
    assert "reminders.meeting.invitation" not in nur.heard
    nur.sends(Kind.UNBLOCKED).hears_nothing()
    village.budi.looks().says("STATUS Nur").hears("status.nothing_yet")
    chat.at("2026-11-27 19:00")
    assert [letter.key for letter in nur.unread if letter.unasked] == ["reminders.meeting.day_before"]
    village.budi.looks().says("STATUS Nur").hears("status.sent_telegram", what="pengingat")


def test_two_of_a_name_asks_which_and_two_that_nothing_tells_apart_are_both_told(village):
    chat = village.chat
    chat.kelompok("Melati 1")
    chat.sql(
        "UPDATE kelompok SET pendamping_id = (SELECT id FROM staff WHERE name = 'Pak Budi') WHERE name <> 'Anggrek 1'"
    )
    chat.kpm("Wati", "Melati 1", phone=None)
    village.budi.says("STATUS Wati").hears("status.two", found="Wati (Melati 1), Wati (Melati 3)").hears_nothing()
    village.budi.says("STATUS Wati Melati 1").hears("status.no_phone").hears_nothing()
    chat.kpm("Siti", phone=None)
    village.budi.says("STATUS Siti").hears("status.nothing_yet").hears("status.no_phone").hears_nothing()


def test_only_ones_own_active_families_are_found(village):
    village.chat.kpm("Lama", status=FamilyStatus.GRADUASI)
    for name in ("Dewi", "Lama", "Tidak Ada"):
        village.budi.says(f"STATUS {name}").hears("status.not_found", name=name).hears_nothing()
    village.budi.says("STATUS").hears("status.which")
    village.ratna.says("STATUS Wati").hears("help.staff_unknown")


def test_a_family_that_asks_for_status_gets_no_staff_word(village):
    village.siti.says("STATUS Wati")
    assert not any(key.startswith("status.") for key in village.siti.heard)


# --- TINDAK LANJUT


def held(village: Cast, day: str, marks: str) -> None:
    """A meeting of that day with its register."""
    chat = village.chat
    chat.at(f"{day} 08:00")
    chat.meeting("Melati 3", starts=f"{day} 09:00")
    chat.at(f"{day} 09:30")
    village.budi.looks().says("ABSEN Melati 3").says(marks).says("SELESAI")
    chat.at(f"{day} 11:01")


def test_nobody_to_visit_is_said_too(village):
    village.budi.says("TINDAK LANJUT").hears("status.nobody")
    village.rahma.says("/tindak_lanjut").hears("status.nobody")


def test_alpa_twice_in_a_row_silence_twice_and_declined_are_listed_by_kelompok():
    village = cast()
    for name in ("Aminah", "Halimah", "Rusmini"):
        village.chat.kpm(name)
    village.chat.kpm("Jumiati", phone=None)
    held(village, "2026-12-01", "hadir semua kecuali Aminah alpa, Halimah alpa")
    village.budi.looks().says("TINDAK LANJUT").hears("status.follow_up").hiding("Aminah").showing("Jumiati (tanpa HP)")
    held(village, "2026-12-08", "hadir semua kecuali Aminah alpa, Halimah sakit")
    held_twice = village.budi.looks().says("TINDAK LANJUT").hears("status.follow_up").inbox[-1].text
    assert "Alpa dua kali berturut-turut: Aminah" in held_twice
    assert "Halimah" not in held_twice
    village.chat.at("2026-12-16 08:00")
    village.chat.meeting("Melati 3", starts="2026-12-19 09:00", announced="now")
    village.chat.at("2026-12-16 08:05")
    village.siti.says("tidak bisa, anak sakit")
    said = village.budi.looks().says("TINDAK LANJUT").inbox[-1].text.splitlines()
    assert said == [
        "TINDAK LANJUT",
        "Melati 3",
        "- Alpa dua kali berturut-turut: Aminah",
        "- Belum terjangkau: Jumiati (tanpa HP)",
        "- Tidak bisa datang: Siti (anak sakit)",
    ]


def test_two_meetings_without_a_word_and_without_a_register():
    village = cast()
    for day in ("2026-12-01", "2026-12-08"):
        village.chat.at(f"{day} 08:00")
        village.chat.meeting("Melati 3", starts=f"{day} 09:00")
        village.chat.at(f"{day} 08:40")
        village.siti.says("hadir")
        village.chat.at(f"{day} 11:01")
    village.budi.looks().says("TINDAK LANJUT").hears("status.follow_up")
    village.budi.showing("Dua pertemuan tanpa kabar: Wati").hiding("Siti")


def test_a_long_list_is_counted_and_several_groups_are_split(village):
    chat = village.chat
    for n in range(14):
        chat.kpm(f"Ibu{n:02d}", phone=None)
    for group in range(1, 30):
        chat.kelompok(f"Mawar {group}", desa="Juai")
        for n in range(12):
            chat.kpm(f"Panjang Namanya {n:02d}", f"Mawar {group}", phone=None)
    chat.sql(
        "UPDATE kelompok SET pendamping_id = (SELECT id FROM staff WHERE name = 'Pak Budi') WHERE name LIKE 'Mawar%'"
    )
    village.budi.says("TINDAK LANJUT")
    letters = village.budi.unread
    assert len(letters) > 1
    assert all(len(letter.text) < 4096 for letter in letters)
    assert any("dan 2 lainnya" in letter.text for letter in letters)
    village.budi.says("TINDAK LANJUT Mawar 7").hears("status.follow_up").hiding("Mawar 8").hears_nothing()
