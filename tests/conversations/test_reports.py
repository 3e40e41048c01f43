"""LAPORAN: does the report say what was recorded, and what was not?"""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.exports import make_file
from data import schema
from data.records import Kind as MeetingKind
from handlers.reports import activity_report
from messages.envelope import Kind
from tests.support.chat import Cast, cast
from tests.support.papers import text


@pytest.fixture
def c() -> Cast:
    c = cast("2026-11-23 08:00", ketua=True)
    c.chat.kpm("Jumiati", "Melati 3", phone=None)
    c.budi.says("JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2").taps("Kirim")
    c.chat.at("2026-11-28 11:05")
    return c


def marked(c: Cast) -> Cast:
    c.budi.says("ABSEN Melati 3 hadir semua kecuali Wati sakit, Jumiati alpa").taps("SELESAI")
    return c


def paper(c: Cast):
    kelompok = c.chat.kelompok("Melati 3")

    def made(tx):
        meeting = tx.meetings.last(kelompok.id, tx.now)
        return activity_report(tx, meeting, kelompok)

    return asyncio.run(make_file(c.chat.ask(made)))


def test_a_report_step_by_step_to_the_paper(c):
    marked(c)
    c.budi.says("LAPORAN melati 3").hears("reports.ask.photo", kelompok="Melati 3", count="0")
    c.budi.sends(Kind.IMAGE).hears("reports.photo", count="1")
    c.budi.taps("Lanjut").hears("reports.ask.speaker")
    c.budi.taps("Saya sendiri").hears("reports.ask.venue", place="Balai Desa Babayau").showing("4 jauh dari bising")
    c.budi.says("tidak 4").hears("reports.ask.obstacles")
    c.budi.says("Jadwal bentrok dengan panen, 5 ibu terlambat").hears("reports.ask.follow_up")
    c.budi.says("Undang bidan bulan depan").hears("reports.siks", length="71").showing(
        "P2K2 Melati 3 Desa Babayau, 28 November 2026: P2 Memahami Perilaku Anak",
        "Proses: pertemuan P2K2 kelompok Melati 3 Desa Babayau, Sabtu, 28 November 2026, 09.00–11.00 WITA",
        "pemateri Pak Budi, Pendamping Sosial PKH; tempat belum: jauh dari bising.",
        "Materi: P2 Memahami Perilaku Anak (modul Pengasuhan dan Pendidikan Anak).",
        "Peserta: hadir 1, izin 0, sakit 1, alpa 1, belum diketahui 0 dari 3 keluarga.",
        "Hasil: belum tercatat.",
        "Hambatan: Jadwal bentrok dengan panen, 5 ibu terlambat.",
        "Tindak lanjut: Undang bidan bulan depan.",
    )
    c.budi.hears("reports.check", count="1").showing("Belum tercatat: hasil.").hears_nothing()
    c.budi.taps("Selesai").hears("reports.siks").hears("reports.done").hears_nothing()
    attachment = c.chat.outbox[-1].attachment
    assert attachment["kind"] == "activity_report"
    assert attachment["params"]["state"] == "selesai"
    shown = text(paper(c).content)
    for words in ("A. Informasi Umum", "B. Waktu", "C. Pemateri", "D. Isi Materi", "E. Isi Kegiatan", "3 1 0 1 1 0"):
        assert words in shown, words
    c.budi.says("LAPORAN").hears("reports.siks").hears("reports.done").hears("reports.again")
    c.budi.taps("Ubah").hears("reports.ask.photo", count="1")


def test_what_nobody_recorded_is_named_as_missing(c):
    c.budi.says("laporan")
    for _ in range(5):
        c.budi.says("lewati")
    c.budi.hears("reports.siks").showing(
        "Peserta: daftar hadir belum diisi.", "Hambatan: belum dicatat.", "periksa tempat belum dicatat"
    )
    c.budi.hears("reports.check").showing("pemateri, kehadiran, hasil, periksa tempat, hambatan, tindak lanjut, foto")
    file = paper(c)
    assert file.name == "Laporan P2K2 Melati 3 Babayau 2026-11-28 (konsep).pdf"
    assert "Daftar hadir belum diisi." in text(file.content)


def test_a_draft_waits_and_goes_on(c):
    c.budi.says("LAPORAN Melati 3").taps("Lanjut")
    c.budi.says("Bidan Ani, Puskesmas Batumandi").hears("reports.ask.venue")
    c.budi.says("9").hears("reports.unclear").hears("reports.ask.venue")
    c.budi.says("batal").hears("reports.later").hears_nothing()
    c.budi.says("LAPORAN Melati 3").taps("Lanjut").hears("reports.ask.speaker").showing(
        "Bidan Ani, Puskesmas Batumandi"
    )


def test_the_place_of_a_photo_is_forgotten_once_the_report_is_done(c):
    def location() -> object:
        return c.chat.ask(lambda tx: tx.conn.exec_driver_sql("SELECT location FROM report").scalar())

    c.budi.says("LAPORAN")
    c.chat.receive(c.budi.address, Kind.LOCATION, location="-2.331200,115.463400")
    c.budi.hears("reports.ask.photo").hears("reports.located")
    assert location() == "-2.331200,115.463400"
    assert "115.463400" in text(paper(c).content)
    for _ in range(5):
        c.budi.says("lewati")
    c.budi.says("selesai").hears("reports.siks").hears("reports.done")
    assert location() is None
    assert all("115.4634" not in f"{row.attachment} {row.params} {row.text}" for row in c.chat.outbox)


def test_no_more_photos_than_fit_and_nothing_else_than_photos(c):
    c.budi.says("LAPORAN")
    for _ in range(6):
        c.budi.sends(Kind.IMAGE)
    c.budi.sends(Kind.IMAGE).hears("reports.enough", most="6")
    c.budi.sends(Kind.VOICE).hears("reports.only_photos")


def test_only_her_own_groups_and_only_after_a_meeting_began(c):
    c.rahma.says("LAPORAN Melati 3").hears("meetings.draft.unknown_kelompok")
    c.rahma.says("LAPORAN").hears("reports.no_meeting", kelompok="Anggrek 1")
    c.chat.meeting("Anggrek 1", starts="2026-11-29 09:00", kind=MeetingKind.SOSIALISASI, announced="now")
    c.rahma.says("LAPORAN").hears("reports.no_meeting")
    c.siti.says("LAPORAN")
    assert not any(key.startswith("reports.") for key in c.siti.heard)
    c.rahma.sends(Kind.IMAGE).hears("help.staff_unknown")


def test_belum_lapor_names_meetings_without_a_report(c):
    marked(c)
    c.ratna.says("BELUM LAPOR").hears("summary.all_reported").hears("summary.no_report", count="1")
    c.ratna.showing("Melati 3 (Babayau), Sabtu 28 Nov, Pak Budi")
    c.budi.says("LAPORAN")
    for _ in range(5):
        c.budi.says("lewati")
    c.budi.says("selesai")
    c.ratna.says("belum lapor").hears("summary.all_reported").hears_nothing()


def test_the_name_of_an_erased_family_leaves_the_reports(c):
    c.budi.says("LAPORAN").taps("Lanjut").taps("Lewati").taps("Lewati").says("Wati datang terlambat")
    c.chat.ask(lambda tx: tx.rights.erase(c.wati.id))
    assert c.chat.ask(lambda tx: tx.conn.execute(select(schema.report.c.obstacles)).scalar()) == (
        "(dihapus) datang terlambat"
    )
