"""Does every word get an answer, and does a question find its human?"""

from __future__ import annotations

import pytest

from messages.envelope import Kind
from tests.support.chat import Cast, cast


@pytest.fixture
def c() -> Cast:
    return cast()


@pytest.mark.parametrize("words", ["MENU", "menu.", "/menu", "Menu!"])
def test_menu_for_each_role(c, words):
    c.siti.says(words).hears("help.kpm", pendamping="Pak Budi").hears_nothing()
    c.budi.says(words).hears("help.pendamping", kelompok="Melati 3").hears_nothing()
    c.ratna.says(words).hears("help.koordinator").hears_nothing()
    c.chat.admin("Admin").says(words).hears("help.koordinator")


@pytest.mark.parametrize("words", ["BANTUAN", "bantuan"])
def test_bantuan_is_help_or_the_money(c, words):
    c.siti.says(words).hears("help.kpm_help").taps("Cara pakai").hears("help.kpm_how")
    c.siti.taps("Uang bantuan").hears("help.kpm_money", pendamping="Pak Budi")


@pytest.mark.parametrize(
    ("answer", "key"),
    [("1", "help.kpm_how"), ("2", "help.kpm_money"), ("cara pakai", "help.kpm_how"), ("uang", "help.kpm_money")],
)
def test_bantuan_may_be_answered_with_a_number(c, answer, key):
    c.chat.meeting(starts="2026-11-24 09:00")
    c.siti.says("bantuan").hears("help.kpm_help").says(answer).hears(key).hears_nothing()
    assert c.chat.register()["Siti"] == "unknown"
    c.siti.says("1").hears("attendance.promised")


def test_a_greeting_is_greeted_and_a_question_is_passed_on(c):
    c.siti.says("assalamualaikum").hears("help.greeting").hears_nothing()
    c.siti.says("kapan posyandu bu?").hears("questions.passed_on", pendamping="Pak Budi").hears_nothing()
    c.budi.hears("questions.staff.question", who="Ibu Siti", kelompok="Melati 3", text="kapan posyandu bu?")
    assert c.chat.questions() == [("question", "kapan posyandu bu?")]
    for other in (c.wati, c.dewi, c.rahma, c.ratna):
        other.hears_nothing()


def test_a_long_question_is_kept_whole_and_shown_short(c):
    words = "kenapa " + "panjang sekali " * 60 + "?"
    c.siti.says(words)
    assert len(c.budi.last.params["text"]) == 300
    assert c.chat.questions()[0][1] == words.strip()


def test_staff_words_that_nobody_knows_are_answered(c):
    for words in ("halo", "/entah", "4 sakit", "kirim", "ya"):
        c.budi.says(words).hears("help.staff_unknown").hears_nothing()
    for words in ("selesai", "ubah", "batal"):
        c.budi.says(words).hears("meetings.draft.nothing").hears_nothing()
    c.budi.sends(Kind.VOICE).hears("help.staff_unknown")
    c.budi.sends(Kind.REACTION, "👍").hears_nothing()


@pytest.mark.parametrize(
    "button", ["draft.send", "mark.save", "kelompok:1", "place:1", "place.skip", "edit:when", "face.yes"]
)
def test_a_button_of_a_talk_that_is_over_is_answered(c, button):
    c.budi.presses(button).hears("meetings.draft.nothing")


@pytest.mark.parametrize("text", ["", " ", "\x00", "\u200b\u202e", "\ud800", "\n\n"])
def test_an_empty_message_is_not_answered(c, text):
    c.siti.says(text).hears_nothing()
    c.budi.says(text).hears_nothing()


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "hadir " * 2000, "\x00hadir\x00", "\u202eridah", "👩‍👩‍👧" * 300, "\ud83d", "é" * 5000]
)
def test_odd_texts_get_a_kind_answer(c, text):
    c.siti.says(text)
    assert len(c.siti.unread) <= 1
    c.budi.says(text)
    assert len(c.budi.unread) <= 1


def test_a_name_with_markup_breaks_nothing():
    c = cast()
    odd = c.chat.kpm("Siti_*<b>{{ x }}", "Melati 3")
    c.chat.meeting(starts="2026-11-24 09:00")
    odd.says("hadir").hears("attendance.promised", names="Ibu Siti_*<b>{{ x }}").showing("Ibu Siti_*<b>{{ x }}")
