"""What may be read above the pendamping? Counts per list and place, small ones hidden."""

from __future__ import annotations

from collections.abc import Iterator

from bot.exports.verkom.tables import FORM_TITLES
from data.records import Kelompok
from handlers.obligations.collecting import Verkom
from handlers.rules.small_cells import below
from handlers.rules.verkom import SUM, Counts, cells, of_meetings, shown

LISTS = (*FORM_TITLES.values(), "P2K2")


def coverage_rows(found: Verkom, by: str) -> list[list[str]]:
    """Counts per list and place, the meetings last; small cells are hidden, also from who adds up the places."""
    sums: dict[tuple[str, str], Counts] = {}
    for kelompok, title, counts in _counted(found):
        key = ({"kelompok": kelompok.name, "desa": kelompok.desa, "kecamatan": kelompok.kecamatan}[by], title)
        sums[key] = sums.get(key, Counts()) + counts
    rows: list[tuple[str, int, list[str]]] = []
    for number, title in enumerate(LISTS):
        lines = {place: counts for (place, list_of), counts in sorted(sums.items()) if list_of == title and counts.due}
        gone = below([cells(counts) for counts in lines.values()], (), SUM)
        rows += [
            (place, number, [place, title, *shown(counts, mine).values()])
            for (place, counts), mine in zip(lines.items(), gone, strict=True)
        ]
    return [row for _, _, row in sorted(rows)]


def _counted(found: Verkom) -> Iterator[tuple[Kelompok, str, Counts]]:
    for row in found.rows:
        yield row.kelompok, FORM_TITLES[row.form], row.counts
    for kelompok, _, attended in found.p2k2:
        yield kelompok, "P2K2", of_meetings(attended)
