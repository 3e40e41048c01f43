"""What was understood and done where somebody stands: with denominators, counted when, and what may not be read."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.dashboard.door import Ask
from bot.dashboard.spot import Spot, spot_of
from data.content.obligations import limits
from data.figures import MILLION, NONE, Figured
from data.store import Tx
from handlers import figures
from handlers.rules.quiz_statistics import ENOUGH
from handlers.small_numbers import Gone, cells, hidden, hidden_sum

FRESH = timedelta(minutes=5)
NEVER = timedelta(days=36500)
"""So that only what was not counted yet is counted."""

PATIENCE = 0.4
"""Seconds that a page counts anew before it shows what there is; the rest is counted at night."""

AT_ONCE = 4
FEW, MANY = 40, 200
"""Kelompok: what patience is enough for, mostly; what is looked up at a time."""

FORMS = {"kesehatan": "Kesehatan", "pendidikan": "Pendidikan", "kesejahteraan": "Kesejahteraan sosial"}


@dataclass(frozen=True, slots=True)
class Understood:
    """The quiz numbers of one line as they may be read: no mean of fewer than five families, nor one that would
    betray it."""

    line: Figured
    gone: Collection[str]

    @property
    def mean(self) -> str:
        if "mean" in self.gone:
            return _few(self.line["quiz_families"])
        return _share(self.line["score"], self.line["finished"])

    @property
    def gain(self) -> str:
        """'40% → 70%, kenaikan 0,50 (6 keluarga)'."""
        families, pairs = self.line["pair_families"], self.line["pairs"]
        if "gain" in self.gone:
            return _few(families)
        if not pairs:
            return "–"
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
    gone: Gone

    def done(self, form: str) -> Sequence[Mapping[str, str]]:
        """The cells of one form, a line per part."""
        return [_shown(part, form, self.gone.of(part.key)) for part in self.parts]

    def sums(self, form: str) -> Mapping[str, str]:
        return _shown(self.total, form, self.gone.total)

    def understood(self, line: Figured) -> Understood:
        return Understood(line, self.gone.total if line is self.total else self.gone.of(line.key))


def _shown(line: Figured, form: str, gone: Collection[str]) -> dict[str, str]:
    numbers = {name.removeprefix(f"{form}_"): n for name, n in cells(line).items() if name.startswith(f"{form}_")}
    least = limits().suppress_below
    return {
        name: str(n) if f"{form}_{name}" not in gone else f"<{least}" if 0 < n < least else "…"
        for name, n in numbers.items()
    }


async def freshen(ask: Ask, page: str, age: timedelta = FRESH) -> None:
    """Count what is older, where few kelompok are: those are always up to date. Of many, only what was never counted,
    as far as patience goes: a part of them counted anew would not make the whole any newer."""

    def old(tx: Tx, age: timedelta, limit: int) -> tuple[str, list[int]]:
        spot, _ = spot_of(tx, ask, page)
        before = max(tx.now - age, datetime(2007, 1, 1, tzinfo=UTC))
        return spot.period.key, tx.figures.stale(spot.period.key, before, limit, ask.who, spot.where)

    period, ids = await ask.look(lambda tx: old(tx, age, FEW + 1 if age is FRESH else MANY))
    if age is FRESH and len(ids) > FEW:
        return await freshen(ask, page, NEVER)
    patience = PATIENCE if age is FRESH else PATIENCE / 3
    until = time.monotonic() + patience
    while ids and time.monotonic() < until:
        some, ids = ids[:AT_ONCE], ids[AT_ONCE:]
        await ask.write(lambda tx, some=some: _keep(tx, some, period))  # type: ignore[misc]


def _keep(tx: Tx, ids: Sequence[int], period: str) -> None:
    for kelompok_id in ids:
        figures.keep(tx, kelompok_id, period)


def seen(tx: Tx, ask: Ask, spot: Spot, now: datetime, *, lines: bool = True) -> Seen:
    """Without `lines` only the sum may be read."""
    parts = tx.figures.parts(ask.who, spot.period.key, spot.by, spot.where)
    before = tx.figures.parts(ask.who, spot.period.before.key, spot.by, spot.where)
    total = sum(parts, NONE)
    key, way = spot.period.key, tx.figures.way(ask.who, spot.where)
    gone = hidden(tx, key, way, spot.by) if lines else Gone(hidden_sum(tx, key, way), nothing_shown=True)
    at = total.at.astimezone(now.tzinfo) if total.at else None
    return Seen(spot, now, at, total, sum(before, NONE), parts, gone)


def _few(families: int) -> str:
    if not families:
        return "–"
    return f"kurang dari {ENOUGH} keluarga" if families < ENOUGH else "…"


def _share(millionths: int, number: int) -> str:
    return f"{millionths / MILLION / number:.0%}" if number else "–"
