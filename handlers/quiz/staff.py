"""KUIS of a pendamping: offer one, see what was understood, by kelompok and by family."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.content.quizzes import HK
from data.content.sessions import find_session
from data.quiz import Score
from data.records import Kelompok, Kpm, Person
from data.store import Tx
from handlers import scope
from handlers.quiz.aloud import read_aloud
from handlers.quiz.numbers import families_numbers, last_session, numbers_of
from handlers.quiz.results import practice_rows, result_rows, spoken_row
from handlers.quiz.turns import EVENING, next_at
from handlers.rules.quiz import OFFER_WITHIN
from handlers.speech import say
from messages import spoken
from messages.envelope import Inbound, Outbound

TOPIC = "kuis"
OPEN_FOR = timedelta(hours=12)
DROP = {"kuis.drop", "batal", "tidak jadi"}
LINES = 30


def on_kuis_staff(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """KUIS kelompok or KUIS nama: what was understood; with a sesi behind it: offer one, or read it aloud."""
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
        return read_aloud(msg, who, tx, found[0][0], session) if session else _family(msg, tx, *found[0])
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
            planned = tx.quiz.plan(name, kpm.id, kelompok.id, memory["session"], "post", due, due + OFFER_WITHIN)
            count += planned is not None
    actor = f"staff:{who.staff.id}" if who.staff else "staff"
    tx.audit.write(actor, "quiz.offered", f"kelompok:{kelompok.id}", None, memory["session"])
    return [say(msg, "quiz.staff.sent", session=memory["session"], kelompok=kelompok.name, count=str(count))]


def _results(msg: Inbound, tx: Tx, kelompok: Kelompok) -> list[Outbound]:
    session = tx.quiz.newest_session([kelompok.id]) or last_session(tx, kelompok.id, msg.at)
    rows = result_rows(tx, {kelompok.name: [kelompok.id]}, session)
    if not rows:
        return [say(msg, "quiz.staff.no_results", kelompok=kelompok.name)]
    numbers = families_numbers(tx, kelompok.id, session)
    lines = [f"{kpm.name}: {line}" for kpm in tx.people.families(kelompok.id) if (line := numbers.line(kpm.id))]
    practices = practice_rows(tx, {kelompok.name: [kelompok.id]}, session)
    return [
        say(
            msg,
            "quiz.staff.results",
            kelompok=kelompok.name,
            session=session,
            numbers=spoken_row(rows[0], practices[0] if practices else None),
            lines="\n".join(sorted(lines)[:LINES]) or "(belum ada jawaban)",
            code=session,
        )
    ]


def _family(msg: Inbound, tx: Tx, kpm: Kpm, kelompok: str) -> list[Outbound]:
    """Every session of one family: what was right, before and after, and what was decided."""
    by_session: dict[str, list[Score]] = defaultdict(list)
    for score in tx.quiz.scores([kpm.kelompok_id]):
        if score.kpm_id == kpm.id:
            by_session[score.session].append(score)
    levels = tx.quiz.levels_of(kpm.id)
    lines = []
    for session in sorted({*by_session, *levels}):
        line = numbers_of(by_session[session]).line(kpm.id) or "belum menjawab kuis"
        lines.append(f"{session}: {line}" + (f"; tercatat {levels[session]}" if session in levels else ""))
    code = last_session(tx, kpm.kelompok_id, msg.at)
    shown = "\n".join(lines) or "(belum ada kuis)"
    return [say(msg, "quiz.staff.family", who=kpm.name, kelompok=kelompok, lines=shown, code=code)]
