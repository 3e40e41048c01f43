"""How does the verkom list look on paper? A4 across, black and white, a table per page or more, room to sign."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from bot.exports.paper import page_fonts
from bot.exports.verkom.tables import Table, subtitle, tables
from handlers.obligations.collecting import Verkom


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
    for number, table in enumerate(tables(found)):
        story += [PageBreak()] if number else []
        story += [Paragraph(table.title, title), Paragraph(subtitle(found), words)]
        story += [Paragraph(table.note, words)] if table.note else []
        story += [Spacer(1, 4 * mm), _table(table, words, heads)]
    signed = [Spacer(1, 8 * mm), Paragraph("Pendamping,", words), Spacer(1, 16 * mm)]
    story.append(KeepTogether([*signed, Paragraph("(..............................)", words)]))
    footer = partial(_footer, font=plain, words=subtitle(found))
    paper.build(story, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


def _footer(canvas: Canvas, document: Any, *, font: str, words: str) -> None:
    canvas.setFont(font, 7.5)
    canvas.drawString(14 * mm, 9 * mm, f"{words}. Yang belum diketahui bukan berarti tidak dikerjakan.")
    canvas.drawRightString(landscape(A4)[0] - 14 * mm, 9 * mm, f"halaman {document.page}")


def _table(table: Table, words: ParagraphStyle, heads: ParagraphStyle) -> Flowable:
    cells = [[Paragraph(word, heads) for word in table.head]]
    for number, row in enumerate(table.rows, 1):
        last = table.summed and number == len(table.rows)
        cells.append([Paragraph(_safe(cell), heads if last else words) for cell in row])
    drawn = Grid(cells, colWidths=[width * mm for width in table.widths], repeatRows=1, hAlign="LEFT")
    lines = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.black),
        ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.88, 0.88, 0.88)),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    drawn.setStyle(TableStyle(lines))
    return drawn


def _safe(cell: str | int) -> str:
    return str(cell).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
