"""Are the numbers those of the textbooks? Beside an independent calculation on 240 simulated families."""

from __future__ import annotations

import random
from fractions import Fraction
from statistics import correlation, fmean, pstdev

import pytest

from handlers.rules.quiz_statistics import (
    ENOUGH,
    ENOUGH_FOR_FLAG,
    ItemNumbers,
    item_numbers,
    mean,
    normalised_gain,
    point_biserial,
)

ITEMS = ("P2-01", "P2-02", "P2-03", "P2-04", "P2-05", "P2-06")
EASE = dict(zip(ITEMS, (1.6, 0.8, 0.2, -0.4, -1.2, 0.0), strict=True))
Quiz = list[tuple[str, str, bool]]


def families(number: int = 240, seed: int = 4) -> list[tuple[Quiz, Quiz]]:
    """Before and after, three questions each, of families whose ability is drawn by lot (Rasch); the last question
    is answered the wrong way round."""
    chance = random.Random(seed)
    found = []
    for _ in range(number):
        ability = chance.gauss(0, 1.2)
        quizzes = []
        for learned in (0.0, 0.9):
            quiz: Quiz = []
            for item in chance.sample(ITEMS, 3):
                able = -ability if item == "P2-06" else ability
                right = chance.random() < 1 / (1 + 2.718281828 ** -(able + EASE[item] + learned))
                quiz.append((item, "a" if right else chance.choice("bc"), right))
            quizzes.append(quiz)
        found.append((quizzes[0], quizzes[1]))
    return found


def textbook_point_biserial(pairs: list[tuple[bool, float]]) -> float:
    """(M1 - M0) / s * sqrt(p q), with the population's standard deviation (Lord and Novick)."""
    ones, zeros = [y for x, y in pairs if x], [y for x, y in pairs if not x]
    p = len(ones) / len(pairs)
    return (fmean(ones) - fmean(zeros)) / pstdev([y for _, y in pairs]) * (p * (1 - p)) ** 0.5


def test_the_corrected_point_biserial_is_that_of_the_textbook_and_of_pearson():
    quizzes = [after for _, after in families()]
    assert len(quizzes) >= 200
    for numbers in item_numbers(quizzes):
        pairs = []
        for quiz in quizzes:
            mine = [right for item, _, right in quiz if item == numbers.id]
            others = [right for item, _, right in quiz if item != numbers.id]
            if mine:
                pairs.append((mine[0], sum(others) / len(others)))
        assert numbers.n == len(pairs)
        assert numbers.right == sum(x for x, _ in pairs)
        assert sum(numbers.options.values()) == numbers.n
        assert numbers.options["a"] == numbers.right
        assert numbers.discrimination == pytest.approx(textbook_point_biserial(pairs), abs=1e-12)
        assert numbers.discrimination == pytest.approx(correlation(*zip(*pairs, strict=True)), abs=1e-12)


def test_the_question_that_misleads_the_able_is_flagged_and_the_others_are_not():
    found = {numbers.id: numbers for numbers in item_numbers([after for _, after in families(600)])}
    assert found["P2-06"].discrimination is not None
    assert found["P2-06"].discrimination < 0
    assert {i for i, numbers in found.items() if numbers.flag} == {"P2-06"}


def test_a_point_biserial_worked_by_hand():
    """Rest scores 0, 1 of the wrong and 1, 2 of the right: means 1/2 and 3/2, s = sqrt(1/2), p = q = 1/2."""
    pairs = [(False, 0.0), (False, 1.0), (True, 1.0), (True, 2.0)]
    assert point_biserial(pairs) == pytest.approx((3 / 2 - 1 / 2) / 0.5**0.5 * 0.5)


def test_hakes_gain_is_of_the_means_of_those_who_did_both():
    """In fractions, so that nothing is rounded twice."""
    pairs = [
        (Fraction(sum(r for *_, r in before), 3), Fraction(sum(r for *_, r in after), 3))
        for before, after in families()
    ]
    pre, post = (sum(side, Fraction()) / len(pairs) for side in zip(*pairs, strict=True))
    expected = (post - pre) / (1 - pre)
    assert 0.1 < expected < 0.6
    assert normalised_gain([(float(a), float(b)) for a, b in pairs]) == pytest.approx(float(expected), abs=1e-12)


def test_hakes_own_kind_of_example_and_the_edges():
    """45 % before and 72.5 % after is half of what was left to learn."""
    assert normalised_gain([(0.45, 0.725)]) == pytest.approx(0.5)
    assert normalised_gain([(0.5, 0.25)]) == pytest.approx(-0.5)
    assert normalised_gain([(1.0, 1.0)]) is None
    assert normalised_gain([]) is None
    four = [(0.2, 0.6)] * (ENOUGH - 1)
    assert normalised_gain(four, least=ENOUGH) is None
    assert normalised_gain([*four, (0.2, 0.6)], least=ENOUGH) == pytest.approx(0.5)


def test_no_mean_of_fewer_than_five():
    assert mean([1.0] * 4, least=ENOUGH) is None
    assert mean([1.0] * 5, least=ENOUGH) == 1.0
    assert mean([]) is None
    assert mean([0.25]) == 0.25


def flag(right: int, n: int = 100, discrimination: float | None = 0.3) -> str:
    return ItemNumbers("P2-01", n, right, {}, discrimination).flag


def test_flags_on_both_sides_of_their_edges():
    assert [flag(95), flag(96)] == ["", "tinjau"]
    assert [flag(20), flag(19)] == ["", "tinjau"]
    assert [flag(50, discrimination=0.0), flag(50, discrimination=-0.001)] == ["", "tinjau"]
    assert flag(50, discrimination=None) == ""
    few = ENOUGH_FOR_FLAG - 1
    assert [flag(few, few), flag(ENOUGH_FOR_FLAG, ENOUGH_FOR_FLAG)] == ["", "tinjau"]
    assert flag(0, 0) == ""


def test_nothing_is_said_where_nothing_varies():
    assert point_biserial([(True, 1.0)]) is None
    assert point_biserial([(True, 1.0), (True, 0.0)]) is None
    assert point_biserial([(True, 1.0), (False, 1.0)]) is None
    (alone,) = item_numbers([[("P2-01", "a", True)], [("P2-01", "b", False)]])
    assert (alone.n, alone.share_right, alone.discrimination) == (2, 0.5, None)
