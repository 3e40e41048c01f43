"""What does a recap look like in a spreadsheet? Names as text, numbers as numbers, nothing that runs as a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from data.summary import NUMBERS, Recap, heading
from messages.spoken import month_name


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
