"""Whose turn is it for an unasked letter? Phones with consent, families below the limit, no meeting that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from data.people import Reach
from data.store import Tx
from handlers.rules.courtesy import WEEK, room_beside_meetings
from handlers.speech import names_of
from messages.envelope import KpmId

EVENING = time(19, 30)
MORNING = time(8, 0)
W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Turn(Generic[W]):
    """The wishes of one phone. `reach` is None for those that have to wait."""

    reach: Reach | None
    wishes: Sequence[W]
    zone: ZoneInfo

    def names(self, kpm_ids: Iterable[int]) -> str:
        wanted = set(kpm_ids)
        return names_of([kpm for kpm in (self.reach.kpms if self.reach else ()) if kpm.id in wanted])


def turns(tx: Tx, wishes: Sequence[tuple[KpmId, int, W]]) -> list[Turn[W]]:
    """Group (family, kelompok, wish) by phone. The letters of a meeting go first: while one lies ahead within a
    week, or was invited to, nothing else may use up the family's two letters; later one of them stays free."""
    result: list[Turn[W]] = []
    by_kelompok: dict[int, list[tuple[KpmId, W]]] = {}
    for kpm_id, kelompok_id, wish in wishes:
        by_kelompok.setdefault(kelompok_id, []).append((kpm_id, wish))
    for kelompok_id, mine in by_kelompok.items():
        zone = tx.people.kelompok(kelompok_id).zone
        if _meeting_ahead(tx, kelompok_id):
            result.append(Turn(None, [wish for _, wish in mine], zone))
            continue
        result += _by_phone(tx, kelompok_id, mine, zone)
    return result


def _by_phone(tx: Tx, kelompok_id: int, mine: Sequence[tuple[KpmId, W]], zone: ZoneInfo) -> list[Turn[W]]:
    reach = {kpm.id: one for one in tx.people.reachable([kelompok_id]) for kpm in one.kpms}
    ids = [kpm_id for kpm_id, _ in mine]
    letters, beside = tx.outbox.unasked_since(ids, tx.now - WEEK), tx.outbox.beside_meetings_since(ids, tx.now - WEEK)
    waiting: list[W] = []
    phones: dict[int, tuple[Reach, list[W]]] = {}
    for kpm_id, wish in mine:
        one = reach.get(kpm_id)
        if one is None or not room_beside_meetings(letters.get(kpm_id, 0), beside.get(kpm_id, 0)):
            waiting.append(wish)
        else:
            phones.setdefault(one.address_id, (one, []))[1].append(wish)
    found = [Turn(one, found, zone) for one, found in phones.values()]
    return [*found, Turn(None, waiting, zone)] if waiting else found


def _meeting_ahead(tx: Tx, kelompok_id: int) -> bool:
    following = tx.meetings.current_or_next(kelompok_id, tx.now)
    return following is not None and following.starts - tx.now < WEEK


def next_at(at: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """The next time this clock shows, by the kabupaten's own."""
    local = at.astimezone(zone)
    today = datetime.combine(local.date(), clock, zone)
    return today if today >= local else today + timedelta(days=1)
