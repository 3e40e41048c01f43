"""Where does a koordinator stand: which place, which months, how she came there and where every link leads?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bot.dashboard import period
from bot.dashboard.door import LARGEST_NUMBER, Ask, Missing
from bot.dashboard.period import Period
from data.overview import BY, FIRST, Where
from data.records import Role, Staff
from data.store import Tx


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody stands: what the lines are, how they came here, and how every link goes on from here."""

    where: Where
    by: str
    trail: Sequence[tuple[str, str]]
    """(name, address) from the whole scope down to here."""
    period: Period
    page: str

    def link(self, **more: str) -> str:
        chosen = {
            "waktu": self.period.key,
            "kecamatan": self.where.kecamatan,
            "desa": self.where.desa,
            "pendamping": self.where.pendamping,
            **more,
        }
        return f"{self.page}?{urlencode({k: v for k, v in chosen.items() if v is not None})}"

    def down(self, key: str) -> str | None:
        """Where a line leads; a kelompok is the end."""
        return None if self.by == "kelompok" else self.link(**{self.by: key})


def change(part: int, whole: int, part_before: int, whole_before: int) -> str:
    """'naik 3 poin' since the period before, where both have a denominator."""
    if not whole or not whole_before:
        return "–"
    points = round(100 * part / whole) - round(100 * part_before / whole_before)
    return "tetap" if not points else f"{'naik' if points > 0 else 'turun'} {abs(points)} poin"


def spot_of(tx: Tx, ask: Ask, page: str) -> tuple[Spot, datetime]:
    """Raises Missing for a place outside the scope."""
    now = tx.now.astimezone(tx.scoped.zone(ask.who))
    when = period.read(ask.query("waktu"), now)
    where = Where(
        _number(ask.query("kecamatan")), _number(ask.query("desa")), ask.request.query_params.get("pendamping")
    )
    trail = [(_scope_name(tx, ask.who), Spot(Where(), "", (), when, page).link())]
    by = "kecamatan" if ask.who.role is Role.ADMIN else FIRST.get(ask.who.scope_level, "kelompok")
    so_far = Where()
    for level in ("kecamatan", "desa"):
        key = getattr(where, level)
        if key is None:
            continue
        name = tx.overview.name_of(ask.who, level, key)
        if name is None:
            raise Missing
        so_far = Where(key) if level == "kecamatan" else Where(so_far.kecamatan, key)
        trail.append((f"{level.capitalize()} {name}", Spot(so_far, "", (), when, page).link()))
        by = BY[BY.index(level) + 1]
    if where.pendamping is not None:
        name = where.pendamping[:80].replace("\x00", "")
        where = Where(where.kecamatan, where.desa, name)
        trail.append((name or "(belum ada pendamping)", Spot(where, "", (), when, page).link()))
        by = "kelompok"
    return Spot(where, by, trail, when, page), now


def _scope_name(tx: Tx, who: Staff) -> str:
    if who.role is Role.ADMIN or who.scope_level == "kabupaten":
        found = tx.people.kabupaten(who.scope_id if who.role is not Role.ADMIN else None)
        return found.name if found else "Semua"
    name = tx.overview.name_of(who, who.scope_level, who.scope_id)
    return f"{who.scope_level.capitalize()} {name or ''}".strip()


def _number(words: str) -> int | None:
    if not words:
        return None
    if not (words.isascii() and words.isdigit()) or int(words) > LARGEST_NUMBER:
        raise Missing
    return int(words)
