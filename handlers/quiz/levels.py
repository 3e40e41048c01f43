"""PAHAM: the level of understanding per family, proposed with its basis, decided by the pendamping, never prefilled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from data.records import Kelompok, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.quiz.numbers import families_numbers
from handlers.rules.quiz import LEVELS, propose
from handlers.speech import say
from messages.envelope import Inbound, KpmId, Outbound, StaffId

TOPIC = "paham"
OPEN_FOR = timedelta(hours=12)
DROP = {"paham.drop", "batal", "tidak jadi"}
SAVE = {"paham.save", "selesai", "simpan"}
_LEVEL = re.compile(r"\b(sangat baik|tidak dapat dinilai|tdd|kurang|baik)\b")
_RANGE = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?")


def on_paham(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """PAHAM kelompok: the last session's list with proposals beside."""
    kelompok, _ = scope.starts_with(rest, scope.mine(who, tx))
    if kelompok is None:
        return [say(msg, "meetings.draft.unknown_kelompok", text=rest[:40], options=scope.options(scope.mine(who, tx)))]
    meeting = _last_held(tx, kelompok, msg)
    if meeting is None or meeting.session is None:
        return [say(msg, "quiz.staff.levels_none", kelompok=kelompok.name)]
    there, _ = tx.quiz.present(meeting.id, kelompok.id)
    memory = {"meeting": meeting.id, "kelompok": kelompok.id, "ids": list(there), "levels": {}}
    tx.sessions.keep(who.address_id, TOPIC, memory, OPEN_FOR)
    lines = "\n".join(_lines(tx, kelompok, meeting, there)) or "(belum ada yang tercatat hadir)"
    return [say(msg, "quiz.staff.levels", kelompok=kelompok.name, session=meeting.session, lines=lines)]


def _last_held(tx: Tx, kelompok: Kelompok, msg: Inbound) -> Meeting | None:
    return tx.meetings.last(kelompok.id, msg.at)


def _lines(tx: Tx, kelompok: Kelompok, meeting: Meeting, ids: Sequence[KpmId]) -> list[str]:
    """'4. Halimah: 2 dari 3 benar, usul baik; tercatat baik'."""
    numbers = families_numbers(tx, kelompok.id, meeting.session or "")
    lines = []
    for number, kpm_id in enumerate(ids, 1):
        kpm = tx.people.kpm(kpm_id)
        proposal = propose(*numbers.right_of(kpm_id))
        decided = tx.quiz.level(meeting.id, kpm_id)
        aloud = " (dibacakan)" if numbers.right_of(kpm_id)[1] and numbers.after[kpm_id].aloud else ""
        tail = f"; tercatat {decided}" if decided else ""
        lines.append(f"{number}. {kpm.name if kpm else kpm_id}: {proposal.basis}{aloud}, usul {proposal.level}{tail}")
    return lines


def on_levels_line(msg: Inbound, who: Person, tx: Tx, memory: Mapping[str, Any]) -> list[Outbound] | None:
    """One line while a PAHAM list is open."""
    kelompok = next((k for k in scope.mine(who, tx) if k.id == memory["kelompok"]), None)
    meeting = tx.meetings.get(memory["meeting"])
    if kelompok is None or meeting is None or who.staff is None:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    if word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "quiz.staff.dropped")]
    levels: dict[str, str] = dict(memory["levels"])
    if word in SAVE and levels:
        return _save(msg, who, tx, kelompok, meeting, levels)
    if msg.button:
        return None
    found, unclear = read_levels(msg.text, len(memory["ids"]))
    if unclear or not found:
        shown = ", ".join(f'"{u}"' for u in unclear) or f'"{msg.text[:40]}"'
        return [say(msg, "quiz.staff.levels_unclear", unclear=shown)]
    levels |= {str(memory["ids"][number - 1]): level for number, level in found.items()}
    tx.sessions.keep(who.address_id, TOPIC, {**memory, "levels": levels}, OPEN_FOR)
    summary = {"kelompok": kelompok.name, "session": meeting.session or "", "counts": _counts(levels)}
    return [say(msg, "quiz.staff.levels_proposal", **summary)]


def _save(
    msg: Inbound, who: Person, tx: Tx, kelompok: Kelompok, meeting: Meeting, levels: Mapping[str, str]
) -> list[Outbound]:
    assert who.staff is not None  # noqa: S101  checked by the caller
    decide(tx, who.staff.id, meeting, {KpmId(int(kpm_id)): level for kpm_id, level in levels.items()})
    tx.sessions.end(who.address_id, TOPIC)
    summary = {"kelompok": kelompok.name, "session": meeting.session or "", "counts": _counts(levels)}
    return [say(msg, "quiz.staff.levels_saved", **summary)]


def decide(tx: Tx, by: StaffId, meeting: Meeting, levels: Mapping[KpmId, str]) -> int:
    """The pendamping's word on these families, from the chat or a page; how many it changed."""
    changed = 0
    for kpm_id, level in levels.items():
        was = tx.quiz.level(meeting.id, kpm_id)
        if was != level:
            tx.quiz.keep_level(meeting.id, kpm_id, level, by)
            subject = f"meeting:{meeting.id}:kpm:{kpm_id}"
            tx.audit.write(f"staff:{by}", "understanding", subject, was, level, "diputuskan pendamping")
            changed += 1
    return changed


def read_levels(text: str, last: int) -> tuple[dict[int, str], list[str]]:
    """'1 baik, 4 kurang; 5-7 sangat baik' → numbers to levels, and what was not clear."""
    found: dict[int, str] = {}
    unclear: list[str] = []
    rest = text.lower()
    position = 0
    for match in _LEVEL.finditer(rest):
        level = "tidak dapat dinilai" if match[1] == "tdd" else match[1]
        for begin, end in _RANGE.findall(rest[position : match.start()]):
            first, final = int(begin), int(end or begin)
            if not 1 <= first <= final <= last:
                unclear.append(f"{begin}-{end}" if end else begin)
                continue
            found |= dict.fromkeys(range(first, final + 1), level)
        position = match.end()
    if re.search(r"\d", rest[position:]):
        unclear.append(rest[position:].strip()[:40])
    return found, unclear


def _counts(levels: Mapping[str, str]) -> str:
    return ", ".join(f"{level} {list(levels.values()).count(level)}" for level in LEVELS if level in levels.values())
