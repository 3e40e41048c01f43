"""When may a family hear from us unasked, and how much is too much?"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.records import Hours

PER_MEETING = 2
"""Unasked letters about one meeting to one family; changes do not count."""

PER_WEEK = 2
"""Unasked letters of all kinds to one family in seven days; changes and urgent ones do not count."""

BESIDE_MEETINGS = 1
"""Of these two, what quizzes, practices and obligations may use together: one stays free for a meeting that is
announced meanwhile."""

WEEK = timedelta(days=7)
FRIDAY = 4
LATE_CHANGE = ("05:00", "21:30")
"""A cancellation that would come too late in the usual hours may use these: nobody shall walk for nothing."""


def may_speak(at: datetime, zone: ZoneInfo, hours: Hours) -> bool:
    """Whether an unasked letter may arrive at this minute, by the family's own clock."""
    local = at.astimezone(zone)
    clock = local.time()
    if not _t(hours.opens) <= clock < _t(hours.closes):
        return False
    if _t(hours.pause[0]) <= clock < _t(hours.pause[1]):
        return False
    return not (local.weekday() == FRIDAY and _t(hours.friday[0]) <= clock < _t(hours.friday[1]))


def next_allowed(at: datetime, zone: ZoneInfo, hours: Hours) -> datetime:
    """The first minute from `at` on at which an unasked letter may arrive."""
    if may_speak(at, zone, hours):
        return at
    local = at.astimezone(zone)
    ends = sorted({_t(hours.opens), _t(hours.pause[1]), _t(hours.friday[1])})
    for days in (0, 1, 2):
        for end in ends:
            candidate = datetime.combine(local.date() + timedelta(days=days), end, zone)
            if candidate > local and may_speak(candidate, zone, hours):
                return candidate.astimezone(at.tzinfo)
    raise ValueError("these hours never allow a letter")


def change_at(at: datetime, starts: datetime, zone: ZoneInfo, hours: Hours) -> datetime:
    """When a change of a meeting is told: in the usual hours, unless that would be too late to stay at home."""
    usual = next_allowed(at, zone, hours)
    if usual <= starts - timedelta(hours=1):
        return usual
    local = at.astimezone(zone)
    opens, closes = map(_t, LATE_CHANGE)
    if opens <= local.time() < closes:
        return at
    day = local.date() + timedelta(days=0 if local.time() < opens else 1)
    return datetime.combine(day, opens, zone).astimezone(at.tzinfo)


def too_much(letters_this_week: int, letters_about_this: int) -> bool:
    """Whether one more unasked letter would be one too many for this family."""
    return letters_this_week >= PER_WEEK or letters_about_this >= PER_MEETING


def room_beside_meetings(letters_this_week: int, beside_meetings: int) -> bool:
    """Whether a letter that is not about a meeting may go to this family now."""
    return letters_this_week < PER_WEEK and beside_meetings < BESIDE_MEETINGS


def _t(clock: str) -> time:
    return time.fromisoformat(clock)
