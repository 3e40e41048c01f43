"""What was understood, tried and done? Counted per kelompok and period by the rules, added up by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from data.dialect import Upsert
from data.overview import Where
from data.people import scope_clause
from data.records import Role, Staff
from data.schema import FIGURES, desa, figures, kabupaten, kecamatan, kelompok, staff
from data.scoped import PLACES

EVERYWHERE = Where()
KEEP = Upsert(figures, ["period", "kelompok_id"], ["pendamping_id", "at", "families", *FIGURES])
MILLION = 1_000_000
MOMENT = figures.c.at.type
_OWNER = func.coalesce(figures.c.pendamping_id, kelompok.c.pendamping_id)
_COUNTED = PLACES.outerjoin(
    figures, and_(figures.c.kelompok_id == kelompok.c.id, figures.c.period == bindparam("period"))
).outerjoin(staff, staff.c.id == _OWNER)
_NAME = func.coalesce(staff.c.name, "")
_LEVELS = {
    "kabupaten": (kabupaten.c.id, kabupaten.c.name),
    "kecamatan": (kecamatan.c.id, kecamatan.c.name),
    "desa": (desa.c.id, desa.c.name),
    "pendamping": (_NAME, _NAME),
    "kelompok": (kelompok.c.id, kelompok.c.name),
}


@dataclass(frozen=True, slots=True)
class Figured:
    """One line. `counted` of `groups` were counted, the oldest of them at `at`; shares are sums of millionths."""

    name: str
    key: str
    groups: int
    counted: int
    at: datetime | None
    families: int
    numbers: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def __add__(self, other: Figured) -> Figured:
        ats = [at for at in (self.at, other.at) if at is not None]
        return Figured(
            self.name,
            self.key,
            self.groups + other.groups,
            self.counted + other.counted,
            min(ats, default=None),
            self.families + other.families,
            {name: self.numbers[name] + other.numbers[name] for name in FIGURES},
        )


NONE = Figured("Jumlah", "", 0, 0, None, 0, dict.fromkeys(FIGURES, 0))


class Figures:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def keep(self, kelompok_id: int, period: str, by: int | None, families: int, numbers: Mapping[str, int]) -> None:
        values = {"period": period, "kelompok_id": kelompok_id, "pendamping_id": by, "families": families}
        KEEP(self.conn, {**values, "at": self.now, **dict.fromkeys(FIGURES, 0), **numbers})

    def stale(
        self, period: str, before: datetime, limit: int, who: Staff | None = None, where: Where = EVERYWHERE
    ) -> list[int]:
        """Kelompok that were not counted for this period since that moment; those never counted come first."""
        seen = [] if who is None else [scope_clause(who), where.clause(), _theirs(where)]
        rows = self.conn.execute(
            select(kelompok.c.id)
            .select_from(_COUNTED)
            .where(or_(figures.c.at.is_(None), figures.c.at < bindparam("b_before", type_=MOMENT)), *seen)
            .order_by(figures.c.at.is_not(None), figures.c.at, kelompok.c.id)
            .limit(limit),
            {"period": period, "b_before": before},
        )
        return [row.id for row in rows]

    def neighbours(
        self, periods: Sequence[str], by: str, inside: Mapping[str, str], names: Sequence[str]
    ) -> list[tuple[str, str, dict[str, int]]]:
        """(period, key, these numbers) of every line inside the places named, whoever asks: what a line hides depends
        on its neighbours, also on those that somebody does not see. Never shown."""
        key, _ = _LEVELS[by]
        kept = PLACES.join(figures, figures.c.kelompok_id == kelompok.c.id).outerjoin(staff, staff.c.id == _OWNER)
        chosen = [
            _LEVELS[level][0] == (value if level == "pendamping" else int(value)) for level, value in inside.items()
        ]
        sums = (func.sum(figures.c[one]) for one in names)
        rows = self.conn.execute(
            select(figures.c.period, key, *sums)
            .select_from(kept)
            .where(figures.c.period.in_(periods), *chosen)
            .group_by(figures.c.period, key)
        )
        return [(r[0], str(r[1]), {name: int(n) for name, n in zip(names, r[2:], strict=True)}) for r in rows]

    def way(self, who: Staff, where: Where) -> dict[str, str] | None:
        """The key of every level from the kabupaten down to where somebody stands; None where there is no one way: a
        pendamping of several desa."""
        levels = ("kabupaten", "kecamatan", "desa")
        chosen = {"desa": where.desa, "kecamatan": where.kecamatan}
        if who.role is not Role.ADMIN and chosen.get(who.scope_level) is None:
            chosen[who.scope_level] = who.scope_id
        deepest = next((level for level in reversed(levels) if chosen.get(level) is not None), None)
        if where.pendamping is not None and deepest != "desa":
            return None
        if deepest is None:
            return {}
        keys = select(kabupaten.c.id, kecamatan.c.id, desa.c.id).select_from(PLACES)
        row = self.conn.execute(keys.where(_LEVELS[deepest][0] == chosen[deepest]).limit(1)).first()
        way = dict(zip(levels, map(str, row or ()), strict=False))
        way = {level: way[level] for level in levels[: levels.index(deepest) + 1] if level in way}
        return way if where.pendamping is None else {**way, "pendamping": where.pendamping}

    def parts(self, who: Staff, period: str, by: str, where: Where) -> list[Figured]:
        """A line per `by`, by name, inside the scope of `who`."""
        key, name = _LEVELS[by]
        sums = (func.coalesce(func.sum(figures.c[one]), 0) for one in ("families", *FIGURES))
        rows = self.conn.execute(
            select(name, key, func.count(kelompok.c.id), func.count(figures.c.at), func.min(figures.c.at), *sums)
            .select_from(_COUNTED)
            .where(scope_clause(who), where.clause(), _theirs(where))
            .group_by(key, name),
            {"period": period},
        ).all()
        found = [
            Figured(r[0] or "(belum ada pendamping)", str(r[1]), r[2], r[3], r[4], int(r[5]), _numbers(r[6:]))
            for r in rows
        ]
        return sorted(found, key=lambda line: (line.name, line.key))


def _numbers(row: Any) -> dict[str, int]:
    return {name: int(number) for name, number in zip(FIGURES, row, strict=True)}


def _theirs(where: Where) -> Any:
    if where.pendamping is None:
        return and_(True)
    return where.pendamping == _NAME


__all__ = ["MILLION", "NONE", "Figured", "Figures"]
