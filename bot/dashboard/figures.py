"""Quizzes, practices and obligations, from the kabupaten down to one kelompok: how many, of how many, counted when?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from bot.dashboard import charts
from bot.dashboard.door import Ask
from bot.dashboard.overview import Spot, change, spot_of
from data.figures import MILLION, NONE, Figured
from data.store import Tx
from handlers import figures
from handlers.rules.quiz_statistics import ENOUGH
from handlers.rules.verkom import FORMS, STATES, Counts, hidden
from handlers.rules.verkom import shown as one_line

FRESH = timedelta(minutes=5)
PATIENCE = 0.4
"""Seconds that a page counts anew before it shows what there is; the rest is counted at night."""

AT_ONCE = 4
FORM_TITLES = {"kesehatan": "Kesehatan", "pendidikan": "Pendidikan", "kesejahteraan": "Kesejahteraan sosial"}


@dataclass(frozen=True, slots=True)
class Understood:
    """The quiz numbers of one line as they may be read: no mean of fewer than five families."""

    line: Figured

    @property
    def mean(self) -> str:
        if self.line["quiz_families"] < ENOUGH:
            return _few(self.line["quiz_families"])
        return _share(self.line["score"], self.line["finished"])

    @property
    def gain(self) -> str:
        """'sebelum 40%, sesudah 70%, kenaikan 0,50 (6 keluarga)'."""
        families, pairs = self.line["pair_families"], self.line["pairs"]
        if families < ENOUGH:
            return _few(families)
        before, after = self.line["before"], self.line["after"]
        gain = (after - before) / (pairs * MILLION - before) if before < pairs * MILLION else None
        words = f"{gain:.2f}".replace(".", ",").replace("-", "−") if gain is not None else "–"
        return f"{_share(before, pairs)} → {_share(after, pairs)}, kenaikan {words} ({families} keluarga)"


@dataclass(frozen=True, slots=True)
class Seen:
    spot: Spot
    now: datetime
    at: datetime | None
    total: Figured
    before: Figured
    parts: Sequence[Figured]

    def done(self, form: str) -> Sequence[Mapping[str, str]]:
        """The cells of one form, a line per part."""
        lines = [counts(part, form) for part in self.parts]
        words = []
        for line, gone in zip(lines, hidden(lines), strict=True):
            plain, small = one_line(line, suppress=False), one_line(line, suppress=True)
            words.append(
                {
                    name: (small[name] if small[name][0] == "<" else "…") if name in gone else plain[name]
                    for name in STATES
                }
            )
        return words

    def sums(self, form: str) -> Mapping[str, str]:
        return one_line(counts(self.total, form), suppress=True)


def counts(line: Figured, form: str) -> Counts:
    numbers = {state: line[f"{form}_{state}"] for state in STATES[1:]}
    return Counts(due=sum(numbers.values()), **numbers)


async def page(ask: Ask) -> Response:
    await _freshen(ask)
    seen = await ask.look(lambda tx: _seen(tx, ask))
    return ask.page(
        "capaian.html",
        title=f"Kuis dan kewajiban {seen.spot.period.name}",
        d=seen,
        s=seen.spot,
        percent=charts.percent,
        change=change,
        U=Understood,
        FORMS={form: FORM_TITLES[form] for form in FORMS},
    )


async def _freshen(ask: Ask) -> None:
    """Count what is older than a few minutes, as far as patience goes: few kelompok are always up to date."""
    until = time.monotonic() + PATIENCE

    def some(tx: Tx) -> bool:
        spot, _ = spot_of(tx, ask, "/dasbor/capaian")
        ids = tx.figures.stale(spot.period.key, tx.now - FRESH, AT_ONCE, ask.who, spot.where)
        for kelompok_id in ids:
            figures.keep(tx, kelompok_id, spot.period.key)
        return len(ids) == AT_ONCE

    while await ask.write(some) and time.monotonic() < until:
        pass


def _seen(tx: Tx, ask: Ask) -> Seen:
    spot, now = spot_of(tx, ask, "/dasbor/capaian")
    parts = tx.figures.parts(ask.who, spot.period.key, spot.by, spot.where)
    before = tx.figures.parts(ask.who, spot.period.before.key, spot.by, spot.where)
    total = sum(parts, NONE)
    return Seen(spot, now, total.at.astimezone(now.tzinfo) if total.at else None, total, sum(before, NONE), parts)


def _few(families: int) -> str:
    return f"kurang dari {ENOUGH} keluarga" if families else "–"


def _share(millionths: int, number: int) -> str:
    return f"{millionths / MILLION / number:.0%}" if number else "–"
