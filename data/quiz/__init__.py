"""Which quizzes are there, what was answered, and what comes back?"""

from data.quiz.bank import Bank
from data.quiz.counting import Counting
from data.quiz.planning import Planning
from data.quiz.practice import Practices
from data.quiz.records import Answered, Given, Quiz, Score
from data.quiz.rounds import Rounds


class Quizzes(Bank, Rounds, Counting, Planning, Practices):
    """The whole shelf: `tx.quiz`."""


__all__ = ["Answered", "Given", "Quiz", "Quizzes", "Score"]
