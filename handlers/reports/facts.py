"""What is recorded of a meeting? The register, the report, the quiz and the levels; nothing is guessed."""

from __future__ import annotations

from data.records import Kelompok, Meeting
from data.store import Tx
from handlers.reports.sheet import about, tally
from handlers.rules.quiz_statistics import mean
from handlers.rules.reports import Facts, venue_words
from handlers.speech import when
from messages import spoken


def facts_of(tx: Tx, meeting: Meeting, kelompok: Kelompok) -> Facts:
    told = tx.reports.get(meeting.id, kelompok.id)
    head = about(tx, meeting, kelompok)
    return Facts(
        what=str(head["what"]),
        kelompok=kelompok.name,
        desa=kelompok.desa,
        session=str(head["session"]),
        module=str(head["module"]),
        date=spoken.long_date(meeting.local.date()).split(", ")[1],
        when=when(meeting),
        place=meeting.place,
        participation=participation(tx, meeting, kelompok),
        speaker=told.speaker if told else None,
        venue=venue_words(told.venue) if told else None,
        result=result(tx, meeting, kelompok),
        obstacles=told.obstacles if told else None,
        follow_up=told.follow_up if told else None,
    )


def participation(tx: Tx, meeting: Meeting, kelompok: Kelompok) -> str | None:
    """'hadir 12, izin 1, sakit 0, alpa 2, belum diketahui 3 dari 18 keluarga'; None until the register is held."""
    state = tx.meetings.register(meeting.id, kelompok.id)
    if state is None or not state.held:
        return None
    entries = tx.attendance.register(meeting, kelompok.id)
    parts = [f"{name.replace('_', ' ')} {number}" for name, number in tally(entries).items()]
    return f"{', '.join(parts)} dari {len(entries)} keluarga"


def result(tx: Tx, meeting: Meeting, kelompok: Kelompok) -> str | None:
    """What the quizzes after this session and the pendamping's levels say; None where neither is there."""
    parts = []
    if meeting.session is not None:
        scores = tx.quiz.scores([kelompok.id], meeting.session)
        done = [s for s in scores if s.finished and s.asked and s.phase == "post"]
        if (share := mean([s.share for s in done])) is not None:
            parts.append(f"kuis {meeting.session} selesai {len(done)} dari {len(scores)}, rata-rata {share:.0%} benar")
    levels = tx.reports.levels(meeting.id, kelompok.id)
    if levels:
        parts.append("pemahaman " + ", ".join(f"{level} {number}" for level, number in sorted(levels.items())))
    return "; ".join(parts) or None
