"""Two families and more on one phone: one letter names them all, and 'untuk siapa?' is asked once."""

from __future__ import annotations

import pytest

from tests.support.chat import Chat, Someone


def shared(*names: str, starts: str = "2026-11-27 09:00") -> tuple[Chat, Someone, Someone]:
    """Families of Melati 3 on one phone, invited to Saturday's meeting."""
    chat = Chat(starts)
    budi = chat.pendamping("Pak Budi", "Melati 3")
    first = chat.kpm(names[0], "Melati 3")
    for name in names[1:]:
        chat.kpm(name, "Melati 3", phone=first.phone.address.value)
    chat.meeting("Melati 3", starts="2026-11-28 09:00")
    return chat, budi, first


def test_one_letter_names_both():
    _, _, phone = shared("Aminah", "Rusmini")
    assert [letter.params["names"] for letter in phone.inbox] == ["Ibu Aminah dan Ibu Rusmini"] * 2
    assert phone.heard == ["reminders.meeting.invitation", "reminders.meeting.day_before"]


@pytest.mark.parametrize(
    ("answer", "who"),
    [
        ("1", {"Aminah"}),
        ("Aminah", {"Aminah"}),
        ("untuk bu rusmini", {"Rusmini"}),
        ("2", {"Rusmini"}),
        ("3", {"Aminah", "Rusmini"}),
        ("Berdua", {"Aminah", "Rusmini"}),
        ("aminah dan rusmini", {"Aminah", "Rusmini"}),
        ("semua bu", {"Aminah", "Rusmini"}),
    ],
)
def test_untuk_siapa_is_answered_by_name_number_or_berdua(answer, who):
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says("hadir").hears("attendance.who").hears_nothing()
    assert [button.title for button in phone.last.buttons] == ["Aminah", "Rusmini", "Berdua"]
    assert set(chat.register().values()) == {"unknown"}
    phone.says(answer).hears("attendance.promised").hears_nothing()
    assert {name for name, state in chat.register().items() if state == "promised"} == who


@pytest.mark.parametrize(
    ("title", "names"), [("Rusmini", "Ibu Rusmini"), ("Berdua", "Ibu Aminah dan Ibu Rusmini"), ("Aminah", "Ibu Aminah")]
)
def test_untuk_siapa_is_answered_by_a_tap(title, names):
    _, _, phone = shared("Aminah", "Rusmini")
    phone.taps("Bisa datang").hears("attendance.who").taps(title).hears("attendance.promised", names=names)


def test_three_families_get_a_list_with_semua():
    chat, _, phone = shared("Aminah", "Rusmini", "Halimah")
    phone.says("hadir").hears("attendance.who")
    assert [button.title for button in phone.last.buttons] == ["Aminah", "Halimah", "Rusmini", "Semua"]
    phone.taps("Semua").hears("attendance.promised", names="Ibu Aminah, Ibu Halimah, dan Ibu Rusmini")
    assert set(chat.register().values()) == {"promised"}


def test_a_name_and_semua_by_number_with_three():
    chat, _, phone = shared("Aminah", "Rusmini", "Halimah")
    phone.says("tidak bisa").says("2").hears("attendance.declined_why", names="Ibu Halimah")
    phone.says("hadir").says("4")
    assert set(chat.register().values()) == {"promised"}


@pytest.mark.parametrize("words", ["kami berdua hadir", "hadir semua", "kami datang bu"])
def test_a_plural_answer_needs_no_question(words):
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says(words).hears("attendance.promised", names="Ibu Aminah dan Ibu Rusmini").hears_nothing()
    assert set(chat.register().values()) == {"promised"}


@pytest.mark.parametrize(
    ("words", "who"),
    [("Aminah hadir", {"Aminah"}), ("hadir rusmini", {"Rusmini"})],
)
def test_a_name_in_the_answer_needs_no_question(words, who):
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says(words).hears("attendance.promised").hears_nothing()
    assert {name for name, state in chat.register().items() if state == "promised"} == who


def test_each_family_has_its_own_answer_in_one_message():
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says("rusmini kada kawa, aminah hadir").hears("attendance.promised", names="Ibu Aminah")
    phone.hears("attendance.declined_why", names="Ibu Rusmini").hears_nothing()
    assert chat.register() == {"Aminah": "promised", "Rusmini": "declined"}
    phone.says("1").hears("attendance.reason_kept", names="Ibu Rusmini", reason="sakit")
    phone.says("eh ulun kada kawa jua, rusmini nang hadir").hears("attendance.promised", names="Ibu Rusmini")
    phone.hears("attendance.declined_why", names="Ibu Aminah").hears_nothing()
    assert chat.register() == {"Aminah": "declined", "Rusmini": "promised"}


def test_both_answers_may_follow_the_question_for_whom():
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says("hadir").hears("attendance.who").says("bu aminah hadir tapi rusmini sakit")
    phone.hears("attendance.promised", names="Ibu Aminah").hears("attendance.declined", reason="sakit").hears_nothing()
    assert chat.register() == {"Aminah": "promised", "Rusmini": "declined"}
    chat.at("2026-11-28 09:05")
    phone.looks().says("aminah sudah di balai, rusmini otw").hears("attendance.claimed", names="Ibu Aminah")
    assert chat.register() == {"Aminah": "claimed", "Rusmini": "promised"}


@pytest.mark.parametrize(
    "words", ["hadir aminah tidak hadir rusmini", "rusmini hadir, bukan aminah", "aminah hadir, rusmini kerja apa kada"]
)
def test_two_answers_in_one_message_are_never_given_to_the_wrong_family(words):
    chat, budi, phone = shared("Aminah", "Rusmini")
    phone.says(words).hears("attendance.ask_again")
    assert set(chat.register().values()) == {"unknown"}
    phone.says(words).hears("questions.passed_on")
    budi.hears("attendance.staff.unread", text=words)


def test_what_was_said_is_kept_until_she_tells_for_whom():
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says("tidak bisa, anak sakit").hears("attendance.who")
    phone.says("rusmini").hears("attendance.declined", names="Ibu Rusmini", reason="anak sakit")
    assert chat.entries()["Rusmini"].reason == "anak_sakit"


def test_the_question_goes_by_the_clock_of_the_first_message():
    chat, _, phone = shared("Aminah", "Rusmini", starts="2026-11-28 08:20")
    phone.says("hadir").hears("attendance.who")
    chat.at("08:40")
    phone.taps("Aminah").hears("attendance.promised")
    assert chat.register() == {"Aminah": "promised", "Rusmini": "unknown"}


def test_a_code_is_asked_for_whom_as_well():
    chat, _, phone = shared("Aminah", "Rusmini", starts="2026-11-28 09:10")
    phone.says("4821").hears("attendance.who").taps("Berdua").hears("attendance.claimed_with_code")
    assert all(entry.code for entry in chat.entries().values())


def test_untuk_siapa_does_not_swallow_another_message():
    chat, budi, phone = shared("Aminah", "Rusmini")
    phone.says("hadir").hears("attendance.who")
    phone.says("jadwal").hears("attendance.next")
    phone.says("boleh bawa anak?").hears("questions.passed_on")
    budi.hears("questions.staff.question")
    phone.says("aminah").hears("attendance.promised", names="Ibu Aminah")
    assert chat.register() == {"Aminah": "promised", "Rusmini": "unknown"}


def test_an_unreadable_line_between_does_not_lose_the_question():
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says("hadir").hears("attendance.who")
    phone.says("wqzx").hears("attendance.ask_again")
    phone.says("Rusmini").hears("attendance.promised", names="Ibu Rusmini")
    assert chat.register() == {"Aminah": "unknown", "Rusmini": "promised"}


@pytest.mark.parametrize("words", ["Siti", "siti saja"])
def test_a_name_that_fits_two_families_is_asked_again(words):
    chat, _, phone = shared("Siti Aminah", "Siti Rahmah")
    phone.says("hadir").hears("attendance.who")
    phone.says(words).hears("attendance.who")
    assert set(chat.register().values()) == {"unknown"}
    phone.says("siti rahmah").hears("attendance.promised", names="Ibu Siti Rahmah")


def test_a_denied_name_is_asked_again():
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says("hadir").says("bukan aminah").hears("attendance.who")
    assert set(chat.register().values()) == {"unknown"}


def test_later_letters_name_only_the_one_concerned():
    chat, _, phone = shared("Aminah", "Rusmini", starts="2026-11-25 09:00")
    phone.says("hadir").taps("Aminah")
    chat.at("2026-11-27 08:00")
    phone.hears("attendance.promised").hears("reminders.meeting.day_before", names="Ibu Rusmini").hears_nothing()
    chat.at("2026-11-27 19:35")
    phone.hears("reminders.meeting.tomorrow_early", names="Ibu Aminah").hears_nothing()


def test_a_tap_for_a_later_meeting_is_kept_for_that_meeting():
    chat = Chat("2026-11-27 09:00")
    chat.pendamping("Pak Budi", "Melati 3")
    phone = chat.kpm("Aminah", "Melati 3")
    chat.kpm("Rusmini", "Melati 3", phone=phone.phone.address.value)
    soon = chat.meeting("Melati 3", starts="2026-11-28 09:00")
    later = chat.meeting("Melati 3", starts="2026-11-29 09:00", session="P3")
    phone.presses(f"rsvp.yes:{later.id}.0").hears("attendance.who").taps("Rusmini")
    phone.hears("attendance.promised", day="Minggu 29 November")
    assert chat.register(meeting=soon) == {"Aminah": "unknown", "Rusmini": "unknown"}
    assert chat.register(meeting=later) == {"Aminah": "unknown", "Rusmini": "promised"}


def test_a_move_between_question_and_answer_makes_the_answer_stale():
    chat, budi, phone = shared("Aminah", "Rusmini")
    phone.says("hadir").hears("attendance.who")
    budi.says("GANTI JADWAL Melati 3; 29/11 10.00").taps("Kirim")
    phone.presses("who:1").hears("attendance.stale")
    assert set(chat.register().values()) == {"unknown"}


# --- two different kelompok on one phone


def two_groups(starts: str = "2026-11-27 09:00") -> tuple[Chat, Someone]:
    chat = Chat(starts)
    chat.pendamping("Pak Budi", "Melati 2", "Melati 3")
    phone = chat.kpm("Aminah", "Melati 3")
    chat.kpm("Rusmini", "Melati 2", phone=phone.phone.address.value)
    return chat, phone


def test_each_kelompok_gets_its_own_answer():
    chat, phone = two_groups()
    chat.meeting("Melati 3", starts="2026-11-28 09:00")
    chat.meeting("Melati 2", starts="2026-11-28 14:00", place="Rumah Bu Halimah")
    phone.says("kami hadir semua").hears("attendance.promised", names="Ibu Aminah", time="09.00 WITA")
    phone.hears("attendance.promised", names="Ibu Rusmini", time="14.00 WITA", place="Rumah Bu Halimah").hears_nothing()
    assert chat.register("Melati 3") == {"Aminah": "promised"}
    assert chat.register("Melati 2") == {"Rusmini": "promised"}


def test_a_kelompok_that_was_not_told_is_not_asked_about():
    chat, phone = two_groups()
    chat.meeting("Melati 3", starts="2026-11-28 09:00")
    chat.meeting("Melati 2", starts="2026-12-12 09:00")
    phone.says("hadir").hears("attendance.promised", names="Ibu Aminah").hears_nothing()
    assert chat.register("Melati 2") == {"Rusmini": "unknown"}


def test_at_the_door_of_one_the_other_is_not_meant():
    chat, phone = two_groups("2026-11-28 09:10")
    chat.meeting("Melati 3", starts="09:00")
    chat.meeting("Melati 2", starts="14:00")
    phone.says("hadir").hears("attendance.claimed", names="Ibu Aminah").hears_nothing()
    assert (chat.register("Melati 3"), chat.register("Melati 2")) == ({"Aminah": "claimed"}, {"Rusmini": "unknown"})


def test_a_joint_meeting_names_both_in_one_letter():
    chat, phone = two_groups("2026-11-25 07:00")
    chat.meeting("Melati 3", "Melati 2", starts="2026-11-28 09:00")
    chat.at("08:00")
    phone.hears("reminders.meeting.invitation", names="Ibu Aminah dan Ibu Rusmini").hears_nothing()
    phone.taps("Bisa datang").hears("attendance.who").taps("Berdua").hears("attendance.promised").hears_nothing()
    assert (chat.register("Melati 3"), chat.register("Melati 2")) == ({"Aminah": "promised"}, {"Rusmini": "promised"})


def test_of_two_numbers_the_one_last_heard_from_is_used():
    chat = Chat("2026-11-24 08:00")
    chat.pendamping("Pak Budi", "Melati 3")
    old = chat.kpm("Siti", "Melati 3")
    new = chat.stranger()
    chat.sql("INSERT INTO address (channel, value) VALUES ('whatsapp', :v)", v=new.phone.address.value)
    chat.sql("INSERT INTO kpm_address (kpm_id, address_id) SELECT 1, max(id) FROM address")
    new.says("halo").hears("consent.introduction").says("boleh").hears("consent.yes")
    chat.meeting(starts="2026-11-27 09:00", announced="now")
    assert new.heard[-1] == "reminders.meeting.invitation"
    assert old.inbox == []


def test_why_one_cannot_come_is_not_why_the_other_cannot():
    chat, _, phone = shared("Aminah", "Rusmini")
    phone.says("rusmini ga jadi").hears("attendance.declined_why", names="Ibu Rusmini")
    phone.says("mama aminah tidak bisa juga, sakit perut").hears("attendance.declined", names="Ibu Aminah")
    phone.says("rusmini berubah pikiran, jadi ikut").hears("attendance.promised", names="Ibu Rusmini")
    phone.says("aminah sakit").hears("attendance.ask_again").hears_nothing()
    assert chat.entries()["Rusmini"].reason is None
    assert chat.register() == {"Aminah": "declined", "Rusmini": "promised"}
