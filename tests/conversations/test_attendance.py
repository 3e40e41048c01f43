"""Does a reply become attendance? A promise before, a claim at the meeting, and only the pendamping makes it hadir."""

from __future__ import annotations

import pytest

from data.records import Kind as MeetingKind
from messages.envelope import Kind
from tests.support.chat import Cast, Chat, cast


@pytest.fixture
def eve() -> Cast:
    """The evening before: everybody has been invited."""
    c = cast("2026-11-27 17:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    return c


@pytest.fixture
def door() -> Cast:
    """Five past nine: the meeting has begun, and nobody has written yet."""
    c = cast("2026-11-28 09:05")
    c.chat.meeting("Melati 3", starts="09:00")
    return c


def test_hadir_is_a_promise_before_the_meeting_and_a_claim_during_it():
    chat = Chat("2026-03-10 07:00")
    chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", kelompok="Melati 3")
    chat.meeting("Melati 3", starts="09:00")

    siti.says("hadir").hears("attendance.promised", time="09.00 WITA")
    assert chat.register("Melati 3") == {"Siti": "promised"}

    chat.at("09:05")
    siti.says("Hadir bu").hears("attendance.claimed", time="09.05")
    siti.says("hadir").hears("attendance.already_claimed")
    assert chat.register("Melati 3") == {"Siti": "claimed"}


# --- before the meeting


@pytest.mark.parametrize(
    "words", ["hadir", "HADIR!!!", "hdr bu", "haadiiirrr 🙏", "insyaallah hadir bu", "1", "siap bu"]
)
def test_coming_is_a_promise_and_says_where_and_when(eve, words):
    eve.siti.says(words).hears(
        "attendance.promised", names="Ibu Siti", day="Sabtu 28 November", time="09.00 WITA", place="Balai Desa Babayau"
    ).hears_nothing()
    assert eve.chat.register() == {"Siti": "promised", "Wati": "unknown"}
    eve.budi.hears_nothing()


def test_a_tap_means_the_same_as_the_word(eve):
    eve.siti.taps("Bisa datang").hears("attendance.promised")
    eve.siti.taps("Tidak bisa").hears("attendance.declined_why")
    eve.siti.taps("Belum tahu").hears("attendance.maybe")
    assert eve.chat.register()["Siti"] == "maybe"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("tidak bisa bu, anak sakit", "anak_sakit"),
        ("kada kawa, anak garing", "anak_sakit"),
        ("maaf tidak bisa hadir, kerja", "kerja"),
        ("ga bisa datang bu hujan lebat", "hujan_banjir"),
        ("IZIN, anak sakit", "anak_sakit"),
    ],
)
def test_a_refusal_with_a_reason_is_thanked_and_not_asked(eve, words, reason):
    eve.siti.says(words).hears("attendance.declined").hears_nothing()
    entry = eve.chat.entries()["Siti"]
    assert (entry.answer, entry.reason) == ("declined", reason)


@pytest.mark.parametrize(
    "words", ["IZIN", "tidak hadir", "gak bisa hadir", "belum bisa", "kada kawa hadir", "mboten saged"]
)
def test_a_negation_never_counts_as_coming(eve, words):
    eve.siti.says(words)
    assert eve.chat.register()["Siti"] == "declined"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("1", "sakit"), ("2", "kerja"), ("3", "tanpa_rinci"), ("Lainnya", "tanpa_rinci"), ("anak sakit bu", "anak_sakit")],
)
def test_a_refusal_without_a_reason_is_asked_for_one(eve, answer, reason):
    eve.siti.says("tidak bisa").hears("attendance.declined_why")
    eve.siti.says(answer).hears("attendance.reason_kept")
    assert eve.chat.entries()["Siti"].reason == reason


@pytest.mark.parametrize(("title", "reason"), [("Sakit", "sakit"), ("Kerja", "kerja"), ("Lainnya", "tanpa_rinci")])
def test_the_reason_may_be_tapped(eve, title, reason):
    eve.siti.says("2").taps(title).hears("attendance.reason_kept")
    assert eve.chat.entries()["Siti"].reason == reason


def test_a_reason_nobody_has_a_code_for_goes_to_the_pendamping(eve):
    eve.siti.says("tidak bisa").says("wqzx").hears("questions.passed_on")
    eve.budi.hears("attendance.staff.unread", text="wqzx")
    entry = eve.chat.entries()["Siti"]
    assert (entry.answer, entry.reason) == ("declined", None)


def test_a_reason_may_be_left_out_and_she_may_change_her_mind(eve):
    eve.siti.says("tidak bisa").hears("attendance.declined_why")
    eve.siti.says("jadi hadir bu").hears("attendance.promised")
    assert eve.chat.register()["Siti"] == "promised"
    assert [c.now for c in eve.chat.audit(f"meeting:1:kpm:{eve.siti.id}")] == ["declined", "promised"]


@pytest.mark.parametrize("words", ["mungkin bu", "insyaallah", "lihat nanti ya", "3"])
def test_maybe_is_asked_once_more_and_never_counted_as_promised(eve, words):
    eve.siti.says(words).hears("attendance.maybe").showing("1 bisa", "2 tidak bisa").hears_nothing()
    assert eve.chat.register()["Siti"] == "maybe"
    eve.siti.says("1").hears("attendance.promised")


def test_late_is_kept_beside_the_promise(eve):
    eve.siti.says("hadir bu, tapi telat sedikit").hears("attendance.promised_late")
    entry = eve.chat.entries()["Siti"]
    assert (entry.answer, entry.late) == ("promised", True)


def test_represented_is_kept_beside_the_promise(eve):
    eve.siti.says("suami saya yang datang").hears("attendance.promised_represented", by="suami")
    entry = eve.chat.entries()["Siti"]
    assert (entry.answer, entry.represented_by) == ("promised", "suami")


def test_a_question_beside_the_promise_reaches_the_pendamping(eve):
    eve.siti.says("hadir bu, boleh bawa anak?").hears("attendance.promised").hears("questions.passed_on")
    eve.budi.hears("questions.staff.question", text="hadir bu, boleh bawa anak?")


def test_i_am_here_before_check_in_opens_is_a_promise_and_says_when_it_opens(eve):
    eve.siti.says("saya sudah sampai bu").hears("attendance.not_open_yet", opens="08.30 WITA")
    assert eve.chat.register()["Siti"] == "promised"


def test_the_last_letter_s_button_in_the_evening_is_a_promise():
    c = cast("2026-11-25 09:00")
    c.chat.meeting(starts="2026-11-28 09:00")
    c.siti.says("hadir").looks()
    c.chat.at("2026-11-27 19:35")
    c.siti.hears("reminders.meeting.tomorrow_early")
    c.siti.taps("Saya sudah datang").hears("attendance.not_open_yet", day="Sabtu 28 November")
    assert c.chat.register()["Siti"] == "promised"


@pytest.mark.parametrize(("words", "after"), [("4821", "unknown"), ("hadir 4821", "promised")])
def test_a_code_before_check_in_opens_proves_nothing(eve, words, after):
    eve.siti.says(words)
    assert eve.siti.last.key in {"attendance.code_not_yet", "attendance.not_open_yet"}
    entry = eve.chat.entries()["Siti"]
    assert (entry.answer, entry.code) == (after, False)


def test_words_about_somebody_else_are_no_claim_of_hers(eve):
    eve.siti.says("Wati hadir").hears("questions.passed_on")
    eve.budi.hears("attendance.staff.unread", text="Wati hadir")
    assert set(eve.chat.register().values()) == {"unknown"}


# --- nothing was asked


def test_hadir_without_any_meeting_is_answered():
    c = cast()
    c.siti.says("hadir").hears("attendance.no_meeting", names="Ibu Siti").hears_nothing()
    c.budi.hears_nothing()


def test_hadir_long_before_the_invitation_shows_the_meeting_and_asks():
    c = cast("2026-11-23 08:00")
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.siti.says("hadir").hears("attendance.next", day="Sabtu 28 November", what="pertemuan P2K2").hears_nothing()
    assert c.chat.register()["Siti"] == "unknown"
    c.siti.says("1").hears("attendance.promised")
    assert c.chat.register()["Siti"] == "promised"


def test_jadwal_shows_the_next_meeting_to_a_family():
    c = cast()
    c.siti.says("JADWAL").hears("attendance.no_meeting")
    c.chat.meeting(starts="2026-11-28 14:00", announced="now", kind=MeetingKind.SOSIALISASI)
    c.siti.says("jadwal?").hears("attendance.next", what="sosialisasi", time="14.00 WITA").taps("Belum tahu")
    c.siti.hears("attendance.maybe")
    c.dewi.says("jadwal").hears("attendance.no_meeting")


def test_jadwal_at_the_door_asks_for_hadir_and_not_for_a_number(door):
    door.siti.says("jadwal").hears("attendance.next_now").showing("balas HADIR").taps("Saya sudah datang")
    door.siti.hears("attendance.claimed")


@pytest.mark.parametrize("words", ["ok", "ya bu", "👍", "terima kasih", "makasih bu 🙏"])
def test_a_closing_word_closes_the_talk(words):
    c = cast()
    c.siti.says(words).hears_nothing()
    c.budi.hears_nothing()


# --- at the meeting


@pytest.mark.parametrize("words", ["hadir", "sudah sampai bu", "saya di sini", "1", "ulun sudah datang"])
def test_being_there_is_a_claim(door, words):
    door.siti.says(words).hears("attendance.claimed", names="Ibu Siti", time="09.05").hears_nothing()
    entry = door.chat.entries()["Siti"]
    assert (entry.answer, entry.code, entry.mark) == ("claimed", False, None)


@pytest.mark.parametrize("words", ["4821", "kode 4821", "Hadir, 4821", " 4821. "])
def test_the_code_of_the_day_makes_it_a_claim_with_proof(door, words):
    door.siti.says(words).hears("attendance.claimed_with_code").hears_nothing()
    entry = door.chat.entries()["Siti"]
    assert (entry.answer, entry.code, entry.mark) == ("claimed", True, None)


def test_the_code_may_follow_the_claim(door):
    door.siti.says("hadir").hears("attendance.claimed")
    door.siti.says("4821").hears("attendance.claimed_with_code")
    door.siti.says("4821").hears("attendance.already_claimed")
    door.siti.says("hadir").hears("attendance.already_claimed")
    assert door.chat.entries()["Siti"].code


def test_a_wrong_code_is_told_and_counts_for_nothing(door):
    door.siti.says("1111").hears("attendance.wrong_code")
    assert door.chat.register()["Siti"] == "unknown"
    door.siti.says("hadir 1111").hears("attendance.wrong_code_claimed")
    entry = door.chat.entries()["Siti"]
    assert (entry.answer, entry.code) == ("claimed", False)
    door.siti.says("2222").hears("attendance.wrong_code")
    door.siti.says("4821").hears("attendance.claimed_with_code")


def test_late_at_the_door_stays_a_promise(door):
    door.siti.says("masih di jalan bu").hears("attendance.promised_late")
    assert door.chat.register()["Siti"] == "promised"
    door.chat.at("09:30")
    door.siti.says("hadir").hears("attendance.claimed", time="09.30")


def test_a_claim_is_not_taken_back_by_a_later_maybe(door):
    door.siti.says("hadir").says("telat sedikit bu").hears("attendance.already_claimed")
    assert door.chat.register()["Siti"] == "claimed"


def test_represented_at_the_door_is_a_claim_with_the_name_beside_it(door):
    door.siti.says("diwakili suami").hears("attendance.claimed_represented", by="suami")
    entry = door.chat.entries()["Siti"]
    assert (entry.answer, entry.represented_by) == ("claimed", "suami")


def test_a_refusal_at_the_door_is_a_refusal(door):
    door.siti.says("maaf bu ga bisa datang, anak demam").hears("attendance.declined")
    assert door.chat.register()["Siti"] == "declined"


@pytest.mark.parametrize(("clock", "state"), [("08:29", "promised"), ("08:30", "claimed")])
def test_check_in_opens_half_an_hour_before(clock, state):
    c = cast("2026-11-28 08:00")
    c.chat.meeting(starts="09:00")
    c.chat.at(clock)
    c.siti.says("hadir")
    assert c.chat.register()["Siti"] == state


@pytest.mark.parametrize(("clock", "state"), [("11:00", "claimed"), ("11:01", "unknown")])
def test_a_claim_counts_until_the_end(clock, state):
    c = cast("2026-11-28 08:00")
    c.chat.meeting(starts="09:00")
    c.chat.at(clock)
    c.siti.says("hadir")
    assert c.chat.register()["Siti"] == state


def test_a_meeting_with_a_written_end_closes_then():
    c = cast("2026-11-28 08:00")
    c.chat.meeting(starts="09:00", ends="10:00")
    c.chat.at("10:01")
    c.siti.says("hadir").hears("attendance.too_late")


def test_the_platform_s_time_decides_also_after_an_outage():
    c = cast("2026-11-28 08:00")
    c.chat.meeting(starts="09:00")
    c.chat.at("11:30")
    c.siti.says("hadir", at="09:10").hears("attendance.claimed", time="09.10")
    c.wati.says("hadir", at="08:10").hears("attendance.promised")
    assert c.chat.register() == {"Siti": "claimed", "Wati": "promised"}


def test_a_word_after_the_meeting_is_a_note_for_the_pendamping():
    c = cast("2026-11-28 08:00")
    c.chat.meeting(starts="09:00")
    c.chat.at("12:00")
    c.budi.looks()
    c.siti.says("tadi saya hadir bu").hears("attendance.too_late", pendamping="Pak Budi")
    c.budi.hears("attendance.staff.note", text="tadi saya hadir bu", who="Ibu Siti").hears_nothing()
    assert c.chat.register()["Siti"] == "unknown"
    assert ("note", "tadi saya hadir bu") in c.chat.questions()


def test_an_old_button_after_the_meeting_is_a_note_too():
    c = cast("2026-11-28 08:00")
    c.chat.meeting(starts="09:00")
    c.chat.at("12:00")
    c.siti.taps("Bisa datang").hears("attendance.too_late")
    assert c.chat.register()["Siti"] == "unknown"


def test_only_the_pendamping_makes_it_hadir(door):
    door.siti.says("4821")
    assert door.chat.register()["Siti"] == "claimed"
    door.budi.says("ABSEN Melati 3").says("Siti hadir").says("selesai")
    assert door.chat.register()["Siti"] == "hadir"


def test_the_same_event_twice_is_one(eve):
    eve.siti.says("hadir", event="wamid.1").hears("attendance.promised")
    eve.siti.says("tidak bisa", event="wamid.1").hears_nothing()
    assert eve.chat.register()["Siti"] == "promised"


def test_dewi_sees_and_changes_nothing_of_theirs(eve):
    eve.dewi.hears_nothing().says("hadir").hears("attendance.no_meeting")
    assert set(eve.chat.register().values()) == {"unknown"}


# --- buttons that do not fit


def test_a_button_of_before_a_move_is_stale(eve):
    eve.budi.says("GANTI JADWAL Melati 3; 29-11-2026 10.00").taps("Kirim")
    eve.siti.presses("rsvp.yes:1.0", "Bisa datang").hears("attendance.stale")
    assert eve.chat.register()["Siti"] == "unknown"


def test_a_button_of_a_cancelled_meeting_says_so(eve):
    eve.budi.says("BATALKAN Melati 3; banjir").taps("Kirim")
    eve.siti.presses("rsvp.yes:1.0").hears("attendance.cancelled_meeting")


def test_a_forwarded_button_of_another_family_counts_for_nobody(eve):
    eve.dewi.presses("rsvp.yes:1.0").hears("attendance.not_yours")
    assert set(eve.chat.register().values()) == {"unknown"}


@pytest.mark.parametrize(
    "button",
    [
        "rsvp.yes:999999999999999999999999999999",
        "rsvp.yes:-1.0",
        "rsvp.yes:٩٩.0",
        "rsvp.yes:²",
        "rsvp.yes:1.0.0",
        "rsvp.yes:1",
        "rsvp.yes:",
        "rsvp.yes",
        "rsvp.perhaps:1.0",
        "reason.dicoret:1.0",
        "reason.sakit:1.0",
        "who:all",
        "who:1",
        "who:²",
        "here:1.7",
        "draft.send",
        "mark.save",
        "permit.yes:1",
        "kelompok:1",
        "consent.perhaps",
        ":::",
        "x" * 300,
        "'; DROP TABLE kpm; --",
    ],
)
def test_a_forged_button_changes_nothing_and_is_answered_kindly(eve, button):
    eve.siti.presses(button)
    assert set(eve.chat.register().values()) == {"unknown"}
    assert len(eve.siti.unread) == 1
    eve.budi.presses(button)
    assert set(eve.chat.register().values()) == {"unknown"}


# --- what cannot be read


def test_what_is_not_sure_is_asked_once_with_buttons_and_then_shown_to_the_pendamping(eve):
    eve.siti.says("wqzx").hears("attendance.ask_again").showing("1", "2")
    eve.budi.hears_nothing()
    eve.siti.says("wqzx lagi").hears("questions.passed_on", pendamping="Pak Budi")
    eve.budi.hears("attendance.staff.unread", text="wqzx lagi", kelompok="Melati 3").hears_nothing()
    assert eve.chat.register()["Siti"] == "unknown"
    assert eve.chat.questions() == [("unread", "wqzx lagi")]


def test_an_answer_after_the_question_begins_anew(eve):
    eve.siti.says("wqzx").taps("Bisa datang").hears("attendance.promised")
    eve.siti.says("plugh").hears("attendance.ask_again")


def test_at_the_door_the_question_is_whether_she_is_there(door):
    door.siti.says("wqzx").hears("attendance.ask_again_here")
    door.siti.taps("Saya sudah datang").hears("attendance.claimed")


def test_titip_absen_is_never_granted(door):
    door.siti.says("titip absen ya bu")
    assert door.chat.register()["Siti"] == "unknown"


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (Kind.VOICE, "pesan suara"),
        (Kind.IMAGE, "foto"),
        (Kind.DOCUMENT, "dokumen"),
        (Kind.LOCATION, "lokasi"),
        (Kind.OTHER, "kiriman lain"),
    ],
)
def test_what_is_not_writing_gets_a_kind_line_and_the_pendamping_knows(eve, kind, what):
    eve.siti.sends(kind).hears("questions.media").hears_nothing()
    eve.budi.hears("questions.staff.media", what=what)
    assert eve.chat.register()["Siti"] == "unknown"


def test_words_under_a_picture_are_read_like_any_message(eve):
    eve.siti.sends(Kind.IMAGE, "tidak bisa bu, anak sakit").hears(
        "attendance.declined", reason="anak sakit"
    ).hears_nothing()
    eve.budi.hears("questions.staff.media", what="foto").hears_nothing()


def test_a_sticker_is_answered_but_not_shown_to_the_pendamping(eve):
    eve.siti.sends(Kind.STICKER).hears("questions.media")
    eve.budi.hears_nothing()


def test_the_line_about_media_fits_what_is_awaited(door):
    door.siti.sends(Kind.VOICE).hears("questions.media_here").showing("balas HADIR")
    door.dewi.sends(Kind.VOICE).hears("questions.media_plain")


def test_a_thumb_that_is_under_no_letter_of_ours_and_a_group_are_not_answered(eve):
    eve.siti.sends(Kind.REACTION, "👍").hears_nothing()
    eve.siti.sends(Kind.GROUP, "hadir").hears_nothing()
    assert eve.chat.register()["Siti"] == "unknown"


def test_a_sixteen_digit_number_is_stored_nowhere(eve):
    eve.siti.says("6371012345678901").hears("questions.nik").hears_nothing()
    eve.siti.says("NIK saya 6371 0123 4567 8901 bu").hears("questions.nik")
    eve.siti.says("hadir 6371012345678901").hears("attendance.promised").hears("questions.nik")
    eve.siti.says("wqzx " * 200 + "6371.0123.4567.8901 " + "wqzx " * 200)
    eve.dewi.says("ini kartu saya 6371-0123-4567-8901")
    eve.chat.stranger().says("6371012345678901")
    for words in (
        "ABSEN 6371012345678901",
        "JADWAL 6371012345678901; besok 9; 6371012345678901; 6371012345678901",
        "SETUJU 6371012345678901",
        "REKAP 6371012345678901",
        "6371012345678901",
    ):
        eve.budi.says(words)
    eve.chat.at("2026-11-28 09:05")
    eve.budi.says("ABSEN Melati 3").says("6371012345678901 sakit")
    eve.budi.says("BATALKAN Melati 3").says("6371012345678901 banjir")
    assert eve.chat.register()["Siti"] == "promised"
    for number in ("6371012345678901", "6371 0123", "6371.0123", "6371-0123"):
        assert eve.chat.grep(number) == []


def test_a_long_number_from_a_number_without_consent_is_not_stored():
    chat = Chat("2026-11-23 08:00")
    chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", "Melati 3", consent=None)
    siti.says("halo").says("6371012345678901").hears("questions.nik")
    assert chat.grep("6371012345678901") == []
