"""Which marks does she propose, and what does SELESAI save? Everything is shown back before it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from data.records import Answer, Entry, Kelompok, Kpm, KpmId, Mark, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.attendance.saving import hand_in
from handlers.rules.attendance import may_mark
from handlers.rules.marking import RegisterLine, read_marks
from handlers.speech import say, when
from messages.envelope import Inbound, Outbound

TOPIC = "absen"
OPEN_FOR = timedelta(hours=12)
NAMES_SHOWN = 8
_NAMED = {Mark.EXCUSED, Mark.SICK, Mark.ABSENT}
_SAVE_TOO = re.compile(r"[\s.,;]+selesai[\s.!]*$", re.IGNORECASE)
"""Behind marks it saves nothing yet: what they come to is shown first."""

DROP = {"mark.drop", "batal", "tidak jadi", "gak jadi", "ga jadi"}
SAVE = {"mark.save", "selesai", "simpan", "kirim"}
CHANGE = {"mark.change", "ubah", "ganti"}
CLAIMS = {"mark.claims"}


def on_register_line(
    msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], text: str | None = None
) -> list[Outbound] | None:
    """One line while a register is open: marks, SELESAI, UBAH or 'tidak jadi'."""
    kelompok = next((k for k in scope.mine(who, tx) if k.id == waiting["kelompok"]), None)
    meeting = tx.meetings.get(waiting["meeting"])
    if kelompok is None or meeting is None or not may_mark(meeting, msg.at) or who.staff is None:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    words = text if text is not None else msg.text
    word = msg.button or words.strip().lower().rstrip(".!")
    marks = held_marks(waiting)
    if word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "attendance.register.dropped", kelompok=kelompok.name)]
    if word in CHANGE:
        return [say(msg, "attendance.register.change")]
    if word in SAVE:
        return _save(msg, who, tx, waiting, kelompok, meeting, marks)
    entries = in_order(tx.attendance.register(meeting, kelompok.id), waiting["ids"])
    if word in CLAIMS:
        new: dict[KpmId, Mark | None] = {e.kpm.id: Mark.PRESENT for e in entries if is_proven(e) and e.mark is None}
        return propose(msg, who, tx, waiting, kelompok, meeting, entries, {**marks, **new})
    if msg.button:
        return None
    numbered = [RegisterLine(number, e.kpm.id, e.kpm.name) for number, e in enumerate(entries, 1)]
    held = {e.kpm.id: e.mark for e in entries if e.mark is not None} | {i: m for i, m in marks.items() if m}
    read = read_marks(_SAVE_TOO.sub("", words), numbered, held)
    letters = []
    if read.unclear:
        letters.append(say(msg, "attendance.register.unclear", unclear=_quoted(read.unclear)))
    if read.marks:
        letters += propose(msg, who, tx, waiting, kelompok, meeting, entries, {**marks, **read.marks})
    return letters or [say(msg, "attendance.register.unclear", unclear=_quoted([words]))]


def propose(
    msg: Inbound,
    who: Person,
    tx: Tx,
    waiting: Mapping[str, Any],
    kelompok: Kelompok,
    meeting: Meeting,
    entries: Sequence[Entry],
    marks: Mapping[KpmId, Mark | None],
) -> list[Outbound]:
    memory = {**waiting, "marks": {str(i): m.value if m else None for i, m in marks.items()}}
    tx.sessions.keep(who.address_id, TOPIC, memory, OPEN_FOR)
    after = [(entry, marks.get(entry.kpm.id, entry.mark)) for entry in entries]
    present = [entry for entry, mark in after if mark is Mark.PRESENT]
    warnings = [
        *[_warning(f"{word.value}", [e.kpm for e, mark in after if mark is word]) for word in Mark if word in _NAMED],
        _warning(
            "keluarga belum memberi kabar", [e.kpm for e in present if e.answer in {Answer.UNKNOWN, Answer.MAYBE}]
        ),
        _warning("keluarga bilang tidak bisa", [e.kpm for e in present if e.answer is Answer.DECLINED]),
        _warning("belum ditandai, tetap belum diketahui", [e.kpm for e, mark in after if mark is None]),
    ]
    return [
        say(
            msg,
            "attendance.register.proposal",
            kelompok=kelompok.name,
            when=when(meeting),
            counts=counts([mark for _, mark in after]),
            warnings="".join(f"\n{warning}" for warning in warnings if warning),
        )
    ]


def _save(
    msg: Inbound,
    who: Person,
    tx: Tx,
    waiting: Mapping[str, Any],
    kelompok: Kelompok,
    meeting: Meeting,
    marks: Mapping[KpmId, Mark | None],
) -> list[Outbound]:
    assert who.staff is not None  # noqa: S101  checked by the caller
    state = tx.meetings.register(meeting.id, kelompok.id)
    if not marks and state is not None and not state.marks and not waiting.get("empty"):
        tx.sessions.keep(who.address_id, TOPIC, {**waiting, "empty": True}, OPEN_FOR)
        return [say(msg, "attendance.register.nothing")]
    hand_in(tx, meeting, kelompok.id, marks, who.staff.id)
    tx.sessions.end(who.address_id, TOPIC)
    entries = tx.attendance.register(meeting, kelompok.id)
    written = counts([entry.mark for entry in entries])
    return [say(msg, "attendance.register.saved", kelompok=kelompok.name, when=when(meeting), counts=written)]


def counts(marks: Sequence[Mark | None]) -> str:
    """'Hadir 28, sakit 1, alpa 1, belum diketahui 2 dari 32 keluarga.'"""
    words = [f"{mark.value} {marks.count(mark)}" for mark in Mark if mark in marks]
    if None in marks:
        words.append(f"belum diketahui {marks.count(None)}")
    return f"{', '.join(words).capitalize()} dari {len(marks)} keluarga."


def _warning(what: str, kpms: Sequence[Kpm]) -> str:
    names = [kpm.name for kpm in kpms]
    if not names:
        return ""
    more = f", dan {len(names) - NAMES_SHOWN} lagi" if len(names) > NAMES_SHOWN else ""
    return f"{len(names)} {what}: {', '.join(names[:NAMES_SHOWN])}{more}."


def in_order(entries: Sequence[Entry], ids: Sequence[int]) -> list[Entry]:
    """The numbers of the list she looks at never shift, whatever changed since."""
    by_id = {int(entry.kpm.id): entry for entry in entries}
    return [by_id.pop(i) for i in ids if i in by_id] + list(by_id.values())


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{" ".join(word.split())[:40]}"' for word in words[:5])


def held_marks(memory: Mapping[str, Any]) -> dict[KpmId, Mark | None]:
    return {KpmId(int(i)): Mark(word) if word else None for i, word in memory["marks"].items()}


def is_proven(entry: Entry) -> bool:
    """She said the code of the day, and has not taken it back."""
    return entry.code and entry.answer is Answer.CLAIMED
