"""What do all quizzes together tell? Rows for chats, tables, spreadsheets and scripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from data.quiz import Score
from data.records import Kelompok
from data.store import Tx
from handlers.quiz.numbers import AFTER, BEFORE
from handlers.rules.quiz_statistics import item_numbers, mean, normalised_gain

BY = ("kelompok", "desa")


def groups(kelompoks: Sequence[Kelompok], by: str) -> dict[str, list[int]]:
    """Name → kelompok of each line; a name that two desa have gets its desa behind it."""
    names = [k.name for k in kelompoks]
    found: dict[str, list[int]] = defaultdict(list)
    for k in kelompoks:
        own = k.name if names.count(k.name) == 1 else f"{k.name} {k.desa}"
        found[k.desa if by == "desa" else own].append(k.id)
    return found


def result_rows(
    tx: Tx, lines: Mapping[str, Sequence[int]], session: str | None, *, by: str = "kelompok", least: int = 1
) -> list[dict[str, Any]]:
    """One row per line and session. `least`: a mean of fewer people is not shown."""
    rows = []
    for name, kelompok_ids in lines.items():
        by_session: dict[str, list[Score]] = defaultdict(list)
        for score in tx.quiz.scores(kelompok_ids, session):
            by_session[score.session].append(score)
        rows += [{by: name, **_row(code, scores, least)} for code, scores in sorted(by_session.items())]
    return rows


def _row(session: str, scores: Sequence[Score], least: int) -> dict[str, Any]:
    done = [s for s in scores if s.finished and s.asked]
    before = {s.kpm_id: s.share for s in done if s.phase in BEFORE}
    after = {s.kpm_id: s.share for s in done if s.phase in AFTER}
    pairs = [(before[i], after[i]) for i in sorted(set(before) & set(after))]
    enough = len({s.kpm_id for s in done}) >= least
    return {
        "session": session,
        "invited": len(scores),
        "started": sum(s.asked > 0 for s in scores),
        "finished": len(done),
        "mean_score": mean([s.share for s in done]) if enough else None,
        "pre_mean": mean(list(before.values()), least=least),
        "post_mean": mean(list(after.values()), least=least),
        "n_pairs": len(pairs),
        "gain": normalised_gain(pairs, least=least),
    }


def practice_rows(
    tx: Tx, lines: Mapping[str, Sequence[int]], session: str | None, *, by: str = "kelompok"
) -> list[dict[str, Any]]:
    """One row per line and session: who was told of the practice, who was asked, and what they told us."""
    return [
        {by: name, "session": code, **counts}
        for name, kelompok_ids in lines.items()
        for code, counts in tx.quiz.practice_counts(kelompok_ids, session).items()
    ]


def item_rows(tx: Tx, kelompok_ids: Sequence[int], session: str | None) -> list[dict[str, Any]]:
    """One row per question: n, right, share, options, discrimination and a flag. An answer belongs to the version that
    was asked: older ones stand on their own line."""
    newest = {item.id: item.version for item in tx.quiz.bank()}
    quizzes = [
        [
            (item if version == newest.get(item) else f"{item} v{version}", choice, right)
            for item, version, choice, right in quiz
        ]
        for quiz in tx.quiz.answered(kelompok_ids, session)
    ]
    return [
        {
            "id": numbers.id,
            "session": numbers.id.split("-")[0],
            "n": numbers.n,
            "right": numbers.right,
            "share_right": numbers.share_right,
            "options": {letter: numbers.options.get(letter, 0) for letter in "abc"},
            "discrimination": numbers.discrimination,
            "flag": numbers.flag,
        }
        for numbers in item_numbers(quizzes)
        if session is None or numbers.id.split("-")[0] == session
    ]


def spoken_row(row: Mapping[str, Any], practice: Mapping[str, int] | None) -> str:
    """'Ditawari 21, mulai 18, selesai 15. Rata-rata 78% benar.'"""
    parts = [f"Ditawari {row['invited']}, mulai {row['started']}, selesai {row['finished']}."]
    if row["mean_score"] is not None:
        parts.append(f"Rata-rata {percent(row['mean_score'])} benar.")
    if row["gain"] is not None:
        gain = f"{row['gain']:.2f}".replace(".", ",")
        parts.append(
            f"Sebelum {percent(row['pre_mean'])}, sesudah {percent(row['post_mean'])}, kenaikan {gain} "
            f"({row['n_pairs']} keluarga yang menjawab dua kali)."
        )
    if practice is not None and practice["told"]:
        answered = practice["done"] + practice["not_yet"]
        parts.append(
            f"Praktik: dikirim ke {practice['told']}, sudah dicoba {practice['done']} dari {answered} jawaban."
        )
    return " ".join(parts)


def percent(share: float) -> str:
    return f"{share:.0%}"
