"""ABSEN: the register numbered, marks proposed and shown back, and SELESAI that saves them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.records import Answer, Entry, Kelompok, Kpm, KpmId, Mark, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.rules.attendance import may_mark
from handlers.rules.marking import RegisterLine, begins_with_marks, read_marks
from handlers.speech import REASONS, say, when
from messages import spoken
from messages.envelope import Inbound, Outbound

TOPIC = "absen"
WHICH = "absen_mana"
OPEN_FOR = timedelta(hours=12)
PER_PART = 20
"""Lines in one message: a phone shows them without scrolling back and forth."""

NAMES_SHOWN = 8
UNFILLED = timedelta(days=31)
"""How long a register that nobody handed in comes before the next meeting."""

_NAMED = {Mark.EXCUSED, Mark.SICK, Mark.ABSENT}
_SAVE_TOO = re.compile(r"[\s.,;]+selesai[\s.!]*$", re.IGNORECASE)
"""Behind marks it saves nothing yet: what they come to is shown first."""

DROP = {"mark.drop", "batal", "tidak jadi", "gak jadi", "ga jadi"}
SAVE = {"mark.save", "selesai", "simpan", "kirim"}
CHANGE = {"mark.change", "ubah", "ganti"}
CLAIMS = {"mark.claims"}


def on_absen(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """ABSEN [kelompok] [marks]: opens the register of today's meeting, else the next, else the last."""
    kelompoks = scope.mine(who, tx)
    kelompok, marks = scope.starts_with(rest, kelompoks)
    if kelompok is None and len(kelompoks) == 1 and (not rest or begins_with_marks(rest)):
        kelompok = kelompoks[0]
    if kelompok is None:
        tx.sessions.keep(who.address_id, WHICH, {}, OPEN_FOR)
        key = "meetings.draft.unknown_kelompok" if rest else "meetings.draft.which"
        more = {"text": rest[:40]} if rest else {}
        return [say(msg, key, **more, options=scope.options(kelompoks))]
    return _open(msg, who, tx, kelompok, marks)


def on_which(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """The answer to 'untuk kelompok mana?'."""
    kelompok = scope.picked(msg.button, msg.text, scope.mine(who, tx))
    if kelompok is None:
        return None
    tx.sessions.end(who.address_id, WHICH)
    return _open(msg, who, tx, kelompok, "")


def _open(msg: Inbound, who: Person, tx: Tx, kelompok: Kelompok, marks: str) -> list[Outbound]:
    meeting = _meant(tx, kelompok, msg.at)
    if meeting is None:
        return [say(msg, "attendance.register.no_meeting", kelompok=kelompok.name)]
    if not may_mark(meeting, msg.at):
        return _not_begun(msg, kelompok, meeting, tx.attendance.register(meeting, kelompok.id))
    tx.attendance.open_register(meeting, kelompok.id)
    memory = _opened_before(who, tx, meeting, kelompok) or {"meeting": meeting.id, "kelompok": kelompok.id, "marks": {}}
    entries = _in_order(tx.attendance.register(meeting, kelompok.id), memory.get("ids", ()))
    memory = {**memory, "ids": [e.kpm.id for e in entries]}
    tx.sessions.keep(who.address_id, TOPIC, memory, OPEN_FOR)
    if marks:
        return on_register_line(msg, who, tx, memory, marks) or []
    letters = _listing(msg, kelompok, meeting, entries)
    state = tx.meetings.register(meeting.id, kelompok.id)
    if state is not None and state.closed is not None:
        closed = state.closed.astimezone(meeting.zone)
        at = f"{spoken.short_date(closed.date())} {spoken.clock(closed)}"
        letters.append(say(msg, "attendance.register.corrected", closed=at))
    if held := _held(memory):
        letters += _propose(msg, who, tx, memory, kelompok, meeting, entries, held)
    return letters


def _meant(tx: Tx, kelompok: Kelompok, at: datetime) -> Meeting | None:
    """The meeting going on, else today's; else the last one as long as nobody has handed it in, or when it is nearer
    than the next."""
    coming, last = tx.meetings.current_or_next(kelompok.id, at), tx.meetings.last(kelompok.id, at)
    if coming is None or last is None or coming.starts <= at:
        return coming or last
    state = tx.meetings.register(last.id, kelompok.id)
    if last.local.date() == at.astimezone(kelompok.zone).date():
        return last
    if state is not None and state.closed is None and at - last.ends <= UNFILLED:
        return last
    return last if at - last.ends < coming.starts - at else coming


def _opened_before(who: Person, tx: Tx, meeting: Meeting, kelompok: Kelompok) -> Mapping[str, Any] | None:
    """The same register, still open: its numbers stay, and so does what was proposed."""
    waiting = tx.sessions.get(who.address_id, TOPIC)
    if waiting is None or (waiting.memory["meeting"], waiting.memory["kelompok"]) != (meeting.id, kelompok.id):
        return None
    return waiting.memory


def _held(memory: Mapping[str, Any]) -> dict[KpmId, Mark | None]:
    return {KpmId(int(i)): Mark(word) if word else None for i, word in memory["marks"].items()}


def _listing(msg: Inbound, kelompok: Kelompok, meeting: Meeting, entries: Sequence[Entry]) -> list[Outbound]:
    parts = _parts(entries)
    letters = [
        say(
            msg,
            "attendance.register.open",
            kelompok=kelompok.name,
            when=when(meeting),
            part=f"{number} dari {len(parts)}",
            lines=part,
        )
        for number, part in enumerate(parts, 1)
    ]
    waiting = sum(_proven(e) and e.mark is None for e in entries)
    key = "attendance.register.how_with_claims" if waiting else "attendance.register.how"
    claimed = sum(e.answer is Answer.CLAIMED for e in entries)
    proven = waiting or sum(_proven(e) for e in entries)
    phoneless = str(sum(not e.reachable for e in entries))
    numbers = {"claimed": str(claimed), "proven": str(proven), "phoneless": phoneless}
    return [*letters, say(msg, key, code=meeting.code, **numbers)]


def _proven(entry: Entry) -> bool:
    """She said the code of the day, and has not taken it back."""
    return entry.code and entry.answer is Answer.CLAIMED


def _not_begun(msg: Inbound, kelompok: Kelompok, meeting: Meeting, entries: Sequence[Entry]) -> list[Outbound]:
    def count(*answers: Answer) -> str:
        return str(sum(entry.answer in answers for entry in entries))

    *first, last = _parts(entries)
    about = {"kelompok": kelompok.name, "when": when(meeting)}
    return [
        *[
            say(msg, "attendance.register.open", **about, part=f"{number} dari {len(first) + 1}", lines=lines)
            for number, lines in enumerate(first, 1)
        ],
        say(
            msg,
            "attendance.register.not_begun",
            **about,
            lines=last,
            promised=count(Answer.PROMISED, Answer.CLAIMED),
            declined=count(Answer.DECLINED),
            silent=count(Answer.UNKNOWN, Answer.MAYBE),
            starts=f"{spoken.day_and_date(meeting.local.date())} {spoken.clock_zone(meeting.local)}",
        ),
    ]


def _parts(entries: Sequence[Entry]) -> list[str]:
    """The numbered lines, as many to a message as a phone shows without scrolling back and forth."""
    lines = [f"{number}. {line(entry)}" for number, entry in enumerate(entries, 1)]
    parts = ["\n".join(lines[i : i + PER_PART]) for i in range(0, len(lines), PER_PART)]
    return parts or ["(belum ada keluarga aktif)"]


def line(entry: Entry) -> str:
    """'Halimah: tidak bisa (anak sakit)'."""
    return f"{entry.kpm.name}: {_state(entry)}"


def _state(entry: Entry) -> str:
    said = _said(entry)
    if entry.mark is not None:
        return entry.mark.value.upper() + (f", {said}" if entry.answer is not Answer.UNKNOWN else "")
    return said


def _said(entry: Entry) -> str:
    extra = [f"diwakili {entry.represented_by}"] if entry.represented_by else []
    extra += ["terlambat"] if entry.late else []
    match entry.answer:
        case Answer.CLAIMED:
            words = "mengaku hadir, kode cocok" if entry.code else "mengaku hadir"
            extra += [f"lewat {entry.claim_by}"] if entry.claim_by else []
        case Answer.PROMISED:
            words = "akan datang"
        case Answer.DECLINED:
            words = f"tidak bisa ({REASONS.get(entry.reason, entry.reason)})" if entry.reason else "tidak bisa"
        case Answer.MAYBE:
            words = "belum pasti"
        case Answer.UNKNOWN:
            words = "belum ada kabar" if entry.reachable else "tanpa HP"
    return ", ".join([words, *extra])


# --- marks


def on_register_line(
    msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], text: str | None = None
) -> list[Outbound] | None:
    """One line while a register is open: marks, SELESAI, UBAH or 'tidak jadi'."""
    kelompok = next((k for k in scope.mine(who, tx) if k.id == waiting["kelompok"]), None)
    meeting = tx.meetings.get(waiting["meeting"])
    if kelompok is None or meeting is None or meeting.cancelled or who.staff is None:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    words = text if text is not None else msg.text
    word = msg.button or words.strip().lower().rstrip(".!")
    marks = _held(waiting)
    if word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "attendance.register.dropped", kelompok=kelompok.name)]
    if word in CHANGE:
        return [say(msg, "attendance.register.change")]
    if word in SAVE:
        return _save(msg, who, tx, waiting, kelompok, meeting, marks)
    entries = _in_order(tx.attendance.register(meeting, kelompok.id), waiting["ids"])
    if word in CLAIMS:
        new: dict[KpmId, Mark | None] = {e.kpm.id: Mark.PRESENT for e in entries if _proven(e) and e.mark is None}
        return _propose(msg, who, tx, waiting, kelompok, meeting, entries, {**marks, **new})
    if msg.button:
        return None
    numbered = [RegisterLine(number, e.kpm.id, e.kpm.name) for number, e in enumerate(entries, 1)]
    held = {e.kpm.id: e.mark for e in entries if e.mark is not None} | {i: m for i, m in marks.items() if m}
    read = read_marks(_SAVE_TOO.sub("", words), numbered, held)
    letters = []
    if read.unclear:
        letters.append(say(msg, "attendance.register.unclear", unclear=_quoted(read.unclear)))
    if read.marks:
        letters += _propose(msg, who, tx, waiting, kelompok, meeting, entries, {**marks, **read.marks})
    return letters or [say(msg, "attendance.register.unclear", unclear=_quoted([words]))]


def _propose(
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
    why = "perbaikan" if state is not None and state.closed is not None else "daftar hadir"
    tx.attendance.mark_all(meeting, kelompok.id, marks, who.staff.id, why)
    tx.attendance.close(meeting, kelompok.id, who.staff.id)
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


def _in_order(entries: Sequence[Entry], ids: Sequence[int]) -> list[Entry]:
    """The numbers of the list she looks at never shift, whatever changed since."""
    by_id = {int(entry.kpm.id): entry for entry in entries}
    return [by_id.pop(i) for i in ids if i in by_id] + list(by_id.values())


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{" ".join(word.split())[:40]}"' for word in words[:5])
