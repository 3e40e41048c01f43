"""KUIS of a koordinator: a session in the whole scope, with a picture; no mean of fewer than five families."""

from __future__ import annotations

import re

from data.content.quizzes import HK
from data.content.sessions import find_session
from data.records import Person
from data.store import Tx
from handlers import scope
from handlers.quiz.results import BY, groups, practice_rows, result_rows, spoken_row
from handlers.rules.quiz_statistics import ENOUGH
from handlers.speech import say
from messages.envelope import Attachment, Inbound, Outbound

LINES = 14


def on_kuis_overview(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """KUIS [sesi] [desa|kelompok]."""
    kelompoks = scope.mine(who, tx)
    by = next((level for level in BY if re.search(rf"\b{level}\b", rest.lower())), "desa")
    words = re.sub(rf"\b({'|'.join(BY)}|per)\b", " ", rest.lower()).strip(" ;,")
    session = _session(words) if words else tx.quiz.newest_session([k.id for k in kelompoks])
    if session is None:
        return [say(msg, "quiz.staff.overview_unknown" if words else "quiz.staff.overview_none")]
    lines = groups(kelompoks, by)
    rows = result_rows(tx, lines, session, by=by, least=ENOUGH)
    total = result_rows(tx, {"semua": [k.id for k in kelompoks]}, session, least=ENOUGH)
    if not total:
        return [say(msg, "quiz.staff.overview_none")]
    practices = {row[by]: row for row in practice_rows(tx, lines, session, by=by)}
    every = practice_rows(tx, {"semua": [k.id for k in kelompoks]}, session)
    shown = [f"{row[by]}: {spoken_row(row, practices.get(row[by]))}" for row in rows[:LINES]]
    if len(rows) > LINES:
        shown.append(f"dan {len(rows) - LINES} {by} lainnya")
    text = {"session": session, "by": by, "lines": "\n".join(shown)}
    text["numbers"] = spoken_row(total[0], every[0] if every else None)
    chart = Attachment("quiz_chart", {"session": session, "by": by, "rows": [{**row, "name": row[by]} for row in rows]})
    return [
        say(msg, "quiz.staff.overview", **text),
        Outbound(msg.sender, "quiz.staff.chart", {"session": session}, attachment=chart),
    ]


def _session(words: str) -> str | None:
    found = find_session(words)
    return HK if words.upper() == HK else found.id if found else None
