"""What do many answers tell? Shares, gain and discrimination, each with its n, and silence where n is too small."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ENOUGH = 5
"""Above pendamping level no mean of fewer people is shown (issue C 5)."""

ENOUGH_FOR_FLAG = 20
TOO_EASY, TOO_HARD = 0.95, 0.20


def mean(values: Sequence[float], *, least: int = 1) -> float | None:
    return math.fsum(values) / len(values) if len(values) >= max(least, 1) else None


def normalised_gain(pairs: Sequence[tuple[float, float]], *, least: int = 1) -> float | None:
    """Hake's gain of the group: (post − pre) / (1 − pre), of the means of those who did both."""
    if len(pairs) < max(least, 1):
        return None
    pre = math.fsum(a for a, _ in pairs) / len(pairs)
    post = math.fsum(b for _, b in pairs) / len(pairs)
    return None if math.isclose(pre, 1.0) else (post - pre) / (1 - pre)


def point_biserial(rights: Sequence[tuple[bool, float]]) -> float | None:
    """Corrected: the item against the rest of its quiz, so that it does not correlate with itself.

    `rights` are (this item right?, share right of the other items). None where one side does not vary.
    """
    n = len(rights)
    if n < 2:
        return None
    xs = [float(right) for right, _ in rights]
    ys = [rest for _, rest in rights]
    mx, my = sum(xs) / n, sum(ys) / n
    sxx = sum((x - mx) ** 2 for x in xs)
    syy = sum((y - my) ** 2 for y in ys)
    if math.isclose(sxx, 0) or math.isclose(syy, 0):
        return None
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / math.sqrt(sxx * syy)


@dataclass(frozen=True, slots=True)
class ItemNumbers:
    """How one question behaves."""

    id: str
    n: int
    right: int
    options: Mapping[str, int]
    discrimination: float | None

    @property
    def share_right(self) -> float | None:
        return self.right / self.n if self.n else None

    @property
    def flag(self) -> str:
        """'tinjau' for a question that is too easy, too hard, or that the better answer wrongly."""
        share = self.share_right
        if share is None or self.n < ENOUGH_FOR_FLAG:
            return ""
        negative = self.discrimination is not None and self.discrimination < 0
        return "tinjau" if share > TOO_EASY or share < TOO_HARD or negative else ""


Answered = tuple[str, str, bool]
"""(question, choice, right) of one answer; a quiz is a sequence of them."""


def item_numbers(quizzes: Sequence[Sequence[Answered]]) -> list[ItemNumbers]:
    """The numbers of every question in these quizzes, by id."""
    rights: dict[str, list[tuple[bool, float]]] = {}
    options: dict[str, dict[str, int]] = {}
    counts: dict[str, list[int]] = {}
    for quiz in quizzes:
        total = sum(right for _, _, right in quiz)
        for item, choice, right in quiz:
            options.setdefault(item, {})[choice] = options.get(item, {}).get(choice, 0) + 1
            both = counts.setdefault(item, [0, 0])
            both[0] += 1
            both[1] += right
            if len(quiz) > 1:
                rights.setdefault(item, []).append((right, (total - right) / (len(quiz) - 1)))
    return [
        ItemNumbers(item, n, right, options[item], point_biserial(rights.get(item, [])))
        for item, (n, right) in sorted(counts.items())
    ]
