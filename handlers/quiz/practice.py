"""What is tried at home? One small practice, asked after once; the key messages for those who were not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.content.quizzes import practices
from data.content.sessions import key_messages, session
from data.records import Kpm, Person
from data.store import Tx
from handlers.quiz.turns import MORNING, Turn, next_at, turns
from handlers.rules.courtesy import next_allowed
from handlers.speech import names_of, say
from messages.envelope import Inbound, KpmId, Outbound, Priority

AT_ONCE = 40
ASK_AFTER = timedelta(days=7)
ANSWERED_WITHIN = timedelta(days=21)
WHO = "practice_who"
WAITS = timedelta(days=3)


def tick_practice(tx: Tx) -> bool:
    """The next morning the practice, a week later the question; those absent get the key messages. A quiz that waits
    for room in the week goes first."""
    rows = tx.quiz.practices_due(AT_ONCE)
    first = tx.quiz.still_to_offer([row.kpm_id for row in rows])
    for row in rows:
        if row.kpm_id in first:
            _wait(tx, row, tx.people.kelompok(row.kelompok_id).zone)
    wishes = [(KpmId(row.kpm_id), row.kelompok_id, row) for row in rows if row.kpm_id not in first]
    for turn in turns(tx, wishes):
        if turn.reach is None:
            for row in turn.wishes:
                _wait(tx, row, turn.zone)
            continue
        _put(tx, turn)
    return len(rows) == AT_ONCE


def _wait(tx: Tx, row: Any, zone: ZoneInfo) -> None:
    if row.expires <= tx.now:
        tx.quiz.set_practice(row.meeting_id, row.kpm_id, state="closed")
    else:
        due = next_at(tx.now + timedelta(hours=1), MORNING, zone)
        tx.quiz.set_practice(row.meeting_id, row.kpm_id, due=due)


def _put(tx: Tx, turn: Turn[Any]) -> None:
    assert turn.reach is not None  # noqa: S101  checked by the caller
    first = turn.wishes[0]
    same = [r for r in turn.wishes if (r.meeting_id, r.kind, r.state) == (first.meeting_id, first.kind, first.state)]
    for row in turn.wishes:
        if row not in same or row.expires <= tx.now:
            _wait(tx, row, turn.zone)
    same = [row for row in same if row.expires > tx.now]
    known = practices().get(first.session)
    if known is None:
        for row in same:
            tx.quiz.set_practice(row.meeting_id, row.kpm_id, state="closed")
    if not same or known is None:
        return
    at = next_allowed(tx.now, turn.zone, tx.settings.hours())
    names = turn.names([row.kpm_id for row in same])
    if first.kind == "messages":
        key, params = "practice.messages", {"names": names, "messages": " ".join(key_messages(first.session))}
    else:
        key = "practice.try" if first.state == "planned" else "practice.tried"
        params = {"names": names, "practice": known.practice}
    letter = Outbound(
        turn.reach.address,
        key,
        params,
        once=f"{key}:{first.meeting_id}:address:{turn.reach.address_id}",
        priority=Priority.QUIZ,
        not_before=at,
        expires=min(row.expires for row in same),
        unasked=True,
        kpms=[KpmId(row.kpm_id) for row in same],
    )
    tx.outbox.put(letter)
    for row in same:
        _told(tx, row)


def _told(tx: Tx, row: Any) -> None:
    if row.kind == "messages":
        tx.quiz.set_practice(row.meeting_id, row.kpm_id, state="closed", told=tx.now)
    elif row.state == "planned":
        tx.quiz.set_practice(row.meeting_id, row.kpm_id, state="told", told=tx.now, due=tx.now + ASK_AFTER)
    else:
        tx.quiz.set_practice(
            row.meeting_id, row.kpm_id, state="asked", asked=tx.now, due=row.expires, expires=tx.now + ANSWERED_WITHIN
        )


# --- answers


def on_practice(msg: Inbound, who: Person, tx: Tx, done: bool) -> list[Outbound] | None:
    """SUDAH or BELUM: counted as told, never as verified. None when nothing was asked."""
    asked = tx.quiz.practice_asked([kpm.id for kpm in who.kpms])
    if not asked:
        return None
    newest = [row for row in asked if row.meeting_id == asked[0].meeting_id]
    kpms = [kpm for kpm in who.kpms if kpm.id in {row.kpm_id for row in newest}]
    if len(kpms) == 1:
        return _keep(msg, tx, kpms, asked[0].meeting_id, done)
    memory = {"meeting": asked[0].meeting_id, "done": done, "ids": [kpm.id for kpm in kpms]}
    tx.sessions.keep(who.address_id, WHO, memory, WAITS)
    options = [(f"practice.who:{kpm.id}", kpm.name[:20]) for kpm in kpms]
    return [say(msg, "quiz.who", options=[*options, ("practice.who:all", "Semua")])]


def on_practice_who(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    kpms = [kpm for kpm in who.kpms if kpm.id in waiting["ids"]]
    words = set(msg.text.lower().split())
    everybody = msg.button == "practice.who:all" or bool(words & {"semua", "berdua", "keduanya"})
    chosen = [
        kpm
        for kpm in kpms
        if everybody or msg.button == f"practice.who:{kpm.id}" or set(kpm.name.lower().split()) & words
    ]
    if not chosen:
        return None
    tx.sessions.end(who.address_id, WHO)
    return _keep(msg, tx, chosen, waiting["meeting"], waiting["done"])


def _keep(msg: Inbound, tx: Tx, kpms: Sequence[Kpm], meeting_id: int, done: bool) -> list[Outbound]:
    for kpm in kpms:
        answer = "done" if done else "not_yet"
        tx.quiz.set_practice(meeting_id, kpm.id, state="closed", answer=answer)
        tx.audit.write(f"kpm:{kpm.id}", "practice.answer", f"meeting:{meeting_id}:kpm:{kpm.id}", None, answer)
    return [say(msg, "practice.done" if done else "practice.not_yet", names=names_of(kpms))]


def on_materi(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """MATERI: the key messages of the last session once more."""
    last = tx.meetings.last(who.kpms[0].kelompok_id, msg.at)
    found = session(last.session) if last is not None else None
    if found is None:
        return [say(msg, "practice.no_materi", names=names_of(who.kpms))]
    return [say(msg, "practice.materi", title=found.title, messages=" ".join(key_messages(found.id)))]
