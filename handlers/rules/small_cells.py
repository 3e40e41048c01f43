"""Which numbers may nobody above the pendamping read, so that a small one cannot be found by subtraction either?

1. A number from one to four (`suppress_below`) is hidden, at every level. Nought is shown: it names nobody.
2. Along a line, where parts add up to a sum, and down a column, where places add up to the place above them: never
   one number alone is hidden, nor some that add up to less than five.
3. Whatever is hidden of a table lies on a ring of hidden numbers: along a line, down a column, and so back. Only then
   can all numbers of a ring be one more and one less in turn without any sum that is shown noticing. A number that
   joins two rings without lying on one would be found, so another is hidden with it.
4. What is hidden of a place in the table of its neighbours stays hidden in the sum below its own table, and the
   hidden numbers of that sum hang together in the table: a level up and a level down tell no more than one level.
5. A triwulan and its three months hide the same cells, so that no month is the triwulan less the others.

The hidden cells of a place depend on nobody who looks: a koordinator of the kabupaten, one of the desa and an admin
see the same. Numbers are counted anew every day: what somebody remembers of yesterday is not protected by this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from data.content.obligations import limits

Cells = Mapping[str, Sequence[int]]
"""Each number of a line, as it is in each of the periods that are hidden together."""

Parts = Mapping[str, Sequence[str]]
"""Which cells are the sum of which."""

Spot = tuple[int, str]
"""A line and the name of one of its cells."""


def alone(line: Cells, parts: Parts) -> set[str]:
    """The hidden cells of a line that stands in no table: everything there is."""
    return {name for _, name in _rows_closed([line], _small([line]), parts)}


def below(lines: Sequence[Cells], total_gone: Collection[str], parts: Parts) -> list[set[str]]:
    """The hidden cells of each line of a table, when those of its sum are decided already."""
    if len(lines) == 1:
        return [alone(lines[0], parts) | set(total_gone)]
    gone = _small(lines)
    names = list(lines[0]) if lines else []
    groups = [(total, *found) for total, found in parts.items()]
    before = -1
    while len(gone) != before:
        before = len(gone)
        _rows_closed(lines, gone, parts)
        for name in names:
            _column_closed(lines, gone, name, asked=name in total_gone)
        for group in groups:
            _joined(lines, gone, [name for name in group if name in total_gone], group)
            _ringed(lines, gone, group)
    return [{name for number, name in gone if number == line} for line in range(len(lines))]


def _small(lines: Sequence[Cells]) -> set[Spot]:
    least = limits().suppress_below
    return {
        (number, name)
        for number, line in enumerate(lines)
        for name, values in line.items()
        if any(0 < value < least for value in values)
    }


# --- lines and columns: never one alone


def _rows_closed(lines: Sequence[Cells], gone: set[Spot], parts: Parts) -> set[Spot]:
    for number in range(len(lines)):
        for total, found in parts.items():
            while _one_more(lines, gone, [(number, part) for part in found], other=(number, total) in gone):
                pass
    return gone


def _column_closed(lines: Sequence[Cells], gone: set[Spot], name: str, *, asked: bool) -> None:
    column = [(number, name) for number in range(len(lines))]
    if asked and not gone.intersection(column):
        _hide(lines, gone, column)
    while _one_more(lines, gone, column, other=False):
        pass


def _one_more(lines: Sequence[Cells], gone: set[Spot], cells: Sequence[Spot], *, other: bool) -> bool:
    """Hide one more of these parts of a sum, if what is hidden could be found; `other`: the sum is hidden too."""
    mine = [lines[number][name] for number, name in cells if (number, name) in gone]
    if bool(mine) if other else not mine or (len(mine) > 1 and _many(mine)):
        return False
    return _hide(lines, gone, cells)


def _many(gone: Iterable[Sequence[int]]) -> bool:
    """Together at least the limit in every period, or nothing."""
    sums = [sum(values) for values in zip(*gone, strict=True)]
    return all(value == 0 or value >= limits().suppress_below for value in sums)


def _hide(lines: Sequence[Cells], gone: set[Spot], cells: Iterable[Spot]) -> bool:
    """The smallest that is shown; a nought only where there is nothing else. False when all are hidden."""
    left = [cell for cell in cells if cell not in gone]
    if not left:
        return False
    gone.add(min(left, key=lambda cell: (not any(lines[cell[0]][cell[1]]), sum(lines[cell[0]][cell[1]]), cell)))
    return True


# --- rings


def _joined(lines: Sequence[Cells], gone: set[Spot], asked: Sequence[str], group: Sequence[str]) -> None:
    """The columns whose sum is hidden hang together."""
    for name in asked[1:]:
        edges = [cell for cell in gone if cell[1] in group]
        here = _reached(edges, asked[0])
        if name not in here:
            _hide(lines, gone, _between(lines, group, here, _reached(edges, name)))


def _ringed(lines: Sequence[Cells], gone: set[Spot], group: Sequence[str]) -> None:
    """No hidden number joins two sides that hang together by nothing else."""
    for cell in _bridges([cell for cell in gone if cell[1] in group]):
        edges = [one for one in gone if one[1] in group and one != cell]
        here = _reached(edges, cell[0])
        if cell[1] not in here:  # still, after those before it
            joining = _between(lines, group, here, _reached(edges, cell[1]))
            _hide(lines, gone, [one for one in joining if one != cell])


def _bridges(edges: Sequence[Spot]) -> list[Spot]:
    """Those that lie on no ring: whoever goes through one comes back by no other way."""
    beside = _beside(edges)
    order: dict[int | str, int] = {}
    lowest: dict[int | str, int] = {}
    found: list[Spot] = []
    for start in beside:
        if start in order:
            continue
        order[start] = lowest[start] = len(order)
        walk: list[tuple[int | str, int | str | None, Iterator[int | str]]] = [(start, None, iter(beside[start]))]
        while walk:
            at, came, rest = walk[-1]
            if (to := next(rest, None)) is None:
                walk.pop()
                if came is not None:
                    lowest[came] = min(lowest[came], lowest[at])
                    if lowest[at] > order[came]:
                        found.append(_spot(at, came))
            elif to not in order:
                order[to] = lowest[to] = len(order)
                walk.append((to, at, iter(beside[to])))
            elif to != came:
                lowest[at] = min(lowest[at], order[to])
    return sorted(found)


def _spot(one: int | str, other: int | str) -> Spot:
    return (one, str(other)) if isinstance(one, int) else (int(other), one)


def _beside(edges: Sequence[Spot]) -> dict[int | str, list[int | str]]:
    beside: dict[int | str, list[int | str]] = {}
    for number, name in edges:
        beside.setdefault(number, []).append(name)
        beside.setdefault(name, []).append(number)
    return beside


def _reached(edges: Sequence[Spot], start: int | str) -> set[int | str]:
    """Lines (numbers) and columns (names) that hang together with `start` by hidden cells."""
    beside = _beside(edges)
    found, fresh = {start}, [start]
    while fresh:
        new = [one for one in beside.get(fresh.pop(), ()) if one not in found]
        found.update(new)
        fresh += new
    return found


def _between(
    lines: Sequence[Cells], group: Sequence[str], here: Collection[int | str], there: Collection[int | str]
) -> list[Spot]:
    """Cells whose line lies on one side and whose column on the other; on a side without lines, any line will do."""
    every = range(len(lines))
    of_here, of_there = ({one for one in side if isinstance(one, int)} or every for side in (here, there))
    return [
        (number, name)
        for number in every
        for name in group
        if (name in there and number in of_here) or (name in here and number in of_there)
    ]
