"""How is an A4 document set? One look for all papers: black on white, page numbers, heads that repeat."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

INK = "#000000"
SHADE = "#e9e9e9"
"""Grey that a black-and-white printer still tells from white."""

MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
FOOT = 10 * mm
PADDING = 6
"""Points that the frame of a page keeps free."""

GRID = [
    ("GRID", (0, 0), (-1, -1), 0.6, INK),
    ("BACKGROUND", (0, 0), (-1, 0), SHADE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]


@cache
def fonts() -> tuple[str, str]:
    """DejaVu, which matplotlib brings along: every name can be written, and every reader of PDF has it in the file."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name, file in (("Paper", "DejaVuSans.ttf"), ("Paper-Bold", "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily("Paper", normal="Paper", bold="Paper-Bold", italic="Paper", boldItalic="Paper-Bold")
    return "Paper", "Paper-Bold"


@cache
def style(size: float = 9, *, bold: bool = False, centred: bool = False) -> Any:
    plain, heavy = fonts()
    more = {"alignment": TA_CENTER} if centred else {}
    return ParagraphStyle(
        "words", fontName=heavy if bold else plain, fontSize=size, leading=size * 1.32, textColor=INK, **more
    )


def words(text: object, size: float = 9, *, bold: bool = False, centred: bool = False) -> Any:
    """A paragraph; what people wrote is text and never markup."""
    lines = escape(str(text)).replace("\n", "<br/>")
    return Paragraph(lines, style(size, bold=bold, centred=centred))


def gap(height: float = 4) -> Any:
    return Spacer(1, height * mm)


def facts(pairs: Sequence[tuple[str, object]], label: float = 42) -> Any:
    """'Kelompok : Melati 3', one under the other."""
    rows = [[words(name), words(":"), words(value)] for name, value in pairs]
    table = Table(rows, colWidths=[label * mm, 4 * mm, WIDTH - (label + 4) * mm])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 0.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return table


def grid(
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    *,
    heights: float | None = None,
    more: Sequence[Any] = (),
    heads: int = 1,
) -> Any:
    """A table with lines; its head stands on every page. `widths` are shares of the page."""
    columns = [WIDTH * share / sum(widths) for share in widths]
    tall = [None] * heads + [heights * mm if heights else None] * (len(rows) - heads)
    table = Table([list(row) for row in rows], colWidths=columns, rowHeights=tall, repeatRows=heads)
    table.setStyle(TableStyle([*GRID, *more]))
    return table


def signatures(*who: tuple[str, str]) -> Any:
    """Side by side: whose signature, and the name under the line."""
    line = "(" + "." * 36 + ")"
    blank = [[words(title, centred=True), gap(18), words(name or line, centred=True)] for title, name in who]
    table = Table([blank], colWidths=[WIDTH / len(who)] * len(who))
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("NOSPLIT", (0, 0), (-1, -1))]))
    return table


def document(title: str, story: Sequence[Any], foot: str) -> bytes:
    """The pages, each with `foot` and 'Halaman 1 dari 2'."""
    out = io.BytesIO()
    plain, _ = fonts()
    page = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=title,
        author="LIKE-PKH",
        lang="id",
        leftMargin=MARGIN - PADDING,
        rightMargin=MARGIN - PADDING,
        topMargin=14 * mm,
        bottomMargin=18 * mm,
        invariant=1,
    )
    page.build(list(story), canvasmaker=_numbered(foot, plain))
    return out.getvalue()


def _numbered(foot: str, font: str) -> type[Canvas]:
    class Numbered(Canvas):  # type: ignore[misc]  # reportlab ships no types
        """Holds the pages back until it knows how many there are."""

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.held: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self.held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, kept in enumerate(self.held, 1):
                self.__dict__.update(kept)
                self.setFont(font, 7.5)
                self.setFillColor(INK)
                self.drawString(MARGIN, FOOT, foot)
                self.drawRightString(A4[0] - MARGIN, FOOT, f"Halaman {number} dari {len(self.held)}")
                super().showPage()
            super().save()

    return Numbered
