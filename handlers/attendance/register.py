"""ABSEN: which register is meant, and how does it look? Numbered, with what each family said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.records import Answer, Entry, Kelompok, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.attendance.marks import OPEN_FOR, TOPIC, held_marks, in_order, is_proven, on_register_line, propose
from handlers.rules.attendance import may_mark
from handlers.rules.marking import begins_with_marks
from handlers.speech import REASONS, say, when
from messages import spoken
from messages.envelope import Inbound, Outbound

WHICH = "absen_mana"
PER_PART = 20
"""Lines in one message: a phone shows them without scrolling back and forth."""

UNFILLED = timedelta(days=31)
"""How long a register that nobody handed in comes before the next meeting."""


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
    entries = in_order(tx.attendance.register(meeting, kelompok.id), memory.get("ids", ()))
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
    if held := held_marks(memory):
        letters += propose(msg, who, tx, memory, kelompok, meeting, entries, held)
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
    waiting = sum(is_proven(e) and e.mark is None for e in entries)
    key = "attendance.register.how_with_claims" if waiting else "attendance.register.how"
    claimed = sum(e.answer is Answer.CLAIMED for e in entries)
    proven = waiting or sum(is_proven(e) for e in entries)
    phoneless = str(sum(not e.reachable for e in entries))
    numbers = {"claimed": str(claimed), "proven": str(proven), "phoneless": phoneless}
    return [*letters, say(msg, key, code=meeting.code, **numbers)]


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
    said = said_of(entry)
    if entry.mark is not None:
        return entry.mark.value.upper() + (f", {said}" if entry.answer is not Answer.UNKNOWN else "")
    return said


def said_of(entry: Entry) -> str:
    """'mengaku hadir, kode cocok': what the family said, whatever was marked."""
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
