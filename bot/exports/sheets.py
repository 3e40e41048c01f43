"""What does a recap look like in a spreadsheet? Names as text, numbers as numbers, nothing that runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.summary import NUMBERS, Recap, heading
from messages.spoken import month_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def summary_sheet(recap: Recap) -> bytes:
    out = io.BytesIO()
    book = _book(out)
    sheet = book.add_worksheet(f"Rekap {recap.month}")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "top": 1})
    sheet.write_string(
        0, 0, f"Rekap kehadiran P2K2 {month_name(recap.month)} per {recap.by}", book.add_format({"bold": True})
    )
    for column, title in enumerate([recap.by, *(heading(name) for name in NUMBERS)]):
        sheet.write_string(2, column, title.capitalize(), head)
    for row, line in enumerate([*recap.rows, recap.total], 3):
        last = line is recap.total
        sheet.write_string(row, 0, line.name, bold if last else None)
        for column, number in enumerate(NUMBERS, 1):
            sheet.write_number(row, column, getattr(line, number), bold if last else None)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(NUMBERS), 10)
    sheet.freeze_panes(3, 1)
    book.close()
    return out.getvalue()


def table_sheet(title: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows with the same columns: numbers as numbers, everything else as text, an unknown number left empty."""
    out = io.BytesIO()
    book = _book(out)
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    columns = list(rows[0]) if rows else []
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name.replace("_", " "), head)
    for number, row in enumerate(rows, 1):
        for column, name in enumerate(columns):
            value = row[name]
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value))
    sheet.set_column(0, max(len(columns) - 1, 0), 16)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _book(out: io.BytesIO) -> Any:
    import xlsxwriter  # only when a sheet is asked for: a bot that runs for months needs the memory

    return xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


Rows = Sequence[Mapping[str, Any]]
WIDEST = 60
"""Characters of a column; longer words are wrapped."""


def tables_book(sheets: Sequence[tuple[str, str, Rows]]) -> bytes:
    """(name of the sheet, what it is, rows) each: A4 across, the head on every page, 'Jumlah' in bold."""
    out = io.BytesIO()
    book = _book(out)
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E9E9E9"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    last = book.add_format({"border": 1, "bold": True})
    taken: set[str] = set()
    for name, title, rows in sheets:
        sheet = book.add_worksheet(_sheet_name(name, taken))
        sheet.write_string(0, 0, title, bold)
        columns = list(rows[0]) if rows else []
        for column, heading_of in enumerate(columns):
            sheet.write_string(2, column, heading_of, head)
            longest = max([len(heading_of) // 2, *(len(str(row[heading_of])) for row in rows)])
            sheet.set_column(column, column, min(max(longest + 2, 8), WIDEST))
        for number, row in enumerate(rows, 3):
            form = last if "Jumlah" in row.values() else cell
            for column, key in enumerate(columns):
                _write(sheet, number, column, row[key], form)
        if not rows:
            sheet.write_string(2, 0, "Belum ada data.")
        sheet.freeze_panes(3, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
    book.close()
    return out.getvalue()


def csv_text(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; what a spreadsheet would run as a formula begins with an apostrophe instead."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: object) -> object:
    runs = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if runs else cell


def _write(sheet: Any, row: int, column: int, value: object, form: Any) -> None:
    """Numbers as numbers, everything else as text: nothing runs as a formula."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, form)
    elif value in (None, ""):
        sheet.write_blank(row, column, None, form)
    else:
        sheet.write_string(row, column, str(value), form)


def _sheet_name(name: str, taken: set[str]) -> str:
    """At most 31 letters, without the signs that Excel refuses, and each only once."""
    clean = "".join(" " if sign in "[]:*?/\\'" else sign for sign in name).strip()[:31] or "Lembar"
    number = 1
    while clean.lower() in taken:
        number += 1
        clean = f"{clean[:27]} {number}"
    taken.add(clean.lower())
    return clean
