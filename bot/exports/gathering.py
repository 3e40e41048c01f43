"""What is gathered for the innovation evidence? Apart from its paper: who only asks need not know how it is set."""

from __future__ import annotations

from collections.abc import Mapping

from data.records import Kabupaten
from data.store import Tx
from handlers import reports
from handlers.quiz.results import practice_rows, result_rows
from handlers.rules.quiz_statistics import ENOUGH
from messages.envelope import Attachment

LITERACY = {
    "session": "Sesi",
    "finished": "Kuis selesai",
    "pre_mean": "Rata-rata sebelum",
    "post_mean": "Rata-rata sesudah",
    "n_pairs": "Keluarga berpasangan",
    "gain": "Kenaikan",
}
PRACTICE = {"session": "Sesi", "told": "Dikirim", "asked": "Ditanya", "done": "Sudah", "not_yet": "Belum"}


def gathered(tx: Tx, home: Kabupaten, year: int, form: str) -> Attachment:
    """Everything that is counted for it; `form` is "pdf" or "xlsx"."""
    every = {"Semua": [k.id for k in tx.people.every_kelompok()]}
    quizzes = [_named(row, LITERACY) for row in result_rows(tx, every, None, by="unit", least=ENOUGH)]
    practices = [_named(row, PRACTICE) for row in practice_rows(tx, every, None, by="unit")]
    found = reports.innovation_evidence(tx, home, year, quizzes, practices)
    return Attachment(found.kind, {**found.params, "format": form})


def _named(row: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {title: row[name] for name, title in names.items()}
