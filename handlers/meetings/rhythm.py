"""'Sabtu kedua 09.00 tiap bulan': the next meeting is proposed to the pendamping, and never sent by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from data.records import Kelompok, Meeting, Person, Role, Staff
from data.rhythms import Rhythm
from data.store import Tx
from handlers.rules.dates import ORDINALS, WEEKDAYS, nth_weekday
from handlers.rules.reminders import MORNING
from handlers.speech import hours
from messages import spoken
from messages.envelope import Outbound, Priority, StaffTo

AHEAD = timedelta(days=14)
"""How long before the day it is proposed."""


def spoken_in_preview(draft: Mapping[str, Any]) -> str:
    """' (tiap bulan Sabtu kedua; bulan depan diusulkan dulu)'."""
    if "every" not in draft:
        return ""
    return f" (tiap bulan {named(draft['every'])}; bulan berikutnya diusulkan dulu, tidak dikirim sendiri)"


def named(every: Sequence[int]) -> str:
    """'Sabtu kedua'."""
    nth, weekday = every
    day = next(name for name, number in WEEKDAYS.items() if number == weekday)
    return f"{day.capitalize()} {next(name for name, number in ORDINALS.items() if number == nth)}"


def every_of(day: date, *, last: bool) -> tuple[int, int] | None:
    """Which day of the month this is, counted from its beginning or as the last; None when it is not that."""
    nth = -1 if last else (day.day - 1) // 7 + 1
    fits = nth in ORDINALS.values() and nth_weekday(day.year, day.month, nth, day.weekday()) == day
    return (nth, day.weekday()) if fits else None


def remember(tx: Tx, by: Staff, kelompok: Kelompok, meeting: Meeting, every: Sequence[int]) -> None:
    ends = meeting.ends.astimezone(meeting.zone)
    clocks = f"{meeting.local:%H:%M}", f"{ends:%H:%M}"
    tx.rhythms.keep(Rhythm(kelompok.id, by.id, every[0], every[1], *clocks, meeting.place, meeting.month))
    tx.audit.write(f"staff:{by.id}", "meeting.every_month", f"kelompok:{kelompok.id}", None, f"{every} {clocks[0]}")


def tick_rhythm(tx: Tx) -> bool:
    """In the morning, two weeks before the day: shall it be the same again?"""
    for one in tx.rhythms.every():
        kelompok = tx.people.kelompok(one.kelompok_id)
        local = tx.now.astimezone(kelompok.zone)
        if local.hour != MORNING.hour or kelompok.pendamping_id is None:
            continue
        month = _following(one.proposed)
        starts, ends = moment(one, kelompok, month)
        if starts <= tx.now:  # nobody looked for a while: that month is over
            tx.rhythms.proposed(kelompok.id, month)
            continue
        if starts.date() - local.date() > AHEAD:
            continue
        tx.rhythms.proposed(kelompok.id, month)
        if not _meets(tx, kelompok, starts):
            _propose(tx, one, kelompok, month, starts, ends)
    return False


def _propose(tx: Tx, one: Rhythm, kelompok: Kelompok, month: str, starts: datetime, ends: datetime) -> None:
    person = tx.people.staff(kelompok.pendamping_id or 0)
    if person is None or not person.active or person.role is not Role.PENDAMPING:
        return
    words = {
        "month": spoken.month_name(month),
        "kelompok": kelompok.name,
        "when": hours(starts, ends, kelompok.zone),
        "place": one.place,
        "ref": f"{kelompok.id}.{month}",
    }
    once = f"rhythm:{kelompok.id}:{month}"
    letter = Outbound(StaffTo(person.id), "meetings.rhythm", words, once=once, priority=Priority.REMINDER)
    tx.outbox.put(letter)


def _meets(tx: Tx, kelompok: Kelompok, at: datetime) -> bool:
    """Whether a meeting of that month stands already."""
    first = at.astimezone(kelompok.zone).replace(day=1, hour=0, minute=0)
    found = tx.meetings.of_kelompok([kelompok.id], first, first + timedelta(days=31))
    return any(not m.cancelled and m.month == f"{first:%Y-%m}" for m in found)


def moment(one: Rhythm, kelompok: Kelompok, month: str) -> tuple[datetime, datetime]:
    day = nth_weekday(int(month[:4]), int(month[5:]), one.nth, one.weekday)
    begin, end = (datetime.combine(day, time.fromisoformat(c), kelompok.zone) for c in (one.starts, one.ends))
    return begin, end


def forget(tx: Tx, by: Staff, kelompok: Kelompok) -> None:
    """It is not proposed any longer."""
    if (one := tx.rhythms.get(kelompok.id)) is not None:
        tx.rhythms.end(kelompok.id)
        was = f"{named((one.nth, one.weekday))} {one.starts}"
        tx.audit.write(f"staff:{by.id}", "meeting.every_month", f"kelompok:{kelompok.id}", was, None)


def coming(tx: Tx, one: Rhythm, kelompok: Kelompok) -> tuple[datetime, datetime]:
    """The next time that has not been spoken of."""
    month = _following(one.proposed)
    while (found := moment(one, kelompok, month))[0] <= tx.now:
        month = _following(month)
    return found


def _following(month: str) -> str:
    first = date(int(month[:4]), int(month[5:]), 1)
    return f"{first + timedelta(days=31):%Y-%m}"


def mine(who: Person, tx: Tx, ref: str) -> tuple[Kelompok, Rhythm, str] | None:
    """The kelompok, its rhythm and the month that a button names, inside one's own scope."""
    number, _, month = ref.partition(".")
    kelompoks = tx.people.kelompok_in_scope(who.staff) if who.staff is not None else []
    kelompok = next((k for k in kelompoks if str(k.id) == number), None)
    one = tx.rhythms.get(kelompok.id) if kelompok is not None else None
    return (kelompok, one, month) if kelompok is not None and one is not None and len(month) == 7 else None
