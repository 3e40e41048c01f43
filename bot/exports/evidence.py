"""How is the evidence for the innovation index handed in? As a PDF with cover and tables, or as a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportlab.platypus import PageBreak

from bot.channels.base import File
from bot.exports.pages import document, facts, file_name, gap, grid, words
from bot.exports.sheets import XLSX, tables_book
from data.records import Kabupaten
from data.store import Tx
from handlers import reports
from handlers.quiz.results import practice_rows, result_rows
from handlers.rules.quiz_statistics import ENOUGH
from messages.envelope import Attachment

LITERACY = {
    "session": "Sesi",
    "finished": "Kuis selesai",
    "pre_mean": "Rata-rata sebelum",
    "post_mean": "Rata-rata sesudah",
    "n_pairs": "Keluarga berpasangan",
    "gain": "Kenaikan",
}
PRACTICE = {"session": "Sesi", "told": "Dikirim", "asked": "Ditanya", "done": "Sudah", "not_yet": "Belum"}


def gathered(tx: Tx, home: Kabupaten, year: int, form: str) -> Attachment:
    """Everything that is counted for it; `form` is "pdf" or "xlsx"."""
    every = {"Semua": [k.id for k in tx.people.every_kelompok()]}
    quizzes = [_named(row, LITERACY) for row in result_rows(tx, every, None, by="unit", least=ENOUGH)]
    practices = [_named(row, PRACTICE) for row in practice_rows(tx, every, None, by="unit")]
    found = reports.innovation_evidence(tx, home, year, quizzes, practices)
    return Attachment(found.kind, {**found.params, "format": form})


def _named(row: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {title: row[name] for name, title in names.items()}


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
