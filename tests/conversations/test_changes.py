"""GANTI JADWAL and BATALKAN: everybody who was told is told once, and nobody else."""

from __future__ import annotations

import pytest

from tests.support.chat import Cast, cast


@pytest.fixture
def invited() -> Cast:
    """Thursday: Saturday's invitation went out yesterday; Siti has promised, Wati is silent."""
    c = cast("2026-11-26 09:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.siti.says("hadir").hears("attendance.promised")
    return c


def states(c: Cast, key: str) -> list[str]:
    return [row.state for row in c.chat.outbox if row.key == key]


# --- moved


def test_a_move_is_shown_back_and_then_told_once_to_those_who_knew(invited):
    c = invited
    c.budi.says("GANTI JADWAL Melati 3; 29-11-2026 10.00").hears(
        "meetings.move.preview",
        kelompoks="Melati 3",
        before="Sabtu, 28 November 2026, 09.00–11.00 WITA",
        when="Minggu, 29 November 2026, 10.00–12.00 WITA",
        place="Balai Desa Babayau",
        told="2",
    )
    assert c.chat.meetings()[0].revision == 0
    c.budi.taps("Kirim").hears("meetings.move.done", told="2").hears_nothing()
    for kpm in (c.siti, c.wati):
        kpm.looks()
        assert kpm.last.key == "meetings.moved"
        assert kpm.last.params["day"] == "Minggu 29 November"
    assert [c.siti.heard.count("meetings.moved"), c.wati.heard.count("meetings.moved")] == [1, 1]
    c.dewi.hears_nothing()


def test_after_a_move_everybody_is_asked_again_and_the_old_answer_stays_in_the_audit(invited):
    c = invited
    c.budi.says("GANTI JADWAL Melati 3; 29/11 10").taps("Kirim")
    assert c.chat.register() == {"Siti": "unknown", "Wati": "unknown"}
    words = [(change.was, change.now, change.why) for change in c.chat.audit(f"meeting:1:kpm:{c.siti.id}")]
    assert words == [("unknown", "promised", "will_attend"), ("promised", "unknown", "jadwal pindah")]
    c.siti.taps("Bisa datang").hears("attendance.promised", day="Minggu 29 November", time="10.00 WITA")


def test_a_move_kills_the_reminders_that_wait_and_makes_new_ones(invited):
    c = invited
    c.budi.says("GANTI JADWAL Melati 3; 2/12 14.00").taps("Kirim")
    c.siti.taps("Bisa datang")
    c.chat.at("2026-11-28 12:00")
    assert [c.siti.heard.count("reminders.meeting.tomorrow_early"), c.budi.heard.count("reminders.meeting.code")] == [
        0,
        0,
    ]
    c.chat.at("2026-12-02 13:30")
    assert c.siti.heard[-1] == "reminders.meeting.today"
    assert c.wati.heard[-1] == "reminders.meeting.day_before"
    assert "reminders.meeting.code" in c.budi.heard
    assert [kpm.heard.count("reminders.meeting.invitation") for kpm in (c.siti, c.wati)] == [1, 1]


def test_who_was_not_told_yet_simply_gets_an_invitation_for_the_new_day():
    c = cast("2026-11-23 08:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    c.budi.says("GANTI JADWAL Melati 3; 29/11 10").hears("meetings.move.preview", told="0").taps("Kirim")
    c.siti.hears_nothing()
    c.chat.at("2026-11-26 08:00")
    c.siti.hears("reminders.meeting.invitation", day="Minggu 29 November").hears_nothing()


def test_who_asked_for_the_schedule_is_told_of_a_change_too():
    c = cast("2026-11-20 08:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    c.siti.says("jadwal").hears("attendance.next").taps("Bisa datang").hears("attendance.promised")
    c.budi.says("BATALKAN Melati 3; banjir").hears("meetings.cancel.preview", told="1").taps("Kirim")
    assert c.siti.heard[-1] == "meetings.cancelled"
    assert c.wati.inbox == []


def test_a_second_move_has_its_own_letter_and_a_repeat_has_none(invited):
    c = invited
    c.budi.says("GANTI JADWAL Melati 3; 29/11 10").taps("Kirim")
    c.budi.presses("draft.send").hears("meetings.draft.nothing")
    c.budi.says("PINDAH Melati 3; 29/11 11").taps("Kirim").hears("meetings.move.done")
    assert c.siti.heard.count("meetings.moved") == 2
    assert [letter.params["time"] for letter in c.siti.inbox if letter.key == "meetings.moved"] == [
        "10.00 WITA",
        "11.00 WITA",
    ]


@pytest.mark.parametrize(
    "word", ["GANTI JADWAL", "ganti  jadwal", "/ganti_jadwal", "PINDAH", "Undur", "TUNDA", "Ganti jadwal:"]
)
def test_the_aliases_of_ganti_jadwal(invited, word):
    invited.budi.says(f"{word} Melati 3; 29/11 10").hears("meetings.move.preview")


@pytest.mark.parametrize(
    "line", ["GANTI JADWAL Melati 3 29/11 10.00", "GANTI JADWAL melati3; 29/11 10.00; Rumah Bu Siti"]
)
def test_a_move_in_other_spellings(invited, line):
    invited.budi.says(line).hears("meetings.move.preview", when="Minggu, 29 November 2026, 10.00–12.00 WITA")


def test_a_move_takes_a_new_place(invited):
    c = invited
    c.budi.says("GANTI JADWAL Melati 3; 28/11 10; Rumah Bu Siti").hears("meetings.move.preview", place="Rumah Bu Siti")
    c.budi.taps("Kirim")
    assert c.wati.last.params["place"] == "Rumah Bu Siti"
    c.budi.says(f"GANTI JADWAL Melati 3; 28/11 10; {'Balai ' * 11}").hears("meetings.draft.long_place")


def test_a_move_step_by_step_keeps_the_draft_over_bad_input(invited):
    c = invited
    c.budi.says("GANTI JADWAL").hears("meetings.draft.which").taps("Melati 3").hears("meetings.move.when")
    c.budi.says("entah kapan").hears("meetings.when.no_day")
    c.budi.says("31/2 9").hears("meetings.when.no_such_day")
    c.budi.says("kemarin").hears("meetings.when.no_day")
    c.budi.says("29/11 10").hears("meetings.move.preview")
    c.budi.says("ubah").hears("meetings.move.when").says("29/11 11").hears("meetings.move.preview").says("kirim")
    c.budi.hears("meetings.move.done", when="Minggu, 29 November 2026, 11.00–13.00 WITA")


def test_past_is_refused_at_kirim_of_a_move_too(invited):
    c = invited
    c.budi.says("GANTI JADWAL Melati 3; hari ini 10.00").hears("meetings.move.preview")
    c.chat.at("10:00")
    c.budi.taps("Kirim").hears("meetings.when.past")
    assert c.chat.meetings()[0].revision == 0


def test_a_move_is_warned_of_like_a_new_meeting_but_does_not_clash_with_itself(invited):
    invited.budi.says("GANTI JADWAL Melati 3; 28/11 09.30").hears("meetings.move.preview", warnings="")
    invited.budi.says("GANTI JADWAL Melati 3; 25-12-2026 09.00").hears("meetings.move.preview").showing("hari libur")


def test_a_meeting_with_claims_cannot_be_moved(invited):
    c = invited
    c.chat.at("2026-11-28 08:40")
    c.budi.says("GANTI JADWAL Melati 3; 29/11 10").hears("meetings.move.preview")
    c.siti.says("hadir").hears("attendance.claimed")
    c.budi.taps("Kirim").hears("meetings.move.has_claims")
    c.budi.says("GANTI JADWAL Melati 3; 29/11 10").hears("meetings.move.has_claims")
    assert c.chat.meetings()[0].revision == 0
    assert c.chat.register()["Siti"] == "claimed"


def test_a_change_in_the_night_waits_for_the_morning(invited):
    c = invited
    c.chat.at("21:45")
    c.budi.says("GANTI JADWAL Melati 3; 29/11 10").taps("Kirim")
    c.siti.looks().hears_nothing()
    c.chat.at("2026-11-27 08:00")
    c.siti.hears("meetings.moved")


def test_a_change_that_would_come_too_late_comes_at_once(invited):
    c = invited
    c.chat.meeting("Anggrek 1", starts="2026-11-28 08:59")
    c.chat.at("2026-11-28 06:00")
    c.siti.looks()
    c.dewi.looks()
    c.budi.says("BATALKAN Melati 3; banjir").taps("Kirim")
    c.rahma.says("BATALKAN Anggrek 1; banjir").taps("Kirim")
    c.dewi.hears("meetings.cancelled")
    c.siti.hears_nothing()
    c.chat.at("08:00")
    c.siti.hears("meetings.cancelled")


# --- called off


def test_a_cancelled_meeting_is_told_once_to_those_who_knew(invited):
    c = invited
    c.budi.says("BATALKAN Melati 3; banjir").hears("meetings.cancel.preview", reason="banjir", told="2")
    assert not c.chat.meetings()[0].cancelled
    c.budi.taps("Kirim").hears("meetings.cancel.done", told="2")
    meeting = c.chat.meetings()[0]
    assert (meeting.cancelled, meeting.reason) == (True, "banjir")
    for kpm in (c.siti, c.wati):
        assert kpm.last.key == "meetings.cancelled"
        assert kpm.last.params["what"] == "pertemuan P2K2"
    c.chat.at("2026-11-30 09:00")
    assert (c.siti.heard.count("meetings.cancelled"), c.siti.heard[-1]) == (1, "meetings.cancelled")
    assert c.budi.heard[-1] == "meetings.cancel.done"
    c.dewi.hears_nothing()


def test_an_ok_after_a_cancellation_is_not_passed_on(invited):
    c = invited
    c.budi.says("BATALKAN Melati 3; banjir").taps("Kirim").looks()
    c.siti.says("oke bu").hears_nothing()
    c.budi.hears_nothing()
    c.siti.says("hadir").hears("attendance.no_meeting")


@pytest.mark.parametrize("line", ["BATALKAN Melati 3; banjir", "batal melati 3; banjir", "Batalkan Melati 3 banjir"])
def test_batalkan_and_batal_with_a_kelompok(invited, line):
    invited.budi.says(line).hears("meetings.cancel.preview", reason="banjir")


@pytest.mark.parametrize("reason", ["tunda karena hujan", "pindah ke minggu depan", "pendamping sakit", "menu"])
def test_the_reason_may_begin_with_a_word_of_ours(invited, reason):
    invited.budi.says("BATALKAN Melati 3").hears("meetings.cancel.why").says(reason)
    if reason == "menu":
        invited.budi.hears("help.pendamping")
    else:
        invited.budi.hears("meetings.cancel.preview", reason=reason)


def test_a_meeting_with_a_register_cannot_be_cancelled(invited):
    c = invited
    c.chat.at("2026-11-28 09:10")
    c.budi.says("BATALKAN Melati 3; banjir").hears("meetings.cancel.preview")
    c.budi.says("ABSEN Melati 3 Siti hadir").says("selesai")
    c.budi.presses("draft.send")
    assert not c.chat.meetings()[0].cancelled
    c.budi.says("BATALKAN Melati 3; banjir").hears("meetings.cancel.has_marks")


def test_while_a_meeting_is_going_on_the_one_after_it_can_be_cancelled(invited):
    c = invited
    c.chat.meeting("Melati 3", starts="2026-12-05 09:00", announced="now", session="P3")
    c.chat.at("2026-11-28 09:10")
    c.budi.says("BATALKAN Melati 3; banjir").hears(
        "meetings.cancel.preview", when="Sabtu, 28 November 2026, 09.00–11.00 WITA"
    )
    c.siti.says("hadir")
    c.budi.says("BATALKAN Melati 3; banjir").hears(
        "meetings.cancel.preview", when="Sabtu, 5 Desember 2026, 09.00–11.00 WITA"
    )


def test_nothing_planned_can_neither_be_moved_nor_cancelled():
    c = cast("2026-11-26 09:00")
    c.budi.says("GANTI JADWAL Melati 3; 29/11 10").hears("meetings.no_upcoming", kelompok="Melati 3")
    c.budi.says("BATALKAN Melati 3; banjir").hears("meetings.no_upcoming", kelompok="Melati 3")


def test_another_pendamping_s_meeting_is_not_found(invited):
    c = invited
    for words in ("GANTI JADWAL Melati 3; 29/11 10", "BATALKAN Melati 3; banjir", "ABSEN Melati 3"):
        c.rahma.says(words).hears("meetings.draft.unknown_kelompok")
        c.rahma.presses("kelompok:1")
    c.rahma.presses("draft.send")
    meeting = c.chat.meetings()[0]
    assert (meeting.revision, meeting.cancelled) == (0, False)


def test_a_joint_meeting_is_changed_for_all_its_groups():
    c = cast("2026-11-26 09:00")
    c.chat.sql("UPDATE kelompok SET pendamping_id = :p", p=c.budi.id)
    c.chat.meeting("Melati 3", "Anggrek 1", starts="2026-11-28 09:00")
    c.budi.says("BATALKAN Anggrek 1; hujan").hears(
        "meetings.cancel.preview", kelompoks="Melati 3 dan Anggrek 1", told="3"
    )
    c.budi.taps("Kirim")
    assert [kpm.heard[-1] for kpm in (c.siti, c.wati, c.dewi)] == ["meetings.cancelled"] * 3


def test_who_declined_hears_of_a_change_and_of_nothing_else():
    c = cast("2026-11-25 09:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.siti.says("tidak bisa, kerja").hears("attendance.declined")
    c.chat.at("2026-11-27 20:00")
    c.siti.hears_nothing()
    c.budi.says("GANTI JADWAL Melati 3; 30/11 10").taps("Kirim")
    c.chat.at("2026-11-28 08:00")
    c.siti.hears("meetings.moved")
