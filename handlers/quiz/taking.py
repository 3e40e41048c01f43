"""A family takes a quiz: Mulai or Nanti, one question a message, the explanation always, and one sentence to keep."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.content.quizzes import HK, LETTERS
from data.quiz import Quiz
from data.records import Kpm, Person
from data.store import Tx
from handlers.quiz.asking import ANSWERS, Asked, begin, ends, letters_of, remember, score, shown, take, waiting
from handlers.rules.quiz import OFFERED_FOR
from handlers.speech import names_of, not_theirs, say
from messages.envelope import Inbound, Outbound
from messages.reading import Expecting, read

TOPIC, WHO = "quiz", "quiz_who"
WAITS = timedelta(days=7)
REMEMBERED = timedelta(days=30)
_BUTTON = re.compile(r"quiz\.answer:(\d{1,12})\.(\d{1,2})\.([abc])")
_DIGIT = re.compile(r"[\s.)]*[1-3][\s.)]*")


def on_kuis(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """KUIS from a family: the one that waits, else a new one about the last session."""
    if tx.quiz.open_of([kpm.id for kpm in who.kpms]):
        return on_start(msg, who, tx)
    kpms = list(who.kpms)
    if len(kpms) > 1:
        return _ask_who(msg, who, tx, kpms, {"new": True})
    return _new(msg, who, tx, kpms[0])


def _new(msg: Inbound, who: Person, tx: Tx, kpm: Kpm) -> list[Outbound]:
    last = tx.meetings.last(kpm.kelompok_id, msg.at)
    about = last.session if last is not None and last.session else HK
    name = f"self:{about}:{tx.now:%Y-%m-%d}:kpm:{kpm.id}"
    planned = tx.quiz.plan(name, kpm.id, kpm.kelompok_id, about, "self", tx.now, tx.now + OFFERED_FOR)
    quiz = tx.quiz.get(planned) if planned is not None else None
    if quiz is None:
        return [say(msg, "quiz.none", names=names_of([kpm]))]
    return _begin(msg, who, tx, quiz, kpm)


def on_start(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """MULAI: begins the quiz that was offered, or goes on with the one that was interrupted."""
    open_ones = tx.quiz.open_of([kpm.id for kpm in who.kpms])
    by_kpm: dict[int, Quiz] = {}
    for quiz in open_ones:
        by_kpm.setdefault(quiz.kpm_id, quiz)
    if not by_kpm:
        return [say(msg, "quiz.expired", names=names_of(who.kpms))]
    started = next((quiz for quiz in open_ones if quiz.state == "started"), None)
    if len(by_kpm) > 1 and started is None:
        return _ask_who(msg, who, tx, [kpm for kpm in who.kpms if kpm.id in by_kpm], {})
    quiz = started or next(iter(by_kpm.values()))
    return _begin(msg, who, tx, quiz, next(kpm for kpm in who.kpms if kpm.id == quiz.kpm_id))


def is_waited_for(who: Person, tx: Tx) -> bool:
    """Whether MULAI and NANTI are about a quiz: one that is open, or one that ran out not long ago."""
    kpm_ids = [kpm.id for kpm in who.kpms]
    return bool(tx.quiz.open_of(kpm_ids)) or tx.quiz.missed(kpm_ids, tx.now - REMEMBERED)


def on_later(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    tx.sessions.end(who.address_id, TOPIC)
    return [say(msg, "quiz.later", names=names_of(who.kpms))]


def _ask_who(msg: Inbound, who: Person, tx: Tx, kpms: Sequence[Kpm], memory: dict[str, Any]) -> list[Outbound]:
    tx.sessions.keep(who.address_id, WHO, {**memory, "ids": [kpm.id for kpm in kpms]}, WAITS)
    return [say(msg, "quiz.who", options=[(f"quiz.who:{kpm.id}", kpm.name[:20]) for kpm in kpms])]


def on_quiz_who(msg: Inbound, who: Person, tx: Tx, waiting_for: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer to 'kuis ini untuk siapa?'; None when the line is about something else."""
    kpms = [kpm for kpm in who.kpms if kpm.id in waiting_for["ids"]]
    words = set(re.findall(r"\w+", msg.text.lower()))
    number = int(msg.text) if msg.text.strip().isdecimal() and len(msg.text) < 3 else 0
    chosen = next(
        (
            kpm
            for place, kpm in enumerate(kpms, 1)
            if msg.button == f"quiz.who:{kpm.id}" or number == place or set(kpm.name.lower().split()) & words
        ),
        None,
    )
    if chosen is None:
        return None
    tx.sessions.end(who.address_id, WHO)
    open_ones = tx.quiz.open_of([chosen.id])
    if open_ones:
        return _begin(msg, who, tx, open_ones[0], chosen)
    return _new(msg, who, tx, chosen)


def _begin(msg: Inbound, who: Person, tx: Tx, quiz: Quiz, kpm: Kpm) -> list[Outbound]:
    resumed = quiz.state == "started"
    if not resumed:
        quiz = begin(tx, quiz)
    asked = waiting(tx, quiz)
    if asked is None:
        return [say(msg, "quiz.none", names=names_of([kpm]))]
    if resumed:
        return [_ask(msg, who, tx, asked, "quiz.resumed", name=kpm.called)]
    return [_ask(msg, who, tx, asked, "quiz.question", name=kpm.called, letters=letters_of(asked))]


def _ask(msg: Inbound, who: Person, tx: Tx, asked: Asked, key: str, **more: object) -> Outbound:
    memory = {"quiz": asked.quiz.id, "position": asked.position, "at": tx.now.isoformat()}
    tx.sessions.keep(who.address_id, TOPIC, memory, WAITS)
    return Outbound(msg.sender, key, {**shown(asked), **more})


# --- answers


def on_quiz_button(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A tapped answer names its quiz and question: an old question is not counted for the new one."""
    found = _BUTTON.fullmatch(msg.button or "")
    quiz = tx.quiz.get(int(found[1])) if found else None
    kpm = next((k for k in who.kpms if quiz is not None and k.id == quiz.kpm_id), None)
    if found is None or quiz is None or kpm is None:
        return [not_theirs(msg)]
    if quiz.state != "started" or quiz.expires <= tx.now:
        given = tx.quiz.answers(quiz.id)
        if quiz.state == "finished" and given:
            return []
        return [say(msg, "quiz.expired", names=names_of([kpm]))]
    asked = waiting(tx, quiz)
    if asked is None:
        return []
    if asked.position != int(found[2]):
        return _old_question(msg, who, tx, asked, int(found[2]), found[3])
    return _answer(msg, who, tx, asked, kpm, found[3])


def _old_question(msg: Inbound, who: Person, tx: Tx, asked: Asked, position: int, choice: str) -> list[Outbound]:
    """A double tap is silent; a second thought about an old question gets the current one again."""
    same = any(g.position == position and g.choice == choice for g in tx.quiz.answers(asked.quiz.id))
    return [] if same else [_ask(msg, who, tx, asked, "quiz.already")]


def on_quiz_line(msg: Inbound, who: Person, tx: Tx, waiting_for: Mapping[str, Any]) -> list[Outbound] | None:
    """A typed answer: a, b, c, 1, 2, 3 or its words; None when the line is about something else."""
    quiz = tx.quiz.get(waiting_for["quiz"])
    kpm = next((k for k in who.kpms if quiz is not None and k.id == quiz.kpm_id), None)
    if quiz is None or kpm is None or quiz.state != "started" or msg.button:
        return None
    if _DIGIT.fullmatch(msg.text) and _meeting_asked_since(who, tx, waiting_for):
        return None
    asked = waiting(tx, quiz)
    if asked is None:
        return None
    reading = read(msg.text, Expecting.QUIZ, options=asked.item.options)
    if reading.details.get("either"):
        return on_unclear(msg, who, tx, waiting_for)
    choice = ANSWERS.get(reading.meaning)
    if choice is None or not reading.sure or LETTERS.index(choice) >= len(asked.item.options):
        return None
    if quiz.expires <= tx.now:
        return [say(msg, "quiz.expired", names=names_of([kpm]))]
    return _answer(msg, who, tx, asked, kpm, choice)


def _meeting_asked_since(who: Person, tx: Tx, waiting_for: Mapping[str, Any]) -> bool:
    """An invitation that came after the question has a 1, 2, 3 of its own: the newest question is meant."""
    last = tx.outbox.last_meeting_letter(who.address_id)
    return last is not None and last > datetime.fromisoformat(waiting_for["at"])


def on_unclear(msg: Inbound, who: Person, tx: Tx, waiting_for: Mapping[str, Any]) -> list[Outbound] | None:
    """Nothing else could read the line either: the question once more."""
    quiz = tx.quiz.get(waiting_for["quiz"])
    asked = waiting(tx, quiz) if quiz is not None and quiz.state == "started" and quiz.expires > tx.now else None
    if asked is None or all(k.id != asked.quiz.kpm_id for k in who.kpms):
        return None
    return [_ask(msg, who, tx, asked, "quiz.unclear", letters=letters_of(asked))]


def _answer(msg: Inbound, who: Person, tx: Tx, asked: Asked, kpm: Kpm, choice: str) -> list[Outbound]:
    right = take(tx, asked, choice)
    if right is None:
        return []
    following = waiting(tx, asked.quiz)
    feedback: dict[str, object] = {"explanation": asked.item.explanation}
    if not right:
        feedback["answer"] = asked.item.answer
    if following is not None:
        return [_ask(msg, who, tx, following, "quiz.right" if right else "quiz.not_yet_right", **feedback)]
    tx.sessions.end(who.address_id, TOPIC)
    given = ends(tx, asked.quiz, kpm)
    result = {"name": kpm.called, "score": score(given, asked.quiz), "remember": remember(asked.quiz)}
    key = "quiz.right_last" if right else "quiz.not_yet_right_last"
    letters = [Outbound(msg.sender, key, {**feedback, **result})]
    return letters + _next_person(msg, who, tx, kpm)


def _next_person(msg: Inbound, who: Person, tx: Tx, done: Kpm) -> list[Outbound]:
    """On a shared phone the other family's quiz may wait too."""
    others = [kpm for kpm in who.kpms if kpm.id != done.id]
    open_ones = tx.quiz.open_of([kpm.id for kpm in others]) if others else []
    following = next((kpm for kpm in others if open_ones and kpm.id == open_ones[0].kpm_id), None)
    return [say(msg, "quiz.next_person", name=following.called)] if following else []
