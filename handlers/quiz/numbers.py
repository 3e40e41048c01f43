"""What do the quizzes of a kelompok tell? Counted from the answers, each number with its n."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.content.quizzes import HK
from data.store import Tx
from handlers.rules.quiz_statistics import mean


@dataclass(frozen=True, slots=True)
class Numbers:
    """`by_family`: right and answered of the newest quiz of each family."""

    invited: int
    started: int
    finished: int
    mean: float | None
    by_family: Mapping[int, tuple[int, int]]


def last_session(tx: Tx, kelompok_id: int, at: datetime) -> str:
    last = tx.meetings.last(kelompok_id, at)
    return last.session if last is not None and last.session else HK


def kelompok_numbers(tx: Tx, kelompok_id: int, session: str) -> Numbers:
    scores = [s for s in tx.quiz.scores([kelompok_id], session) if s.phase != "pre"]
    begun = [s for s in scores if s.asked]
    done = [s for s in begun if s.answered == s.asked]
    by_family = {int(s.kpm_id): (s.correct, s.answered) for s in scores if s.answered}
    return Numbers(len(scores), len(begun), len(done), mean([s.correct / s.asked for s in done]), by_family)
