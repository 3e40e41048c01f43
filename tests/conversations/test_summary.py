"""REKAP, BELUM BERTEMU, BELUM LAPOR: do the numbers say what the registers say?"""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.summary import read_month
from tests.support.chat import Cast, cast


@pytest.fixture
def c() -> Cast:
    """After a whole meeting: Siti came with the code, Wati declined and was ill, Jumiati has no phone."""
    c = cast("2026-11-23 08:00")
    c.chat.kpm("Jumiati", "Melati 3", phone=None)
    c.budi.says("JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2").taps("Kirim")
    c.chat.at("2026-11-25 08:30")
    c.siti.taps("Bisa datang")
    c.wati.says("kada kawa, anak garing")
    c.chat.at("2026-11-28 09:05")
    code = c.chat.meetings()[0].code
    c.siti.says(code).hears("attendance.claimed_with_code")
    c.budi.says("ABSEN Melati 3 hadir semua kecuali Wati sakit, Jumiati alpa").taps("SELESAI")
    return c


def total(c: Cast, month: str = "2026-11", by: str = "kelompok"):
    return c.chat.ask(lambda tx: tx.summary.recap(month, by, None)).total


def test_the_numbers_equal_the_register(c):
    found = total(c)
    assert c.chat.register() == {"Jumiati": "alpa", "Siti": "hadir", "Wati": "sakit"}
    assert (found.planned, found.held, found.cancelled, found.families, found.expected) == (1, 1, 0, 4, 3)
    assert (found.hadir, found.izin, found.sakit, found.alpa, found.belum_diketahui) == (1, 0, 1, 1, 0)
    assert (found.reached, found.maybe, found.promised, found.declined, found.claimed) == (2, 0, 1, 1, 1)


def test_rekap_says_them_with_their_denominators_and_a_chart(c):
    c.budi.says("REKAP").hears("summary.recap", month="November 2026", by="kelompok").showing(
        "Melati 3: bertemu 1 dari 1 rencana",
        "hadir 1, izin 0, sakit 1, alpa 1, belum diketahui 0 dari 3",
        "terjangkau 2, akan datang 1, belum pasti 0, tidak bisa 1, mengaku hadir 1 dari 3 keluarga",
    )
    c.budi.hears("summary.chart", month="November 2026").hears_nothing()


def test_a_correction_moves_the_numbers(c):
    c.budi.says("ABSEN Melati 3 Jumiati hadir").says("selesai")
    found = total(c)
    assert (found.hadir, found.alpa, found.expected) == (2, 0, 3)


def test_a_pendamping_sees_her_groups_and_a_koordinator_her_scope(c):
    c.rahma.says("REKAP").hears("summary.recap").showing("Anggrek 1: belum ada pertemuan").hiding("Melati")
    c.ratna.says("REKAP").hears("summary.recap", by="kecamatan").showing("Batumandi: bertemu 1 dari 1")
    c.ratna.says("rekap november kelompok").hears("summary.recap", by="kelompok").showing("Melati 3", "Anggrek 1")
    c.ratna.says("REKAP pendamping").hears("summary.recap", by="pendamping").showing("Pak Budi: ", "Bu Rahma: ")
    c.ratna.says("rekap per desa").hears("summary.recap", by="desa").showing("Babayau: ")


def test_a_family_has_no_rekap(c):
    c.siti.says("REKAP")
    assert "summary.recap" not in c.siti.heard


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("", "2026-11"),
        ("bulan ini", "2026-11"),
        ("november", "2026-11"),
        ("Nov", "2026-11"),
        ("oktober", "2026-10"),
        ("oktober 2025", "2025-10"),
        ("desember", "2025-12"),
        ("10-2026", "2026-10"),
        ("10/2026", "2026-10"),
        ("2026-10", "2026-10"),
        ("bulan lalu", "2026-10"),
        ("bulan oktober", "2026-10"),
        ("13-2026", None),
        ("2026-00", None),
        ("oktomber", None),
        ("Melati 3", None),
        ("²", None),
    ],
)
def test_months_as_people_write_them(words, month):
    assert read_month(words.lower(), datetime(2026, 11, 23)) == month


@pytest.mark.parametrize(
    ("now", "words", "month"), [("2026-01-31", "bulan lalu", "2025-12"), ("2026-01-01", "desember", "2025-12")]
)
def test_months_over_the_year_s_end(now, words, month):
    assert read_month(words, datetime.fromisoformat(now)) == month


def test_an_unknown_month_is_said(c):
    c.budi.says("REKAP oktomber").hears("summary.no_month", text="oktomber")
    c.budi.says("REKAP oktober 2026 desa.").hears("summary.recap", month="Oktober 2026", by="desa")


def test_belum_bertemu_names_the_groups_without_a_meeting(c):
    c.ratna.says("BELUM BERTEMU").hears("summary.not_met", count="1", total="2", month="November 2026")
    c.ratna.showing("Anggrek 1 (Babayau), Bu Rahma").hiding("Melati 3")
    c.chat.meeting("Anggrek 1", starts="2026-11-30 09:00", announced="now")
    c.ratna.says("belum bertemu").hears("summary.all_met", total="2")
    c.budi.says("BELUM BERTEMU").hears("help.staff_unknown")


def test_belum_lapor_names_the_registers_that_nobody_handed_in(c):
    c.ratna.says("BELUM LAPOR").hears("summary.all_reported")
    c.chat.meeting("Anggrek 1", starts="2026-11-28 14:00", announced="now")
    c.chat.at("2026-11-28 16:01")
    c.ratna.says("BELUM LAPOR").hears("summary.not_reported", count="1").showing("Anggrek 1 (Babayau), Sabtu 28 Nov")
    c.rahma.says("ABSEN Anggrek 1 Dewi hadir").says("selesai")
    c.ratna.says("belum lapor").hears("summary.all_reported")


def test_a_planned_meeting_is_not_held_and_a_cancelled_one_is_counted_apart(c):
    c.chat.meeting("Anggrek 1", starts="2026-11-30 09:00", announced="now")
    assert (total(c).planned, total(c).held, total(c).cancelled) == (2, 1, 0)
    c.rahma.says("BATALKAN Anggrek 1; banjir").taps("Kirim")
    assert (total(c).planned, total(c).held, total(c).cancelled) == (2, 1, 1)


def test_a_move_into_another_month_moves_the_plan(c):
    c.chat.meeting("Anggrek 1", starts="2026-11-30 09:00", announced="now")
    c.rahma.says("GANTI JADWAL Anggrek 1; 1/12 9").taps("Kirim")
    assert (total(c).planned, total(c, "2026-12").planned) == (1, 1)


def test_only_p2k2_counts_as_participation(c):
    before = total(c)
    c.rahma.says("JADWAL Anggrek 1; hari ini 14.00; Balai; sosialisasi").taps("Kirim")
    c.chat.at("14:10")
    c.dewi.says("hadir").hears("attendance.claimed")
    c.rahma.says("ABSEN Anggrek 1 hadir semua").says("selesai").hears("attendance.register.saved")
    assert total(c) == before


def test_two_meetings_in_a_month_both_count_and_families_only_once(c):
    c.chat.meeting("Melati 3", starts="2026-11-30 09:00", session="P3", announced="now")
    c.chat.at("2026-11-30 09:05")
    c.siti.says("hadir")
    c.budi.says("ABSEN Melati 3 hadir semua").says("selesai")
    found = total(c)
    assert (found.planned, found.held, found.expected, found.hadir) == (2, 2, 6, 4)
    assert (found.reached, found.claimed) == (2, 1)


def test_nothing_in_scope_is_said():
    c = cast()
    lonely = c.chat.pendamping("Bu Sari")
    lonely.says("REKAP").hears("summary.nothing")
