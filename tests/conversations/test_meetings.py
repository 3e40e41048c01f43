"""When and where does a kelompok meet? JADWAL in one line and step by step, what is warned of, and what Kirim does."""

from __future__ import annotations

import pytest

from data.records import Kind
from tests.support.chat import Cast, Chat, Someone, cast

LINE = "JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2"


@pytest.fixture
def c() -> Cast:
    return cast("2026-11-23 08:00")


# --- in one line


def test_one_line_shows_a_preview_and_kirim_makes_the_meeting(c):
    c.budi.says(LINE).hears(
        "meetings.draft.preview",
        title="P2K2: P2 Memahami Perilaku Anak",
        kelompoks="Melati 3",
        when="Sabtu, 28 November 2026, 09.00–11.00 WITA",
        place="Balai Desa Babayau",
        reached="2",
        families="2",
        unreached="",
        letters="4",
        first="Undangan dikirim Rabu 25 Nov 08.00.",
        warnings="",
    ).hears_nothing()
    assert c.chat.meetings() == []
    c.budi.taps("Kirim").hears("meetings.draft.sent", when="Sabtu, 28 November 2026, 09.00–11.00 WITA").hears_nothing()
    [meeting] = c.chat.meetings()
    assert (meeting.local.isoformat(), meeting.place) == ("2026-11-28T09:00:00+08:00", "Balai Desa Babayau")
    assert (meeting.session, meeting.kind, meeting.pendamping_id) == ("P2", Kind.P2K2, c.budi.id)
    assert len(meeting.code) == 4
    assert meeting.code.isdecimal()


def test_kirim_sends_nothing_at_once_when_three_days_are_still_ahead(c):
    c.budi.says(LINE).taps("Kirim")
    assert (c.siti.inbox, c.wati.inbox) == ([], [])
    assert c.chat.waiting() == []


@pytest.mark.parametrize(
    "line",
    [
        "jadwal melati 3; sabtu 09.00; balai desa; p2",
        "Jadwal Melati3 ; 28 Nov 09.00 ; Balai Desa ; Perilaku Anak",
        "/jadwal Melati 3; Sabtu 9; Balai Desa; P 2",
        "JADWAL Melati 3 Sabtu 09.00; Balai Desa; P2",
        "JADWAL Melati 3\nSabtu 09.00\nBalai Desa\nP2",
        "JADWAL: Melati 3; hari Sabtu tgl 28 November jam 9 pagi; Balai Desa; memahami perilaku anak",
    ],
)
def test_the_line_as_people_write_it(c, line):
    c.budi.says(line).hears("meetings.draft.preview", when="Sabtu, 28 November 2026, 09.00–11.00 WITA")
    assert c.budi.last.params["title"] == "P2K2: P2 Memahami Perilaku Anak"


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ("09.00-11.00", "09.00–11.00"),
        ("9-10.30", "09.00–10.30"),
        ("14.00", "14.00–16.00"),
        ("jam 2 siang", "14.00–16.00"),
    ],
)
def test_a_meeting_lasts_two_hours_unless_it_is_written_otherwise(c, hours, shown):
    c.budi.says(f"JADWAL Melati 3; 28/11 {hours}; Balai; P2")
    assert c.budi.last.params["when"] == f"Sabtu, 28 November 2026, {shown} WITA"


@pytest.mark.parametrize(
    ("what", "title", "kind"),
    [
        ("sosialisasi", "Sosialisasi", Kind.SOSIALISASI),
        ("Bimtek", "Bimtek", Kind.BIMTEK),
        ("pertemuan awal", "Pertemuan awal/validasi", Kind.AWAL),
        ("validasi", "Pertemuan awal/validasi", Kind.AWAL),
    ],
)
def test_other_kinds_of_meeting(c, what, title, kind):
    c.budi.says(f"JADWAL Melati 3; 28/11 9; Balai; {what}").hears("meetings.draft.preview", title=title).taps("Kirim")
    assert c.chat.meetings()[0].kind is kind
    c.chat.at("2026-11-25 08:00")
    assert c.siti.last.params["what"] == ("pertemuan awal" if kind is Kind.AWAL else what.lower())


# --- step by step


def test_whatever_is_left_out_is_asked_for_in_order(c):
    c.budi.says("JADWAL").hears("meetings.draft.when", kelompok="Melati 3")
    c.budi.says("Sabtu 09.00").hears("meetings.draft.where")
    c.budi.says("Balai Desa Babayau").hears("meetings.draft.what", next_id="P1")
    c.budi.says("P2").hears("meetings.draft.preview").taps("Kirim").hears("meetings.draft.sent")
    assert len(c.chat.meetings()) == 1


def test_with_several_groups_the_group_is_asked_first():
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 1", "Melati 2", "Melati 3")
    budi.says("jadwal").hears("meetings.draft.which")
    assert [button.title for button in budi.last.buttons] == ["Melati 1", "Melati 2", "Melati 3"]
    budi.taps("Melati 2").hears("meetings.draft.when", kelompok="Melati 2")
    budi.says("JADWAL").says("3").hears("meetings.draft.when", kelompok="Melati 3")
    budi.says("JADWAL").says("melati 1").hears("meetings.draft.when", kelompok="Melati 1")


@pytest.mark.parametrize("words", ["²", "0", "4", "99999999999", "Anggrek 1", "kelompok mana ya"])
def test_a_group_that_is_not_there_is_asked_again(words):
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 1", "Melati 2", "Melati 3")
    chat.pendamping("Bu Rahma", "Anggrek 1")
    budi.says("jadwal").says(words).hears("meetings.draft.unknown_kelompok")
    budi.taps("Melati 3").hears("meetings.draft.when", kelompok="Melati 3")


def test_the_next_session_that_this_kelompok_has_not_had_is_suggested(c):
    c.chat.meeting(starts="2026-11-20 09:00", session="P1", announced="2026-11-10 08:00")
    c.budi.says("JADWAL Melati 3; Sabtu 9; Balai").hears("meetings.draft.what", next_id="P2")
    c.budi.taps("Pakai P2").hears("meetings.draft.preview", title="P2K2: P2 Memahami Perilaku Anak")
    c.rahma.says("JADWAL Anggrek 1; Sabtu 9; Balai").hears("meetings.draft.what", next_id="P1")
    c.rahma.says("pakai p1").hears("meetings.draft.preview")


def test_sama_bulan_lalu_is_the_same_weekday_of_the_month_at_the_same_hour_and_place(c):
    c.chat.meeting(
        starts="2026-10-10 14:00", ends="2026-10-10 15:30", place="Rumah Bu Halimah", announced="2026-10-01 08:00"
    )
    c.budi.says("JADWAL").hears("meetings.draft.when_or_same", same="Sabtu, 12 Desember 2026, 14.00")
    c.budi.taps("Sama bulan lalu").hears("meetings.draft.what").says("P2")
    c.budi.hears("meetings.draft.preview", when="Sabtu, 12 Desember 2026, 14.00–15.30 WITA", place="Rumah Bu Halimah")


@pytest.mark.parametrize("words", ["Sama seperti bulan lalu", "sama bulan lalu"])
def test_sama_bulan_lalu_may_be_written(c, words):
    c.chat.meeting(starts="2026-10-10 14:00", announced="2026-10-01 08:00")
    c.budi.says("JADWAL Melati 3").says(words).hears("meetings.draft.what")
    c.budi.says(f"JADWAL Melati 3; {words}; Rumah Bu Wati; P2").hears(
        "meetings.draft.preview", when="Sabtu, 12 Desember 2026, 14.00–16.00 WITA", place="Rumah Bu Wati"
    )


def test_known_places_of_the_desa_are_offered(c):
    place = {"name": "Balai Desa Babayau", "desa": c.chat.kelompok("Melati 3").desa_id}
    c.chat.sql("INSERT INTO place (desa_id, name, capacity, checks) VALUES (:desa, :name, 40, '{}')", **place)
    c.budi.says("JADWAL Melati 3; Sabtu 9").hears("meetings.draft.where_or")
    c.budi.taps("Balai Desa Babayau").hears("meetings.draft.what")
    c.budi.says("JADWAL Melati 3; Sabtu 9").says("1").hears("meetings.draft.what").says("p2")
    c.budi.hears("meetings.draft.preview", place="Balai Desa Babayau")
    c.budi.says("JADWAL Melati 3; Sabtu 9").says("²").says("p2").hears("meetings.draft.preview", place="²")


# --- bad input keeps what was understood


@pytest.mark.parametrize(
    ("when", "key", "params"),
    [
        ("31-02-2026 09.00", "meetings.when.no_such_day", {"last": "28", "month": "Februari 2026"}),
        ("31-02-2026", "meetings.when.no_such_day", {"text": "31-02-2026"}),
        ("28/13 09.00", "meetings.when.no_month", {}),
        ("Minggu 28/11 09.00", "meetings.when.weekday", {"day": "sabtu", "said": "minggu"}),
        ("28/11", "meetings.when.no_hour", {}),
        ("28/11 25.00", "meetings.when.no_hour", {}),
        ("jam 9", "meetings.when.no_day", {}),
        ("besok 11.00-09.00", "meetings.when.backwards", {}),
        ("hari ini 07.59", "meetings.when.past", {}),
        ("22-11-2026 09.00", "meetings.when.past", {}),
        ("tiap Sabtu 09.00", "meetings.when.recurring", {}),
    ],
)
def test_a_faulty_moment_is_named_and_the_rest_of_the_line_is_kept(c, when, key, params):
    c.budi.says(f"JADWAL Melati 3; {when}; Balai Desa; P2").hears(key, **params).hears_nothing()
    assert c.chat.meetings() == []
    c.budi.says("28/11 09.00").hears("meetings.draft.preview", place="Balai Desa", kelompoks="Melati 3")


def test_an_unknown_session_is_asked_again_and_the_rest_is_kept(c):
    c.budi.says("JADWAL Melati 3; 28/11 9; Balai Desa; Z9").hears("meetings.draft.unknown_session", text="Z9")
    c.budi.says("entahlah").hears("meetings.draft.unknown_session")
    c.budi.says("P2").hears("meetings.draft.preview", place="Balai Desa")


def test_an_unknown_kelompok_is_asked_again_and_the_rest_is_kept(c):
    c.budi.says("JADWAL Melati 7; 28/11 9; Balai Desa; P2").hears("meetings.draft.unknown_kelompok", text="Melati 7")
    c.budi.taps("Melati 3").hears("meetings.draft.preview", place="Balai Desa")


def test_two_faults_are_asked_one_after_the_other(c):
    c.budi.says("JADWAL Melati 3; 31/2 9; Balai Desa; Z9").hears("meetings.when.no_such_day")
    c.budi.says("28/11 9").hears("meetings.draft.what")
    c.budi.says("P2").hears("meetings.draft.preview")


def test_a_place_that_would_not_fit_into_a_letter_is_asked_again(c):
    c.budi.says(f"JADWAL Melati 3; 28/11 9; {'Balai ' * 11}; P2").hears("meetings.draft.long_place", most="60")
    c.budi.says("Balai Desa").hears("meetings.draft.preview", place="Balai Desa")


def test_another_pendamping_s_kelompok_is_not_found(c):
    c.budi.says("JADWAL Anggrek 1; 28/11 9; Balai; P2").hears("meetings.draft.unknown_kelompok", text="Anggrek 1")
    assert c.chat.meetings("Anggrek 1") == []


def test_a_draft_is_forgotten_when_the_kelompok_goes_to_another_pendamping(c):
    c.budi.says(LINE)
    c.chat.sql("UPDATE kelompok SET pendamping_id = :p WHERE name = 'Melati 3'", p=c.rahma.id)
    c.budi.taps("Kirim").hears("meetings.draft.nothing")
    assert c.chat.meetings() == []


# --- the preview: Ubah, Tidak jadi, batal


@pytest.mark.parametrize(
    ("part", "question", "answer", "changed"),
    [
        ("Waktu", "meetings.draft.when", "29/11 10.00", {"when": "Minggu, 29 November 2026, 10.00–12.00 WITA"}),
        ("Tempat", "meetings.draft.where", "Rumah Bu Siti", {"place": "Rumah Bu Siti"}),
        ("Sesi", "meetings.draft.what", "P1", {"title": "P2K2: P1 Menjadi Orang Tua yang Lebih Baik"}),
        ("Kelompok", "meetings.draft.which", "Melati 3", {"kelompoks": "Melati 3"}),
    ],
)
def test_ubah_changes_one_part_and_keeps_the_others(c, part, question, answer, changed):
    c.budi.says(LINE)
    kept = dict(c.budi.last.params)
    c.budi.taps("Ubah").hears("meetings.draft.edit").taps(part).hears(question)
    c.budi.says(answer).hears("meetings.draft.preview")
    after = dict(c.budi.last.params)
    assert after == {**kept, **changed, "first": after["first"]}


def test_ubah_and_its_parts_may_be_written(c):
    c.budi.says(LINE).says("ubah").hears("meetings.draft.edit").says("waktu").hears("meetings.draft.when")
    c.budi.says("29/11 10").hears("meetings.draft.preview")


@pytest.mark.parametrize("words", ["Tidak jadi", "batal", "Batal.", "batal saja", "ga jadi"])
def test_a_draft_is_dropped(c, words):
    c.budi.says(LINE).says(words).hears("meetings.draft.dropped").hears_nothing()
    c.budi.presses("draft.send").hears("meetings.draft.nothing")
    assert c.chat.meetings() == []


def test_batal_in_a_preview_drops_the_draft_and_never_the_meeting(c):
    standing = c.chat.meeting(starts="2026-12-05 09:00", announced="now")
    c.budi.says(LINE).says("batal").hears("meetings.draft.dropped")
    c.budi.says("batal").hears("meetings.draft.nothing")
    c.budi.says("GANTI JADWAL Melati 3; 6/12 9").says("batal").hears("meetings.draft.dropped")
    c.budi.says("BATALKAN Melati 3; banjir").says("batal").hears("meetings.draft.dropped")
    assert not c.chat.meeting_now(standing).cancelled
    assert c.chat.meeting_now(standing).revision == 0


def test_a_draft_can_be_dropped_at_every_question(c):
    for words in ([], ["Sabtu 9"], ["Sabtu 9", "Balai"]):
        c.budi.says("JADWAL")
        for word in words:
            c.budi.says(word)
        c.budi.says("batal").hears("meetings.draft.dropped")
    c.budi.says("ABSEN bukan kelompok").hears("meetings.draft.unknown_kelompok")
    c.budi.says("batal").hears("meetings.draft.dropped")


# --- what she is warned of


def warned(budi: Someone, line: str) -> str:
    budi.says(line).hears("meetings.draft.preview")
    return str(budi.last.params["warnings"])


@pytest.mark.parametrize(
    ("when", "warning"),
    [
        ("25-12-2026 09.00", "hari libur"),
        ("24-12-2026 09.00", "Cuti bersama Natal"),
        ("27-11-2026 10.00", "waktu salat Jumat (11.30–13.30)"),
        ("27-11-2026 13.29", "waktu salat Jumat"),
    ],
)
def test_holidays_and_friday_prayer_are_warned_of_and_may_be_overruled(c, when, warning):
    assert warning in warned(c.budi, f"JADWAL Melati 3; {when}; Balai; P2")
    c.budi.taps("Kirim").hears("meetings.draft.sent")


@pytest.mark.parametrize("when", ["27-11-2026 09.30", "27-11-2026 09.30-11.30", "27-11-2026 13.30", "28-11-2026 12.00"])
def test_beside_the_friday_prayer_nothing_is_warned_of(c, when):
    assert warned(c.budi, f"JADWAL Melati 3; {when}; Balai; P2") == ""


def test_a_clash_of_the_kelompok_or_the_pendamping_is_warned_of(c):
    c.chat.sql("UPDATE kelompok SET pendamping_id = :p WHERE name = 'Anggrek 1'", p=c.budi.id)
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    line = "JADWAL {}; 28/11 {}; Balai; P2"
    assert "kelompok ini sudah ada pertemuan pukul 09.00" in warned(c.budi, line.format("Melati 3", "10.59"))
    assert "pendamping ini sudah ada pertemuan pukul 09.00 (Melati 3)" in warned(
        c.budi, line.format("Anggrek 1", "10.00")
    )
    assert warned(c.budi, line.format("Anggrek 1", "11.00")) == ""
    assert warned(c.budi, line.format("Anggrek 1", "07.00")) == ""


def test_too_small_a_place_is_warned_of(c):
    desa = c.chat.kelompok("Melati 3").desa_id
    c.chat.sql("INSERT INTO place (desa_id, name, capacity, checks) VALUES (:d, 'Balai', 1, '{}')", d=desa)
    assert "balai muat 1 orang, keluarga 2" in warned(c.budi, "JADWAL Melati 3; 28/11 9; balai; P2").lower()


def test_the_preview_counts_who_can_be_reached(c):
    c.chat.kpm("Jumiati", "Melati 3", phone=None)
    c.chat.kpm("Halimah", "Melati 3", consent=None)
    c.budi.says(LINE).hears(
        "meetings.draft.preview", reached="2", families="4", unreached=" (tanpa HP 1, belum setuju 1)"
    )


def test_the_first_letter_is_said_as_it_will_be(c):
    c.budi.says("JADWAL Melati 3; 25/11 9; Balai; P2").hears(
        "meetings.draft.preview", first="Undangan dikirim sekarang."
    )
    c.chat.at("18:10")
    c.budi.says("JADWAL Melati 3; 25/11 9; Balai; P2").hears(
        "meetings.draft.preview", first="Undangan dikirim Senin 23 Nov 19.30."
    )
    c.chat.at("20:30")
    c.budi.says("JADWAL Melati 3; besok 7; Balai; P2").hears(
        "meetings.draft.preview", first="Terlalu dekat untuk undangan: beri tahu keluarga langsung."
    )


# --- Kirim


def test_past_is_refused_at_kirim_too(c):
    c.budi.says("JADWAL Melati 3; hari ini 09.00; Balai; P2").hears("meetings.draft.preview")
    c.chat.at("09:00")
    c.budi.taps("Kirim").hears("meetings.when.past")
    assert c.chat.meetings() == []
    c.budi.says("besok 9").hears("meetings.draft.preview", place="Balai").taps("Kirim").hears("meetings.draft.sent")


def test_a_double_tap_on_kirim_makes_one_meeting(c):
    c.budi.says(LINE)
    c.budi.presses("draft.send").hears("meetings.draft.sent")
    c.budi.presses("draft.send").hears("meetings.draft.nothing")
    assert len(c.chat.meetings()) == 1


def test_the_same_meeting_twice_is_refused(c):
    c.budi.says(LINE).taps("Kirim")
    c.budi.says(LINE).hears("meetings.draft.preview").showing("kelompok ini sudah ada pertemuan")
    c.budi.says("kirim").hears("meetings.draft.already")
    assert len(c.chat.meetings()) == 1


def test_kirim_writes_who_did_it(c):
    c.budi.says(LINE).says("Kirim")
    [change] = c.chat.audit("meeting:1")
    assert (change.actor, change.act) == (f"staff:{c.budi.id}", "meeting.created")


def test_when_less_than_three_days_are_left_the_invitation_goes_at_once(c):
    c.budi.says("JADWAL Melati 3; besok 14.00; Balai; P2").taps("Kirim")
    c.siti.hears(
        "reminders.meeting.invitation", names="Ibu Siti", day="Selasa 24 November", time="14.00 WITA", place="Balai"
    )
    c.dewi.hears_nothing()


# --- permit and place


def test_the_permit_is_asked_and_then_the_place_once(c):
    c.budi.says(LINE).taps("Kirim").hears("meetings.draft.sent").taps("Sudah").hears("meetings.permit.place")
    c.budi.says("40 orang, tidak 3, 5").hears(
        "meetings.place.kept",
        place="Balai Desa Babayau",
        capacity="40 orang",
        checks="belum: bisa menampilkan materi, waktu disepakati",
    )
    assert c.chat.sql("SELECT permit FROM meeting").scalar() == 1
    c.budi.says("JADWAL Melati 3; 5/12 9; balai desa babayau; P3").taps("Kirim").taps("Belum").hears(
        "meetings.permit.no"
    )
    assert c.chat.sql("SELECT permit FROM meeting ORDER BY id DESC").scalar() == 0


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("40", "meetings.place.kept"),
        ("40 orang", "meetings.place.kept"),
        ("40 orang tidak 1 dan 2", "meetings.place.kept"),
        ("0 orang", "meetings.place.unclear"),
        ("40 orang, tidak 9", "meetings.place.unclear"),
        ("kira-kira 40an", "meetings.place.unclear"),
        ("nanti saja", "meetings.place.skipped"),
    ],
)
def test_the_place_questions_as_people_answer_them(c, words, key):
    c.budi.says(LINE).taps("Kirim").taps("Sudah").says(words).hears(key)


def test_the_place_question_does_not_swallow_another_word(c):
    c.budi.says(LINE).taps("Kirim").taps("Sudah").says("MENU").hears("help.pendamping")
    c.budi.says("halo").hears("help.staff_unknown")
    c.budi.taps("Nanti saja").hears("meetings.place.skipped")


def test_nobody_else_can_answer_the_permit(c):
    c.budi.says(LINE).taps("Kirim")
    c.rahma.presses("permit.yes:1").hears("meetings.draft.nothing")
    c.ratna.presses("permit.yes:1").hears("meetings.draft.nothing")
    assert c.chat.sql("SELECT permit FROM meeting").scalar() is None


# --- GABUNG


def test_gabung_is_one_meeting_with_a_register_for_each_kelompok():
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 1", "Melati 2", "Melati 3")
    chat.kpm("Siti", "Melati 1")
    chat.kpm("Wati", "Melati 2")
    chat.kpm("Halimah", "Melati 3")
    budi.says("GABUNG Melati 1, 2; 28/11 9; Balai Desa; P2").hears(
        "meetings.draft.preview", kelompoks="Melati 1 dan Melati 2", families="2"
    )
    budi.taps("Kirim").hears("meetings.draft.sent", kelompoks="Melati 1 dan Melati 2")
    [meeting] = chat.meetings("Melati 1")
    assert chat.meetings("Melati 2") == [meeting]
    assert chat.meetings("Melati 3") == []
    chat.at("2026-11-28 09:10")
    budi.says("ABSEN Melati 1 hadir semua").says("SELESAI").hears("attendance.register.saved", kelompok="Melati 1")
    assert (chat.register("Melati 1"), chat.register("Melati 2")) == ({"Siti": "hadir"}, {"Wati": "unknown"})


def test_gabung_with_an_unknown_group_names_it():
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 1", "Melati 2")
    budi.says("GABUNG Melati 1, Anggrek 1; 28/11 9; Balai; P2").hears(
        "meetings.draft.unknown_kelompok", text="Anggrek 1"
    )
    budi.says("Melati 1 dan 2").hears("meetings.draft.preview", kelompoks="Melati 1 dan Melati 2", place="Balai")


def test_two_groups_of_one_name_are_told_apart_by_their_desa():
    chat = Chat("2026-11-23 08:00")
    chat.kelompok("Mawar 1", desa="Juai")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    chat.sql("INSERT INTO kelompok (desa_id, name) SELECT id, 'Mawar 1' FROM desa WHERE name = 'Babayau'")
    chat.sql("UPDATE kelompok SET pendamping_id = :p", p=budi.id)
    budi.says("JADWAL Mawar 1; Sabtu 9; Balai; P2").hears("meetings.draft.unknown_kelompok")
    assert "Mawar 1 Juai" in [button.title for button in budi.last.buttons]
    budi.taps("Mawar 1 Juai").hears("meetings.draft.preview").taps("Kirim")
    desas = (
        "SELECT d.name FROM meeting_kelompok m JOIN kelompok k ON k.id = m.kelompok_id JOIN desa d ON d.id = k.desa_id"
    )
    assert chat.sql(desas).scalars().all() == ["Juai"]
    budi.says("JADWAL Mawar 1 Babayau besok 9; Balai; P2").hears("meetings.draft.preview", place="Balai")


# --- who may


def test_a_koordinator_cannot_plan(c):
    for words in (LINE, "GANTI JADWAL Melati 3; besok 9", "BATALKAN Melati 3; banjir", "GABUNG Melati 3"):
        c.ratna.says(words).hears("help.staff_unknown")
    assert c.chat.meetings() == []


def test_a_family_s_jadwal_is_a_question_not_a_command(c):
    c.siti.says(LINE)
    assert c.chat.meetings() == []


def test_a_pendamping_without_groups_is_told():
    chat = Chat("2026-11-23 08:00")
    chat.pendamping("Pak Budi").says("JADWAL").hears("summary.nothing")


# --- a draft beside another conversation


def test_a_new_draft_replaces_the_old_one(c):
    c.budi.says(LINE).says("JADWAL Melati 3; 5/12 10; Rumah; P3")
    c.budi.taps("Kirim").hears("meetings.draft.sent", place="Rumah")
    assert len(c.chat.meetings()) == 1


def test_rekap_in_the_middle_of_a_draft_does_not_lose_it(c):
    c.budi.says("JADWAL Melati 3").says("REKAP").hears("summary.recap")
    c.budi.says("Sabtu 9").hears("meetings.draft.where")
