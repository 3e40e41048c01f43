"""Few and useful: which letters does a meeting send by itself, when, to whom, and exactly once?"""

from __future__ import annotations

import pytest

from data.records import FamilyStatus, Kind
from tests.support.chat import Cast, Someone, cast

INVITATION = "reminders.meeting.invitation"
DAY_BEFORE = "reminders.meeting.day_before"
EARLY = "reminders.meeting.tomorrow_early"
TODAY = "reminders.meeting.today"


def letters(who: Someone) -> list[tuple[str, str]]:
    """(moment, key) of every letter that nobody asked for."""
    return [(f"{x.at:%d %H:%M}", x.key.removeprefix("reminders.meeting.")) for x in who.inbox if x.unasked]


@pytest.fixture
def c() -> Cast:
    return cast("2026-11-23 08:00")


def test_three_days_before_then_the_day_before_to_the_silent_and_the_evening_before_to_those_who_promised(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 08:30")
    c.siti.taps("Bisa datang")
    c.chat.at("2026-11-28 12:00")
    assert letters(c.siti) == [("25 08:00", "invitation"), ("27 19:35", "tomorrow_early")]
    assert letters(c.wati) == [("25 08:00", "invitation"), ("27 08:00", "day_before")]
    assert (c.dewi.inbox, set(c.ratna.heard)) == ([], {"summary.digest"})


def test_the_letters_say_day_hour_zone_place_and_one_request(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 08:00")
    c.siti.hears(INVITATION, names="Ibu Siti", what="pertemuan P2K2", day="Sabtu 28 November", time="09.00 WITA")
    c.siti.showing("Balai Desa Babayau", "Balas 1 bisa, 2 tidak bisa, 3 belum tahu")
    c.siti.taps("Bisa datang")
    c.chat.at("2026-11-27 08:00")
    c.wati.looks().hears_nothing()
    assert c.wati.last.key == DAY_BEFORE
    assert "besok" in c.wati.last.text
    c.chat.at("2026-11-27 19:35")
    assert "besok pagi" in c.siti.last.text
    assert "balas HADIR" in c.siti.last.text


@pytest.mark.parametrize(
    ("starts", "last"),
    [
        ("2026-11-28 09:29", ("27 19:35", "tomorrow_early")),
        ("2026-11-28 09:30", ("28 08:00", "today")),
        ("2026-11-28 16:00", ("28 08:00", "today")),
        ("2026-11-28 08:00", ("27 19:35", "tomorrow_early")),
    ],
)
def test_the_last_letter_comes_the_same_morning_or_the_evening_before_an_early_meeting(c, starts, last):
    c.chat.meeting(starts=starts, announced="now")
    c.chat.at("2026-11-25 09:00")
    c.siti.taps("Bisa datang")
    c.chat.at("2026-11-28 18:00")
    assert letters(c.siti) == [("25 08:00", "invitation"), last]


def test_when_less_than_three_days_are_left_the_invitation_comes_at_once(c):
    c.chat.at("2026-11-26 10:07")
    c.budi.says("JADWAL Melati 3; Sabtu 09.00; Balai; P2").taps("Kirim")
    assert letters(c.siti) == [("26 10:07", "invitation")]
    c.chat.at("2026-11-28 12:00")
    assert letters(c.siti) == [("26 10:07", "invitation"), ("27 08:00", "day_before")]


def test_announced_the_day_before_there_is_no_second_question(c):
    c.chat.at("2026-11-27 10:00")
    c.budi.says("JADWAL Melati 3; besok 09.00; Balai; P2").taps("Kirim")
    c.siti.taps("Bisa datang")
    c.chat.at("2026-11-28 12:00")
    assert letters(c.siti) == [("27 10:00", "invitation"), ("27 19:35", "tomorrow_early")]
    assert letters(c.wati) == [("27 10:00", "invitation")]


def test_announced_on_the_day_itself_there_is_one_letter(c):
    c.chat.at("2026-11-28 07:10")
    c.budi.says("JADWAL Melati 3; hari ini 15.00; Balai; P2").taps("Kirim")
    c.siti.hears_nothing()
    c.chat.at("08:00")
    c.siti.hears(INVITATION).taps("Bisa datang")
    c.chat.at("18:00")
    assert letters(c.siti) == [("28 08:00", "invitation")]


@pytest.mark.parametrize(("clock", "sent"), [("08:14", True), ("08:15", True), ("08:16", False)])
def test_no_letter_comes_so_late_that_nobody_could_act_on_it(c, clock, sent):
    c.chat.at(f"2026-11-28 {clock}")
    c.budi.says("JADWAL Melati 3; hari ini 09.00; Balai; P2").taps("Kirim")
    assert ("Terlalu dekat" in c.budi.last.text) is not sent
    c.chat.at("10:00")
    assert (len(letters(c.siti)) == 1) is sent


# --- quiet hours


@pytest.mark.parametrize(
    ("written", "comes"),
    [
        ("2026-11-26 07:59", "26 08:00"),
        ("2026-11-26 17:59", "26 17:59"),
        ("2026-11-26 18:00", "26 19:30"),
        ("2026-11-26 19:29", "26 19:30"),
        ("2026-11-26 19:59", "26 19:59"),
        ("2026-11-26 20:00", "27 08:00"),
        ("2026-11-26 23:30", "27 08:00"),
        ("2026-11-27 11:29", "27 11:29"),
        ("2026-11-27 11:30", "27 13:30"),
        ("2026-11-27 13:29", "27 13:30"),
        ("2026-11-26 11:30", "26 11:30"),
    ],
)
def test_letters_keep_quiet_at_night_at_magrib_and_during_the_friday_prayer(c, written, comes):
    c.chat.at(written)
    c.budi.says("JADWAL Melati 3; Sabtu 14.00; Balai; P2").taps("Kirim")
    c.chat.at("2026-11-27 14:00")
    assert letters(c.siti)[0] == (comes, "invitation")


def test_who_declines_in_the_evening_is_not_asked_at_dawn(c):
    c.chat.at("2026-11-26 20:30")
    c.budi.says("JADWAL Melati 3; Sabtu 14.00; Balai; P2").taps("Kirim")
    c.siti.says("jadwal").hears("attendance.next").says("tidak bisa, kerja").hears("attendance.declined")
    c.chat.at("2026-11-28 12:00")
    assert letters(c.siti) == []
    assert letters(c.wati)[0] == ("27 08:00", "invitation")


def test_the_hours_of_the_office_are_kept(c):
    from data.records import Hours

    c.chat.ask(lambda tx: tx.settings.keep_hours(Hours("09:00", "19:00")))
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 12:00")
    assert letters(c.siti) == [("25 09:00", "invitation")]


# --- whom


def test_maybe_is_asked_again_the_day_before_and_who_declined_is_left_in_peace(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 09:00")
    c.siti.taps("Belum tahu")
    c.wati.says("tidak bisa, anak sakit")
    c.chat.at("2026-11-28 12:00")
    assert letters(c.siti) == [("25 08:00", "invitation"), ("27 08:00", "day_before")]
    assert letters(c.wati) == [("25 08:00", "invitation")]


def test_nobody_gets_more_than_two_unasked_letters_about_one_meeting(c):
    c.chat.meeting(starts="2026-11-28 10:00", announced="now")
    c.chat.at("2026-11-27 09:00")
    c.siti.hears(INVITATION).hears(DAY_BEFORE).taps("Bisa datang")
    c.chat.at("2026-11-28 12:00")
    assert len(letters(c.siti)) == 2


def test_nobody_gets_more_than_two_unasked_letters_a_week_over_all_meetings(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.meeting(starts="2026-12-01 09:00", announced="now", kind=Kind.SOSIALISASI, place="Kantor Desa")
    c.chat.at("2026-12-01 12:00")
    assert letters(c.siti) == [("25 08:00", "invitation"), ("27 08:00", "day_before")]


def test_a_week_later_there_is_room_again(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.meeting(starts="2026-12-05 09:00", announced="now", session="P3")
    c.chat.at("2026-12-05 12:00")
    assert letters(c.siti) == [
        ("25 08:00", "invitation"),
        ("27 08:00", "day_before"),
        ("02 08:00", "invitation"),
        ("04 08:00", "day_before"),
    ]


def test_changes_do_not_count_against_the_week(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-27 09:00")
    c.budi.says("GANTI JADWAL Melati 3; 28/11 10").taps("Kirim")
    c.budi.says("BATALKAN Melati 3; banjir").taps("Kirim")
    assert [key for _, key in letters(c.siti)] == ["invitation", "day_before", "meetings.moved", "meetings.cancelled"]


def test_only_active_families_of_the_kelompok_are_invited(c):
    former = c.chat.kpm("Norma", "Melati 3", status=FamilyStatus.GRADUASI)
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    leaving = c.chat.kpm("Rukayah", "Melati 3")
    c.chat.at("2026-11-25 09:00")
    assert (letters(former), len(letters(leaving))) == ([], 1)
    c.chat.ask(lambda tx: tx.people.set_status(leaving.id, FamilyStatus.NONAKTIF))
    c.chat.at("2026-11-28 12:00")
    assert len(letters(leaving)) == 1


def test_the_form_of_address_is_hers(c):
    nenek = c.chat.kpm("Arbainah", "Melati 3", sapaan="Nenek")
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 08:00")
    nenek.hears(INVITATION, names="Nenek Arbainah")


def test_a_telegram_phone_gets_the_same_letter(c):
    nur = c.chat.kpm("Nur", "Melati 3", channel="telegram")
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 08:00")
    nur.hears(INVITATION).taps("Bisa datang").hears("attendance.promised")


def test_outside_the_day_of_her_last_message_the_letter_is_an_approved_template(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-24 09:00")
    c.wati.says("terima kasih")
    c.chat.at("2026-11-25 08:00")
    assert (c.siti.last.template, c.wati.last.template) == ("undangan_p2k2", None)
    assert c.siti.last.text == c.wati.last.text.replace("Wati", "Siti")


# --- exactly once


def test_repeated_ticks_and_restarts_change_nothing(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 08:00")
    c.chat.restarts()
    c.chat.restarts().at("2026-11-27 08:00")
    c.chat.restarts()
    c.siti.taps("Bisa datang")
    c.chat.restarts().at("2026-11-28 08:30").restarts().at("2026-11-29 08:00")
    assert letters(c.siti) == [("25 08:00", "invitation"), ("27 08:00", "day_before")]
    assert c.budi.heard.count("reminders.meeting.code") == 1
    assert c.budi.heard.count("reminders.meeting.unfilled") == 1


def test_a_step_that_ran_twice_still_sends_once(c):
    meeting = c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 08:00")
    c.chat.sql("UPDATE meeting SET step = 0, step_at = announced WHERE id = :m", m=meeting.id)
    c.chat.at("2026-11-25 08:05")
    assert letters(c.siti) == [("25 08:00", "invitation")]


@pytest.mark.parametrize(
    ("awake", "expected"),
    [
        ("2026-11-27 10:00", [("27 10:00", "invitation"), ("27 19:35", "tomorrow_early")]),
        ("2026-11-28 08:10", [("28 08:10", "invitation")]),
        ("2026-11-28 08:20", []),
        ("2026-11-28 12:00", []),
    ],
)
def test_after_an_outage_one_true_letter_comes_and_no_heap(c, awake, expected):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.sleeps_until(awake)
    if expected:
        c.siti.says("hadir")
    c.chat.at("2026-11-28 13:00")
    assert letters(c.siti) == expected


def test_after_an_outage_besok_is_not_said_on_the_day_itself(c):
    c.chat.meeting(starts="2026-11-28 15:00", announced="now")
    c.chat.at("2026-11-26 09:00")
    c.siti.says("hadir")
    c.chat.sleeps_until("2026-11-28 09:00")
    c.chat.at("2026-11-28 18:00")
    assert letters(c.siti) == [("25 08:00", "invitation"), ("28 09:00", "today")]
    assert letters(c.wati) == [("25 08:00", "invitation")]


def test_a_letter_that_says_besok_expires_at_midnight(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-27 08:00")
    row = next(row for row in c.chat.outbox if row.key == DAY_BEFORE)
    assert row.expires.astimezone(c.chat.zone).isoformat() == "2026-11-28T00:00:00+08:00"


def test_every_minute_and_only_the_busy_minutes_send_the_same_letters():
    def play(skip: bool) -> list[tuple[str, str]]:
        c = cast("2026-11-25 07:55")
        c.chat.skip = skip
        c.chat.meeting(starts="2026-11-25 12:15", announced="now")
        c.chat.meeting("Anggrek 1", starts="2026-11-24 09:00")
        c.chat.at("08:10")
        c.siti.says("hadir")
        c.chat.at("11:50")
        return [(f"{x.at:%d %H:%M}", x.key) for who in (c.siti, c.wati, c.dewi, c.budi, c.rahma) for x in who.inbox]

    assert play(skip=True) == play(skip=False)


# --- staff


def test_when_check_in_opens_the_pendamping_gets_the_code(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now", code="7316")
    c.chat.at("2026-11-28 08:29")
    c.budi.hears_nothing()
    c.chat.at("2026-11-28 08:30")
    c.budi.hears("reminders.meeting.code", code="7316", kelompok="Melati 3").hears_nothing()
    assert "7316" not in " ".join(letter.text for letter in c.siti.inbox)


def test_an_unfilled_register_is_recalled_the_day_after(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-29 07:59")
    assert "reminders.meeting.unfilled" not in c.budi.heard
    c.chat.at("2026-11-29 08:00")
    c.budi.hears("reminders.meeting.code").hears("reminders.meeting.unfilled", kelompok="Melati 3")
    c.chat.at("2026-12-02 12:00")
    assert c.budi.heard.count("reminders.meeting.unfilled") == 1
    assert (c.rahma.inbox, set(c.ratna.heard)) == ([], {"summary.digest"})


def test_a_register_that_was_handed_in_is_not_recalled(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-28 09:30")
    c.budi.says("ABSEN Melati 3 hadir semua").says("selesai")
    c.chat.at("2026-11-29 12:00")
    assert "reminders.meeting.unfilled" not in c.budi.heard


def test_a_cancelled_meeting_needs_no_register(c):
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.budi.says("BATALKAN Melati 3; banjir").taps("Kirim")
    c.chat.at("2026-11-29 12:00")
    assert "reminders.meeting.unfilled" not in c.budi.heard


def test_on_the_twentieth_the_pendamping_hears_of_groups_without_a_meeting():
    c = cast("2026-11-19 12:00")
    c.chat.kelompok("Melati 4")
    c.chat.sql("UPDATE kelompok SET pendamping_id = :p WHERE name = 'Melati 4'", p=c.budi.id)
    c.chat.meeting("Anggrek 1", starts="2026-11-28 09:00", announced="now")
    c.chat.meeting("Melati 4", starts="2026-11-28 14:00", announced="now", kind=Kind.SOSIALISASI)
    c.chat.at("2026-11-20 07:59")
    c.budi.hears_nothing()
    c.chat.at("2026-11-22 12:00")
    c.budi.hears("reminders.meeting.none_yet", kelompoks="Melati 3 dan Melati 4").hears_nothing()
    c.rahma.hears_nothing()
    c.ratna.hears_nothing()
