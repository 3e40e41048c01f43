"""TINDAK LANJUT on a page and on paper: whom to go and see, why, and what was written down last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from bot.dashboard.door import Ask
from data.records import Kelompok, Staff
from data.scoped import Visited
from data.store import Tx
from handlers import status
from messages.envelope import KpmId


@dataclass(frozen=True, slots=True)
class Rounds:
    """Everybody to go and see, by kelompok and reason."""

    groups: Sequence[tuple[Kelompok, Sequence[status.ToVisit]]]
    notes: Mapping[KpmId, Visited]
    now: datetime

    @property
    def count(self) -> int:
        return sum(len(found) for _, found in self.groups)


async def page(ask: Ask) -> Response:
    found = await ask.look(lambda tx: _rounds(tx, ask.who))
    return ask.page("tindak-lanjut.html", title="Tindak lanjut", d=found, TITLES=status.TITLES)


def _rounds(tx: Tx, who: Staff) -> Rounds:
    order = list(status.TITLES)
    groups = []
    for kelompok in tx.people.kelompok_in_scope(who):
        found = sorted(status.to_visit(tx, kelompok, tx.now), key=lambda one: order.index(one.why))
        if found:
            groups.append((kelompok, found))
    zone = tx.scoped.zone(who)
    ids = [one.kpm.id for _, found in groups for one in found]
    notes: dict[KpmId, Visited] = {}
    for note in tx.scoped.visits(who, ids):
        notes.setdefault(note.kpm_id, note.at_zone(zone))
    return Rounds(groups, notes, tx.now.astimezone(zone))
