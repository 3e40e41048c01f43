"""What is signed at a meeting? The daftar hadir on A4: blank before, with the pendamping's marks after. Never a NIK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.base import File
from bot.exports.naming import file_name
from bot.exports.pages import SHADE, document, facts, gap, grid, signatures, words

ROW = 9.5
"""Millimetres: a thumb fits."""

LONG = 44
"""Letters of a name that fit into two lines of the usual size."""


def attendance_sheet(params: Mapping[str, Any]) -> File:
    """`params` as made by handlers/reports/sheet.py."""
    filled = bool(params["filled"])
    title = f"DAFTAR HADIR PERTEMUAN {params['what'].upper()}"
    story = [
        words(params["office"], 10, centred=True),
        words("Program Keluarga Harapan (PKH)", 10, centred=True),
        gap(1),
        words(title, 13, bold=True, centred=True),
        gap(3),
        facts(_head(params), 40),
        gap(3),
        _table(params["rows"], filled),
        gap(2),
        *([words(params["counts"], 9, bold=True)] if filled else []),
        gap(4),
        signatures(
            ("Ketua kelompok,", params["ketua"]),
            ("Pendamping Sosial PKH,", f"{params['pendamping']}\nNIP: " + "." * 30),
        ),
    ]
    name = file_name("Daftar Hadir", params["what"], params["kelompok"], params["date"], "" if filled else "(kosong)")
    return File(f"{name}.pdf", "application/pdf", document(name, story, f"{params['kelompok']}, {params['when']}"))


def _head(params: Mapping[str, Any]) -> list[tuple[str, object]]:
    place = f"{params['desa']}, Kecamatan {params['kecamatan']}, Kabupaten {params['kabupaten']}"
    return [
        ("Kelompok", params["kelompok"]),
        ("Desa", place),
        ("Modul", params["module"]),
        ("Sesi", params["session"]),
        ("Hari, tanggal, waktu", params["when"]),
        ("Tempat", params["place"]),
        ("Pendamping", params["pendamping"]),
        *([("Keadaan", params["as_of"])] if params["filled"] else []),
    ]


def _table(rows: Sequence[Mapping[str, Any]], filled: bool) -> Any:
    """Two staggered columns for signatures, odd left and even right, so that thumbs do not touch."""
    heads = ["No", "Nama lengkap pengurus", "Alamat/ lingkungan", "Status"]
    widths: list[float] = [11, 50, 31, 17]
    if filled:
        heads, widths = [*heads, "Kehadiran"], [*widths, 24]
    first = len(heads)
    lines: list[list[Any]] = [
        [*(_head_word(head) for head in heads), _head_word("Tanda tangan/cap jempol"), ""],
        [*[""] * first, _head_word("ganjil"), _head_word("genap")],
    ]
    for number, row in enumerate(rows, 1):
        name = f"{row['name']} (ketua kelompok)" if row["ketua"] else row["name"]
        line = [
            words(number, centred=True),
            words(name, 9 if len(name) <= LONG else 7),
            "",
            words(row["status"], 8, centred=True),
        ]
        if filled:
            line.append(words(row["mark"], 8, centred=True))
        line += [words(number, 7), ""] if number % 2 else ["", words(number, 7)]
        lines.append(line)
    if not rows:
        lines.append([words("(belum ada keluarga aktif)"), *[""] * (first + 1)])
    more: list[Any] = [
        ("SPAN", (first, 0), (first + 1, 0)),
        *(("SPAN", (column, 0), (column, 1)) for column in range(first)),
        ("BACKGROUND", (0, 1), (-1, 1), SHADE),
        ("VALIGN", (first, 2), (-1, -1), "TOP"),
    ]
    if not rows:
        more.append(("SPAN", (0, 2), (-1, 2)))
    return grid(lines, [*widths, 28, 28], heights=ROW, more=more, heads=2)


def _head_word(text: str) -> Any:
    return words(text, 8.5, bold=True, centred=True)
