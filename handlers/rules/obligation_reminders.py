"""When is a family reminded of what is due, and what waits for another week?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, time, timedelta
from functools import lru_cache

from data.obligations.records import Kept, Member
from handlers.rules.courtesy import PER_WEEK, WEEK, room_beside_meetings
from handlers.rules.obligations import DAY, Occurrence, has_delivered, is_enough, late_on, occurrences, touching

MORNING = time(9, 0)
"""An hour after the letters of meetings, which come first."""

EVENING = time(19, 35)
"""The posyandu is told of the evening before, after magrib."""

QUIET = 7
"""Days after a family was entered: the first week belongs to the introduction."""

SPREAD = 7
"""So that families entered on one day are not all reminded on one day."""

TIMES = 2
"""Reminders while it is due; then one when it is late."""

LATE_EVERY = 28
AHEAD = timedelta(days=62)
"""How far the next look is searched for; later things are found then."""

LOOK_AGAIN = 30
BORN_ASKED = (1, 8, 15)
"""Days after the HPL on which the pendamping is asked."""

MOST = 4
"""Things in one letter: more is a list, and for that there is KEWAJIBAN."""

Days = Callable[[date, date], Sequence[date]]
"""The posyandu days of the desa in a time; none when they are not known."""


def plan(one: Occurrence, posyandu: Days | None) -> list[date]:
    """The days on which it may be spoken of, first to last: on time, then as late."""
    if one.rule.posyandu and posyandu is not None:
        until = one.due_to + timedelta(days=one.rule.catch_up)
        on_time = [day - DAY for day in posyandu(one.due_from, one.due_to)]
        return on_time[:TIMES] + [day - DAY for day in posyandu(one.due_to + DAY, until)]
    start = one.remind or one.due_from
    on_time = [start + timedelta(days=one.rule.repeat * n) for n in range(TIMES)]
    days = [day for day in on_time if day <= one.due_to]
    if one.rule.catch_up and one.rule.late_remind:
        days.append(one.due_to + DAY)
        if one.rule.catch_up > LATE_EVERY:
            days.append(one.due_to + timedelta(days=LATE_EVERY))
    return days


def may_ask(one: Occurrence) -> bool:
    """School is asked of in July, or for a child that the pendamping marked."""
    return one.member.at_risk or not one.rule.at_risk


def open_for(
    members: Sequence[Member], kept: Mapping[tuple[int, str, str], Kept], day: date
) -> list[tuple[Occurrence, bool]]:
    """Everything that is due or late and neither done nor set aside, and whether it is late."""
    found: list[tuple[Occurrence, bool]] = []
    for member in members:
        due = [(one, False) for one in ahead(member, day) if one.due_from <= day <= one.due_to]
        named = {one.name for one, _ in due}
        due += [(one, True) for one in _late(member, day) if one.name not in named]
        found += [(one, late) for one, late in due if not _settled(one, kept)]
    return found


@lru_cache(maxsize=1024)
def ahead(member: Member, day: date) -> Sequence[Occurrence]:
    """What is due from this day on, as far as a look goes: asked for several times in one look."""
    return occurrences(member, day, day + AHEAD)


@lru_cache(maxsize=1024)
def _late(member: Member, day: date) -> Sequence[Occurrence]:
    return late_on(member, day)


def soon(members: Sequence[Member], kept: Mapping[tuple[int, str, str], Kept], day: date) -> list[Occurrence]:
    """Visits of a few days that begin after this one and would be over before the next letter may go."""
    until = day + WEEK
    return [
        one
        for member in members
        for one in ahead(member, day)
        if one.rule.unit == "hari" and one.due_from > day and one.due_to <= until and one.name not in kept
    ]


def _settled(one: Occurrence, kept: Mapping[tuple[int, str, str], Kept]) -> bool:
    known = kept.get(one.name)
    return (known is not None and known.settled) or is_enough(one.rule, kept, one.member)


def is_time(one: Occurrence, kept: Kept | None, day: date, posyandu: Days | None) -> bool:
    """Whether this is the day to speak of it. The evening before a posyandu cannot be made up for; other days can."""
    if day > one.due_to + timedelta(days=one.rule.catch_up):
        return False  # missed so long ago that only the list still shows it
    if day > one.due_to and not one.rule.late_remind and kept is not None and kept.times:
        return False
    days = plan(one, posyandu)
    if one.rule.posyandu and posyandu is not None:
        return day in days
    passed = [at for at in days if at <= day]
    reminded = kept.reminded if kept else None
    return bool(passed) and (reminded is None or passed[-1] > reminded)


def waits_for_posyandu(chosen: Sequence[Occurrence], day: date, evening: date | None) -> bool:
    """The posyandu is near and nothing else is urgent: one letter a week, so this one gives way."""
    if evening is None or not day < evening < day + timedelta(days=7):
        return False
    return all(one.due_to > evening + timedelta(days=7) for one in chosen)


def next_look(
    members: Sequence[Member], kept: Mapping[tuple[int, str, str], Kept], day: date, posyandu: Days | None
) -> dict[int, date | None]:
    """The next day after `day` on which there may be something to say about each of them."""
    return {member.id: _next(member, kept, day, posyandu) for member in members}


def _next(member: Member, kept: Mapping[tuple[int, str, str], Kept], day: date, posyandu: Days | None) -> date | None:
    if member.stopped:
        return None
    days = {day + timedelta(days=LOOK_AGAIN)} if member.component != "lain" else set()
    if member.component == "ibu_hamil" and member.hpl is not None and not has_delivered(member):
        days |= {member.hpl + timedelta(days=after) for after in BORN_ASKED}
    for one in [*ahead(member, day), *_late(member, day)]:
        if may_ask(one) and not _settled(one, kept):
            days.update(plan(one, posyandu))
    return min((at for at in days if at > day), default=None)


def is_urgent(member: Member, day: date) -> bool:
    """A window of days, not of weeks: it would be over before the quiet week is."""
    return any(rule.unit == "hari" for rule in touching(member, day, day + timedelta(days=QUIET)))


def first_look(kpm_id: int, members: Sequence[Member], day: date, posyandu: Days | None) -> date:
    """After the quiet week, spread over the next; a posyandu before that is told of all the same."""
    quiet = day + timedelta(days=QUIET + kpm_id % SPREAD)
    evenings = [at - DAY for at in posyandu(day + DAY, quiet)] if posyandu is not None else []
    if evenings and not any(rule.posyandu for member in members for rule in touching(member, day, quiet)):
        evenings = []
    return min([*evenings, quiet])


def room(letters: int, beside_meetings: int, meeting_letters_to_come: int) -> bool:
    """One a week with quizzes and practices; a letter of a meeting that is still to come has its place."""
    return room_beside_meetings(letters + meeting_letters_to_come, beside_meetings)


def room_for_what_passes(letters: int, reminders: int) -> bool:
    """What would be over before next week asks for no quiz's place: only for the family's two letters, and that no
    other reminder of obligations was among them."""
    return letters < PER_WEEK and reminders == 0


def passes(one: Occurrence, day: date) -> bool:
    """A visit after a birth that is over before another letter may go."""
    return one.rule.unit == "hari" and one.due_to <= day + WEEK


def choose(found: Collection[Occurrence], spoken: Mapping[tuple[int, str, str], Kept]) -> list[Occurrence]:
    """The most pressing first: what ends soonest, then what was spoken of least."""

    def pressing(one: Occurrence) -> tuple[date, int, str]:
        known = spoken.get(one.name)
        return one.due_to, known.times if known else 0, one.rule.id

    return sorted(found, key=pressing)
