"""After a meeting: a practice to try for who came, asked after once; key messages for who did not; MATERI."""

from __future__ import annotations

from data.content.quizzes import practices
from data.content.sessions import key_messages
from handlers.quiz.results import practice_rows
from tests.support.chat import Chat, Someone
from tests.support.quizzing import after_a_meeting


def counts(chat: Chat) -> dict[str, int]:
    lines = {"Melati 3": [chat.kelompok("Melati 3").id]}
    (row,) = chat.ask(lambda tx: practice_rows(tx, lines, "P2"))
    return {name: row[name] for name in ("told", "asked", "done", "not_yet")}


def following(who: Someone) -> list[tuple[str, str]]:
    return [(f"{letter.at:%d-%m %H:%M}", letter.key) for letter in who.inbox if letter.key.startswith("practice.")]


def test_who_came_tries_something_and_who_did_not_gets_three_messages():
    chat, budi, (siti, wati, salmah) = after_a_meeting("Siti", "Wati", "Salmah")
    aisyah = chat.kpm("Aisyah", "Anggrek 1")
    budi.says("ABSEN Melati 3").says("hadir semua kecuali Salmah sakit").says("SELESAI")
    chat.at("2026-12-06 12:00")
    # The quiz of the evening was this week's letter: the practice waits until there is room again.
    assert following(siti) == [("06-12 08:00", "practice.try")]
    assert practices()["P2"].practice in siti.last.text
    assert following(salmah) == [("29-11 08:00", "practice.messages")]
    assert [m in salmah.last.text for m in key_messages("P2")] == [True] * 3
    chat.at("2026-12-14 12:00")
    assert [key for _, key in following(siti)] == ["practice.try", "practice.tried"]
    siti.looks().says("sudah").hears("practice.done").hears_nothing()
    wati.looks().taps("BELUM").hears("practice.not_yet").hears_nothing()
    assert counts(chat) == {"told": 2, "asked": 2, "done": 1, "not_yet": 1}
    budi.says("KUIS Melati 3").hears("quiz.staff.results").showing(
        "Praktik: dikirim ke 2, sudah dicoba 1 dari 2 jawaban."
    )
    siti.says("sudah")
    assert siti.unread[0].key != "practice.done"
    assert counts(chat)["done"] == 1
    chat.at("2027-01-10 12:00")
    assert [key for _, key in following(salmah)] == ["practice.messages"]
    assert aisyah.inbox == []
    answers = [(c.was, c.now) for c in chat.audit() if c.act == "practice.answer"]
    assert answers == [(None, "done"), (None, "not_yet")]


def test_a_shared_phone_says_for_whom():
    chat = Chat("2026-11-27 15:00")
    chat.pendamping("Pak Budi", "Melati 3")
    aminah = chat.kpm("Aminah", "Melati 3")
    chat.kpm("Rusmini", "Melati 3", phone=aminah.phone.address.value)
    chat.meeting("Melati 3", starts="2026-11-28 10:00", announced="now")
    chat.at("2026-11-28 10:05")
    aminah.says("kami berdua sudah datang")
    chat.at("2026-12-14 12:00")
    assert [key for _, key in following(aminah)] == ["practice.try", "practice.tried"]
    aminah.looks().says("SUDAH").hears("quiz.who").taps("Rusmini").hears("practice.done", names="Ibu Rusmini")
    assert counts(chat) == {"told": 2, "asked": 2, "done": 1, "not_yet": 0}
    aminah.says("belum").hears("practice.not_yet", names="Ibu Aminah")


def test_materi_repeats_the_last_session_for_whoever_asks():
    chat, _, (siti,) = after_a_meeting("Siti")
    salmah = chat.kpm("Salmah", "Anggrek 1")
    salmah.says("materi").hears("practice.no_materi")
    chat.at("2026-11-28 13:00")
    siti.says("MATERI").hears("practice.materi").showing("Memahami Perilaku Anak", key_messages("P2")[0])


def test_a_claim_that_nobody_marks_counts_as_having_been_there_and_no_mark_as_nothing():
    chat, _, (siti, wati) = after_a_meeting("Siti", "Wati")
    chat.kpm("Salmah", "Melati 3")
    chat.at("2026-12-12 12:00")
    assert [r.kind for r in chat.sql("SELECT kind FROM practice")] == ["practice", "practice"]
    assert "practice.try" in siti.heard
    assert "practice.try" in wati.heard


def test_stop_ends_it():
    chat, _, (siti,) = after_a_meeting("Siti")
    siti.says("STOP PESAN").hears("consent.stopped")
    chat.at("2026-12-20 12:00")
    siti.hears_nothing()
