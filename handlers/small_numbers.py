"""What is hidden from a koordinator in the numbers of obligations and quizzes, where she stands and in each line?

The way from everything down to her table is walked once, and in each table on it the rule hides what it must.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.figures import Figured
from data.store import Tx
from handlers.rules import small_cells
from handlers.rules.small_cells import Cells
from handlers.rules.verkom import FORMS, STATES

LEVELS = ("kabupaten", "kecamatan", "desa", "pendamping", "kelompok")
PARTS = {f"{form}_due": [f"{form}_{state}" for state in STATES[1:]] for form in FORMS}
QUIZ = {"mean": "quiz_families", "gain": "pair_families"}
"""A mean says something of every family in it, so it is hidden like their number."""

NAMES = (*(part for parts in PARTS.values() for part in parts), *PARTS, *QUIZ)
COUNTED = (*(part for parts in PARTS.values() for part in parts), *QUIZ.values())


@dataclass(frozen=True, slots=True)
class Gone:
    """Names of hidden cells: of the sum, and of each line by its key."""

    total: set[str]
    lines: Mapping[str, set[str]] = field(default_factory=dict)
    nothing_shown: bool = False

    def of(self, key: str) -> set[str]:
        return set(NAMES) if self.nothing_shown else self.lines.get(key, set())


EVERYTHING = Gone(set(NAMES), nothing_shown=True)


def cells(line: Figured | Mapping[str, int]) -> dict[str, int]:
    """'kesehatan_due', 'kesehatan_verified', …, 'mean', 'gain': every number that may be hidden."""
    states = {part: line[part] for parts in PARTS.values() for part in parts}
    sums = {total: sum(line[part] for part in parts) for total, parts in PARTS.items()}
    return {**states, **sums, **{name: line[families] for name, families in QUIZ.items()}}


def hidden(tx: Tx, period: str, path: Mapping[str, str] | None, by: str) -> Gone:
    """`path`: the key of each level above `by` that was chosen, from the kabupaten down, without a gap. Sums that
    lie across the levels have no such path; of them nothing is shown."""
    if path is None:
        return EVERYTHING
    periods = together(period)
    inside: dict[str, str] = {}
    lines = _level(tx, periods, "kabupaten", inside)
    gone = small_cells.alone(_sum(list(lines.values()), periods), PARTS)
    table = dict(zip(lines, small_cells.below(list(lines.values()), gone, PARTS), strict=True))
    for level in LEVELS[1 : LEVELS.index(by) + 1]:
        above = LEVELS[LEVELS.index(level) - 1]
        if above not in path:  # an admin, who sees the kecamatan of every kabupaten in one table
            tables = [_table(tx, periods, level, {above: key}, mine) for key, mine in table.items()]
            return Gone(gone, {key: mine for one in tables for key, mine in one.items()})
        inside[above] = path[above]
        gone = table.get(path[above], set())
        table = _table(tx, periods, level, inside, gone)
    return Gone(gone, table)


def hidden_sum(tx: Tx, period: str, path: Mapping[str, str] | None) -> set[str]:
    """Only of the sum where somebody stands."""
    if not path:
        return hidden(tx, period, path, LEVELS[0]).total
    level = list(path)[-1]
    return hidden(tx, period, path, level).of(path[level])


def together(period: str) -> Sequence[str]:
    """A triwulan and its months, whichever of them is meant."""
    year, number = period[:4], int(period[6]) if "T" in period else (int(period[5:]) + 2) // 3
    return [f"{year}-T{number}", *(f"{year}-{month:02}" for month in range(3 * number - 2, 3 * number + 1))]


def _table(
    tx: Tx, periods: Sequence[str], by: str, inside: Mapping[str, str], total_gone: set[str]
) -> dict[str, set[str]]:
    lines = _level(tx, periods, by, inside)
    return dict(zip(lines, small_cells.below(list(lines.values()), total_gone, PARTS), strict=True))


def _level(tx: Tx, periods: Sequence[str], by: str, inside: Mapping[str, str]) -> dict[str, Cells]:
    """Whoever looks, these are all the lines there are."""
    found: dict[str, dict[str, list[int]]] = {}
    for period, key, numbers in tx.figures.neighbours(periods, by, inside, COUNTED):
        mine = found.setdefault(key, {name: [0] * len(periods) for name in NAMES})
        for name, number in cells(numbers).items():
            mine[name][periods.index(period)] = number
    return dict(found)


def _sum(lines: Sequence[Cells], periods: Sequence[str]) -> Cells:
    return {name: [sum(line[name][n] for line in lines) for n in range(len(periods))] for name in NAMES}
