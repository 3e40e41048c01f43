"""One meeting from JADWAL to REKAP, as in the issue: once each, honestly counted, over a restart in the middle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.summary import recount
from tests.support.chat import Chat, Someone
from tests.support.databases import Opened


def unasked(who: Someone) -> list[str]:
    """Letters about the meeting; what follows it (key messages, a quiz) is told in test_practice.py."""
    about = "reminders.meeting."
    return [letter.key.removeprefix(about) for letter in who.inbox if letter.unasked and letter.key.startswith(about)]


@pytest.fixture
def chat(database: Opened) -> Iterator[Chat]:
    """On SQLite and on PostgreSQL: such a test runs twice."""
    chat = Chat("2026-11-23 08:00", url=database.url)
    yield chat
    chat.closes()


def test_one_meeting_from_jadwal_to_rekap_with_a_restart_at_every_step(chat):
    budi = chat.pendamping("Pak Budi", "Melati 3")
    rahma = chat.pendamping("Bu Rahma", "Anggrek 1")
    ratna = chat.koordinator("Bu Ratna")
    siti = chat.kpm("Siti", "Melati 3", ketua=True)
    wati = chat.kpm("Wati", "Melati 3")
    aminah = chat.kpm("Aminah", "Melati 3")
    chat.kpm("Rusmini", "Melati 3", phone=aminah.phone.address.value)
    halimah = chat.kpm("Halimah", "Melati 3")
    chat.kpm("Jumiati", "Melati 3", phone=None)
    dewi = chat.kpm("Dewi", "Anggrek 1")

    # Four days ahead: nothing goes out before H-3.
    chat.at("2026-11-24 10:00")
    budi.says("JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2").hears("meetings.draft.preview", reached="5")
    budi.taps("Kirim").hears("meetings.draft.sent")
    chat.restarts()
    assert (siti.inbox, aminah.inbox) == ([], [])

    chat.at("2026-11-25 08:00").restarts()
    for phone in (siti, wati, halimah):
        phone.hears("reminders.meeting.invitation").hears_nothing()
    aminah.hears("reminders.meeting.invitation", names="Ibu Aminah dan Ibu Rusmini").hears_nothing()

    siti.says("hadir").hears("attendance.promised")
    wati.says("kada kawa, anak garing").hears("attendance.declined", reason="anak sakit")
    aminah.says("bisa bu").hears("attendance.who").taps("Rusmini").hears("attendance.promised", names="Ibu Rusmini")

    chat.at("2026-11-27 08:00").restarts()
    aminah.hears("reminders.meeting.day_before", names="Ibu Aminah").hears_nothing()
    halimah.hears("reminders.meeting.day_before").hears_nothing()
    chat.at("2026-11-27 19:35").restarts()
    siti.hears("reminders.meeting.tomorrow_early")
    aminah.hears("reminders.meeting.tomorrow_early", names="Ibu Rusmini")
    wati.hears_nothing()

    # Check-in: with and without the code, and the ketua for who has no phone.
    chat.at("2026-11-28 08:30").restarts()
    budi.hears("reminders.meeting.code")
    code = str(budi.last.params["code"])
    chat.at("2026-11-28 09:05")
    siti.says(f"hadir {code}").hears("attendance.claimed_with_code")
    aminah.says("kami berdua sudah datang").hears("attendance.claimed")
    siti.says("HADIR Jumiati").hears("attendance.ketua.kept", who="Ibu Jumiati")

    budi.says("ABSEN Melati 3").hears("attendance.register.open").showing("Jumiati: mengaku hadir, lewat ketua Siti")
    budi.taps("Catat 1 hadir").hears("attendance.register.proposal").showing("Hadir 1, belum diketahui 5 dari 6")
    chat.restarts()
    budi.says("hadir semua kecuali Wati sakit, Halimah alpa").hears("attendance.register.proposal")
    budi.showing("Hadir 4, sakit 1, alpa 1 dari 6 keluarga.")
    budi.taps("SELESAI").hears("attendance.register.saved")

    budi.says("REKAP").hears("summary.recap").showing("hadir 4, izin 0, sakit 1, alpa 1, belum diketahui 0 dari 6")
    ratna.says("REKAP kelompok").hears("summary.recap").showing(
        "hadir 4, izin 0, sakit 1, alpa 1, belum diketahui 0 dari 6"
    )
    rahma.says("REKAP").hears("summary.recap").hiding("Melati")
    assert chat.register() == {
        "Aminah": "hadir",
        "Halimah": "alpa",
        "Jumiati": "hadir",
        "Rusmini": "hadir",
        "Siti": "hadir",
        "Wati": "sakit",
    }

    chat.at("2026-11-29 20:00").restarts()
    assert unasked(siti) == ["invitation", "tomorrow_early"]
    assert unasked(wati) == ["invitation"]
    assert unasked(halimah) == ["invitation", "day_before"]
    assert unasked(aminah) == ["invitation", "day_before", "tomorrow_early"]
    assert dewi.inbox == []
    assert budi.heard.count("reminders.meeting.unfilled") == 0


def test_the_aggregate_equals_a_recount_after_all_of_it(chat):
    budi = chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", "Melati 3")
    wati = chat.kpm("Wati", "Melati 3")
    budi.says("JADWAL Melati 3; besok 9; Balai; P2").taps("Kirim")
    siti.taps("Belum tahu").taps("Bisa datang")
    wati.says("tidak bisa")
    budi.says("GANTI JADWAL Melati 3; lusa 9").taps("Kirim")
    wati.taps("Bisa datang")
    chat.at("2026-11-25 09:05")
    siti.says("hadir")
    for marks in ("hadir semua", "Wati sakit", "kosong 1"):
        budi.says(f"ABSEN Melati 3 {marks}").says("selesai").hears("attendance.register.saved")
    budi.says("JADWAL Melati 3; besok 9; Balai; P3").taps("Kirim").says("BATALKAN Melati 3; banjir").taps("Kirim")
    found = chat.ask(lambda tx: tx.summary.recap("2026-11", "kelompok", None)).rows[0]
    counted = chat.ask(lambda tx: recount(tx.conn, "2026-11"))[chat.kelompok("Melati 3").id]
    assert {name: getattr(found, name) for name in counted} == counted
    assert (found.planned, found.held, found.cancelled, found.sakit, found.belum_diketahui) == (2, 1, 1, 1, 1)
