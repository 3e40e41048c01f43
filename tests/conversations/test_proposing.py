"""When shall we meet? Times that families choose from, and the same day of every month."""

from __future__ import annotations

import pytest

from tests.support.chat import Cast, cast


@pytest.fixture
def village() -> Cast:
    made = cast("2026-11-23 09:00")
    made.chat.kpm("Jumiati", phone=None)
    return made


def test_families_choose_the_pendamping_picks_and_jadwal_goes_on(village):
    chat, budi = village.chat, village.budi
    budi.says("USUL WAKTU Melati 3; Sabtu 09.00; Minggu 14.00").hears(
        "meetings.proposal.preview", told="2", families="3"
    )
    budi.showing("1. Sabtu 28 November 09.00 WITA", "2. Minggu 29 November 14.00 WITA", "sekarang").hears_nothing()
    village.siti.hears_nothing()
    budi.taps("Kirim").hears("meetings.proposal.sent", told="2").hears_nothing()
    village.siti.hears("meetings.proposal.two", names="Ibu Siti").hears_nothing()
    village.dewi.hears_nothing()
    village.siti.taps("Waktu 2").hears("meetings.proposal.voted", when="Minggu 29 November 14.00 WITA").hears_nothing()
    village.wati.says("1").hears("meetings.proposal.voted", when="Sabtu 28 November 09.00 WITA")
    village.wati.says("2").hears("meetings.proposal.voted")
    chat.at("2026-11-24 09:00")
    budi.looks().hears_nothing()
    chat.at("2026-11-24 09:01")
    assert "meetings.proposal.ready" in budi.heard
    budi.looks().says("usul waktu melati 3").hears("meetings.proposal.votes", count="2", told="2")
    budi.showing("1. Sabtu 28 November 09.00 WITA: 0", "2. Minggu 29 November 14.00 WITA: 2")
    budi.taps("Minggu 29 Nov 14.00").hears("meetings.draft.where").says("Balai Desa").hears("meetings.draft.what")
    budi.says("P2").hears("meetings.draft.preview").showing("Minggu, 29 November 2026, 14.00–16.00 WITA")
    assert chat.meetings() == []
    budi.taps("Kirim").hears("meetings.draft.sent")
    village.wati.looks().presses(f"vote:{number(village)}.1").hears("meetings.proposal.closed")
    budi.looks().presses(f"pick:{number(village)}.1").hears("meetings.proposal.over")


def number(village: Cast) -> int:
    return int(village.chat.sql("SELECT max(id) FROM proposal").scalar())


def test_a_number_answers_the_letter_that_came_last(village):
    chat = village.chat
    village.budi.says("USUL WAKTU Melati 3; 5/12 09.00; 6/12 09.00; 7/12 09.00").taps("Kirim")
    village.siti.hears("meetings.proposal.three")
    chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    chat.at("2026-11-25 09:00")
    assert village.siti.last.key == "reminders.meeting.invitation"
    village.siti.looks().says("1").hears("attendance.promised")
    village.wati.looks().says("2").hears("attendance.declined_why").says("1").hears("attendance.reason_kept")
    village.siti.taps("Waktu 3").hears("meetings.proposal.voted", when="Senin 7 Desember 09.00 WITA")


def test_what_does_not_fit_and_who_may_not(village):
    budi = village.budi
    for words in (
        "USUL WAKTU",
        "USUL WAKTU Melati 3",
        "USUL WAKTU Melati 3; Sabtu 09.00",
        "USUL WAKTU Anggrek 1; 1; 2",
    ):
        budi.says(words).hears("meetings.proposal.how", kelompok="Melati 3").hears_nothing()
    budi.says("USUL WAKTU Melati 3; Sabtu 09.00; Sabtu 09.00").hears("meetings.proposal.how")
    budi.says("USUL WAKTU Melati 3; Sabtu 09.00; nanti").hears("meetings.when.no_day")
    budi.says("USUL WAKTU Melati 3; Sabtu 09.00; Minggu 14.00").taps("Tidak jadi").hears("meetings.draft.dropped")
    budi.says("USUL WAKTU Melati 3; Sabtu 09.00; Minggu 14.00").taps("Kirim")
    village.dewi.presses(f"vote:{number(village)}.1").hears("attendance.stale")
    village.siti.looks().taps("Tidak bisa").hears("meetings.proposal.none")
    village.siti.presses("vote:99.1").hears("attendance.stale")
    village.siti.presses(f"vote:{number(village)}.7").hears("attendance.stale")
    village.rahma.presses(f"pick:{number(village)}.1").hears("meetings.draft.nothing")
    village.rahma.presses("pick:x").hears("meetings.draft.nothing")


def test_every_month_is_proposed_to_the_pendamping_and_never_sent_by_itself(village):
    chat, budi = village.chat, village.budi
    budi.says("JADWAL Melati 3; Sabtu kedua 09.00 tiap bulan; Balai Desa Babayau; P2").hears("meetings.draft.preview")
    budi.showing("Sabtu, 12 Desember 2026", "tiap bulan Sabtu kedua", "diusulkan dulu")
    budi.taps("Kirim").hears("meetings.draft.sent").looks()
    chat.at("2026-12-26 07:30")
    assert "meetings.rhythm" not in budi.heard
    chat.at("2026-12-26 09:30")
    budi.looks()
    assert budi.heard.count("meetings.rhythm") == 1
    chat.at("2026-12-27 10:00")
    assert budi.heard.count("meetings.rhythm") == 1
    assert len(chat.meetings()) == 1
    budi.looks().taps("Buat jadwal").hears("meetings.draft.what").says("P3").hears("meetings.draft.preview")
    budi.showing("Sabtu, 9 Januari 2027, 09.00–11.00 WITA", "Balai Desa Babayau").says("batal")
    village.rahma.presses(budi.inbox[budi.heard.index("meetings.rhythm")].buttons[2].id).hears("meetings.draft.nothing")
    budi.looks().taps("Lewati bulan ini").hears("meetings.rhythm_skipped")
    chat.at("2027-01-30 09:00")
    assert budi.heard.count("meetings.rhythm") == 2
    budi.looks().taps("Berhenti mengulang").hears("meetings.rhythm_ended")
    chat.at("2027-02-01 09:00")
    assert budi.heard.count("meetings.rhythm") == 2


@pytest.mark.parametrize("words", ["Sabtu 09.00 tiap bulan", "tiap Sabtu 09.00", "Sabtu kedua 09.00 tiap minggu"])
def test_only_a_day_of_the_month_comes_back(village, words):
    village.budi.says(f"JADWAL Melati 3; {words}; Balai Desa; P2").hears("meetings.when.recurring")


def test_a_month_that_has_its_meeting_is_not_proposed(village):
    chat = village.chat
    village.budi.says("JADWAL Melati 3; Sabtu kedua 09.00 tiap bulan; Balai Desa; P2").taps("Kirim")
    chat.meeting("Melati 3", starts="2027-01-05 09:00", announced="now")
    chat.at("2026-12-28 10:00")
    assert "meetings.rhythm" not in village.budi.heard
