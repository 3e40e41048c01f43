"""A family takes a quiz: by buttons, letters, words; interrupted, resumed, shared, tapped twice, too late."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.support.chat import Chat
from tests.support.quizzing import after_a_meeting, asked, evening, right, words, wrong


def answers(chat: Chat) -> list[tuple[int, str, bool]]:
    return [tuple(r) for r in chat.sql("SELECT position, choice, correct FROM quiz_answer ORDER BY quiz_id, position")]


def states(chat: Chat) -> list[str]:
    return [r.state for r in chat.sql("SELECT state FROM quiz ORDER BY id")]


def test_a_quiz_by_buttons_in_the_evening_of_the_meeting():
    chat, _, (siti,) = after_a_meeting()
    evening(chat, siti)
    assert siti.last.at.strftime("%H:%M") == "19:30"
    siti.showing("Memahami Perilaku Anak", "Tiga pertanyaan ringan, tanpa hadiah, tidak memengaruhi bantuan")
    siti.taps("Mulai").hears("quiz.question", number="1", total="3").hears_nothing()
    first = asked(siti)
    assert first.id.startswith("P2-")
    assert [b.title for b in siti.last.buttons] == list(first.options)
    siti.taps(words(siti, right(siti))).hears("quiz.right", number="2").showing(first.explanation).hears_nothing()
    second = asked(siti)
    siti.taps(words(siti, wrong(siti))).hears("quiz.not_yet_right", answer=second.answer, number="3")
    siti.showing(second.explanation).taps(words(siti, right(siti)))
    siti.hears("quiz.right_last", score="2 dari 3").hears_nothing()
    assert len(str(siti.last.params["remember"])) > 10
    assert [mark for _, _, mark in answers(chat)] == [1, 0, 1]
    assert states(chat) == ["finished"]
    assert [c.now for c in chat.audit() if c.act == "quiz.finished"] == ["2 dari 3"]


@pytest.mark.parametrize("way", ["letter", "number", "words", "sentence"])
def test_letters_numbers_and_words_count_the_same(way):
    chat, _, (siti,) = after_a_meeting()
    evening(chat, siti)
    siti.says("mulai").hears("quiz.question")
    said = {
        "letter": lambda x: f"{x.upper()}.",
        "number": lambda x: str("abc".index(x) + 1),
        "words": lambda x: words(siti, x).lower(),
        "sentence": lambda x: f"yang {x} bu",
    }
    for key in ("quiz.right", "quiz.right", "quiz.right_last"):
        siti.says(said[way](right(siti))).hears(key).hears_nothing()
    assert [mark for _, _, mark in answers(chat)] == [1, 1, 1]


def test_hadir_in_the_middle_is_presence_and_the_quiz_goes_on_two_days_later():
    chat, budi, (siti,) = after_a_meeting()
    evening(chat, siti)
    siti.says("mulai").hears("quiz.question").says(right(siti)).hears("quiz.right", number="2")
    budi.says("JADWAL Melati 3; 29-11-2026 08.00; Balai Desa Babayau; P3").taps("Kirim")
    chat.at("2026-11-29 08:05")
    siti.looks().says("hadir").hears("attendance.claimed").hears_nothing()
    assert chat.register()["Siti"] == "claimed"
    assert len(answers(chat)) == 1
    chat.at("2026-11-30 20:00")
    siti.looks().says("kuis").hears("quiz.resumed", number="2").hears_nothing()
    siti.says(right(siti)).hears("quiz.right", number="3").says(wrong(siti)).hears("quiz.not_yet_right_last")
    siti.showing("2 dari 3")


def test_a_question_and_stop_outrank_it():
    chat, _, (siti,) = after_a_meeting()
    evening(chat, siti)
    siti.says("mulai").hears("quiz.question")
    siti.says("bu kapan uang bantuan cair?")
    assert siti.unread[0].key.startswith(("questions.", "help."))
    siti.looks().says("hmm anu").hears("quiz.unclear", number="1")
    siti.says("STOP PESAN").hears("consent.stopped").hears_nothing()
    chat.at("2026-12-10 12:00")
    assert siti.unread == []
    assert answers(chat) == []


def test_a_double_tap_counts_once_and_an_old_question_is_not_counted_for_the_new_one():
    chat, _, (siti,) = after_a_meeting()
    evening(chat, siti)
    siti.says("mulai").hears("quiz.question")
    old = {b.title: b.id for b in siti.last.buttons}
    chosen, other = asked(siti).options[0], asked(siti).options[1]
    siti.presses(old[chosen]).says("terima kasih")
    siti.looks().presses(old[chosen]).hears_nothing()
    siti.presses(old[other]).hears("quiz.already", number="2").hears_nothing()
    assert [(place, choice) for place, choice, _ in answers(chat)] == [(0, "a")]


def test_a_forged_button_of_another_familys_quiz_is_refused():
    chat, _, (siti, wati) = after_a_meeting("Siti", "Wati")
    evening(chat, siti, wati)
    siti.says("mulai").hears("quiz.question")
    wati.presses(siti.last.buttons[0].id).hears("attendance.not_yours")
    wati.presses("quiz.answer:999999.0.a").hears("attendance.not_yours")
    assert answers(chat) == []


def test_it_reminds_once_and_expires_politely():
    chat = Chat("2026-11-28 15:00")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", "Melati 3")
    budi.says("KUIS Melati 3; P2").taps("Kirim")
    evening(chat, siti)
    invitation = siti.last.buttons[0].id
    chat.at("2026-12-20 12:00")
    keys = [letter.key for letter in siti.inbox if letter.key.startswith("quiz.")]
    assert keys == ["quiz.invitation", "quiz.reminder"]
    assert states(chat) == ["expired"]
    siti.looks().presses(invitation).hears("quiz.expired").hears_nothing()
    siti.says("kuis").hears("quiz.question")
    siti.says(right(siti)).hears("quiz.right")
    old = siti.last.buttons[0].id
    chat.at("2026-12-29 12:00")
    siti.looks().presses(old).hears("quiz.expired")
    siti.says("a")
    assert siti.unread[-1].key != "quiz.right"


def test_nanti_is_taken_as_it_is_said():
    chat, _, (siti,) = after_a_meeting()
    evening(chat, siti)
    siti.taps("Nanti").hears("quiz.later").hears_nothing()
    siti.says("KUIS").hears("quiz.question")


def test_a_shared_phone_asks_whose_quiz_it_is_and_then_offers_the_other():
    chat = Chat("2026-11-27 15:00")
    chat.pendamping("Pak Budi", "Melati 3")
    aminah = chat.kpm("Aminah", "Melati 3")
    chat.kpm("Rusmini", "Melati 3", phone=aminah.phone.address.value)
    chat.meeting("Melati 3", starts="2026-11-28 10:00", announced="now")
    chat.at("2026-11-28 10:05")
    aminah.says("kami berdua sudah datang").hears("attendance.claimed")
    chat.at("2026-11-28 19:40")
    aminah.hears("quiz.invitation", names="Ibu Aminah dan Ibu Rusmini").hears_nothing()
    aminah.taps("Mulai").hears("quiz.who").taps("Rusmini").hears("quiz.question", name="Ibu Rusmini")
    for _ in range(3):
        aminah.says(right(aminah))
    aminah.hears("quiz.right_last", name="Ibu Rusmini").hears("quiz.next_person", name="Ibu Aminah")
    aminah.taps("Mulai").hears("quiz.question", name="Ibu Aminah")
    for _ in range(3):
        aminah.says(wrong(aminah))
    aminah.hears("quiz.not_yet_right_last", name="Ibu Aminah", score="0 dari 3").hears_nothing()
    by_name = {
        r.name: r.n
        for r in chat.sql(
            "SELECT kpm.name, sum(correct) AS n FROM quiz_answer JOIN quiz ON quiz.id = quiz_id "
            "JOIN kpm ON kpm.id = kpm_id GROUP BY kpm.name"
        )
    }
    assert by_name == {"Rusmini": 3, "Aminah": 0}


def test_kuis_from_a_family_without_any_meeting_is_about_rights_and_duties():
    chat = Chat("2026-11-27 15:00")
    chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", "Melati 3", channel="telegram")
    siti.says("/kuis").hears("quiz.question", total="3")
    assert asked(siti).id.startswith("HK-")
    siti.says(right(siti)).hears("quiz.right")
    siti.says("kuis").hears("quiz.resumed", number="2")
    siti.says(right(siti)).says(right(siti)).hears("quiz.right_last", score="3 dari 3")
    siti.says("kuis").hears("quiz.none")


def test_a_quiz_waits_for_the_weekly_limit_and_for_the_next_meeting():
    """Two letters about the meeting used up the week: the quiz comes when one of them is seven days old."""
    chat = Chat("2026-11-23 08:00")
    chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", "Melati 3")
    chat.meeting("Melati 3", starts="2026-11-28 10:00", announced="now")
    chat.at("2026-11-28 10:05")
    siti.says("hadir").hears("attendance.claimed")
    chat.at("2026-12-23 12:00")
    came = [(f"{letter.at:%d %H:%M}", letter.key) for letter in siti.inbox if letter.unasked]
    assert [key for _, key in came] == [
        "reminders.meeting.invitation",
        "reminders.meeting.day_before",
        "quiz.invitation",
        "practice.try",
        "practice.tried",
    ]
    times = [letter.at for letter in siti.inbox if letter.unasked]
    assert all((later - earlier).days >= 7 for earlier, later in zip(times, times[2:], strict=False))
    taught = [letter.at for letter in siti.inbox if letter.key.startswith(("quiz.", "practice."))]
    assert all((later - earlier).total_seconds() >= 7 * 86400 for earlier, later in pairwise(taught))


def test_an_invitation_on_short_notice_finds_room_after_a_quiz():
    chat, budi, (siti,) = after_a_meeting()
    evening(chat, siti)
    chat.at("2026-12-05 09:00")
    budi.says("JADWAL Melati 3; 08-12-2026 10.00; Balai; P3").taps("Kirim")
    chat.at("2026-12-05 12:00")
    assert siti.heard[-1] == "reminders.meeting.invitation"
