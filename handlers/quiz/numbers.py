"""What did each family of a kelompok understand? The newest quiz after the session, marked when it was read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.content.quizzes import HK
from data.quiz import Score
from data.store import Tx

BEFORE, AFTER = {"pre", "base"}, {"post", "follow"}


@dataclass(frozen=True, slots=True)
class Numbers:
    before: Mapping[int, Score]
    after: Mapping[int, Score]

    def right_of(self, kpm_id: int) -> tuple[int, int]:
        """(right, answered) after the session."""
        found = self.after.get(kpm_id)
        return (found.correct, found.answered) if found else (0, 0)

    def line(self, kpm_id: int) -> str:
        """'2 dari 3 benar (sebelumnya 1 dari 3; dibacakan)'; nothing where nothing was answered."""
        before, after = self.before.get(kpm_id), self.after.get(kpm_id)
        if after is None:
            return f"sebelumnya {_score(before)} benar" if before else ""
        beside = [f"sebelumnya {_score(before)}"] if before else []
        beside += ["dibacakan"] if after.aloud else []
        return f"{_score(after)} benar" + (f" ({'; '.join(beside)})" if beside else "")


def _score(score: Score) -> str:
    return f"{score.correct} dari {score.answered}"


def last_session(tx: Tx, kelompok_id: int, at: datetime) -> str:
    last = tx.meetings.last(kelompok_id, at)
    return last.session if last is not None and last.session else HK


def families_numbers(tx: Tx, kelompok_id: int, session: str) -> Numbers:
    return numbers_of(tx.quiz.scores([kelompok_id], session))


def numbers_of(scores: Sequence[Score]) -> Numbers:
    """Of one session; what was not answered is not wrong."""
    answered = [s for s in scores if s.answered]
    return Numbers(
        {int(s.kpm_id): s for s in answered if s.phase in BEFORE},
        {int(s.kpm_id): s for s in answered if s.phase not in BEFORE},
    )
