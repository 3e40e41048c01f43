"""Can a small number be found by subtraction: along a line, down a column, a level up or down, or from a triwulan?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from handlers.rules.small_cells import alone, below

STATES = ("reported", "verified", "not_done", "unknown")
SUM = {"due": STATES}
PERIODS = 4
"""The triwulan first, then its months."""


def line(*numbers: int) -> dict[str, list[int]]:
    return {name: [number] for name, number in zip(("due", *STATES), (sum(numbers), *numbers), strict=True)}


ENOUGH = line(10, 10, 10, 10)


@pytest.mark.parametrize(
    ("lines", "total", "gone"),
    [
        ([ENOUGH, line(0, 20, 0, 5)], set(), [set(), set()]),
        ([line(0, 0, 0, 0)], set(), [set()]),
        # one small number: its neighbour along the line, and both of another line
        (
            [line(3, 20, 9, 8), line(12, 20, 9, 10)],
            set(),
            [{"reported", "unknown"}, {"reported", "unknown"}],
        ),
        # two small ones that add up to less than five need a third
        (
            [line(2, 20, 9, 2), line(12, 20, 9, 10)],
            set(),
            [{"reported", "unknown", "not_done"}, {"reported", "unknown", "not_done"}],
        ),
        # what is hidden of the sum above must not be the sum of what is shown below
        (
            [ENOUGH, line(10, 12, 14, 16)],
            {"verified", "unknown"},
            [{"verified", "unknown"}, {"verified", "unknown"}],
        ),
        # one line is its own sum
        ([line(3, 20, 9, 8)], {"reported", "unknown"}, [{"reported", "unknown"}]),
        # noughts name nobody, and are hidden only where nothing else is left
        ([line(4, 40, 0, 0)], set(), [{"reported", "verified"}]),
    ],
)
def test_what_is_hidden_of_a_table(lines, total, gone):
    assert below(lines, total, SUM) == gone


def test_a_month_hides_what_its_triwulan_hides():
    october = {name: [30, 2, 14, 14] if name == "reported" else [90, 30, 30, 30] for name in STATES}
    due = [sum(values) for values in zip(*october.values(), strict=True)]
    assert "reported" in alone({**october, "due": due}, SUM)


class Node:
    """A place with its cells for every period, and the places in it."""

    def __init__(self, chance: random.Random, depth: int) -> None:
        self.below = [Node(chance, depth - 1) for _ in range(chance.randint(1, 3))] if depth else []
        months = {name: [chance.choice((0, 0, 1, 2, 4, 6, 20)) for _ in range(PERIODS - 1)] for name in STATES}
        if self.below:
            months = {
                name: [sum(one.cells[name][n] for one in self.below) for n in range(1, PERIODS)] for name in STATES
            }
        states = {name: [sum(values), *values] for name, values in months.items()}
        self.cells: dict[str, list[int]] = {
            "due": [sum(values) for values in zip(*states.values(), strict=True)],
            **states,
        }
        self.gone: set[str] = set()

    def hide(self) -> None:
        for one, gone in zip(self.below, below([one.cells for one in self.below], self.gone, SUM), strict=True):
            one.gone = gone
            one.hide()

    def every(self) -> list[Node]:
        return [self, *(node for one in self.below for node in one.every())]


def found(root: Node) -> list[tuple[int, str, int]]:
    """The small numbers that the equations of all tables together leave only one value."""
    nodes = root.every()
    at = {
        (number, name, period): 0
        for number, node in enumerate(nodes)
        for name in node.gone
        for period in range(PERIODS)
    }
    at = {key: column for column, key in enumerate(at)}
    index = {id(node): number for number, node in enumerate(nodes)}
    rows: list[Mapping[int, int]] = []

    def equation(total: tuple[int, str, int], parts: Sequence[tuple[int, str, int]]) -> None:
        unknown = {at[key]: sign for key, sign in ((total, -1), *((part, 1) for part in parts)) if key in at}
        if unknown:
            rows.append(unknown)

    for number, node in enumerate(nodes):
        for period in range(PERIODS):
            equation((number, "due", period), [(number, name, period) for name in STATES])
            for name in node.cells if node.below else ():
                equation((number, name, period), [(index[id(one)], name, period) for one in node.below])
        for name in node.cells:
            equation((number, name, 0), [(number, name, period) for period in range(1, PERIODS)])
    matrix = np.zeros((len(rows) + 1, max(len(at), 1)))
    for number, row in enumerate(rows):
        for column, sign in row.items():
            matrix[number, column] = sign
    _, values, vectors = np.linalg.svd(matrix, full_matrices=True)
    free = vectors[int((values > 1e-9).sum()) :]
    known = [key for key, column in at.items() if not len(free) or np.abs(free[:, column]).max() < 1e-9]
    return [key for key in known if 0 < nodes[key[0]].cells[key[1]][key[2]] < 5]


@pytest.mark.parametrize("seed", [*range(8), 151])
def test_no_small_number_is_found_from_all_tables_of_all_levels_together(seed):
    root = Node(random.Random(seed), depth=3)
    root.gone = alone(root.cells, SUM)
    root.hide()
    for node in root.every():
        small = {name for name, values in node.cells.items() if any(0 < value < 5 for value in values)}
        assert small <= node.gone
    assert found(root) == []


def test_hiding_only_the_small_ones_would_not_do():
    root = Node(random.Random(100), depth=3)
    for node in root.every():
        node.gone = {name for name, values in node.cells.items() if any(0 < value < 5 for value in values)}
    assert found(root) != []
