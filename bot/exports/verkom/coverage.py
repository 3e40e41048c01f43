"""What may be read above the pendamping? Counts per list and place, small ones hidden."""

from __future__ import annotations

from collections.abc import Iterator

from bot.exports.verkom.tables import FORM_TITLES
from data.records import Kelompok
from handlers.obligations.collecting import Verkom
from handlers.rules.verkom import Counts, of_meetings, shown

LISTS = (*FORM_TITLES.values(), "P2K2")


def coverage_rows(found: Verkom, by: str) -> list[list[str]]:
    """Counts per list and place, the meetings last; small cells are hidden."""
    sums: dict[tuple[str, str], Counts] = {}
    for kelompok, title, counts in _counted(found):
        key = ({"kelompok": kelompok.name, "desa": kelompok.desa, "kecamatan": kelompok.kecamatan}[by], title)
        sums[key] = sums.get(key, Counts()) + counts
    return [
        [place, title, *shown(counts, suppress=True).values()]
        for (place, title), counts in sorted(sums.items(), key=lambda one: (one[0][0], LISTS.index(one[0][1])))
        if counts.due
    ]


def _counted(found: Verkom) -> Iterator[tuple[Kelompok, str, Counts]]:
    for row in found.rows:
        yield row.kelompok, FORM_TITLES[row.form], row.counts
    for kelompok, _, attended in found.p2k2:
        yield kelompok, "P2K2", of_meetings(attended)
