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
from data.records import Staff
from data.scoped import Planned
from data.store import Tx
from handlers.rules.attendance import begun

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    inside: bool
    off: str
    meetings: Sequence[Planned]


@dataclass(frozen=True, slots=True)
class Calendar:
    month: str
    before: str
    after: str
    weeks: Sequence[Sequence[Day]]
    meetings: Sequence[Planned]
    now: datetime


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
    return Calendar(month, f"{first - timedelta(days=1):%Y-%m}", f"{after:%Y-%m}", weeks, planned, now)


def _day(day: date, first: date, meetings: Sequence[Planned]) -> Day:
    return Day(day, day.month == first.month, day_off(day) or "", meetings)
