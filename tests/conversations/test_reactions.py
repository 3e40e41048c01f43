"""Is a thumb under an invitation the yes that it is, and nothing more?"""

from __future__ import annotations

import pytest

from messages.envelope import Kind
from tests.support.chat import Cast, cast

INVITATION = "reminders.meeting.invitation"


@pytest.fixture
def eve() -> Cast:
    """Thursday: the invitation to Saturday's meeting lies on every phone."""
    c = cast("2026-11-26 09:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    return c


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "❤"])
def test_a_thumb_or_a_heart_promises_to_come(eve, emoji):
    eve.siti.reacts(emoji, INVITATION).hears("attendance.promised", day="Sabtu 28 November").hears_nothing()
    assert eve.chat.register() == {"Siti": "promised", "Wati": "unknown"}
    eve.siti.reacts("❤️", INVITATION).hears_nothing()


@pytest.mark.parametrize("emoji", ["😢", "👎", "🙏", "😂", "", "👍👎"])
def test_other_signs_say_nothing(eve, emoji):
    eve.siti.reacts(emoji, INVITATION).hears_nothing()
    assert eve.chat.register()["Siti"] == "unknown"


def test_a_thumb_never_says_that_she_is_there(eve):
    eve.chat.at("2026-11-28 09:05")
    eve.siti.reacts("👍", "reminders.meeting.day_before").hears("attendance.promised")
    assert eve.chat.register()["Siti"] == "promised"
    eve.siti.says("hadir").hears("attendance.claimed").reacts("👍", "attendance.claimed").hears_nothing()
    assert eve.chat.register()["Siti"] == "claimed"


def test_a_thumb_after_a_no_is_asked_about(eve):
    eve.siti.says("tidak bisa, kerja").hears("attendance.declined")
    eve.siti.reacts("👍", "attendance.declined").hears_nothing()
    eve.siti.reacts("👍", INVITATION).hears("attendance.ask_again")
    assert eve.chat.register()["Siti"] == "declined"


def test_a_thumb_under_an_old_letter_is_about_that_letter(eve):
    eve.budi.says("GANTI JADWAL Melati 3; 29-11-2026 10.00").taps("Kirim")
    eve.siti.looks().reacts("👍", INVITATION).hears_nothing()
    assert eve.chat.register()["Siti"] == "unknown"
    eve.siti.reacts("👍", "meetings.moved").hears("attendance.promised", day="Minggu 29 November")
    eve.chat.at("2026-11-29 13:00")
    eve.wati.looks().reacts("👍", "meetings.moved").hears_nothing()
    assert eve.chat.register()["Wati"] == "unknown"


def test_a_letter_of_somebody_else_is_not_hers(eve):
    eve.siti.phone.wrote = ""
    letter = eve.wati._letter(INVITATION)
    eve.siti._does(Kind.REACTION, text="👍", reply_to=letter).hears_nothing()
    assert eve.chat.register() == {"Siti": "unknown", "Wati": "unknown"}


def test_two_families_on_one_phone_are_asked_for_whom():
    c = cast("2026-11-26 09:00")
    c.chat.kpm("Rusmini", phone=c.siti.phone.address.value)
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.siti.reacts("👍", INVITATION).hears("attendance.who").says("Siti").hears("attendance.promised", names="Ibu Siti")
    assert c.chat.register() == {"Rusmini": "unknown", "Siti": "promised", "Wati": "unknown"}


def test_who_has_left_is_not_answered(eve):
    eve.siti.says("STOP PESAN").reacts("👍", INVITATION).hears_nothing()


@pytest.mark.parametrize(("kind", "what"), [(Kind.EDITED, "pesan yang diubah"), (Kind.DELETED, "pesan yang dihapus")])
def test_a_mended_message_changes_nothing_and_says_so_once(eve, kind, what):
    eve.siti.says("tidak bisa, kerja").sends(kind).hears("questions.changed").hears_nothing()
    eve.budi.hears("questions.staff.media", who="Ibu Siti", what=what).hears_nothing()
    eve.siti.sends(kind).hears_nothing()
    assert eve.chat.register()["Siti"] == "declined"
    eve.chat.stranger().sends(kind).hears_nothing()
    eve.budi.sends(kind).hears_nothing()
