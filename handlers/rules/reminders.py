"""Which letters does a meeting send, when, and to whom?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.records import Answer

MORNING = time(8, 0)
EVENING = time(19, 35)
"""After magrib and before eight: five minutes past the pause, so that nobody argues about its edge."""

LATE_ENOUGH = time(9, 30)
"""A meeting from this hour on is recalled the same morning, an earlier one the evening before."""

GAP = timedelta(hours=12)
"""Closer than this to the invitation the next letter would only repeat it."""

LAST_CALL = timedelta(minutes=45)
"""No letter goes out later than this before the start: nobody could act on it."""


class Step(StrEnum):
    INVITATION = "invitation"
    DAY_BEFORE = "day_before"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Due:
    step: Step
    at: datetime


def plan(starts: datetime, announced: datetime, zone: ZoneInfo) -> Sequence[Due]:
    """The steps of one meeting in order. Three days before, or at once when less is left; then the day before; then
    the same morning, or the evening before when it starts before 09.30. Quiet hours are the sender's affair."""
    local = starts.astimezone(zone)

    def on(days_before: int, clock: time) -> datetime:
        return datetime.combine(local.date() - timedelta(days=days_before), clock, zone)

    invitation = max(on(3, MORNING), announced)
    steps = [Due(Step.INVITATION, invitation)]
    day_before = on(1, MORNING)
    if day_before >= invitation + GAP:
        steps.append(Due(Step.DAY_BEFORE, day_before))
    last = on(0, MORNING) if local.time() >= LATE_ENOUGH else on(1, EVENING)
    if last > steps[-1].at + timedelta(hours=6):
        steps.append(Due(Step.LAST, last))
    return steps


def concerns(step: Step, answer: Answer) -> bool:
    """Whom a step is for: the invitation for all, then the silent and the undecided, then those who promised.
    Who declined hears only of changes."""
    match step:
        case Step.INVITATION:
            return answer in {Answer.UNKNOWN, Answer.MAYBE}
        case Step.DAY_BEFORE:
            return answer in {Answer.UNKNOWN, Answer.MAYBE}
        case Step.LAST:
            return answer is Answer.PROMISED


def most_useful(due: Sequence[Due]) -> Due:
    """Which of several steps that are due at once, after an outage or a night: an invitation that nobody got comes
    before its reminders, and of two reminders the later one is true."""
    return due[0] if due[0].step is Step.INVITATION else due[-1]


def still_useful(due: Due, at: datetime, starts: datetime, zone: ZoneInfo) -> bool:
    """Nobody could act on it any more, or 'besok' would be said on the day itself."""
    if due.step is Step.DAY_BEFORE and at.astimezone(zone).date() >= starts.astimezone(zone).date():
        return False
    return at <= starts - LAST_CALL
