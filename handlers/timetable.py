"""What does the bot do unasked, and how often does it look? A tick is `fn(tx)`; what is due lies in the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.store import Tx
from handlers import broadcast, figures, housekeeping, meetings, obligations, questions, quiz, reminders, summary


@dataclass(frozen=True, slots=True)
class Tick:
    """`every` minutes, counted from midnight UTC. A tick that returns True has more to do at once."""

    name: str
    every: int
    run: Callable[[Tx], bool]


TICKS: Sequence[Tick] = (
    Tick("meeting letters", 1, reminders.tick_letters),
    Tick("check-in", 1, reminders.tick_check_in),
    Tick("staff in the morning", 30, reminders.tick_daily),
    Tick("digest", 30, summary.tick_digest),
    Tick("obligations", 5, obligations.tick),
    Tick("questions that wait", 30, questions.tick_remind),
    Tick("after a meeting", 30, quiz.tick_follow_meetings),
    Tick("quizzes", 30, quiz.tick_offer),
    Tick("practices", 30, quiz.tick_practice),
    Tick("quizzes ahead", 720, quiz.tick_ahead),
    Tick("figures of the pages", 60, figures.tick),
    Tick("broadcasts", 1, broadcast.tick_broadcasts),
    Tick("proposed times", 10, meetings.tick_proposals),
    Tick("monthly meetings", 30, meetings.tick_rhythm),
    Tick("forgetting", 60, housekeeping.tick_forget),
)


def due(now: datetime) -> list[Tick]:
    """The ticks of this minute."""
    minute = now.hour * 60 + now.minute
    return [tick for tick in TICKS if minute % tick.every == 0]
