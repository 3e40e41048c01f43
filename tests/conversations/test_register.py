"""ABSEN: does the register keep what the pendamping wrote, and nothing that nobody wrote?"""

from __future__ import annotations

import pytest

from data.records import FamilyStatus
from tests.support.chat import Cast, Chat, Someone, cast

NAMES = ["Aminah", "Halimah", "Jumiati", "Norma", "Rusmini", "Siti", "Wati"]


@pytest.fixture
def c() -> Cast:
    """Ten past nine: seven families on the register, Jumiati without a phone."""
    c = cast("2026-11-28 09:10")
    for name in ("Aminah", "Halimah", "Norma", "Rusmini"):
        c.chat.kpm(name, "Melati 3")
    c.chat.kpm("Jumiati", "Melati 3", phone=None)
    c.chat.meeting("Melati 3", starts="09:00")
    return c


def shown(budi: Someone) -> str:
    """The numbered list as she sees it."""
    return "\n".join(
        letter.params["lines"]
        for letter in budi.inbox
        if letter.key.startswith("attendance.register.") and "lines" in letter.params
    )


# --- opening


def test_absen_shows_the_families_numbered_with_what_they_said(c):
    c.siti.says("4821")
    c.wati.says("ga bisa bu, anak demam")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open", kelompok="Melati 3", part="1 dari 1")
    assert c.budi.inbox[-2].params["lines"].split("\n") == [
        "1. Aminah: belum ada kabar",
        "2. Halimah: belum ada kabar",
        "3. Jumiati: tanpa HP",
        "4. Norma: belum ada kabar",
        "5. Rusmini: belum ada kabar",
        "6. Siti: mengaku hadir, kode cocok",
        "7. Wati: tidak bisa (anak sakit)",
    ]
    c.budi.hears(
        "attendance.register.how_with_claims", code="4821", claimed="1", proven="1", phoneless="1"
    ).hears_nothing()


@pytest.mark.parametrize(
    "words", ["ABSEN", "absen melati 3", "Absen Melati3", "/absen Melati 3", "ABSEN: Melati 3.", "ABSEN; Melati 3"]
)
def test_absen_in_other_spellings(c, words):
    c.budi.says(words).hears("attendance.register.open", kelompok="Melati 3")


def test_with_several_groups_absen_asks_which(c):
    c.chat.kelompok("Melati 1")
    c.chat.sql("UPDATE kelompok SET pendamping_id = :p WHERE name = 'Melati 1'", p=c.budi.id)
    c.budi.says("ABSEN").hears("meetings.draft.which").says("melati 3").hears("attendance.register.open")
    c.chat.at("09:11")
    c.budi.says("ABSEN").hears("meetings.draft.which").taps("Melati 1").hears("attendance.register.no_meeting")


def test_before_the_meeting_has_begun_the_register_is_shown_and_cannot_be_marked():
    c = cast("2026-11-27 12:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.siti.says("hadir")
    c.budi.says("ABSEN Melati 3 hadir semua").hears(
        "attendance.register.not_begun", promised="1", declined="0", silent="1", starts="Sabtu 28 November 09.00 WITA"
    ).showing("2. Wati: belum ada kabar").hears_nothing()
    c.budi.says("hadir semua").hears("help.staff_unknown")
    assert c.chat.register() == {"Siti": "promised", "Wati": "unknown"}
    c.chat.at("2026-11-28 08:59")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.not_begun")
    c.chat.at("2026-11-28 09:00")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open")


def test_without_any_meeting_absen_says_so():
    c = cast()
    c.budi.says("ABSEN Melati 3").hears("attendance.register.no_meeting", kelompok="Melati 3")


def test_a_long_list_comes_in_parts_and_keeps_counting():
    chat = Chat("2026-11-28 09:10")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    for number in range(45):
        chat.kpm(f"Ibu{number:02d}", "Melati 3", phone=None)
    chat.meeting("Melati 3", starts="09:00")
    budi.says("ABSEN")
    for part, last in (
        ("1 dari 3", "20. Ibu19: tanpa HP"),
        ("2 dari 3", "40. Ibu39: tanpa HP"),
        ("3 dari 3", "45. Ibu44"),
    ):
        budi.hears("attendance.register.open", part=part).showing(last)
    budi.hears("attendance.register.how", phoneless="45")
    budi.says("hadir semua kecuali 21 sakit").hears("attendance.register.proposal").showing(
        "Hadir 44, sakit 1", "Ibu20"
    )


def test_a_long_list_before_the_meeting_comes_in_parts_too():
    chat = Chat("2026-11-27 09:10")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    for number in range(45):
        chat.kpm(f"Keluarga Dengan Nama Yang Panjang Sekali {number:02d}", "Melati 3", phone=None)
    chat.meeting("Melati 3", starts="2026-11-28 09:00")
    budi.says("ABSEN").hears("attendance.register.open", part="1 dari 3").hears(
        "attendance.register.open", part="2 dari 3"
    )
    budi.hears("attendance.register.not_begun", silent="45").hears_nothing()


# --- marking


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("hadir semua kecuali 4 sakit, 7 alpa", {"Norma": "sakit", "Wati": "alpa"}),
        ("Hadir semua kecuali Norma sakit, Wati alpa", {"Norma": "sakit", "Wati": "alpa"}),
        ("semua hadir selain bu norma sakit dan bu wati alpa", {"Norma": "sakit", "Wati": "alpa"}),
        ("hadir semua, 4 sakit, 7 alpa", {"Norma": "sakit", "Wati": "alpa"}),
        ("4 sakit, 7 alpa, sisanya hadir", {"Norma": "sakit", "Wati": "alpa"}),
        ("hadir semua\n4 sakit\n7 alpa", {"Norma": "sakit", "Wati": "alpa"}),
        ("hadir 1-3, 5, 6\nsakit 4\nalpa 7", {"Norma": "sakit", "Wati": "alpa"}),
        ("1. hadir\n2. hadir\n3. hadir\n4. sakit\n5. hadir\n6. hadir\n7. alpa", {"Norma": "sakit", "Wati": "alpa"}),
        ("hadir semua kecuali 4 izin", {"Norma": "izin"}),
        ("hadir semua kecuali 4, 7", {"Norma": "unknown", "Wati": "unknown"}),
        ("hadir kecuali 4", {"Norma": "unknown"}),
        ("hadir semua", {}),
        ("hadir semua. selesai", {}),
    ],
)
def test_hadir_semua_kecuali_and_its_relatives(c, words, others):
    c.budi.says("ABSEN Melati 3").says(words).hears("attendance.register.proposal").hears_nothing()
    assert set(c.chat.register().values()) == {"unknown"}
    c.budi.says("SELESAI").hears("attendance.register.saved")
    assert c.chat.register() == dict.fromkeys(NAMES, "hadir") | others


def test_the_proposal_says_what_it_comes_to_and_who_gave_no_news(c):
    c.siti.says("hadir")
    c.wati.says("tidak bisa, kerja")
    c.budi.says("ABSEN Melati 3 hadir semua kecuali 4 sakit, 1 alpa, 2")
    c.budi.hears("attendance.register.proposal", counts="Hadir 4, sakit 1, alpa 1, belum diketahui 1 dari 7 keluarga.")
    c.budi.showing(
        "1 sakit: Norma.",
        "1 alpa: Aminah.",
        "2 keluarga belum memberi kabar: Jumiati, Rusmini.",
        "1 keluarga bilang tidak bisa: Wati.",
        "1 belum ditandai, tetap belum diketahui: Halimah.",
    )


def test_long_lists_of_warnings_are_shortened():
    chat = Chat("2026-11-28 09:10")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    for number in range(20):
        chat.kpm(f"Ibu{number:02d}", "Melati 3", phone=None)
    chat.meeting("Melati 3", starts="09:00")
    budi.says("ABSEN Melati 3 hadir semua").hears("attendance.register.proposal").showing("dan 12 lagi")


@pytest.mark.parametrize(
    "words",
    [
        "4 tidak hadir",
        "hadir semua, 4 tidak",
        "Norma belum hadir",
        "hadir 12 orang",
        "hadir semua kecuali Rukayah",
        "99 sakit",
        "0 hadir",
        "semua",
        "sakit 4, 7 alpa",
        "3. Wati sakit",
        "banyak yang tidak datang",
        "²",
    ],
)
def test_unclear_words_never_mark(c, words):
    c.budi.says("ABSEN Melati 3").says(words).hears("attendance.register.unclear").hears_nothing()
    c.budi.says("SELESAI").hears("attendance.register.nothing")
    assert set(c.chat.register().values()) == {"unknown"}


def test_what_is_clear_is_proposed_and_what_is_not_is_named(c):
    c.budi.says("ABSEN Melati 3").says("Norma sakit, Rukayah izin")
    c.budi.hears("attendance.register.unclear", unclear='"rukayah izin"').hears("attendance.register.proposal")
    c.budi.says("selesai")
    assert c.chat.register()["Norma"] == "sakit"


def test_marks_over_several_messages_add_up_and_later_ones_win(c):
    c.budi.says("ABSEN Melati 3").says("hadir semua").says("4 sakit").says("Wati izin").says("4 alpa").says("kosong 1")
    c.budi.hears("attendance.register.proposal").showing("Hadir 4, izin 1, alpa 1, belum diketahui 1")
    c.budi.taps("SELESAI")
    assert (c.chat.register()["Norma"], c.chat.register()["Wati"], c.chat.register()["Aminah"]) == (
        "alpa",
        "izin",
        "unknown",
    )


def test_kecuali_in_a_message_of_its_own_takes_the_mark_away(c):
    c.budi.says("ABSEN Melati 3 hadir semua").says("kecuali 4").says("selesai")
    assert c.chat.register()["Norma"] == "unknown"


def test_the_marks_may_stand_on_the_line_of_absen_and_a_second_such_line_adds_to_it(c):
    c.budi.says("ABSEN Melati 3; hadir semua").hears("attendance.register.proposal")
    c.budi.says("ABSEN Melati 3; 4 sakit").hears("attendance.register.proposal").showing("Hadir 6, sakit 1").taps(
        "SELESAI"
    )
    assert c.chat.register()["Norma"] == "sakit"


def test_with_one_kelompok_its_name_may_be_left_out(c):
    c.budi.says("ABSEN hadir semua").hears("attendance.register.proposal", kelompok="Melati 3")


def test_absen_again_shows_the_list_with_what_is_proposed(c):
    c.budi.says("ABSEN Melati 3 hadir semua").says("ABSEN Melati 3")
    c.budi.hears("attendance.register.open").hears("attendance.register.how").hears("attendance.register.proposal")


def test_ubah_and_tidak_jadi(c):
    c.budi.says("ABSEN Melati 3 hadir semua").taps("UBAH").hears("attendance.register.change")
    c.budi.says("4 sakit").hears("attendance.register.proposal").taps("Tidak jadi").hears("attendance.register.dropped")
    c.budi.says("selesai").hears("meetings.draft.nothing")
    assert set(c.chat.register().values()) == {"unknown"}
    c.budi.says("ABSEN Melati 3 hadir semua").says("batal").hears("attendance.register.dropped")


# --- claims


def test_catat_n_hadir_confirms_only_the_claims_with_the_code(c):
    c.siti.says("4821")
    c.wati.says("hadir")
    c.budi.says("ABSEN Melati 3").taps("Catat 1 hadir").hears("attendance.register.proposal").showing("Hadir 1,").taps(
        "SELESAI"
    )
    assert {name for name, state in c.chat.register().items() if state == "hadir"} == {"Siti"}
    assert c.chat.register()["Wati"] == "claimed"


def test_a_claim_that_was_taken_back_is_not_confirmed(c):
    c.siti.says("4821").says("maaf bu ga jadi datang, anak demam").hears("attendance.declined")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").hears("attendance.register.how", proven="0")
    c.budi.presses("mark.claims").hears("attendance.register.proposal").showing("Belum diketahui 7")


def test_confirmed_claims_are_not_offered_again(c):
    c.siti.says("4821")
    c.budi.says("ABSEN Melati 3").taps("Catat 1 hadir").says("selesai")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").hears("attendance.register.how", proven="1")


def test_a_claim_never_becomes_hadir_by_itself(c):
    c.siti.says("4821")
    c.chat.at("2026-12-05 09:00")
    assert c.chat.register()["Siti"] == "claimed"


# --- saving and correcting


def test_selesai_saves_and_the_audit_says_who_and_from_what_to_what(c):
    c.budi.says("ABSEN Melati 3 hadir semua kecuali 6 sakit").says("SELESAI")
    c.budi.hears("attendance.register.saved", counts="Hadir 6, sakit 1 dari 7 keluarga.")
    [change] = c.chat.audit(f"meeting:1:kpm:{c.siti.id}")
    assert (change.actor, change.was, change.now, change.why) == (
        f"staff:{c.budi.id}",
        "belum diketahui",
        "sakit",
        "daftar hadir",
    )
    assert change.at == c.chat.now
    c.siti.hears_nothing()


def test_an_empty_selesai_is_asked_twice(c):
    c.budi.says("ABSEN Melati 3").says("selesai").hears("attendance.register.nothing")
    c.budi.says("Selesai").hears("attendance.register.saved", counts="Belum diketahui 7 dari 7 keluarga.")
    assert set(c.chat.register().values()) == {"unknown"}


def test_a_correction_later_is_said_and_audited(c):
    c.budi.says("ABSEN Melati 3 hadir semua").says("SELESAI")
    c.chat.at("2026-11-30 10:00")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").hears("attendance.register.how")
    c.budi.hears("attendance.register.corrected", closed="Sabtu 28 Nov 09.10")
    c.budi.says("6 alpa").says("selesai").hears("attendance.register.saved", counts="Hadir 6, alpa 1 dari 7 keluarga.")
    words = [(x.was, x.now, x.why) for x in c.chat.audit(f"meeting:1:kpm:{c.siti.id}")]
    assert words == [("belum diketahui", "hadir", "daftar hadir"), ("hadir", "alpa", "perbaikan")]


def test_the_same_marks_again_change_nothing(c):
    c.budi.says("ABSEN Melati 3 hadir semua").says("SELESAI").says("ABSEN Melati 3 hadir semua").says("SELESAI")
    assert len(c.chat.audit(f"meeting:1:kpm:{c.siti.id}")) == 1


def test_the_register_of_yesterday_can_be_filled_although_the_next_meeting_is_planned(c):
    c.chat.meeting("Melati 3", starts="2026-11-30 09:00", session="P3")
    c.chat.at("2026-11-29 08:00")
    assert c.budi.heard[-1] == "reminders.meeting.unfilled"
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").showing("Sabtu, 28 November 2026")
    c.budi.says("hadir semua").says("selesai").hears("attendance.register.saved")
    c.chat.at("2026-11-29 20:30")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.not_begun").showing("Senin, 30 November 2026")


def test_right_after_a_meeting_its_register_can_be_corrected_although_the_next_is_planned(c):
    c.chat.meeting("Melati 3", starts="2026-12-26 09:00", session="P3", announced="now")
    c.budi.says("ABSEN Melati 3 hadir semua").says("selesai")
    c.chat.at("2026-11-30 10:00")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").showing("Sabtu, 28 November 2026")
    c.chat.at("2026-12-24 10:00")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.not_begun").showing("Sabtu, 26 Desember 2026")


def test_of_two_meetings_on_one_day_the_one_going_on_is_meant(c):
    c.chat.meeting("Melati 3", starts="14:00", session="P3", announced="now")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").showing("09.00–11.00")
    c.chat.at("12:00")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").showing("09.00–11.00")
    c.chat.at("14:05")
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").showing("14.00–16.00")


# --- the families of the day


def test_the_register_keeps_the_families_of_its_day(c):
    c.chat.kpm("Zubaidah", "Melati 3")
    c.chat.ask(lambda tx: tx.people.set_status(c.wati.id, FamilyStatus.GRADUASI))
    c.budi.says("ABSEN Melati 3").hears("attendance.register.open").showing("7. Wati").hiding("Zubaidah")
    assert list(c.chat.register()) == NAMES


def test_numbers_never_shift_while_the_register_is_open(c):
    c.budi.says("ABSEN Melati 3")
    c.chat.kpm("Aisyah", "Melati 3")
    c.chat.sql("UPDATE kpm SET name = 'Zahra' WHERE name = 'Aminah'")
    c.budi.says("1 sakit, 2 izin").says("ABSEN Melati 3").hears("attendance.register.open")
    assert c.budi.inbox[-3].params["lines"].startswith("1. Zahra: belum ada kabar\n2. Halimah")
    c.budi.says("selesai")
    assert (c.chat.register()["Zahra"], c.chat.register()["Halimah"]) == ("sakit", "izin")


def test_a_family_without_a_phone_is_marked_like_everybody(c):
    c.budi.says("ABSEN Melati 3 Jumiati hadir").says("selesai")
    assert c.chat.register()["Jumiati"] == "hadir"


# --- who may


def test_two_pendamping_cannot_mark_each_other_s(c):
    c.chat.meeting("Anggrek 1", starts="09:00", place="Balai Batumandi")
    c.rahma.says("ABSEN Melati 3 hadir semua").hears("meetings.draft.unknown_kelompok").says("Melati 3")
    c.rahma.says("selesai")
    c.budi.says("ABSEN Anggrek 1 hadir semua").hears("meetings.draft.unknown_kelompok").says("selesai")
    assert set(c.chat.register("Melati 3").values()) == {"unknown"}
    assert c.chat.register("Anggrek 1") == {"Dewi": "unknown"}


def test_a_register_that_goes_to_another_pendamping_closes_for_the_first(c):
    c.budi.says("ABSEN Melati 3 hadir semua")
    c.chat.sql("UPDATE kelompok SET pendamping_id = :p WHERE name = 'Melati 3'", p=c.rahma.id)
    c.budi.says("SELESAI").hears("meetings.draft.nothing")
    assert set(c.chat.register().values()) == {"unknown"}


def test_a_koordinator_and_a_family_cannot_mark(c):
    c.ratna.says("ABSEN Melati 3 hadir semua").hears("help.staff_unknown").says("SELESAI")
    c.siti.says("ABSEN Melati 3 hadir semua").says("SELESAI")
    assert "hadir" not in c.chat.register().values()


def test_a_pendamping_s_open_register_does_not_swallow_her_other_words(c):
    c.budi.says("ABSEN Melati 3 hadir semua").says("REKAP").hears("summary.recap")
    c.budi.says("MENU").hears("help.pendamping").says("SELESAI").hears("attendance.register.saved")


def test_a_draft_beside_an_open_register_a_minute_later(c):
    c.budi.says("ABSEN Melati 3 hadir semua")
    c.chat.at("09:11")
    c.budi.says("JADWAL Melati 3").says("Sabtu 9").hears("meetings.draft.where").says("batal")
    c.budi.says("SELESAI").hears("attendance.register.saved")


def test_a_draft_beside_an_open_register_in_the_same_instant(c):
    c.budi.says("ABSEN Melati 3 hadir semua").says("JADWAL Melati 3").says("Sabtu 9").hears("meetings.draft.where")
