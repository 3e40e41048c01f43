"""The calendar of one month: which kelompok meets when, and which day is free."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.responses import Response

from bot.dashboard.door import Ask
from data.content.daysoff import day_off
from data.records import Kelompok, Staff
from data.scoped import Planned
from data.store import Tx
from handlers import meetings
from handlers.meetings import Votes
from handlers.rules.attendance import begun

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    inside: bool
    off: str
    meetings: Sequence[Planned]


@dataclass(frozen=True, slots=True)
class Monthly:
    """'Sabtu kedua 09.00' of one kelompok, and the next one that has not been planned."""

    kelompok: Kelompok
    said: str
    place: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    month: str
    before: str
    after: str
    weeks: Sequence[Sequence[Day]]
    meetings: Sequence[Planned]
    now: datetime
    monthly: Sequence[Monthly] = ()
    asked: Sequence[tuple[Kelompok, Votes]] = ()


async def page(ask: Ask) -> Response:
    found = await ask.look(lambda tx: _calendar(tx, ask.who, ask.query("bulan")))
    return ask.page("jadwal.html", title="Jadwal", d=found, may=lambda p: begun(p.starts, p.cancelled, found.now))


def _calendar(tx: Tx, who: Staff, month: str) -> Calendar:
    zone = tx.scoped.zone(who)
    now = tx.now.astimezone(zone)
    if not MONTH.fullmatch(month):
        month = f"{now:%Y-%m}"
    first = date(int(month[:4]), int(month[5:]), 1)
    begins = datetime(first.year, first.month, 1, tzinfo=zone)
    after = (first + timedelta(days=32)).replace(day=1)
    ends = datetime(after.year, after.month, 1, tzinfo=zone)
    planned = tx.scoped.meetings(who, begins, ends)
    weeks = [
        [_day(day, first, [p for p in planned if p.starts.date() == day]) for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    before, mine = f"{first - timedelta(days=1):%Y-%m}", tx.people.kelompok_in_scope(who)
    asked = [(k, meetings.votes(tx, one)) for k in mine if (one := tx.proposals.open_for(k.id)) is not None]
    return Calendar(month, before, f"{after:%Y-%m}", weeks, planned, now, _monthly(tx, mine), asked)


def _monthly(tx: Tx, kelompoks: Sequence[Kelompok]) -> list[Monthly]:
    mine = {k.id: k for k in kelompoks}
    found = [(one, mine[one.kelompok_id]) for one in tx.rhythms.every() if one.kelompok_id in mine]
    return [
        Monthly(k, f"{meetings.named((one.nth, one.weekday))} {one.starts.replace(':', '.')}", one.place, starts, ends)
        for one, k in found
        for starts, ends in [meetings.coming(tx, one, k)]
    ]


def _day(day: date, first: date, planned: Sequence[Planned]) -> Day:
    return Day(day, day.month == first.month, day_off(day) or "", planned)
