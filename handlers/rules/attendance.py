"""When does "hadir" count, and as what?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.records import Meeting

CHECK_IN_OPENS = timedelta(minutes=30)
"""Before the start: who comes early may already say so."""

NOTE_LASTS = timedelta(hours=24)
"""How long after its end a word about a meeting is still kept as a note for its pendamping."""


@dataclass(frozen=True, slots=True)
class NoMeeting:
    """Nothing is planned that this could be about."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Before check-in: a plan."""

    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Claim:
    """From check-in to the end: a claim, which only the pendamping makes "Hadir"."""

    meeting: Meeting


@dataclass(frozen=True, slots=True)
class TooLate:
    """After the end: kept as a note, counted as nothing."""

    meeting: Meeting


Verdict = NoMeeting | Promise | Claim | TooLate


def check_in_opens(meeting: Meeting) -> datetime:
    return meeting.starts - CHECK_IN_OPENS


def judge_meeting(meeting: Meeting, at: datetime) -> Promise | Claim | TooLate:
    """The same for a meeting that is named, by a button or a question: a promise, a claim, or a note."""
    if at < check_in_opens(meeting):
        return Promise(meeting)
    return Claim(meeting) if at <= meeting.ends else TooLate(meeting)


def judge_hadir(meeting: Meeting | None, last: Meeting | None, at: datetime) -> Verdict:
    """Read "hadir" by the clock: a promise until check-in opens, then a claim until the meeting ends.

    `meeting` is the current or next one, `last` the newest that is over.
    """
    if meeting is not None and check_in_opens(meeting) <= at <= meeting.ends:
        return Claim(meeting)
    if last is not None and at <= last.ends + NOTE_LASTS and not _nearer(meeting, last, at):
        return TooLate(last)
    if meeting is None:
        return NoMeeting()
    return Promise(meeting)


def _nearer(meeting: Meeting | None, last: Meeting, at: datetime) -> bool:
    """Whether the next meeting is closer to this moment than the one that is over."""
    return meeting is not None and meeting.starts - at < at - last.ends


def may_mark(meeting: Meeting, at: datetime) -> bool:
    """A register cannot be marked before the meeting has begun."""
    return begun(meeting.starts, meeting.cancelled, at)


def begun(starts: datetime, cancelled: bool, at: datetime) -> bool:
    return at >= starts and not cancelled
