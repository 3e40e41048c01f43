"""`export`: are the files made, named so that people can read them, and true?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot.cli.commands import app
from bot.cli.speaking import WrongInput
from bot.clock import RealClock
from tests.support.chat import Cast, Chat
from tests.support.databases import Opened
from tests.support.papers import pages, text

FORMULA = "=SUM(A1) <b>x</b>"


@pytest.fixture
def office(sqlite: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """A meeting that lies ahead, in a database that the commands open."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIKE_PKH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", sqlite.url)
    c = village(Chat("2026-11-23 08:00", url=sqlite.url))
    monkeypatch.setattr(RealClock, "now", lambda self: c.chat.now)
    c.budi.says("JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2").taps("Kirim")
    yield c
    c.chat.closes()


def village(chat: Chat) -> Cast:
    budi, rahma = chat.pendamping("Pak Budi", "Melati 3"), chat.pendamping("Bu Rahma", "Anggrek 1")
    siti, wati = chat.kpm("Siti", "Melati 3", ketua=True), chat.kpm("Wati", "Melati 3")
    for name in ("Jumiati", FORMULA):
        chat.kpm(name, "Melati 3", phone=None)
    return Cast(chat, siti, wati, budi, chat.koordinator("Bu Ratna"), chat.kpm("Dewi", "Anggrek 1"), rahma)


def held(c: Cast) -> Cast:
    c.chat.at("2026-11-28 11:05")
    c.budi.says("ABSEN Melati 3 hadir semua kecuali Wati sakit, Jumiati alpa").taps("SELESAI")
    return c


def like_pkh(*words: str) -> Result:
    return CliRunner().invoke(app, ["export", *words])


def made(folder: Path, *words: str) -> list[bytes]:
    done = like_pkh(*words)
    assert done.exit_code == 0, done.output or done.exception
    names = [line.removeprefix("Ditulis: ") for line in done.stdout.splitlines()]
    return [(folder / name).read_bytes() for name in names]


def test_the_daftar_hadir_is_blank_before_and_filled_after(office, tmp_path):
    when = ("--kelompok", "melati 3", "--date", "2026-11-28")
    (before,) = made(tmp_path, "attendance", *when)
    assert (tmp_path / "Daftar Hadir P2K2 Melati 3 2026-11-28 (kosong).pdf").exists()
    shown = text(before)
    for words in (
        "DAFTAR HADIR PERTEMUAN P2K2",
        "Siti (ketua kelompok)",
        "Sabtu, 28 November 2026",
        "WITA",
        "=SUM(A1)",
    ):
        assert words in shown, words
    assert "ganjil genap" in shown
    assert "Kehadiran" not in shown
    assert "NIK" not in shown
    held(office)
    (after,) = made(tmp_path, "attendance", *when)
    shown = text(after)
    assert "Hadir 2, izin 0, sakit 1, alpa 1, belum diketahui 0 dari 4 keluarga" in shown
    assert "Wati AKTIF Sakit" in shown
    (again,) = made(tmp_path, "attendance", *when, "--blank")
    assert "Kehadiran" not in text(again)


def test_a_claim_is_not_printed_as_hadir(office, tmp_path):
    office.chat.at("2026-11-28 09:05")
    office.siti.says("hadir").hears("attendance.claimed")
    office.budi.says("ABSEN Melati 3 Wati sakit").taps("SELESAI")
    (sheet,) = made(tmp_path, "attendance", "--kelompok", "Melati 3", "--date", "28-11-2026")
    assert "Siti (ketua kelompok) AKTIF belum diketahui" in text(sheet)


def test_a_long_register_goes_over_two_pages_and_a_joint_meeting_gives_a_file_per_kelompok(office, tmp_path):
    for number in range(30):
        office.chat.kpm(f"Rusmini {number}", "Anggrek 1", phone=None)
    office.chat.meeting("Melati 3", "Anggrek 1", starts="2026-11-30 09:00", announced="now")
    number = office.chat.meetings("Anggrek 1")[0].id
    (tmp_path / "berkas").mkdir()
    files = made(tmp_path, "attendance", "--meeting", str(number), "--out", "berkas")
    assert [len(pages(file)) for file in files] == [1, 2]
    assert "Halaman 2 dari 2" in pages(files[1])[1]
    assert isinstance(like_pkh("attendance", "--meeting", str(number), "--out", "a.pdf").exception, WrongInput)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--kelompok", "Mawar"),
        ("--kelompok", "Melati 3", "--date", "2026-11-27"),
        ("--kelompok", "Melati 3", "--date", "besok"),
        ("--meeting", "999"),
        ("--kelompok", "Anggrek 1"),
    ],
)
def test_what_cannot_be_meant_is_said(office, words):
    assert isinstance(like_pkh("attendance", *words).exception, WrongInput)


def test_letters_have_running_numbers_that_stay(office, tmp_path):
    c = office
    when = ("--kelompok", "Melati 3", "--date", "2026-11-28")
    (first,) = made(tmp_path, "letter", *when)
    shown = text(first)
    for words in ("LIKE-PKH/P2K2/001/XI/2026", "23 November 2026 (2026-11-23)", "Agenda P2K2 Desa Babayau", "Mars PKH"):
        assert words in shown, words
    (again,) = made(tmp_path, "letter", *when)
    assert again == first
    c.chat.meeting("Anggrek 1", starts="2026-11-30 09:00", announced="now")
    made(tmp_path, "letter", "--kelompok", "Anggrek 1")
    c.budi.says("GANTI JADWAL Melati 3; 29-11-2026 10.00").taps("Kirim")
    c.rahma.says("BATALKAN Anggrek 1; banjir").taps("Kirim")
    c.chat.at("2027-01-04 09:00")
    c.chat.meeting("Anggrek 1", starts="2027-01-09 09:00", announced="now")
    made(tmp_path, "letter", "--meeting", str(c.chat.meetings()[0].id))
    made(tmp_path, "letter", "--kelompok", "Anggrek 1")
    made(tmp_path, "letter", "--register", "--out", "surat.xlsx")
    rows = list(load_workbook(tmp_path / "surat.xlsx").worksheets[0].iter_rows(min_row=3, values_only=True))
    assert rows[0] == ("No Surat", "Tanggal", "Hari, tanggal", "Tentang", "Dokumen", "Keadaan")
    assert [(row[0], row[1], row[5]) for row in rows[1:]] == [
        ("LIKE-PKH/P2K2/001/XI/2026", "2026-11-23", "diganti"),
        ("LIKE-PKH/P2K2/002/XI/2026", "2026-11-23", "dibatalkan"),
        ("LIKE-PKH/P2K2/001/I/2027", "2027-01-04", "berlaku"),
        ("LIKE-PKH/P2K2/002/I/2027", "2027-01-04", "berlaku"),
    ]
    assert rows[1][4] == "Surat LIKE-PKH-P2K2-001-XI-2026 Agenda P2K2 Desa Babayau.pdf"
    assert (tmp_path / rows[1][4]).exists()
    made(tmp_path, "letter", "--register", "--out", "surat.csv")
    assert "LIKE-PKH/P2K2/002/I/2027" in (tmp_path / "surat.csv").read_text("utf-8-sig")


def test_siks_rows_are_by_name_with_an_empty_nik_and_text_that_fits(office, tmp_path):
    held(office)
    made(tmp_path, "siks", "--kelompok", "Melati 3", "--month", "2026-11", "--out", "siks.xlsx")
    activities, people = load_workbook(tmp_path / "siks.xlsx").worksheets
    assert (activities.title, people.title) == ("Kegiatan", "Peserta")
    (row,) = table(activities)
    assert (row["Mulai"], row["Pemateri"], row["Materi"]) == ("09.00 WITA", None, "P2 Memahami Perilaku Anak")
    assert len(row["Nama kegiatan"]) <= 100
    assert "hadir 2, izin 0, sakit 1, alpa 1, belum diketahui 0 dari 4 keluarga" in row["Uraian"]
    assert row["Belum tercatat"] == "pemateri, hasil, periksa tempat, hambatan, tindak lanjut"
    rows = table(people)
    assert {(r["Nama pengurus"], r["Kehadiran"]) for r in rows} >= {("Siti", "Hadir"), ("Wati", "Sakit")}
    assert {r["NIK"] for r in rows} == {None}
    (cell,) = [c for c in people["C"] if c.value == FORMULA]
    assert cell.data_type == "s"


def test_the_recap_says_what_the_summary_says(office, tmp_path):
    held(office)
    made(tmp_path, "recap", "--month", "2026-11")
    form, every = load_workbook(tmp_path / "Rekap P2K2 2026-11.xlsx").worksheets
    assert (form.title, every.title) == ("Batumandi", "Semua pertemuan")
    rows = {row["Kelompok"]: row for row in table(form)}
    assert rows["Anggrek 1"]["Alasan tidak terlaksana"] == "belum ada jadwal"
    found = office.chat.ask(lambda tx: tx.summary.recap("2026-11", "kelompok", None))
    for line in found.rows:
        row = rows[line.name]
        assert (row["Direncanakan"], row["Terlaksana"], row["Hadir"]) == (line.planned, line.held, line.hadir)
        assert row["Tidak hadir"] == line.izin + line.sakit + line.alpa
        assert row["Belum diketahui"] == line.belum_diketahui
    last = table(form)[-1]
    assert (last["Desa"], last["Total KPM"], last["Hadir"], last["Belum dinilai"]) == ("Jumlah", 5, 2, 4)
    total = table(every)[-1]
    assert (total["Kelompok"], total["Hadir"], total["Di daftar hadir"]) == ("Jumlah", 2, 4)
    assert isinstance(like_pkh("recap", "--kecamatan", "Juai").exception, WrongInput)


def table(sheet: Any) -> list[dict[str, Any]]:
    """What stands under the heads in the third row."""
    heads, *rows = sheet.iter_rows(min_row=3, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_evidence_for_the_innovation_index_counts_families_once_and_guesses_nothing(office, tmp_path):
    c = office
    c.chat.at("2026-11-25 08:30")
    c.wati.says("tidak bisa, sakit")
    c.chat.at("2026-11-26 08:30")
    c.wati.says("tidak bisa")
    held(c)
    assert like_pkh("header", "--set", "provinsi=Kalimantan Selatan", "--set", "menit_sebelum=5").exit_code == 0
    assert json.loads(like_pkh("header", "--json").stdout)["provinsi"] == "Kalimantan Selatan"
    made(tmp_path, "innovation", "--year", "2026", "--out", "bukti.xlsx")
    book = load_workbook(tmp_path / "bukti.xlsx")
    users = {row["Bulan"]: row for row in table(book["Pengguna"])}
    november = users["November 2026"]
    assert (november["Menjawab"], november["Hadir terverifikasi"], november["Pengguna"]) == (1, 2, 3)
    assert users["Jumlah 2026 (keluarga berbeda)"]["Pengguna"] == 3
    assert table(book["Cakupan"])[0] == {"Unit": "Kelompok", "Terlaksana": 1, "Semua": 2, "Bagian": "50,0%"}
    assert {row["Nilai"] for row in table(book["Efisiensi"])} == {"5", "belum diukur"}
    assert {"Isian": "Provinsi", "Nilai": "Kalimantan Selatan"} in table(book["Kop"])
    like_pkh("header", "--set", "menit_sesudah=4")
    (paper,) = made(tmp_path, "innovation")
    shown = text(paper)
    assert (tmp_path / "Bukti Inovasi LIKE-PKH Balangan 2026.pdf").exists()
    wanted = ("BUKTI INOVASI DAERAH", "20,0% (dari 5 menjadi 4 menit", "dua tahun terakhir: 0", "belum diisi")
    for words in wanted:
        assert words in shown, words
    report = text(made(tmp_path, "report", "--kelompok", "Melati 3", "--date", "2026-11-28")[0])
    assert "Provinsi : Kalimantan Selatan" in report
    for wrong in (("header", "--set", "warna=biru"), ("innovation", "--year", "12")):
        assert isinstance(like_pkh(*wrong).exception, WrongInput)
