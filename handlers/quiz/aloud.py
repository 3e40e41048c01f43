"""A family without a phone answers aloud at the meeting; the pendamping enters it, and it is marked so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.content.quizzes import LETTERS
from data.records import Kpm, Person
from data.store import Tx
from handlers import scope
from handlers.quiz.asking import ANSWERS, begin, ends, score, shown, take, waiting
from handlers.rules.quiz import OFFERED_FOR
from handlers.speech import say
from messages.envelope import Inbound, Outbound
from messages.reading import Expecting, read

TOPIC = "kuis_lisan"
OPEN_FOR = timedelta(hours=12)
_BUTTON = re.compile(r"quiz\.answer:(\d{1,12})\.(\d{1,2})\.([abc])")


def read_aloud(msg: Inbound, who: Person, tx: Tx, kpm: Kpm, session: str) -> list[Outbound]:
    name = f"aloud:{session}:{tx.now:%Y-%m-%d}:kpm:{kpm.id}"
    by = who.staff.id if who.staff else None
    expires = tx.now + OFFERED_FOR
    planned = tx.quiz.plan(name, kpm.id, kpm.kelompok_id, session, "post", tx.now, expires, entered_by=by)
    quiz = tx.quiz.get(planned) if planned is not None else None
    if quiz is None:
        found = [q for q in tx.quiz.open_of([kpm.id]) if q.entered_by is not None and q.session == session]
        if not found:
            return [say(msg, "quiz.staff.unknown", example=kpm.name)]
        quiz = found[0]
    elif quiz.state == "planned":
        quiz = begin(tx, quiz)
    return _ask(msg, who, tx, quiz.id, kpm)


def _ask(msg: Inbound, who: Person, tx: Tx, quiz_id: int, kpm: Kpm) -> list[Outbound]:
    quiz = tx.quiz.get(quiz_id)
    asked = waiting(tx, quiz) if quiz is not None else None
    if asked is None:
        return []
    tx.sessions.keep(who.address_id, TOPIC, {"quiz": quiz_id, "kpm": kpm.id}, OPEN_FOR)
    return [Outbound(msg.sender, "quiz.staff.aloud", {**shown(asked), "name": kpm.called})]


def on_aloud_line(msg: Inbound, who: Person, tx: Tx, memory: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer a family gave aloud, entered by the pendamping and marked so."""
    kpm = tx.people.kpm(memory["kpm"])
    quiz = tx.quiz.get(memory["quiz"])
    mine = {k.id for k in scope.mine(who, tx)}
    if kpm is None or quiz is None or kpm.kelompok_id not in mine or quiz.entered_by is None:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    asked = waiting(tx, quiz)
    if asked is None:
        return None
    if msg.button:
        found = _BUTTON.fullmatch(msg.button)
        if found is None:
            return None
        if (int(found[1]), int(found[2])) != (quiz.id, asked.position):
            return _ask(msg, who, tx, quiz.id, kpm)
        choice = found[3]
    else:
        choice = ANSWERS.get(read(msg.text, Expecting.QUIZ, options=asked.item.options).meaning, "")
    if not choice or LETTERS.index(choice) >= len(asked.item.options):
        return None
    take(tx, asked, choice)
    if waiting(tx, quiz) is not None:
        return _ask(msg, who, tx, quiz.id, kpm)
    tx.sessions.end(who.address_id, TOPIC)
    given = ends(tx, quiz, kpm)
    done = {"name": kpm.called, "score": score(given, quiz), "explanation": asked.item.explanation}
    return [say(msg, "quiz.staff.aloud_done", **done)]
