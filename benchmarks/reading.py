"""How long does it take to understand a reply? Every reply of the list in `tests/reading`, one after the other."""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, Tell, no_progress
from messages.reading.heard import hear
from messages.reading.reader import understand

LIST = Path(__file__).parents[1] / "tests" / "reading" / "replies.csv"
ROUNDS = 5
DEMAND = 200.0


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    """The median over all replies, and the slowest of them, in microseconds."""
    with LIST.open(encoding="utf-8", newline="") as lines:
        said = [(row["text"], row["context"]) for row in csv.DictReader(lines)]
    took: dict[tuple[str, str], float] = {}
    for number in range(ROUNDS):
        tell(f"{len(said)} replies", number / ROUNDS)
        for reply in said:
            took[reply] = min(took.get(reply, float("inf")), _microseconds(*reply))
    median, slowest = statistics.median(took.values()), max(took.values())
    return [
        Figure("read a reply, median", median, "µs", demand=f"at most {DEMAND:.0f} µs", met=median <= DEMAND),
        Figure("read a reply, slowest", slowest, "µs", demand="at most 5000 µs", met=slowest <= 5000),
    ]


def _microseconds(text: str, context: str) -> float:
    start = time.perf_counter()
    understand(hear(text, context, ()))  # what `read` does with words it has not just read
    return (time.perf_counter() - start) * 1e6
