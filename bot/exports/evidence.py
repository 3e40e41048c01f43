"""How is the evidence for the innovation index handed in? As a PDF with cover and tables, or as a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportlab.platypus import PageBreak

from bot.channels.base import File
from bot.exports.naming import file_name
from bot.exports.pages import document, facts, gap, grid, words
from bot.exports.sheets import XLSX, tables_book


def innovation_evidence(params: Mapping[str, Any]) -> File:
    """`params` as made by handlers/reports/innovation.py."""
    name = file_name("Bukti Inovasi LIKE-PKH", params["kabupaten"], params["year"])
    if params.get("format") == "xlsx":
        cover = [{"Isian": label, "Nilai": value} for label, value in params["cover"]]
        title = f"{name}, keadaan {params['as_of']}"
        tables = [(table["title"], table["note"], table["rows"]) for table in params["tables"]]
        return File(f"{name}.xlsx", XLSX, tables_book([("Kop", title, cover), *tables]))
    story = [
        gap(30),
        words(params["office"], 12, centred=True),
        gap(6),
        words("BUKTI INOVASI DAERAH", 18, bold=True, centred=True),
        words("LIKE-PKH", 18, bold=True, centred=True),
        words(f"Tahun {params['year']}", 12, centred=True),
        gap(12),
        facts([(label, value) for label, value in params["cover"]], 60),
        gap(8),
        words(f"Keadaan {params['as_of']}. Semua angka dihitung dari catatan bot dan daftar hadir."),
        PageBreak(),
    ]
    for number, table in enumerate(params["tables"], 1):
        story += [words(f"{number}. {table['title']}", 11, bold=True), words(table["note"], 8.5), gap(1)]
        story += [_table(table["rows"]), gap(5)]
    return File(f"{name}.pdf", "application/pdf", document(name, story, f"{name}, keadaan {params['as_of']}"))


def _table(rows: list[Mapping[str, Any]]) -> Any:
    if not rows:
        return words("Belum ada data.")
    columns = list(rows[0])
    widths = [max(6, min(24, *[max(len(_cell(row[c])) for row in rows)], 24), min(len(c), 12)) for c in columns]
    lines = [[words(column, 8, bold=True, centred=True) for column in columns]]
    lines += [[words(_cell(row[column]), 8) for column in columns] for row in rows]
    return grid(lines, widths)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}".replace(".", ",") if isinstance(value, float) else str(value)
