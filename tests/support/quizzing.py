"""Who takes a quiz in a test? Families of Melati 3 the evening after a meeting about P2, and the answers they know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from data.content.quizzes import LETTERS, Item, items
from data.store import Tx
from handlers.quiz.asking import begin, take, waiting
from tests.support.chat import Chat, Someone
from tests.support.village import Village, settle

BY_ID = {item.id: item for item in items()}


def after_a_meeting(*names: str, starts: str = "2026-11-27 15:00") -> tuple[Chat, Someone, list[Someone]]:
    """The families were invited on Friday, came on Saturday, and are offered a quiz that evening; one letter each so
    far, so that the limit leaves room."""
    chat = Chat(starts)
    budi = chat.pendamping("Pak Budi", "Melati 3")
    families = [chat.kpm(name, "Melati 3") for name in names or ("Siti",)]
    chat.meeting("Melati 3", starts="2026-11-28 10:00", announced="now")
    chat.at("2026-11-28 10:05")
    for family in families:
        family.says("hadir").hears("attendance.claimed")
    return chat, budi, families


def evening(chat: Chat, *families: Someone) -> None:
    chat.at("2026-11-28 19:40")
    for family in families:
        family.hears("quiz.invitation").hears_nothing()


def asked(family: Someone) -> Item:
    """The question that lies on the phone."""
    question = family.last.params["question"]
    return next(item for item in BY_ID.values() if item.question == question)


def right(family: Someone) -> str:
    """The letter of the right answer."""
    return asked(family).right


def wrong(family: Someone) -> str:
    item = asked(family)
    return next(letter for letter in LETTERS if letter != item.right)


def words(family: Someone, letter: str) -> str:
    return asked(family).options[LETTERS.index(letter)]


def takes(family: Someone, marks: Sequence[bool]) -> None:
    """Begins the quiz that was offered and answers right or wrong by letter."""
    family.says("mulai").hears("quiz.question")
    for mark in marks:
        family.says(right(family) if mark else wrong(family))


MARKS = {"Siti": (True, True, True), "Wati": (True, True, False), "Aminah": (False, False, False), "Jumiati": ()}


def played_in_a_village(tx: Tx) -> Village:
    """Four families of Melati 1 were offered P2, three answered it all; two of Melati 2 answered it right."""
    village = settle(tx)
    play(tx, village)
    return village


def play(tx: Tx, village: Village) -> None:
    marks = {**MARKS, "Halimah": (True,) * 3, "Rusmini": (True,) * 3}
    for name, given in marks.items():
        kpm = village.kpm(tx, name)
        added = tx.quiz.plan(f"t:{name}", kpm.id, kpm.kelompok_id, "P2", "post", tx.now, tx.now + timedelta(days=9))
        assert added is not None
        tx.quiz.invited(added, tx.now + timedelta(days=3), tx.now + timedelta(days=9))
        quiz = tx.quiz.get(added)
        assert quiz is not None
        quiz = begin(tx, quiz) if given else quiz
        for mark in given:
            asked = waiting(tx, quiz)
            assert asked is not None
            take(tx, asked, asked.item.right if mark else next(x for x in LETTERS if x != asked.item.right))
        if given:
            tx.quiz.finish(added)
