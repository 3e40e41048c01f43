"""Conversations that do not go as planned: do they end as a person would expect?"""

from __future__ import annotations

import pytest

from messages.envelope import Kind
from tests.support.chat import Cast, cast
from tests.support.quizzing import after_a_meeting, evening, right


@pytest.fixture
def eve() -> Cast:
    """The evening before the meeting of Melati 3; Siti shares her phone with Rusmini."""
    c = cast("2026-11-27 19:45")
    c.chat.kpm("Rusmini", phone=c.siti.phone.address.value)
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    return c


def test_hadir_while_something_else_was_asked(eve):
    """TANYA waits for a question; 'hadir' answers the invitation all the same, and TANYA goes on waiting."""
    wati = eve.wati
    wati.says("TANYA").hears("questions.ask").says("hadir").hears("attendance.promised").hears_nothing()
    wati.says("boleh bawa anak dua bu").hears("questions.passed_on")
    eve.budi.hears("questions.staff.question", text="boleh bawa anak dua bu").hears_nothing()
    wati.says("bantuan").hears("help.kpm_help").says("ga jadi hadir bu, anak demam").hears(
        "attendance.declined", reason="anak sakit"
    )
    wati.hears_nothing()
    assert eve.chat.register()["Wati"] == "declined"


def test_hadir_and_danger_in_the_middle_of_a_quiz():
    """Neither is an answer; the quiz goes on afterwards, and a word of danger that it offers is its answer."""
    chat, budi, (siti,) = after_a_meeting()
    evening(chat, siti)
    siti.says("mulai").hears("quiz.question")
    answer = right(siti)
    siti.says("hadir").hears("attendance.too_late")
    siti.says("a apa b ya").hears("quiz.unclear").hears_nothing()
    siti.says("anak saya kejang bu").hears("urgent.danger").hears_nothing()
    assert budi.last.key == "urgent.staff.danger"
    siti.says(answer).hears("quiz.right")


def test_one_answers_for_the_other_on_the_phone(eve):
    """Asked for whom, she answers about both in one line; then mends one of them."""
    eve.siti.says("hadir").hears("attendance.who").says("rusmini saja, siti belum tahu")
    assert eve.chat.register()["Siti"] != "promised"
    eve.siti.looks().says("untuk rusmini, hadir").hears("attendance.promised", names="Ibu Rusmini")
    eve.siti.says("siti tidak bisa, kerja").hears("attendance.declined", names="Ibu Siti", reason="kerja")
    assert eve.chat.register() == {"Rusmini": "promised", "Siti": "declined", "Wati": "unknown"}


@pytest.mark.parametrize(
    "words",
    [
        "kapan boleh berhenti kasih ASI bu?",
        "kalau berhenti sekolah apa masih dapat?",
        "kenapa kiriman berhenti?",
        "kalau saya stop pesan apa bantuan ikut berhenti?",
        "bu obat tambah darahnya boleh stop?",
    ],
)
def test_stop_inside_a_question_stops_nothing(eve, words):
    eve.wati.says(words).hears("questions.passed_on").hears_nothing()
    eve.wati.looks().says("hadir").hears("attendance.promised")
    eve.wati.says("TANYA").hears("questions.ask").says("stop pesan").hears("consent.stopped").hears_nothing()


def test_a_voice_note_and_then_words(eve):
    eve.wati.sends(Kind.VOICE).hears("questions.media").showing("Balas 1 bisa datang, 2 tidak bisa")
    eve.wati.says("maksudnya saya datang tapi telat dikit").hears("attendance.promised_late").hears_nothing()
    eve.budi.hears("questions.staff.media", what="pesan suara").hears_nothing()
    assert eve.chat.entries()["Wati"].late


def test_the_language_changes_in_the_middle(eve):
    wati = eve.wati
    wati.says("nggih bu, kulo dugi").hears("attendance.promised")
    wati.says("aduh kada kawa pang, banyu dalam").hears("attendance.declined", reason="hujan atau banjir")
    wati.says("eh jadi datang deh bu").hears("attendance.promised")
    wati.says("mboten saget bu, bojo kulo gerah").hears("attendance.declined")
    assert eve.chat.register()["Wati"] == "declined"


def test_a_number_answers_the_newest_question_only(eve):
    """'1' after 'tidak bisa' is the reason; after that it is the invitation again."""
    eve.wati.says("2").hears("attendance.declined_why").says("1").hears("attendance.reason_kept", reason="sakit")
    eve.wati.says("1").hears("attendance.promised")
    eve.wati.says("salah nomor").hears("questions.wrong_number_sure").says("2").hears("questions.right_number")
    assert eve.chat.register()["Wati"] == "promised"
