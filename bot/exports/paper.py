"""How is a page with QRs drawn? As a picture for phones and as A4 for the printer, both from the same words."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import segno
from matplotlib.figure import Figure
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

INK, ACCENT = "#1f2a24", "#2f6b4f"
QUIET_ZONE = 4
"""Empty modules around a QR: without them a camera does not find it."""


@dataclass(frozen=True, slots=True)
class Square:
    """One QR, and what to do with it."""

    content: str
    caption: str


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a poster, from top to bottom."""

    title: str
    above: Sequence[str]
    squares: Sequence[Square]
    below: Sequence[str]
    promise: str


@cache
def _modules(content: str) -> Sequence[Sequence[int]]:
    """1 is dark. Medium correction: paper gets dirty."""
    code = segno.make(content, error="m", micro=False)
    return [[int(module) for module in row] for row in code.matrix_iter(border=QUIET_ZONE)]


# --- the picture


def png(page: Page) -> bytes:
    """Portrait, as a phone is held."""
    figure = Figure(figsize=(6, 8), dpi=150, facecolor="white")
    at = _text(figure, 0.955, page.title, 26, weight="bold", colour=ACCENT, width=24)
    for line in page.above:
        at = _text(figure, at - 0.008, line, 14, width=52)
    at = _squares(figure, at - 0.02, page.squares)
    for line in page.below:
        at = _text(figure, at - 0.012, line, 12.5, width=58)
    _text(figure, at - 0.02, page.promise, 17, weight="bold", colour=ACCENT, width=40)
    out = io.BytesIO()
    figure.savefig(out, format="png", bbox_inches="tight", pad_inches=0.35)
    return out.getvalue()


def _text(
    figure: Figure, top: float, words: str, size: float, *, width: int, weight: str = "normal", colour: str = INK
) -> float:
    """Centred lines; returns where the next thing may begin, as a share of the height."""
    lines = textwrap.wrap(words, width)
    height = size * 1.35 / 72 / 8
    for line in lines:
        # A name with a dollar sign is a name, not mathematics.
        figure.text(
            0.5, top, line, ha="center", va="top", fontsize=size, fontweight=weight, color=colour, parse_math=False
        )
        top -= height
    return top


def _squares(figure: Figure, top: float, squares: Sequence[Square]) -> float:
    across = 0.62 if len(squares) == 1 else 0.46
    tall = across * 6 / 8
    for number, square in enumerate(squares):
        middle = 0.5 if len(squares) == 1 else 0.26 + 0.48 * number
        axes = figure.add_axes((middle - across / 2, top - tall, across, tall))
        axes.imshow(_modules(square.content), cmap="gray_r", interpolation="nearest")
        axes.axis("off")
        for row, line in enumerate(textwrap.wrap(square.caption, 44 if len(squares) == 1 else 26)):
            below = top - tall - 0.004 - row * 0.03
            figure.text(middle, below, line, ha="center", va="top", fontsize=13, color=INK, parse_math=False)
    rows = max(len(textwrap.wrap(s.caption, 44 if len(squares) == 1 else 26)) for s in squares)
    return top - tall - 0.01 - rows * 0.03


# --- the page


@cache
def page_fonts() -> tuple[str, str]:
    """DejaVu, which matplotlib brings along: the PDF speaks every name that the picture does."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name, file in (("Poster", "DejaVuSans.ttf"), ("Poster-Bold", "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    return "Poster", "Poster-Bold"


def pdf(page: Page) -> bytes:
    """A4, to be seen from two metres."""
    plain, bold = page_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle(page.title)
    canvas.setAuthor("LIKE-PKH")
    at = _lines(canvas, A4[1] - 32 * mm, page.title, bold, 34, ACCENT)
    for line in page.above:
        at = _lines(canvas, at - 1 * mm, line, plain, 16, INK)
    at = _draw_squares(canvas, at - 4 * mm, page.squares, plain)
    for line in page.below:
        at = _lines(canvas, at - 2 * mm, line, plain, 14, INK)
    _lines(canvas, at - 7 * mm, page.promise, bold, 22, ACCENT)
    canvas.save()
    return out.getvalue()


def _lines(canvas: Any, at: float, words: str, font: str, size: float, colour: str) -> float:
    """Centred, wrapped to the page; returns where the next line may stand."""
    canvas.setFont(font, size)
    canvas.setFillColor(colour)
    for line in _wrapped(words, font, size, A4[0] - 36 * mm):
        canvas.drawCentredString(A4[0] / 2, at, line)
        at -= size * 1.35
    return at


def _wrapped(words: str, font: str, size: float, width: float) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pdfmetrics.stringWidth(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _draw_squares(canvas: Any, top: float, squares: Sequence[Square], font: str) -> float:
    side = (110 if len(squares) == 1 else 80) * mm
    lowest = top
    for number, square in enumerate(squares):
        middle = A4[0] / 2 if len(squares) == 1 else A4[0] * (0.27 + 0.46 * number)
        _draw_modules(canvas, middle - side / 2, top - side, side, _modules(square.content))
        canvas.setFont(font, 14)
        at = top - side - 5 * mm
        for line in _wrapped(square.caption, font, 14, side):
            canvas.drawCentredString(middle, at, line)
            at -= 14 * 1.35
        lowest = min(lowest, at)
    return float(lowest - 3 * mm)


def _draw_modules(canvas: Any, left: float, bottom: float, side: float, rows: Sequence[Sequence[int]]) -> None:
    """Vector squares, sharp at any size; neighbours in a row are one rectangle, so that no hair line shows."""
    unit = side / len(rows)
    canvas.setFillColor("#000000")
    for number, row in enumerate(rows):
        start = 0
        for column in range(len(row) + 1):
            if column < len(row) and row[column]:
                continue
            if column > start:
                top = bottom + side - (number + 1) * unit
                canvas.rect(left + start * unit, top, (column - start) * unit, unit, stroke=0, fill=1)
            start = column + 1
