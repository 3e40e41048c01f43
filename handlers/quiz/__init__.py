"""What does a family understand? Small quizzes that teach, practices to try, and what the pendamping decides."""

from handlers.quiz.ahead import tick_ahead
from handlers.quiz.aloud import on_aloud_line
from handlers.quiz.levels import decide, on_levels_line, on_paham
from handlers.quiz.numbers import Numbers, families_numbers, numbers_of
from handlers.quiz.offering import tick_follow_meetings, tick_offer
from handlers.quiz.overview import on_kuis_overview
from handlers.quiz.practice import on_materi, on_practice, on_practice_who, tick_practice
from handlers.quiz.staff import on_kuis_line, on_kuis_staff
from handlers.quiz.taking import (
    TOPIC,
    WHO,
    is_waited_for,
    on_kuis,
    on_later,
    on_quiz_button,
    on_quiz_line,
    on_quiz_who,
    on_start,
    on_unclear,
)

__all__ = [
    "TOPIC",
    "WHO",
    "Numbers",
    "decide",
    "families_numbers",
    "is_waited_for",
    "numbers_of",
    "on_aloud_line",
    "on_kuis",
    "on_kuis_line",
    "on_kuis_overview",
    "on_kuis_staff",
    "on_later",
    "on_levels_line",
    "on_materi",
    "on_paham",
    "on_practice",
    "on_practice_who",
    "on_quiz_button",
    "on_quiz_line",
    "on_quiz_who",
    "on_start",
    "on_unclear",
    "tick_ahead",
    "tick_follow_meetings",
    "tick_offer",
    "tick_practice",
]
