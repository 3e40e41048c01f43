"""Which questions come, what comes back when, and what is proposed: both sides of every edge, and a year of quizzes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.content.quizzes import HK, items
from data.content.sessions import sessions
from handlers.rules.quiz import LENGTH, choose, mastered, propose, retrievability, review

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
BANK = {s.id: [i for i in items() if i.session == s.id] for s in sessions()}
Card = Mapping[str, Any]


@pytest.mark.parametrize(
    ("right", "answered", "level", "basis"),
    [
        (0, 0, "tidak dapat dinilai", "belum menjawab kuis"),
        (0, 3, "kurang", "0 dari 3 benar"),
        (1, 3, "kurang", "1 dari 3 benar"),
        (2, 3, "baik", "2 dari 3 benar"),
        (3, 3, "sangat baik", "3 dari 3 benar"),
        (1, 2, "baik", "1 dari 2 benar"),
        (2, 5, "kurang", "2 dari 5 benar"),
        (4, 5, "baik", "4 dari 5 benar"),
    ],
)
def test_a_level_is_proposed_with_its_basis(right, answered, level, basis):
    proposal = propose(right, answered)
    assert (proposal.level, proposal.basis) == (level, basis)


def test_a_question_that_was_never_missed_has_no_card():
    assert review(None, True, NOW) is None
    assert review(None, False, NOW) is not None


def test_at_most_one_old_question_and_the_most_forgotten_first():
    cards: dict[str, Card] = {}
    for days, item in ((90, BANK["P1"][0]), (60, BANK["P1"][1]), (30, BANK["K1"][0])):
        missed = review(None, False, NOW - timedelta(days=days))
        assert missed is not None
        cards[item.id] = missed[0]
    others = [i for i in items() if i.session not in {"P2", HK}]
    chosen = choose(BANK["P2"], others, {}, cards, NOW)
    old = [i.id for i in chosen if i.session != "P2"]
    assert old == [BANK["P1"][0].id]
    assert retrievability(cards[old[0]], NOW) < min(retrievability(cards[i], NOW) for i in cards if i != old[0])
    assert len(chosen) == LENGTH
    assert len(set(chosen)) == LENGTH


def test_what_is_not_due_rests_and_the_least_asked_come_first():
    missed = review(None, False, NOW)
    assert missed is not None
    card, due = missed
    first = BANK["P2"][0]
    others = [i for i in items() if i.session not in {"P2", HK}]
    assert BANK["P1"][0] not in choose(BANK["P2"], others, {}, {BANK["P1"][0].id: card}, due - timedelta(seconds=1))
    assert BANK["P1"][0] in choose(BANK["P2"], others, {}, {BANK["P1"][0].id: card}, due)
    asked = {i.id: 1 for i in BANK["P2"][:2]}
    chosen = choose(BANK["P2"], others, asked, {}, NOW)
    assert not {i.id for i in chosen} & set(asked) or len(BANK["P2"]) < LENGTH + 2
    assert first not in choose(BANK["P2"], others, {}, {first.id: card}, due - timedelta(seconds=1))


def one_year(seed: int, forgets: float) -> tuple[list[tuple[int, list[str], list[str]]], dict[str, Card]]:
    """Twelve monthly quizzes of one family: (month, questions, those of them that came back), and her cards.

    She misses a new question with `forgets`, an old one half as often."""
    chance = random.Random(seed)
    asked: Counter[str] = Counter()
    cards: dict[str, Card] = {}
    story = []
    for month, session in enumerate([s.id for s in sessions()][:12]):
        now = NOW + month * MONTH
        others = [i for i in items() if i.session not in {session, HK}]
        chosen = choose(BANK[session], others, asked, cards, now)
        back = [item.id for item in chosen if item.id in cards]
        for item in chosen:
            asked[item.id] += 1
            right = chance.random() >= (forgets / 2 if item.id in back else forgets)
            if card := review(cards.get(item.id), right, now):
                cards[item.id] = card[0]
        story.append((month, [item.id for item in chosen], back))
    return story, cards


@pytest.mark.parametrize("forgets", [0.0, 0.3, 0.6, 1.0])
def test_a_year_of_monthly_quizzes_floods_nobody(forgets):
    for seed in range(25):
        story, cards = one_year(seed, forgets)
        came = Counter(question for _, questions, _ in story for question in questions)
        for _, questions, back in story:
            assert len(questions) == len(set(questions)) == LENGTH
            assert len(back) <= 1
        assert sum(len(back) for *_, back in story) <= 11
        if forgets == 0:
            assert cards == {}
            assert max(came.values()) == 1
        if forgets == 1:
            assert all(back for month, _, back in story if month)


def test_one_missed_question_comes_back_ever_more_rarely_and_then_rests():
    """Missed in January, right ever since: the months in which it comes are told apart by growing gaps."""
    item, cards = BANK["P1"][0], dict[str, Card]()
    missed = review(None, False, NOW)
    assert missed is not None
    cards[item.id] = missed[0]
    months = []
    for month in range(1, 37):
        now = NOW + month * MONTH
        session = [s.id for s in sessions()][1 + month % 28]
        others = [i for i in items() if i.session not in {session, HK}]
        if item in choose(BANK[session], others, {}, cards, now):
            months.append(month)
            again = review(cards[item.id], True, now)
            assert again is not None
            cards[item.id] = again[0]
    gaps = [later - earlier for earlier, later in zip([0, *months], months, strict=False)]
    assert months[0] == 1
    assert gaps == sorted(gaps)
    assert mastered(cards[item.id])
    assert months[-1] < 24
