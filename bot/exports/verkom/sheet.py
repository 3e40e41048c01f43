"""How does the verkom list look in a spreadsheet? A sheet per table, set up for A4."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from bot.exports.verkom.tables import Table, subtitle, tables
from handlers.obligations.collecting import Verkom

A4 = 9
HEAD = 3
"""The row of the titles, counted from 0."""


def verkom_sheet(found: Verkom) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for table in tables(found):
        _sheet(book, table, subtitle(found))
    book.close()
    return out.getvalue()


def _sheet(book: Any, table: Table, about: str) -> None:
    sheet = book.add_worksheet(table.name)
    frame = {"border": 1, "text_wrap": True, "valign": "top"}
    box, bold = book.add_format(frame), book.add_format({**frame, "bold": True})
    grey = book.add_format({**frame, "bold": True, "bg_color": "#E0E0E0"})
    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 13}))
    sheet.write_string(1, 0, f"{about}. {table.note}".rstrip(". ") + ("." if table.note else ""))
    for column, word in enumerate(table.head):
        sheet.write_string(HEAD, column, word, grey)
        sheet.set_column(column, column, table.widths[column] / 2)
    for at, row in enumerate(table.rows, HEAD + 1):
        last = table.summed and at == HEAD + len(table.rows)
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(at, column, cell, bold if last else box)
            else:
                sheet.write_string(at, column, cell, bold if last else box)
    signed = len(table.rows) + HEAD + 3
    sheet.write_string(signed, 1, "Pendamping,")
    sheet.write_string(signed + 4, 1, "(..............................)")
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.freeze_panes(HEAD + 1, 3)
    sheet.set_footer("&L" + about.replace("&", "&&") + "&R&P / &N")
