"""How is a quiz begun, asked, answered and ended? Shared by the family's phone and the pendamping who reads aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.content.quizzes import HK, LETTERS, Item, practices
from data.content.sessions import session
from data.quiz import Given, Quiz
from data.records import Kpm
from data.store import Tx
from handlers.rules.quiz import LENGTH, REMIND_AFTER, RESUMABLE_FOR, choose, review

BASELINE = {"base": "awal", "follow": "lanjutan"}
ANSWERS = {f"answer_{letter}": letter for letter in LETTERS}
"""What a reading means to a quiz."""
REMEMBER_HK = "hak dan kewajiban PKH boleh selalu ditanyakan ke pendamping."


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that waits for its answer."""

    quiz: Quiz
    position: int
    item: Item

    @property
    def total(self) -> int:
        return len(self.quiz.items)


def topic(session_id: str) -> str:
    """'tentang Memahami Perilaku Anak'."""
    found = session(session_id)
    return f"tentang {found.title}" if found else "tentang hak dan kewajiban PKH"


def begin(tx: Tx, quiz: Quiz) -> Quiz:
    """Choose the questions the moment it is begun, so that what is due comes back."""
    bank = tx.quiz.bank(quiz.session)
    form = BASELINE.get(quiz.phase)
    if form is not None:
        chosen = [item for item in bank if item.form == form]
    else:
        others = [item for item in tx.quiz.bank() if item.session != quiz.session]
        usual = [item for item in bank if item.form is None] or bank
        chosen = choose(usual, others, tx.quiz.asked_before(quiz.kpm_id), tx.quiz.cards(quiz.kpm_id), tx.now, LENGTH)
    tx.quiz.start(quiz.id, chosen, tx.now + REMIND_AFTER, tx.now + RESUMABLE_FOR)
    begun = tx.quiz.get(quiz.id)
    assert begun is not None  # noqa: S101  it was there a line ago
    return begun


def waiting(tx: Tx, quiz: Quiz) -> Asked | None:
    """The first question without an answer; None when all are answered."""
    answered = {given.position for given in tx.quiz.answers(quiz.id)}
    for position, (item_id, version) in enumerate(quiz.items):
        if position not in answered:
            item = tx.quiz.item(item_id, version)
            if item is not None:
                return Asked(quiz, position, item)
    return None


def take(tx: Tx, asked: Asked, choice: str) -> bool | None:
    """Keep one answer: whether it was right, None when it was there already. A missed one comes back later."""
    if not tx.quiz.answer(asked.quiz.id, asked.position, asked.item, choice):
        return None
    right = choice == asked.item.right
    cards = tx.quiz.cards(asked.quiz.kpm_id)
    card = review(cards.get(asked.item.id), right, tx.now)
    if card is not None:
        tx.quiz.keep_card(asked.quiz.kpm_id, asked.item.id, *card)
    return right


def score(given: Sequence[Given], quiz: Quiz) -> str:
    return f"{sum(one.correct for one in given)} dari {len(quiz.items)}"


def remember(quiz: Quiz) -> str:
    found = practices().get(quiz.session)
    return found.remember if found is not None and quiz.session != HK else REMEMBER_HK


def shown(asked: Asked) -> dict[str, object]:
    """The parameters of every template that asks a question."""
    letters = LETTERS[: len(asked.item.options)]
    return {
        "number": str(asked.position + 1),
        "total": str(asked.total),
        "question": asked.item.question,
        "choices": " ".join(f"{letter}. {text}" for letter, text in zip(letters, asked.item.options, strict=True)),
        "options": [
            (f"quiz.answer:{asked.quiz.id}.{asked.position}.{letter}", text)
            for letter, text in zip(letters, asked.item.options, strict=True)
        ],
    }


def letters_of(asked: Asked) -> str:
    """'a, b, atau c'."""
    letters = LETTERS[: len(asked.item.options)]
    return f"{', '.join(letters[:-1])}, atau {letters[-1]}" if len(letters) > 2 else " atau ".join(letters)


def ends(tx: Tx, quiz: Quiz, kpm: Kpm) -> list[Given]:
    """Close a quiz whose last question was answered."""
    tx.quiz.finish(quiz.id)
    given = tx.quiz.answers(quiz.id)
    tx.audit.write(f"kpm:{kpm.id}", "quiz.finished", f"quiz:{quiz.id}", None, score(given, quiz))
    return given
