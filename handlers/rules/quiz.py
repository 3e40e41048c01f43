"""Which questions does a family get, what comes back, and what may be said about her understanding?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from fsrs import Card, Rating, Scheduler, State

LENGTH = 3
BASELINE_AFTER = timedelta(days=3)
"""After consent: not in the same breath as the introduction."""

FOLLOW_UP_AFTER = timedelta(days=182)
OFFER_WITHIN = timedelta(days=14)
"""So long an offer waits for room in the family's weeks; then it is too late for this session."""

OFFERED_FOR = timedelta(days=10)
"""From the invitation on."""

RESUMABLE_FOR = timedelta(days=7)
REMIND_AFTER = timedelta(days=3)

LEVELS = ("kurang", "baik", "sangat baik", "tidak dapat dinilai")

_scheduler = Scheduler(desired_retention=0.9, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
"""Days, not minutes: a family meets once a month, so the steps of a flashcard trainer make no sense here."""


class Question(Protocol):
    @property
    def id(self) -> str: ...


Q = TypeVar("Q", bound=Question)


def choose(
    bank: Sequence[Q],
    others: Sequence[Q],
    asked: Mapping[str, int],
    cards: Mapping[str, Mapping[str, Any]],
    now: datetime,
    length: int = LENGTH,
) -> list[Q]:
    """`length` questions: at most one old one that is due, the most forgotten; then those of the session that were
    asked least. `others` are the questions of all other sessions, where a missed one may come from."""
    old = [q for q in (*bank, *others) if q.id in cards and _due(cards[q.id]) <= now and not mastered(cards[q.id])]
    old.sort(key=lambda q: (retrievability(cards[q.id], now), q.id))
    back = old[:1]
    resting = {i for i, card in cards.items() if _due(card) > now or mastered(card)}
    fresh = sorted((q for q in bank if q not in back), key=lambda q: (q.id in resting, asked.get(q.id, 0), q.id))
    return [*fresh[: length - len(back)], *back][:length]


def retrievability(card: Mapping[str, Any], now: datetime) -> float:
    """How likely the answer is still known: small is forgotten."""
    return _scheduler.get_card_retrievability(Card.from_dict(dict(card)), now)  # type: ignore[arg-type]


def review(card: Mapping[str, Any] | None, right: bool, now: datetime) -> tuple[Mapping[str, Any], datetime] | None:
    """The card after an answer and when it comes back; None while a question was never missed."""
    if card is None and right:
        return None
    before = Card.from_dict(dict(card)) if card else Card(card_id=0)  # type: ignore[arg-type]
    after, _ = _scheduler.review_card(before, Rating.Good if right else Rating.Again, now)
    return dict(after.to_dict()), after.due


def mastered(card: Mapping[str, Any]) -> bool:
    """Known for more than half a year: it rests."""
    found = Card.from_dict(dict(card))  # type: ignore[arg-type]
    return found.state is State.Review and (found.stability or 0) >= 180


def _due(card: Mapping[str, Any]) -> datetime:
    return Card.from_dict(dict(card)).due  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A level with its basis; the pendamping decides."""

    level: str
    right: int
    answered: int

    @property
    def basis(self) -> str:
        return f"{self.right} dari {self.answered} benar" if self.answered else "belum menjawab kuis"


def propose(right: int, answered: int) -> Proposal:
    """Without answers nothing can be said; half right is Baik; all right is Sangat Baik."""
    if answered == 0:
        return Proposal("tidak dapat dinilai", 0, 0)
    if right == answered:
        return Proposal("sangat baik", right, answered)
    return Proposal("baik" if 2 * right >= answered else "kurang", right, answered)
