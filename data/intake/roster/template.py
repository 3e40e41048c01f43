"""What does an empty roster look like? A file to fill in, with one invented family as an example."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

FAMILY = (
    "id_kpm",
    "nama pengurus",
    "sapaan",
    "tanggal lahir",
    "kelompok",
    "desa",
    "kecamatan",
    "kabupaten",
    "no hp",
    "hp_milik",
    "status",
    "ketua",
    "pendamping",
    "bahasa",
)
MEMBER = ("nama anggota", "tanggal lahir", "hubungan", "komponen", "hpl", "sekolah", "jenjang")
WIDE = ("nama", "lahir", "hubungan", "komponen", "hpl", "sekolah", "jenjang")
OWNER = ("id_kpm", "nama pengurus", "kelompok")

EXAMPLE = ("CONTOH-1", "Contoh Melati", "Ibu", "28-11-1990", "Melati 1", "Contoh Desa", "Contoh Kecamatan")
EXAMPLE_REST = ("Contoh Kabupaten", "+62 811-0000-0000", "sendiri", "aktif", "ya", "", "id")
EXAMPLE_MEMBERS = (
    ("Contoh Anak", "15-06-2018", "anak", "sekolah", "", "SDN Contoh", "SD"),
    ("Contoh Melati", "28-11-1990", "pengurus", "ibu_hamil", "12-04-2027", "", ""),
)
CHOICES = {
    "sapaan": "Ibu,Bapak,Nenek,Kakek",
    "hp_milik": "sendiri,keluarga",
    "status": "calon,aktif,graduasi,nonaktif",
    "ketua": "ya,tidak",
    "bahasa": "id,bjn,jv",
    "komponen": "ibu_hamil,nifas,anak_usia_dini,sekolah,lansia,disabilitas_berat,lain",
    "hubungan": "pengurus,suami,istri,anak,orang tua,cucu,saudara,lain",
    "jenjang": "PAUD,SD,SMP,SMA,SLB,Paket A,Paket B,Paket C",
}
GUIDE = (
    ("Isi lembar 'keluarga': satu baris untuk satu keluarga. Lembar 'anggota': satu baris untuk satu anggota.", ""),
    (
        "NIK dan nomor KK jangan ditulis di mana pun. Kolom seperti itu tidak dibaca; angkanya di kolom lain ditolak.",
        "",
    ),
    ("", ""),
    (
        "id_kpm",
        "Tanda keluarga dari kantor, bukan NIK. Boleh kosong; lalu keluarga dikenali dari nama, kelompok, lahir.",
    ),
    ("nama pengurus", "Wajib. Nama yang dipakai di daftar hadir."),
    ("sapaan", "Ibu, Bapak, Nenek atau Kakek. Kosong berarti Ibu."),
    ("tanggal lahir", "Tanggal-bulan-tahun, misalnya 28-11-1990."),
    ("kelompok, desa", "Wajib. Kecamatan wajib bila desanya baru; kabupaten wajib pada impor pertama."),
    ("no hp", "Boleh kosong. Dua nomor dipisah dengan /. Satu nomor boleh dipakai beberapa keluarga."),
    ("hp_milik", "sendiri atau keluarga. Bila dua nomor, ini tentang yang pertama."),
    ("status", "calon, aktif, graduasi atau nonaktif. Hanya yang aktif diundang dan dihitung. Kosong berarti aktif."),
    ("ketua", "ya untuk ketua kelompok, satu per kelompok."),
    ("pendamping", "Nama atau nomor HP pendamping yang sudah didaftarkan. Boleh kosong."),
    ("bahasa", "id (Indonesia), bjn (Banjar) atau jv (Jawa). Kosong berarti id."),
    ("komponen", "Satu komponen per baris anggota. Pengurus yang hamil juga ditulis sebagai anggota."),
    ("hpl", "Hari perkiraan lahir, hanya untuk ibu_hamil."),
    ("", ""),
    ("Yang kosong tidak mengubah data yang sudah ada. Baris CONTOH dilewati.", ""),
)
ROWS = 2000
TITLE = Font(bold=True, color="FFFFFF")
FILL = PatternFill("solid", start_color="1F5F4A", end_color="1F5F4A")


def write_template(path: Path | str) -> None:
    """Write the file to fill in: .xlsx with two sheets, lists and an explanation, or .csv with one wide sheet."""
    path = Path(path)
    if path.suffix.lower() == ".csv":
        _write_csv(path)
    elif path.suffix.lower() == ".xlsx":
        _write_workbook(path)
    else:
        raise ValueError(f"{path.name}: nama berkas harus berakhir .xlsx atau .csv.")


def _write_csv(path: Path) -> None:
    members = [f"anggota{n}_{title}" for n in (1, 2, 3) for title in WIDE]
    example = [cell for member in EXAMPLE_MEMBERS for cell in member]
    # With BOM and semicolons an Indonesian Excel opens it as columns, with the letters right.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([*FAMILY, *members])
        writer.writerow([*EXAMPLE, *EXAMPLE_REST, *example, *("",) * len(WIDE)])


def _write_workbook(path: Path) -> None:
    book = Workbook()
    del book["Sheet"]
    _sheet(book, "keluarga", FAMILY, [(*EXAMPLE, *EXAMPLE_REST)])
    members = [(EXAMPLE[0], EXAMPLE[1], EXAMPLE[4], *member) for member in EXAMPLE_MEMBERS]
    _sheet(book, "anggota", (*OWNER, *MEMBER), members)
    guide = book.create_sheet("petunjuk")
    for row in GUIDE:
        guide.append(row)
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 18, 100
    book.save(path)


def _sheet(book: Workbook, name: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet = book.create_sheet(name)
    for row in (titles, *rows):
        sheet.append(row)
    sheet.freeze_panes = "A2"
    for at, title in enumerate(titles, 1):
        letter = get_column_letter(at)
        head = sheet.cell(1, at)
        head.font, head.fill, head.alignment = TITLE, FILL, Alignment(vertical="center")
        sheet.column_dimensions[letter].width = max(14, len(title) + 4)
        # As text, or Excel takes the zero off a number and turns a date around.
        sheet.column_dimensions[letter].number_format = "@"
        for cell in sheet[letter][1:]:
            cell.number_format = "@"
        if title in CHOICES:
            _choices(sheet, f"{letter}2:{letter}{ROWS + 1}", CHOICES[title])


def _choices(sheet: Any, cells: str, words: str) -> None:
    allowed = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
    allowed.errorTitle, allowed.error = "Pilihan", f"Pilih: {words.replace(',', ', ')}."
    sheet.add_data_validation(allowed)
    allowed.add(cells)
