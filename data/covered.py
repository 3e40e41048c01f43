"""Which sessions were held so far, in which kelompok? Counted from the meetings, inside the scope of who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, cast, func, select

from data.records import Kind
from data.schema import kelompok, meeting, meeting_kelompok
from data.scoped import PLACES
from data.summary import HELD

NOBODY = "(belum ada pendamping)"
_ITS = meeting_kelompok.c.kelompok_id == kelompok.c.id
_THAT = meeting.c.id == meeting_kelompok.c.meeting_id
_HAD = (
    meeting.c.kind == Kind.P2K2.value,
    meeting.c.cancelled.is_(False),
    meeting.c.session.is_not(None),
    HELD,
)


@dataclass(frozen=True, slots=True)
class Covered:
    """How many kelompok of one part have met for each session, and of one kelompok when."""

    name: str
    key: str
    groups: int
    sessions: Mapping[str, int]
    months: Mapping[str, str]
    """The last month of each, where the part is one kelompok."""


def of_kelompok(conn: Connection, mine: Sequence[Any]) -> list[Covered]:
    """A line for each kelompok that `mine` lets through, with its months."""
    rows = conn.execute(
        select(kelompok.c.id, meeting.c.session, func.max(meeting.c.month))
        .select_from(
            PLACES.join(meeting_kelompok, meeting_kelompok.c.kelompok_id == kelompok.c.id).join(meeting, _THAT)
        )
        .where(*mine, *_HAD)
        .group_by(kelompok.c.id, meeting.c.session)
    )
    had: dict[int, dict[str, str]] = {}
    for kelompok_id, session, month in rows:
        had.setdefault(kelompok_id, {})[session] = month
    lines = conn.execute(select(kelompok.c.id, kelompok.c.name).select_from(PLACES).where(*mine)).all()
    found = [Covered(name, str(one), 1, dict.fromkeys(had.get(one, ()), 1), had.get(one, {})) for one, name in lines]
    return sorted(found, key=lambda line: (line.name, line.key))


def of_parts(conn: Connection, key: Any, name: Any, mine: Sequence[Any], *, wide: bool) -> list[Covered]:
    """A line for each key. The kelompok of a session come as one text: to sort a quarter of a million rows for those
    that differ costs a database more than everything else. `wide`: most kelompok are meant, so meetings are read as
    they lie, and not by the index of one kelompok after the other."""
    places = select(kelompok.c.id, key, name).select_from(PLACES).where(*mine)
    part: dict[str, Any] = {}
    names: dict[Any, str] = {}
    for one, its_key, its_name in conn.execute(places):
        part[str(one)], names[its_key] = its_key, its_name
    ids, which = select(kelompok.c.id).select_from(PLACES).where(*mine), meeting_kelompok.c.kelompok_id
    rows = conn.execute(
        select(meeting.c.session, func.aggregate_strings(cast(which, String), ","))
        .select_from(meeting_kelompok.join(meeting, _THAT))
        .where((which + 0 if wide else which).in_(ids), *_HAD)
        .group_by(meeting.c.session)
    )
    had: dict[Any, dict[str, int]] = {one: {} for one in names}
    for session, text in rows:
        for its_key, count in Counter(part[one] for one in set(text.split(",")) if one in part).items():
            had[its_key][session] = count
    groups = Counter(part.values())
    found = [Covered(names[one] or NOBODY, str(one), groups[one], had[one], {}) for one in names]
    return sorted(found, key=lambda line: (line.name, line.key))
