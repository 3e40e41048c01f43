"""What do all quizzes together tell? Rows for tables, spreadsheets and scripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from data.quiz import Score
from data.store import Tx
from handlers.rules.quiz_statistics import item_numbers, mean, normalised_gain

LETTERS = ("a", "b", "c")
BEFORE, AFTER = {"pre", "base"}, {"post", "follow"}


def result_rows(
    tx: Tx, kelompoks: Sequence[tuple[int, str]], session: str | None, *, least: int = 1
) -> list[dict[str, Any]]:
    """One row per kelompok and session. `least`: a mean of fewer people is not shown."""
    rows = []
    for kelompok_id, name in kelompoks:
        by_session: dict[str, list[Score]] = defaultdict(list)
        for score in tx.quiz.scores([kelompok_id], session):
            by_session[score.session].append(score)
        rows += [_row(name, code, scores, least) for code, scores in sorted(by_session.items())]
    return rows


def _row(name: str, session: str, scores: Sequence[Score], least: int) -> dict[str, Any]:
    begun = [s for s in scores if s.asked]
    done = [s for s in begun if s.answered == s.asked]
    before = {s.kpm_id: s.share for s in done if s.phase in BEFORE}
    after = {s.kpm_id: s.share for s in done if s.phase in AFTER}
    pairs = [(before[i], after[i]) for i in sorted(set(before) & set(after))]
    return {
        "kelompok": name,
        "session": session,
        "invited": len(scores),
        "started": len(begun),
        "finished": len(done),
        "mean_score": mean([s.share for s in done], least=least),
        "pre_mean": mean(list(before.values()), least=least),
        "post_mean": mean(list(after.values()), least=least),
        "n_pairs": len(pairs),
        "gain": normalised_gain(pairs, least=least),
    }


def item_rows(tx: Tx, kelompoks: Sequence[tuple[int, str]], session: str | None) -> list[dict[str, Any]]:
    """One row per question: n, right, share, options, discrimination and a flag."""
    quizzes = tx.quiz.answered([i for i, _ in kelompoks], session)
    return [
        {
            "id": numbers.id,
            "session": numbers.id.split("-")[0],
            "n": numbers.n,
            "right": numbers.right,
            "share_right": numbers.share_right,
            "options": {letter: numbers.options.get(letter, 0) for letter in LETTERS},
            "discrimination": numbers.discrimination,
            "flag": numbers.flag,
        }
        for numbers in item_numbers(quizzes)
        if session is None or numbers.id.split("-")[0] == session
    ]
