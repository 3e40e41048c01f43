"""TINDAK LANJUT on a page and on paper: whom to go and see, why, and what was written down last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from bot.dashboard.door import Ask
from data.records import Kelompok, Kpm, Staff
from data.scoped import Visited
from data.store import Tx
from handlers import status
from messages.envelope import KpmId


@dataclass(frozen=True, slots=True)
class Call:
    """One family, every reason to go and see it, what it has not done, and the last note."""

    kpm: Kpm
    why: str
    undone: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rounds:
    """Everybody to go and see, by kelompok and reason."""

    groups: Sequence[tuple[Kelompok, Sequence[Call]]]
    notes: Mapping[KpmId, Visited]
    now: datetime

    @property
    def count(self) -> int:
        return sum(len(found) for _, found in self.groups)


async def page(ask: Ask) -> Response:
    found = await ask.look(lambda tx: _rounds(tx, ask.who))
    return ask.page("tindak-lanjut.html", title="Tindak lanjut", d=found)


def _rounds(tx: Tx, who: Staff) -> Rounds:
    groups = []
    for kelompok in tx.people.kelompok_in_scope(who):
        if calls := _calls(tx, kelompok):
            groups.append((kelompok, calls))
    zone = tx.scoped.zone(who)
    ids = [one.kpm.id for _, found in groups for one in found]
    notes: dict[KpmId, Visited] = {}
    for note in tx.scoped.visits(who, ids):
        notes.setdefault(note.kpm_id, note.at_zone(zone))
    return Rounds(groups, notes, tx.now.astimezone(zone))


def _calls(tx: Tx, kelompok: Kelompok) -> list[Call]:
    """By reason; a family that only left something undone comes last."""
    order = list(status.TITLES)
    undone: dict[KpmId, list[str]] = {}
    for one in status.undone(tx, kelompok, tx.now):
        undone.setdefault(one.kpm_id, []).append(one.what)
    found = sorted(status.to_visit(tx, kelompok, tx.now), key=lambda one: order.index(one.why))
    calls = [
        Call(one.kpm, " · ".join(filter(None, [status.TITLES[one.why], one.hint])), undone.pop(one.kpm.id, ()))
        for one in found
    ]
    others = [(kpm, what) for kpm_id, what in undone.items() if (kpm := tx.people.kpm(kpm_id)) is not None]
    return [*calls, *(Call(kpm, "", what) for kpm, what in others)]
