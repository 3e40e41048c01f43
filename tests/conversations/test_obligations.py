"""The right reminder for the right child, until it is done: reminders, SUDAH, BELUM, BUKA, KEWAJIBAN."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.inbox import post
from data.obligations import SchoolMonth
from data.records import Consent, Topic
from handlers.obligations import stop_for_loss, tick
from handlers.obligations.school import keep
from messages.envelope import Outbound, Priority
from tests.support.chat import Chat, Someone

WEEK = timedelta(days=7)


def chat_with(starts: str = "2026-11-23 08:00") -> tuple[Chat, Someone]:
    chat = Chat(starts)
    return chat, chat.pendamping("Pak Budi", "Melati 3")


def pregnant(chat: Chat, name: str = "Wati", *, hpl: str = "2027-04-12", **more: str) -> Someone:
    wati = chat.kpm(name)
    chat.agrees(wati)
    chat.member(wati, name, "ibu_hamil", hpl=hpl, **more)
    return wati


def with_baby(chat: Chat, name: str = "Siti", *, born: str = "2026-03-20", **phone: str) -> Someone:
    siti = chat.kpm(name, **phone)  # type: ignore[arg-type]
    chat.agrees(siti)
    chat.member(siti, "Hafiz", born=born)
    return siti


def later(chat: Chat, days: int = 7) -> str:
    return f"{chat.local + timedelta(days=days):%Y-%m-%d %H:%M}"


def unasked(who: Someone) -> list[str]:
    return [f"{letter.at:%Y-%m-%d} {letter.key.removeprefix('obligations.')}" for letter in who.inbox if letter.unasked]


# --- the sample pregnancy, week by week

PREGNANCY = [
    ("2026-12-01", "sealed", "periksa kehamilan ke-2 dari 6"),
    ("2026-12-21", "sealed", "periksa kehamilan ke-3 dari 6"),
    ("2027-02-01", "sealed", "periksa kehamilan ke-4 dari 6"),
    ("2027-03-01", "sealed", "periksa kehamilan ke-5 dari 6"),
    ("2027-03-15", "sealed", "siapkan persalinan bersama bidan"),
    ("2027-03-29", "sealed", "periksa kehamilan ke-6 dari 6"),
]
FIRST_WEEKS = [
    ("2027-04-13", "sealed", "periksa ibu sesudah melahirkan ke-1 dari 4, periksa bayi Ahmad ke-1 dari 3"),
    (
        "2027-04-21",
        "sealed",
        "periksa ibu sesudah melahirkan ke-2 dari 4, periksa bayi Ahmad ke-2 dari 3, "
        "periksa ibu sesudah melahirkan ke-3 dari 4",
    ),
    ("2027-05-17", "sealed", "periksa ibu sesudah melahirkan ke-4 dan tanya KB"),
]
FIRST_YEAR = [
    ("2027-05-09", "timbang dan ukur Ahmad"),
    ("2027-06-09", "imunisasi Ahmad, timbang dan ukur Ahmad"),
    ("2027-07-09", "imunisasi Ahmad, timbang dan ukur Ahmad"),
    ("2027-08-09", "imunisasi Ahmad, timbang dan ukur Ahmad, periksa perkembangan Ahmad"),
    ("2027-09-09", "imunisasi Ahmad, timbang dan ukur Ahmad"),
    ("2027-10-09", "timbang dan ukur Ahmad"),
    ("2027-11-09", "timbang dan ukur Ahmad"),
    ("2027-12-09", "timbang dan ukur Ahmad"),
    ("2028-01-09", "timbang dan ukur Ahmad, periksa perkembangan Ahmad"),
    ("2028-02-09", "imunisasi Ahmad, timbang dan ukur Ahmad, vitamin A Ahmad (kapsul biru)"),
    ("2028-03-09", "timbang dan ukur Ahmad"),
    ("2028-04-09", "timbang dan ukur Ahmad"),
]


def test_from_week_20_to_birth_and_to_the_first_birthday_each_thing_is_asked_and_answered_once():
    chat, budi = chat_with()
    wati = pregnant(chat, next_on="1970-01-01")
    chat.posyandu("tanggal 10")
    heard: list[tuple[str, str, str]] = []

    def answers() -> None:
        """She opens what waits, says SUDAH to all of it, and hears nothing more of it."""
        for letter in list(wati.unread):
            if not letter.unasked:
                continue
            if letter.key == "obligations.sealed":
                wati.says("BUKA").hears("obligations.opened")
            wati.says("SUDAH")
            if wati.last.key == "obligations.which":
                wati.taps("Semua")
            wati.hears("obligations.done")
            key = letter.key.removeprefix("obligations.")
            heard.append((f"{letter.at:%Y-%m-%d}", key, str(wati.last.params["what"])))

    while chat.local.year < 2027 or chat.local.month < 4:
        passes = chat.at if chat.local.year < 2027 else chat.lapses_until
        passes(later(chat, 1 if chat.local.day > 23 else 7))
        answers()
    assert heard == PREGNANCY
    assert all("hamil" not in letter.text for letter in wati.inbox if letter.key == "obligations.sealed")

    chat.at("2027-04-12 10:00")
    answers()
    assert heard == PREGNANCY, "everything is done: no letter while the birth is near"
    chat.at("2027-04-13 10:00")
    assert "obligations.staff.born" in [letter.key for letter in budi.unread]
    budi.says("DATA Wati; lahir; 12-04-2027; Ahmad").hears("obligations.data.preview").taps("Simpan")
    budi.hears("obligations.data.saved")
    heard.clear()
    while chat.local.year < 2028 or chat.local.month < 4 or chat.local.day < 12:
        passes = chat.at if (chat.local.year, chat.local.month) == (2027, 4) else chat.lapses_until
        passes(later(chat, 1 if chat.local.month in {4, 5} else 7))
        answers()
    assert [(day, what) for day, key, what in heard if key == "posyandu"] == FIRST_YEAR
    assert [row for row in heard if row[1] != "posyandu"] == FIRST_WEEKS
    after_birth = next(letter for letter in wati.inbox if "sesudah melahirkan ke-1" in letter.text)
    assert "periksa ibu sesudah melahirkan ke-2 dari 4 (15 Apr sampai 19 Apr)" in after_birth.text
    assert not any("elamat" in letter.text for letter in wati.inbox)
    letters = [letter.at for letter in wati.inbox if letter.unasked]
    assert all(later - earlier >= timedelta(days=6) for earlier, later in pairwise(letters))


# --- stop


def test_after_a_loss_was_told_nothing_more_comes_and_what_waited_is_cancelled():
    chat, budi = chat_with("2026-12-09 09:05")
    wati = pregnant(chat)
    chat.member(wati, "Hafiz", born="2026-03-20")
    chat.posyandu("tanggal 10")
    chat.at("2026-12-09 10:00")
    assert chat.waiting("obligations.posyandu")
    wati.says("saya keguguran bu")
    assert not chat.waiting("obligations.posyandu")
    chat.at("2026-12-21 10:00").lapses_until("2027-04-12 10:00").at("2027-04-28 10:00")
    assert unasked(wati) == []
    assert not [letter for letter in budi.inbox if letter.key == "obligations.staff.born"]
    wati.says("kewajiban").hears("obligations.list_empty")


def test_what_is_done_is_not_said_in_the_evening_and_the_brother_still_is():
    chat, budi = chat_with("2026-12-09 09:00")
    siti, wati = with_baby(chat), chat.kpm("Wati")
    chat.agrees(wati)
    chat.member(siti, "Husna", born="2025-03-20")
    chat.member(wati, "Ahmad", born="2026-09-20")
    chat.posyandu("tanggal 10")
    chat.at("2026-12-09 12:00")
    siti.says("KEWAJIBAN").says("sudah").hears("obligations.which").taps("Husna").hears("obligations.done")
    budi.says("VERKOM Melati 3; Ahmad").says("semua sudah").says("selesai").hears("obligations.verkom.saved")
    chat.at("2026-12-09 21:00")
    siti.hears("obligations.posyandu").showing("Hafiz").hiding("Husna").hears_nothing()
    assert wati.inbox == []


def test_a_loss_stops_the_pregnancy_and_the_baby_and_not_the_school_child():
    chat, _ = chat_with()
    wati = pregnant(chat)
    chat.member(wati, "Hafiz", born="2026-03-20")
    chat.member(wati, "Rizky", "sekolah", born="2016-03-20", level="SD")
    with chat.tx() as tx:
        assert {member.name for member in stop_for_loss(tx, wati.id)} == {"Wati", "Hafiz"}
        assert stop_for_loss(tx, wati.id) == []
    # A family without pregnancy or baby: nobody knows whom it was, so everybody is left in peace.
    siti = chat.kpm("Siti")
    chat.member(siti, "Rizky", "sekolah", born="2016-03-20", level="SD")
    with chat.tx() as tx:
        assert [member.name for member in stop_for_loss(tx, siti.id)] == ["Rizky"]


# --- privacy


def test_what_is_private_waits_behind_buka_on_a_phone_that_two_families_share():
    chat, _ = chat_with()
    aminah = pregnant(chat, "Aminah")
    assert aminah.address is not None
    chat.kpm("Rusmini", phone=aminah.address.value)
    aminah.says("halo")  # WhatsApp would take free words now
    chat.at("2026-11-23 09:00")
    aminah.looks()
    assert unasked(aminah) == ["2026-11-23 sealed"]
    assert aminah.last.text == "Ada pesan untuk Ibu Aminah dari Pak Budi (pendamping). Balas BUKA"
    aminah.taps("Buka").hears("obligations.opened", names="Ibu Aminah").showing("periksa kehamilan")
    aminah.taps("Sudah").hears("obligations.done")
    aminah.says("BUKA").hears("obligations.nothing_to_open")
    aminah.says("KEWAJIBAN").hears("obligations.whose").taps("Rusmini").hears("obligations.list_empty")


def test_her_own_phone_that_wrote_today_may_hear_it_openly_and_a_template_never_says_it():
    chat, _ = chat_with()
    wati = pregnant(chat)
    wati.says("halo")
    chat.at("2026-11-23 09:00")
    assert wati.last.key == "obligations.opened"
    assert wati.last.template is None
    siti = pregnant(chat, "Siti")
    chat.at("2026-11-24 09:00")
    assert (siti.last.key, siti.last.template) == ("obligations.sealed", "pesan_dari_pendamping")


def test_what_is_general_is_said_at_once_and_names_both_families_of_a_phone():
    chat, _ = chat_with("2026-12-09 09:00")
    siti = with_baby(chat)
    assert siti.address is not None
    other = chat.kpm("Rusmini", phone=siti.address.value)
    chat.member(other, "Husna", born="2025-03-20")
    chat.posyandu("tanggal 10")
    chat.at("2026-12-09 19:35")
    siti.hears("obligations.posyandu", names="Ibu Siti dan Ibu Rusmini", place="posyandu Melati di Balai Desa")
    siti.showing("Hafiz", "Husna")
    siti.says("sudah kemarin").hears("obligations.which").taps("Husna").hears("obligations.done", names="Ibu Rusmini")


# --- consent of its own


def test_it_is_asked_for_when_the_first_thing_is_due_and_once():
    chat, _ = chat_with()
    wati = chat.kpm("Wati")
    chat.member(wati, "Wati", "ibu_hamil", hpl="2027-04-12")
    chat.at("2026-11-23 10:00")
    wati.hears("obligations.consent.ask").hears_nothing()
    wati.says("boleh bu").hears("obligations.consent.yes")
    assert wati.address is not None
    where = wati.address
    assert chat.ask(lambda tx: tx.people.consent_of(tx.people.address_id(where), Topic.HEALTH)) is Consent.YES
    chat.at("2026-12-31 10:00")
    assert unasked(wati) == ["2026-11-23 consent.ask", "2026-11-30 sealed", "2026-12-21 sealed"]


def test_a_question_that_was_lost_on_the_way_is_asked_again():
    chat, _ = chat_with("2026-11-23 12:29")
    wati = chat.kpm("Wati")
    chat.member(wati, "Wati", "ibu_hamil", hpl="2027-04-12", next_on="2026-11-24")
    chat.now = chat.moment("2026-11-24 09:00")
    with chat.tx() as tx:
        tick(tx)
    chat.sql("UPDATE outbox SET state = 'expired'")
    chat.sql("UPDATE member SET next_on = '1970-01-02'")
    chat.at("2026-11-24 10:00")
    assert unasked(wati) == ["2026-11-24 consent.ask"]


def test_who_says_no_is_not_reminded_and_still_sees_her_list():
    chat, _ = chat_with()
    wati = chat.kpm("Wati")
    chat.member(wati, "Wati", "ibu_hamil", hpl="2027-04-12")
    chat.at("2026-11-23 10:00")
    wati.looks().taps("Tidak").hears("obligations.consent.no")
    chat.at("2026-12-02 10:00").lapses_until("2027-02-01 10:00")
    assert unasked(wati) == ["2026-11-23 consent.ask"]
    wati.says("KEWAJIBAN").hears("obligations.list_end").showing("periksa kehamilan ke-4 dari 6")
    assert chat.consent(wati) is Consent.YES


# --- school


def test_school_is_asked_of_in_july_and_else_only_where_the_pendamping_chose_it():
    chat, budi = chat_with("2027-06-20 08:00")
    halimah, siti = chat.kpm("Halimah"), chat.kpm("Siti")
    for who, name in ((halimah, "Rizky"), (siti, "Aulia")):
        chat.agrees(who)
        chat.member(who, name, "sekolah", born="2017-10-09", level="SD")
    chat.lapses_until("2027-09-20 08:00")
    assert unasked(halimah) == unasked(siti) == ["2027-07-01 sealed", "2027-07-15 sealed"]
    with chat.tx() as tx:
        months = [
            SchoolMonth(m.id, "2027-08", "SDN 1", 20, 5, 0, 0)
            for who in (halimah, siti)
            for m in tx.obligations.members([who.id])[who.id]
        ]
        post(tx, keep(tx, months[:1]))
        post(tx, keep(tx, months[1:]))
    chat.at("2027-09-20 08:05")
    low = [letter for letter in budi.inbox if letter.key == "obligations.staff.school_low"]
    assert [letter.params["names"] for letter in low] == ["Rizky (Halimah) Agu 75 %", "Aulia (Siti) Agu 75 %"]
    budi.presses(low[0].buttons[1].id).hears("obligations.staff.school_left")
    budi.presses(low[1].buttons[0].id).hears("obligations.staff.school_marked", count="1")
    chat.lapses_until("2027-11-10 08:00")
    assert unasked(halimah)[2:] == []
    assert unasked(siti)[2:] == ["2027-09-20 sealed", "2027-10-01 sealed", "2027-11-01 sealed"]
    siti.says("BUKA").hears("obligations.opened").showing("Ayo pastikan Aulia masuk sekolah tiap hari.")
    budi.says("DATA Siti; sekolah; aman").says("simpan").hears("obligations.data.saved")
    chat.lapses_until("2028-01-20 08:00")
    assert len(unasked(siti)) == 5


# --- how often


def test_the_letters_of_a_meeting_have_their_place_first():
    chat, budi = chat_with("2026-11-23 08:00")
    wati = pregnant(chat)
    budi.says("JADWAL Melati 3; 28-11-2026 09.00; Balai; P2").taps("Kirim")
    chat.at("2026-11-28 12:00")
    assert [letter.key for letter in wati.inbox] == ["reminders.meeting.invitation", "reminders.meeting.day_before"]
    chat.at("2026-12-10 12:00")
    assert unasked(wati)[2] == "2026-12-02 sealed"


def test_a_restart_and_a_second_look_say_nothing_twice():
    chat, _ = chat_with()
    wati = pregnant(chat)
    chat.at("2026-11-23 09:00").restarts()
    chat.sql("UPDATE member SET next_on = '1970-01-02'")
    chat.at("2026-11-23 12:00").restarts()
    assert unasked(wati) == ["2026-11-23 sealed"]


def test_a_posyandu_letter_that_could_not_go_out_in_time_is_not_sent():
    chat, _ = chat_with("2026-12-09 10:00")
    siti = with_baby(chat)
    chat.posyandu("tanggal 10")
    chat.at("2026-12-09 11:00").sleeps_until("2026-12-10 13:00")
    assert siti.inbox == []
    assert [row.state for row in chat.outbox] == ["expired"]


def test_without_phone_nothing_is_tried_and_the_list_goes_on():
    chat, _ = chat_with()
    jumiati = chat.kpm("Jumiati", phone=None)
    chat.member(jumiati, "Lia", born="2026-03-20")
    chat.at("2026-12-20 10:00")
    assert chat.outbox == [row for row in chat.outbox if not row.key.startswith("obligations.")]


# --- what she says


def test_sudah_is_a_word_and_not_a_mark_and_last_month_means_last_month():
    chat, _ = chat_with("2026-12-01 09:00")
    siti = with_baby(chat)
    chat.at("2026-12-01 09:05")
    siti.says("KEWAJIBAN").hears("obligations.list_end")
    siti.says("sudah bulan lalu bu").hears("obligations.done")
    kept = chat.ask(lambda tx: tx.obligations.kept([siti.id]))
    assert {(series, key): str(one.claim) for (_, series, key), one in kept.items() if one.claim} == {
        ("PSY", "2026-11"): "done",
        ("KEMB", "2026-S2"): "done",
    }
    assert all(one.mark is None for one in kept.values())
    assert [change.act for change in chat.audit()].count("obligation.claim") == 2


def test_belum_with_a_reason_in_one_line_or_in_the_next():
    chat, _ = chat_with()
    siti, wati = with_baby(chat), pregnant(chat)
    chat.at("2026-11-23 09:00")
    siti.looks().says("belum bu, anak sakit").hears("obligations.not_yet_why", reason="anak sakit")
    wati.looks().taps("Buka").hears("obligations.opened").says("belum").hears("obligations.not_yet")
    wati.says("tidak ada kendaraan").hears("obligations.not_yet_why", reason="tidak ada kendaraan")
    reasons = {one.reason for one in chat.ask(lambda tx: tx.obligations.kept([siti.id, wati.id])).values()}
    assert reasons >= {"anak_sakit", "kendaraan"}
    budi = chat.pendamping("Pak Budi", "Melati 3")
    listed = budi.says("TINDAK LANJUT").inbox[-1].text
    assert "Kewajiban belum: Siti (" in listed
    assert "anak sakit)" in listed
    assert "tidak ada kendaraan)" in listed


def test_beside_an_open_invitation_the_newer_question_is_answered():
    chat, _ = chat_with("2026-11-24 10:00")
    wati = pregnant(chat)
    chat.at("2026-11-24 10:05")
    assert unasked(wati) == ["2026-11-24 sealed"]
    chat.meeting("Melati 3", starts="2026-11-26 09:00", announced="now")
    chat.at("2026-11-24 12:00")
    wati.says("belum tahu").hears("attendance.maybe")
    wati.says("BUKA").hears("obligations.opened")
    chat.at("2026-11-26 09:05")
    wati.says("sudah").hears("attendance.claimed")


def test_kewajiban_says_which_of_how_many_and_never_another_family():
    chat, _ = chat_with()
    wati = pregnant(chat)
    with_baby(chat)
    dewi = chat.kpm("Dewi", "Anggrek 1")
    wati.says("kewajiban").hears("obligations.list_end").showing("periksa kehamilan ke-2 dari 6, sampai 29 Nov")
    wati.showing("minum tablet tambah darah tiap hari").hiding("Hafiz")
    dewi.says("kewajiban").hears("obligations.list_empty").hiding("Wati", "Hafiz")


# --- changes at home


def test_a_birth_that_she_tells_counts_when_the_pendamping_has_entered_it():
    chat, budi = chat_with("2027-04-14 10:00")
    wati = pregnant(chat)
    wati.says("bayinya sudah lahir kemarin bu").hears("obligations.change_noted")
    wati.says("kewajiban").hears("obligations.list_end").hiding("melahirkan ke-1")
    budi.looks().taps("Catat").hears("obligations.data.born")
    budi.says("31-02-2027").hears("meetings.when.no_such_day")
    budi.says("13-04-2027; kembar").hears("obligations.data.preview").showing("Bayi 1 dan Bayi 2").taps("Simpan")
    budi.hears("obligations.data.saved")
    names = [(m.name, m.component) for m in chat.ask(lambda tx: tx.obligations.members([wati.id]))[wati.id]]
    assert names == [("Wati", "nifas"), ("Bayi 1", "anak_usia_dini"), ("Bayi 2", "anak_usia_dini")]
    assert [state for _, state in chat.questions()] == ["lahir: bayinya sudah lahir kemarin bu"]


def test_a_moved_hpl_leaves_what_was_done_and_a_second_birth_begins_anew():
    chat, budi = chat_with()
    wati = pregnant(chat, next_on="2028-01-01")
    wati.says("KEWAJIBAN").says("sudah").hears("obligations.done")

    def done() -> set[str]:
        return {series for _, series, _ in chat.ask(lambda tx: tx.obligations.kept([wati.id]))}

    assert "ANC_T2" in done()
    budi.says("DATA Wati; hamil; 26-04-2027").says("simpan").hears("obligations.data.saved")
    assert "ANC_T2" in done()
    chat.lapses_until("2027-04-24 08:00")
    budi.says("DATA Wati; lahir; 23-04-2027; Ahmad").hears("obligations.data.preview")
    budi.showing("Sampaikan juga langsung: ibu dan bayi diperiksa bidan sampai 25 Apr.").says("simpan")
    budi.says("DATA Wati; hamil; 26-01-2028").says("simpan")
    assert done() == set()


def test_the_visits_after_a_birth_take_no_quiz_for_an_answer_and_one_letter_a_week_stays_one():
    chat, budi = chat_with("2027-04-12 10:00")
    wati, siti = pregnant(chat, next_on="2028-01-01"), pregnant(chat, "Siti", next_on="2028-01-01")
    with chat.tx() as tx:
        for who, key in ((wati, "practice.try"), (siti, "obligations.reminder")):
            assert who.address is not None
            words = {"names": "Ibu", "practice": "cuci tangan.", "pendamping": "Pak Budi", "what": "-", "letter": "1"}
            tx.outbox.put(
                Outbound(
                    who.address, key, words, once=key, priority=Priority.REMINDER, unasked=True, kpms=[chat.kpm_id(who)]
                )
            )
    chat.at("2027-04-12 11:00")
    for name in ("Wati", "Siti"):
        budi.says(f"DATA {name}; lahir; 12-04-2027; Ahmad").says("simpan").hears("obligations.data.saved")
    chat.at("2027-04-14 10:00")
    assert unasked(wati)[1:] == ["2027-04-12 sealed"]
    wati.says("BUKA").hears("obligations.opened").showing("ke-1 dari 4", "ke-2 dari 4 (15 Apr sampai 19 Apr)")
    chat.lapses_until("2027-04-25 10:00")
    assert unasked(siti) == ["2027-04-12 reminder", "2027-04-20 sealed"]
    siti.says("BUKA").hears("obligations.opened").showing("ke-2")


def test_where_a_desa_has_two_posyandu_nobody_is_sent_to_the_wrong_one():
    chat, _ = chat_with("2026-12-01 08:00")
    siti = with_baby(chat)
    chat.posyandu("tanggal 10")
    chat.posyandu("tanggal 12", name="Mawar")
    chat.lapses_until("2026-12-13 08:00")
    assert unasked(siti) == ["2026-12-01 reminder"]
    siti.hears("obligations.reminder").showing("posyandu bulan ini").hiding("besok")
    chat.sql("UPDATE posyandu SET pattern = 'tanggal 10'")
    chat.lapses_until("2027-01-09 20:00")
    siti.hears("obligations.posyandu", place="posyandu")


@pytest.mark.parametrize(
    ("line", "key", "left"),
    [
        ("DATA Wati; keguguran", "obligations.data.preview", {"Hafiz"}),
        ("DATA Wati; Hafiz; pindah", "obligations.data.preview", {"Wati"}),
        ("DATA Wati; pindah", "obligations.data.preview", set()),
        ("DATA Wati; Hafiz; meninggal", "obligations.data.preview", {"Wati"}),
        ("DATA Wati; meninggal", "obligations.data.member", {"Wati", "Hafiz"}),
        ("DATA Wati; hamil", "obligations.data.hpl", {"Wati", "Hafiz"}),
        ("DATA Wati; hamil; 01-01-2031", "obligations.data.hpl", {"Wati", "Hafiz"}),
        ("DATA Wati; lahir; 01-12-2026", "obligations.data.born", {"Wati", "Hafiz"}),
        ("DATA Wati", "obligations.data.which", {"Wati", "Hafiz"}),
        ("DATA", "obligations.data.how", {"Wati", "Hafiz"}),
        ("DATA Dewi; pindah", "obligations.data.not_found", {"Wati", "Hafiz"}),
        ("DATA Wati; nomor; 12", "obligations.data.number", {"Wati", "Hafiz"}),
        ("DATA Wati; Hafiz; sekolah", "obligations.data.school", {"Wati", "Hafiz"}),
    ],
)
def test_data_on_one_line(line, key, left):
    chat, budi = chat_with()
    wati = pregnant(chat)
    chat.member(wati, "Hafiz", born="2026-03-20")
    chat.kpm("Dewi", "Anggrek 1")
    budi.says(line).hears(key)
    if key == "obligations.data.preview":
        budi.says("simpan").hears("obligations.data.saved")
    members = chat.ask(lambda tx: tx.obligations.members([wati.id]))[wati.id]
    assert {member.name for member in members if not member.stopped} == left
    assert wati.inbox == [], "nothing is said to the family by itself"


def test_after_a_stop_the_pendamping_may_let_it_go_on():
    chat, budi = chat_with()
    wati = pregnant(chat)
    budi.says("DATA Wati; pindah").says("simpan").says("DATA Wati; lanjut").says("simpan").hears(
        "obligations.data.saved"
    )
    chat.at("2026-11-23 09:00")
    assert unasked(wati) == ["2026-11-23 sealed"]


def test_no_to_health_reminders_stops_what_waits_at_once_and_nothing_else():
    chat, _ = chat_with("2026-11-23 08:00")
    siti = with_baby(chat)
    chat.at("2026-12-09 12:00")
    assert any(key.startswith("obligations.") for key in siti.heard)
    sent = "UPDATE outbox SET state = 'queued', sent = NULL, not_before = not_before + 864000000 WHERE unasked AND key"
    chat.sql(f"{sent} LIKE 'obligations.%'")
    assert chat.waiting()
    siti.presses("ob.consent.no").hears("obligations.consent.no")
    assert [row.key for row in chat.waiting() if row.unasked] == []
    heard = len(siti.looks().heard)
    chat.at("2027-01-20 12:00")
    assert [key for key in siti.heard[heard:] if key.startswith("obligations.")] == []
