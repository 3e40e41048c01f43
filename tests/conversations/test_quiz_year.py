"""A year of monthly meetings with everything that follows them: who hears what, and is anybody flooded?"""

from __future__ import annotations

import random
from datetime import timedelta

from data.content.sessions import sessions
from tests.support.chat import Chat, Someone
from tests.support.quizzing import BY_ID, right, wrong

WEEK = timedelta(days=7)
ALWAYS_RIGHT, SOMETIMES, NEVER_ANSWERS = 1.0, 0.5, -1.0


def answers(family: Someone, knows: float, chance: random.Random) -> list[str]:
    """Takes the quiz that waits; the questions that came."""
    if knows < 0 or not any(letter.key == "quiz.invitation" for letter in family.unread):
        return []
    family.says("mulai")
    questions = []
    while "question" in family.last.params:
        question = next(i for i in BY_ID.values() if i.question == family.last.params["question"])
        questions.append(question.id)
        family.says(right(family) if chance.random() < knows else wrong(family))
    return questions


def days(chat: Chat, month: int, numbers: range) -> None:
    """The moments of these days at which something is sent."""
    for day in numbers:
        for clock in ("08:00", "19:30"):
            chat.sleeps_until(f"2026-{month:02d}-{day:02d} {clock}")


def test_twelve_months_flood_nobody_and_old_questions_come_one_at_a_time():
    chat, chance = Chat("2026-01-01 08:00"), random.Random(12)
    budi = chat.pendamping("Pak Budi", "Melati 3")
    families = {
        chat.kpm("Siti", "Melati 3"): ALWAYS_RIGHT,
        chat.kpm("Wati", "Melati 3"): SOMETIMES,
        chat.kpm("Halimah", "Melati 3"): NEVER_ANSWERS,
    }
    came: dict[str, list[list[str]]] = {family.name: [] for family in families}
    for month, session in enumerate(sessions()[:12], 1):
        budi.says(f"JADWAL Melati 3; 08-{month:02d}-2026 10.00; Balai; {session.id}").taps("Kirim")
        days(chat, month, range(5, 8))
        chat.sleeps_until(f"2026-{month:02d}-08 08:00").sleeps_until("10:05")
        for family in families:
            family.says("hadir").looks()
        budi.says("ABSEN Melati 3").says("hadir semua").says("SELESAI")
        chat.sleeps_until("12:30").sleeps_until("19:30")
        days(chat, month, range(9, 20))
        for family, knows in families.items():
            came[family.name].append(answers(family, knows, chance))

    for family in families:
        unasked = [letter for letter in family.inbox if letter.unasked]
        times = [letter.at for letter in unasked]
        assert all(third - first >= WEEK for first, third in zip(times, times[2:], strict=False))
        assert max(family.heard.count(key) for key in ("quiz.invitation", "practice.try")) <= 12
        about = [letter for letter in unasked if letter.key.startswith("reminders.")]
        assert len(about) == 24, "the letters of the meetings are never starved"
        assert family.heard.count("quiz.invitation") == 12
    ids = [s.id for s in sessions()]
    for month in range(12):
        for name in ("Siti", "Wati"):
            assert len(came[name][month]) == 3
            old = [i for i in came[name][month] if not i.startswith(f"{ids[month]}-")]
            assert len(old) <= 1
            assert name == "Wati" or not old
    assert sum(not i.startswith(f"{ids[m]}-") for m in range(12) for i in came["Wati"][m]) >= 6
    assert came["Halimah"] == [[]] * 12
