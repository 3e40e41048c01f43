"""Which shapes show the numbers? Readable without colour: every part has its own pattern, and a table beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from data.overview import Sums
from messages.spoken import SHORT_MONTHS

HEIGHT, TOP, BOTTOM = 210, 26, 28
WIDE, NARROW = 640, 320
FEW = 6
"""Months on a small phone: more of them nobody can read there."""

MARKS = ("hadir", "izin", "sakit", "alpa", "unknown")
WORDS = {"hadir": "Hadir", "izin": "Izin", "sakit": "Sakit", "alpa": "Alpa", "unknown": "Belum diketahui"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of a bar."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One month, with what is written above and below it."""

    month: str
    label: str
    middle: float
    pieces: Sequence[Piece]
    above: str
    top: float
    sums: Sums


@dataclass(frozen=True, slots=True)
class Chart:
    """`narrow` is the same for a small phone."""

    width: int
    height: int
    base: float
    bars: Sequence[Bar]
    narrow: Chart | None = None


Shares = Callable[[Sums], Sequence[tuple[str, float]]]
Above = Callable[[Sums], str]


def attendance(months: Sequence[str], found: Mapping[str, Sums]) -> Chart:
    """Of a hundred on the register: how many came, excused themselves, stayed away, or are unknown."""

    def shares(sums: Sums) -> Sequence[tuple[str, float]]:
        return [(mark, getattr(sums, mark) / sums.expected) for mark in MARKS] if sums.expected else []

    return _both(months, found, shares, lambda sums: percent(sums.hadir, sums.expected))


def meetings(months: Sequence[str], found: Mapping[str, Sums]) -> Chart:
    """How many meetings were planned, and how many of them were held."""
    most = max((sums.planned for sums in found.values()), default=0) or 1

    def shares(sums: Sums) -> Sequence[tuple[str, float]]:
        left = max(sums.planned - sums.held - sums.cancelled, 0)
        return [("hadir", sums.held / most), ("alpa", sums.cancelled / most), ("unknown", left / most)]

    return _both(months, found, shares, lambda sums: f"{sums.held}/{sums.planned}" if sums.planned else "–")


def _both(months: Sequence[str], found: Mapping[str, Sums], shares: Shares, above: Above) -> Chart:
    wide, narrow = (
        Chart(width, HEIGHT, HEIGHT - BOTTOM, _bars(chosen, found, shares, above, width))
        for chosen, width in ((months, WIDE), (months[-FEW:], NARROW))
    )
    return Chart(wide.width, wide.height, wide.base, wide.bars, narrow)


def _bars(months: Sequence[str], found: Mapping[str, Sums], shares: Shares, above: Above, width: int) -> list[Bar]:
    step, room = width / len(months), HEIGHT - BOTTOM - TOP
    bars = []
    for number, month in enumerate(months):
        sums = found.get(month, Sums())
        left, y, pieces = step * (number + 0.19), float(HEIGHT - BOTTOM), []
        for kind, share in shares(sums):
            y -= room * share
            if share > 0:
                pieces.append(Piece(kind, round(left, 1), round(y, 1), round(step * 0.62, 1), round(room * share, 1)))
        label = _label(month, first=number == 0)
        bars.append(Bar(month, label, round(step * (number + 0.5), 1), pieces, above(sums), round(y - 6, 1), sums))
    return bars


def _label(month: str, *, first: bool) -> str:
    """'Des', and with its year where one begins."""
    year, number = month.split("-")
    short = SHORT_MONTHS[int(number) - 1]
    return f"{short} {year[2:]}" if first or number == "01" else short


def percent(part: int, whole: int) -> str:
    """'87%', and a dash where there is nothing to count; never 100 % or 0 % unless it is so."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.5:
        return "<1%"
    if 99.5 <= share < 100:
        return ">99%"
    return f"{share:.0f}%"
