"""KUIS of a pendamping: offer one, read one aloud to a family without a phone, see what was understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.content.quizzes import HK, LETTERS
from data.content.sessions import find_session
from data.records import Kelompok, Kpm, Person
from data.store import Tx
from handlers import scope
from handlers.quiz.asking import begin, ends, score, shown, take, waiting
from handlers.quiz.numbers import kelompok_numbers, last_session
from handlers.quiz.turns import EVENING, next_at
from handlers.rules.quiz import OFFERED_FOR
from handlers.speech import say
from messages import spoken
from messages.envelope import Inbound, Outbound

TOPIC, ALOUD = "kuis", "kuis_lisan"
OPEN_FOR = timedelta(hours=12)
DROP = {"kuis.drop", "batal", "tidak jadi"}
_BUTTON = re.compile(r"quiz\.answer:(\d{1,12})\.(\d{1,2})\.([abc])")
LINES = 30


def on_kuis_staff(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """KUIS kelompok[; sesi] or KUIS nama; sesi."""
    kelompoks = scope.mine(who, tx)
    head, *tail = [part.strip() for part in re.split(r"[;\n]", rest)]
    session = _session(tail[0]) if tail and tail[0] else None
    kelompok = scope.find(head, kelompoks) if head else (kelompoks[0] if len(kelompoks) == 1 else None)
    if kelompok is not None:
        if tail and tail[0] and session is None:
            return [say(msg, "meetings.draft.unknown_session", text=tail[0][:40])]
        return _preview(msg, who, tx, kelompok, session) if session else _results(msg, tx, kelompok)
    found = scope.families_named(head, who, tx) if head else []
    if len(found) == 1:
        return _read_aloud(msg, who, tx, found[0][0], session or last_session(tx, found[0][0].kelompok_id, msg.at))
    return [say(msg, "quiz.staff.unknown", example=kelompoks[0].name if kelompoks else "Melati 1")]


def _session(words: str) -> str | None:
    if words.strip().upper() in {HK, "HAK KEWAJIBAN", "HAK DAN KEWAJIBAN"}:
        return HK
    found = find_session(words)
    return found.id if found else None


def _preview(msg: Inbound, who: Person, tx: Tx, kelompok: Kelompok, session: str) -> list[Outbound]:
    reached = sum(len(one.kpms) for one in tx.people.reachable([kelompok.id]))
    first = next_at(tx.now, EVENING, kelompok.zone).astimezone(kelompok.zone)
    tx.sessions.keep(who.address_id, TOPIC, {"kelompok": kelompok.id, "session": session}, OPEN_FOR)
    return [
        say(
            msg,
            "quiz.staff.preview",
            kelompok=kelompok.name,
            session=session,
            reached=str(reached),
            families=str(len(tx.people.families(kelompok.id))),
            first=f"{spoken.short_date(first.date())} {spoken.clock(first)}",
        )
    ]


def on_kuis_line(msg: Inbound, who: Person, tx: Tx, memory: Mapping[str, Any]) -> list[Outbound] | None:
    """Kirim or Tidak jadi."""
    kelompok = next((k for k in scope.mine(who, tx) if k.id == memory["kelompok"]), None)
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    if kelompok is None or word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "quiz.staff.dropped")] if kelompok is not None else None
    if word not in {"kuis.send", "kirim"}:
        return None
    tx.sessions.end(who.address_id, TOPIC)
    due = next_at(tx.now, EVENING, kelompok.zone)
    count = 0
    for one in tx.people.reachable([kelompok.id]):
        for kpm in one.kpms:
            name = f"kuis:{memory['session']}:{tx.now:%Y-%m-%d}:kpm:{kpm.id}"
            planned = tx.quiz.plan(name, kpm.id, kelompok.id, memory["session"], "post", due, due + OFFERED_FOR)
            count += planned is not None
    actor = f"staff:{who.staff.id}" if who.staff else "staff"
    tx.audit.write(actor, "quiz.offered", f"kelompok:{kelompok.id}", None, memory["session"])
    return [say(msg, "quiz.staff.sent", session=memory["session"], kelompok=kelompok.name, count=str(count))]


def _results(msg: Inbound, tx: Tx, kelompok: Kelompok) -> list[Outbound]:
    session = last_session(tx, kelompok.id, msg.at)
    numbers = kelompok_numbers(tx, kelompok.id, session)
    if not numbers.invited:
        return [say(msg, "quiz.staff.no_results", kelompok=kelompok.name)]
    names = {int(kpm.id): kpm.name for kpm in tx.people.families(kelompok.id)}
    lines = [f"{names[i]}: {right} dari {n} benar" for i, (right, n) in numbers.by_family.items() if i in names and n]
    mean = f"Rata-rata {numbers.mean:.0%} benar, dari {numbers.finished} keluarga." if numbers.mean is not None else ""
    return [
        say(
            msg,
            "quiz.staff.results",
            kelompok=kelompok.name,
            session=session,
            invited=str(numbers.invited),
            started=str(numbers.started),
            finished=str(numbers.finished),
            mean=mean or "Belum ada yang selesai.",
            lines="\n".join(sorted(lines)[:LINES]) or "(belum ada jawaban)",
            code=session,
        )
    ]


# --- read aloud


def _read_aloud(msg: Inbound, who: Person, tx: Tx, kpm: Kpm, session: str) -> list[Outbound]:
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
    tx.sessions.keep(who.address_id, ALOUD, {"quiz": quiz_id, "kpm": kpm.id}, OPEN_FOR)
    return [Outbound(msg.sender, "quiz.staff.aloud", {**shown(asked), "name": kpm.called})]


def on_aloud_line(msg: Inbound, who: Person, tx: Tx, memory: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer a family gave aloud, entered by the pendamping and marked so."""
    kpm = tx.people.kpm(memory["kpm"])
    quiz = tx.quiz.get(memory["quiz"])
    mine = {k.id for k in scope.mine(who, tx)}
    if kpm is None or quiz is None or kpm.kelompok_id not in mine or quiz.entered_by is None:
        tx.sessions.end(who.address_id, ALOUD)
        return None
    asked = waiting(tx, quiz)
    choice = _choice(msg, quiz.id, asked.position if asked else -1)
    if asked is None or choice is None or LETTERS.index(choice) >= len(asked.item.options):
        return None
    take(tx, asked, choice)
    if waiting(tx, quiz) is not None:
        return _ask(msg, who, tx, quiz.id, kpm)
    tx.sessions.end(who.address_id, ALOUD)
    given = ends(tx, quiz, kpm)
    done = {"name": kpm.called, "score": score(given, quiz), "explanation": asked.item.explanation}
    return [say(msg, "quiz.staff.aloud_done", **done)]


def _choice(msg: Inbound, quiz_id: int, position: int) -> str | None:
    if msg.button:
        found = _BUTTON.fullmatch(msg.button)
        return found[3] if found and (int(found[1]), int(found[2])) == (quiz_id, position) else None
    word = msg.text.strip().lower().rstrip(".)")
    return {"1": "a", "2": "b", "3": "c"}.get(word, word if word in set(LETTERS) else None)
