"""How does the verkom list look on paper and in a spreadsheet? A4, black and white, without NIK, unknown by itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import Any

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from bot.exports.paper import page_fonts
from handlers.obligations.collecting import Row, Verkom, age_words
from handlers.rules.small_cells import below
from handlers.rules.verkom import FORMS, STATES, SUM, Counts, cells, shown
from messages.spoken import long_date

FORM_TITLES = {"kesehatan": "Kesehatan", "pendidikan": "Pendidikan", "kesejahteraan": "Kesejahteraan Sosial"}
STATE_TITLES = {
    "due": "Wajib",
    "reported": "Dilaporkan",
    "verified": "Diverifikasi",
    "not_done": "Belum",
    "unknown": "Belum diketahui",
}
HEAD = ("No", "Pengurus", "Anggota", "Umur", *STATE_TITLES.values(), "Keterangan")
P2K2_HEAD = ("No", "Pengurus", "Pertemuan", "Hadir", "Izin", "Sakit", "Alpa", "Belum diketahui")
WIDTHS = (10, 38, 38, 17, 17, 25, 27, 17, 24, 54)
P2K2_WIDTHS = (9, 60, 30, 25, 25, 25, 25, 40)


def _note(row: Row) -> str:
    return "; ".join(words for words in (row.note, row.reasons) if words)


def _cells(number: int, row: Row, found: Verkom) -> list[str | int]:
    counts = row.counts
    numbers = [getattr(counts, name) for name in STATES]
    return [number, row.kpm.name, row.member.name, age_words(row.member, found.as_of), *numbers, _note(row)]


def _kelompoks(found: Verkom) -> list[str]:
    return list(dict.fromkeys(kelompok.name for kelompok, _, _ in found.p2k2))


def _subtitle(found: Verkom) -> str:
    names = _kelompoks(found)
    where = names[0] if len(names) == 1 else f"{len(names)} kelompok"
    return f"{where}, {found.quarter}, keadaan {long_date(found.as_of)}"


# --- the spreadsheet


def verkom_sheet(found: Verkom) -> bytes:
    """A sheet per form and one for the meetings, set up for A4."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for form in FORMS:
        rows = found.of_form(form)
        cells = [_cells(n, row, found) for n, row in enumerate(rows, 1)]
        total = found.total(form)
        last = ["", "Jumlah", "", "", *(getattr(total, name) for name in STATES), ""]
        _sheet(book, FORM_TITLES[form], f"Verkom {FORM_TITLES[form]}", found, HEAD, [*cells, last], WIDTHS)
    _sheet(book, "P2K2", "Kehadiran P2K2", found, P2K2_HEAD, _p2k2(found), P2K2_WIDTHS)
    book.close()
    return out.getvalue()


def _p2k2(found: Verkom) -> list[list[str | int]]:
    return [
        [n, kpm.name, one.held, one.hadir, one.izin, one.sakit, one.alpa, one.unknown]
        for n, (_, kpm, one) in enumerate(found.p2k2, 1)
    ]


def _sheet(
    book: Any,
    name: str,
    title: str,
    found: Verkom,
    head: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    widths: Sequence[int],
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_size": 13})
    top = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
    box = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title, bold)
    sheet.write_string(1, 0, _subtitle(found))
    for column, word in enumerate(head):
        sheet.write_string(3, column, word, top)
        sheet.set_column(column, column, widths[column] / 2)
    for at, row in enumerate(rows, 4):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(at, column, cell, box)
            else:
                sheet.write_string(at, column, cell, box)
    signed = len(rows) + 6
    sheet.write_string(signed, 1, "Pendamping,")
    sheet.write_string(signed + 4, 1, "(..............................)")
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    sheet.freeze_panes(4, 3)
    sheet.set_footer("&L" + _subtitle(found).replace("&", "&&") + "&R&P / &N")


# --- the page


def verkom_pdf(found: Verkom) -> bytes:
    """A page or more per form, with room for a signature on the last."""
    plain, bold = page_fonts()
    words = ParagraphStyle("words", fontName=plain, fontSize=8.5, leading=10.5)
    heads = ParagraphStyle("heads", parent=words, fontName=bold)
    title = ParagraphStyle("title", parent=heads, fontSize=14, leading=18)
    out = io.BytesIO()
    margin = 14 * mm
    size = landscape(A4)
    paper = SimpleDocTemplate(
        out,
        pagesize=size,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=18 * mm,
        title=f"Verkom {found.quarter}",
        author="LIKE-PKH",
        invariant=True,
    )
    story: list[Any] = []
    for form in FORMS:
        rows = [_cells(n, row, found) for n, row in enumerate(found.of_form(form), 1)]
        total = found.total(form)
        rows.append(["", "Jumlah", "", "", *(getattr(total, name) for name in STATES), ""])
        story += [Paragraph(f"Verifikasi komitmen: {FORM_TITLES[form]}", title), Paragraph(_subtitle(found), words)]
        story += [Spacer(1, 4 * mm), _table(HEAD, rows, WIDTHS, words, heads, total=True), PageBreak()]
    story += [Paragraph("Verifikasi komitmen: kehadiran P2K2", title), Paragraph(_subtitle(found), words)]
    story += [Spacer(1, 4 * mm), _table(P2K2_HEAD, _p2k2(found), P2K2_WIDTHS, words, heads, total=False)]
    signed = [Spacer(1, 8 * mm), Paragraph("Pendamping,", words), Spacer(1, 16 * mm)]
    story.append(KeepTogether([*signed, Paragraph("(..............................)", words)]))
    footer = partial(_footer, font=plain, words=_subtitle(found))
    paper.build(story, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


def _footer(canvas: Canvas, document: Any, *, font: str, words: str) -> None:
    canvas.setFont(font, 7.5)
    canvas.drawString(14 * mm, 9 * mm, f"{words}. Yang belum diketahui bukan berarti tidak dikerjakan.")
    canvas.drawRightString(landscape(A4)[0] - 14 * mm, 9 * mm, f"halaman {document.page}")


def _table(
    head: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    widths: Sequence[int],
    words: ParagraphStyle,
    heads: ParagraphStyle,
    *,
    total: bool,
) -> Table:
    cells = [[Paragraph(word, heads) for word in head]]
    for number, row in enumerate(rows):
        last = total and number == len(rows) - 1
        cells.append([Paragraph(_safe(cell), heads if last else words) for cell in row])
    table = Table(cells, colWidths=[width * mm for width in widths], repeatRows=1)
    lines = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.black),
        ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.88, 0.88, 0.88)),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    table.setStyle(TableStyle(lines))
    return table


def _safe(cell: str | int) -> str:
    return str(cell).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- above the pendamping: numbers only


def coverage_rows(found: Verkom, by: str) -> list[list[str]]:
    """Counts per form and place; small cells are hidden, also from who adds up the places."""
    sums: dict[tuple[str, str], Counts] = {}
    for row in found.rows:
        place = {"kelompok": row.kelompok.name, "desa": row.kelompok.desa, "kecamatan": row.kelompok.kecamatan}[by]
        key = (place, row.form)
        sums[key] = sums.get(key, Counts()) + row.counts
    rows = []
    for form in FORMS:
        places = sorted(place for place, found_form in sums if found_form == form)
        lines = [sums[place, form] for place in places]
        gone = below([cells(line) for line in lines], (), SUM)
        rows += [
            [place, FORM_TITLES[form], *shown(line, mine).values()]
            for place, line, mine in zip(places, lines, gone, strict=True)
        ]
    return sorted(rows, key=lambda row: row[:2])
