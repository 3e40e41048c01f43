"""GANTI JADWAL and BATALKAN: shown back first, then told once to everybody who knew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from data.records import Kelompok, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.meetings.acts import call_off, move, told
from handlers.meetings.draft import DROP, EDIT, SEND, take_place
from handlers.meetings.preview import default_end, warnings
from handlers.rules.dates import DateFault, read_when
from handlers.speech import groups, hours, say, when
from messages.envelope import Inbound, Outbound

MOVE, CANCEL = "pindah", "batalkan"
OPEN_FOR = timedelta(hours=12)


def on_ganti(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """GANTI JADWAL kelompok; waktu baru; tempat baru (the place may be left out)."""
    return _begin(msg, who, tx, rest, MOVE)


def on_batalkan(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """BATALKAN kelompok; alasan."""
    return _begin(msg, who, tx, rest, CANCEL)


def _begin(msg: Inbound, who: Person, tx: Tx, rest: str, topic: str) -> list[Outbound]:
    kelompoks = scope.mine(who, tx)
    fields = [part.strip() for part in re.split(r"[;\n]", rest)]
    kelompok, after = scope.starts_with(fields[0], kelompoks)
    if kelompok is None:
        kelompok, after = scope.find(fields[0], kelompoks), ""
    if after:
        fields = [fields[0], after, *fields[1:]]
    if kelompok is None:
        tx.sessions.keep(who.address_id, topic, {"step": "kelompok"}, OPEN_FOR)
        key = "meetings.draft.unknown_kelompok" if fields[0] else "meetings.draft.which"
        more = {"text": fields[0][:40]} if fields[0] else {}
        return [say(msg, key, **more, options=scope.options(kelompoks))]
    return _with_kelompok(msg, who, tx, topic, kelompok, fields[1:])


def _with_kelompok(
    msg: Inbound, who: Person, tx: Tx, topic: str, kelompok: Kelompok, fields: list[str]
) -> list[Outbound]:
    meeting = _meant(tx, kelompok, msg.at)
    if meeting is None:
        tx.sessions.end(who.address_id, topic)
        return [say(msg, "meetings.no_upcoming", kelompok=kelompok.name)]
    if too_late := refused(tx, meeting, topic):
        tx.sessions.end(who.address_id, topic)
        return [say(msg, too_late, kelompok=kelompok.name, when=when(meeting))]
    memory: dict[str, Any] = {"step": "detail", "meeting": meeting.id, "kelompok": kelompok.id}
    tx.sessions.keep(who.address_id, topic, memory, OPEN_FOR)
    if fields and fields[0]:
        return _detail(msg, who, tx, topic, memory, kelompok, meeting, fields)
    key = "meetings.move.when" if topic == MOVE else "meetings.cancel.why"
    return [say(msg, key, kelompok=kelompok.name, when=when(meeting))]


def _meant(tx: Tx, kelompok: Kelompok, at: datetime) -> Meeting | None:
    """The next meeting; one that people have come to already is left alone when another follows it."""
    meeting = tx.meetings.current_or_next(kelompok.id, at)
    if meeting is None or meeting.starts > at or not tx.attendance.any_claim(meeting.id):
        return meeting
    return tx.meetings.current_or_next(kelompok.id, meeting.ends + timedelta(milliseconds=1)) or meeting


def refused(tx: Tx, meeting: Meeting, topic: str) -> str | None:
    """Why this meeting can be moved or cancelled no longer; None while it can."""
    if topic == MOVE and tx.attendance.any_claim(meeting.id):
        return "meetings.move.has_claims"
    return "meetings.cancel.has_marks" if topic == CANCEL and _has_marks(tx, meeting) else None


def cancel_words(tx: Tx, meeting: Meeting, reason: str) -> dict[str, str]:
    """The parameters of `meetings.cancel.preview`."""
    names = groups([tx.people.kelompok(i) for i in meeting.kelompok_ids])
    return {
        "kelompoks": names,
        "when": when(meeting),
        "place": meeting.place,
        "reason": reason,
        "told": str(sum(len(ids) for _, ids in told(tx, meeting))),
    }


def move_words(tx: Tx, meeting: Meeting, starts: datetime, ends: datetime, place: str) -> dict[str, str]:
    """The parameters of `meetings.move.preview`."""
    families = sum(len(tx.people.families(i)) for i in meeting.kelompok_ids)
    involved = [tx.people.kelompok(i) for i in meeting.kelompok_ids]
    found = warnings(tx, involved, meeting.pendamping_id, starts, ends, place, families, but=meeting.id)
    return {
        "kelompoks": groups(involved),
        "before": when(meeting),
        "when": hours(starts, ends, involved[0].zone),
        "place": place,
        "told": str(sum(len(ids) for _, ids in told(tx, meeting))),
        "warnings": "".join(f"\nPerhatian: {w}" for w in found),
    }


def _has_marks(tx: Tx, meeting: Meeting) -> bool:
    states = [tx.meetings.register(meeting.id, k) for k in meeting.kelompok_ids]
    return any(state is not None and state.held for state in states)


def _detail(
    msg: Inbound,
    who: Person,
    tx: Tx,
    topic: str,
    memory: dict[str, Any],
    kelompok: Kelompok,
    meeting: Meeting,
    fields: list[str],
) -> list[Outbound]:
    if topic == CANCEL:
        reason = " ".join(fields[0].split())[:200]
        tx.sessions.keep(who.address_id, topic, {**memory, "step": "preview", "reason": reason}, OPEN_FOR)
        return [say(msg, "meetings.cancel.preview", **cancel_words(tx, meeting, reason))]
    try:
        read = read_when(fields[0], msg.at.astimezone(kelompok.zone))
    except DateFault as fault:
        return [say(msg, fault.key, **fault.params)]
    starts = datetime.combine(read.day, read.starts, kelompok.zone)
    ends = datetime.combine(read.day, read.ends, kelompok.zone) if read.ends else default_end(starts)
    draft: dict[str, Any] = {"place": meeting.place}
    if len(fields) > 1 and fields[1] and (too_long := take_place(draft, fields[1])):
        key, params = too_long
        return [say(msg, key, **params)]
    place = draft["place"]
    new = {"starts": starts.isoformat(), "ends": ends.isoformat(), "place": place}
    tx.sessions.keep(who.address_id, topic, {**memory, "step": "preview", **new}, OPEN_FOR)
    return [say(msg, "meetings.move.preview", **move_words(tx, meeting, starts, ends, place))]


def on_move_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """One line while a change of time is open."""
    return _line(msg, who, tx, waiting, MOVE)


def on_cancel_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """One line while a cancellation is open. 'batal' here drops the draft, never the meeting."""
    return _line(msg, who, tx, waiting, CANCEL)


def _line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], topic: str) -> list[Outbound] | None:
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    if word in DROP:
        tx.sessions.end(who.address_id, topic)
        return [say(msg, "meetings.draft.dropped")]
    kelompoks = scope.mine(who, tx)
    if waiting["step"] == "kelompok":
        one = scope.picked(msg.button, msg.text, kelompoks)
        return _with_kelompok(msg, who, tx, topic, one, []) if one else None
    kelompok = next((k for k in kelompoks if k.id == waiting["kelompok"]), None)
    meeting = tx.meetings.get(waiting["meeting"])
    if kelompok is None or meeting is None or meeting.cancelled:
        tx.sessions.end(who.address_id, topic)
        return None
    if waiting["step"] == "preview" and word in SEND:
        return _do(msg, who, tx, waiting, topic, kelompok, meeting)
    if waiting["step"] == "preview" and word in EDIT:
        return _with_kelompok(msg, who, tx, topic, kelompok, [])
    if msg.button or waiting["step"] == "preview":
        return None
    return _detail(msg, who, tx, topic, dict(waiting), kelompok, meeting, [msg.text])


def _do(
    msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], topic: str, kelompok: Kelompok, meeting: Meeting
) -> list[Outbound]:
    tx.sessions.end(who.address_id, topic)
    if who.staff is None:
        return [say(msg, "meetings.draft.nothing")]
    names = groups([tx.people.kelompok(i) for i in meeting.kelompok_ids])
    if too_late := refused(tx, meeting, topic):
        return [say(msg, too_late, kelompok=kelompok.name, when=when(meeting))]
    if topic == CANCEL:
        done = call_off(tx, who.staff, meeting, waiting["reason"])
        answer = say(msg, "meetings.cancel.done", kelompoks=names, when=when(meeting), told=str(done.told))
        return [answer, *done.letters]
    starts, ends = (datetime.fromisoformat(waiting[name]) for name in ("starts", "ends"))
    if starts <= msg.at:
        return [say(msg, "meetings.when.past", text=hours(starts, ends, kelompok.zone)[:40])]
    done = move(tx, who.staff, meeting, starts, ends, waiting["place"])
    answer = say(msg, "meetings.move.done", kelompoks=names, when=when(done.meeting), told=str(done.told))
    return [answer, *done.letters]
