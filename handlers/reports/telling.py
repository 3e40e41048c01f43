"""LAPORAN: what does a pendamping tell of a meeting? Photos, speaker, venue, obstacles, follow-up, then the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data.records import Kelompok, Meeting, Person, Role
from data.store import Tx
from handlers import scope
from handlers.reports.activity import activity_report
from handlers.reports.asking import FREE_TEXT, OPEN_FOR, TOPIC, after, ask, opened, written
from handlers.reports.keeping import MOST_PHOTOS, SPEAKER, finish, open_report, plain
from handlers.rules.reports import TOLD, VENUE
from handlers.speech import say, when
from messages import spoken
from messages.envelope import Inbound, Kind, Outbound

WHICH = "laporan_mana"
NEXT = {"report.next", "lanjut", "lewati", "lewat", "skip"}
LATER = {"report.later", "batal", "nanti", "nanti saja", "tidak jadi"}
DONE = {"report.done", "selesai", "simpan", "kirim"}
CHANGE = {"report.change", "ubah", "ganti"}
ME = {"report.me", "saya", "saya sendiri"}
NONE = {"report.none", "tidak ada", "tdk ada", "tidak", "-", "nihil"}
ALL = {"report.all", "semua", "semua terpenuhi", "terpenuhi semua", "lengkap"}


def on_laporan(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """LAPORAN [kelompok]: of the meeting going on, else of the last one."""
    kelompoks = scope.mine(who, tx)
    kelompok, _ = scope.starts_with(rest, kelompoks)
    if kelompok is None and len(kelompoks) == 1 and not rest:
        kelompok = kelompoks[0]
    if kelompok is None:
        tx.sessions.keep(who.address_id, WHICH, {}, OPEN_FOR)
        key = "meetings.draft.unknown_kelompok" if rest else "meetings.draft.which"
        more = {"text": rest[:40]} if rest else {}
        return [say(msg, key, **more, options=scope.options(kelompoks))]
    return _open(msg, who, tx, kelompok)


def on_which(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """The answer to 'untuk kelompok mana?'."""
    kelompok = scope.picked(msg.button, msg.text, scope.mine(who, tx))
    if kelompok is None:
        return None
    tx.sessions.end(who.address_id, WHICH)
    return _open(msg, who, tx, kelompok)


def _open(msg: Inbound, who: Person, tx: Tx, kelompok: Kelompok) -> list[Outbound]:
    meeting = tx.meetings.current_or_next(kelompok.id, msg.at)
    if meeting is None or meeting.starts > msg.at:
        meeting = tx.meetings.last(kelompok.id, msg.at)
    if meeting is None or who.staff is None:
        return [say(msg, "reports.no_meeting", kelompok=kelompok.name)]
    waiting = {"meeting": meeting.id, "kelompok": kelompok.id}
    told = tx.reports.get(meeting.id, kelompok.id)
    if told is not None and told.done is not None:
        return [*_papers(msg, tx, meeting, kelompok), _again(msg, who, tx, waiting, told.done)]
    open_report(tx, who.staff, meeting, kelompok)
    return ask(msg, who, tx, waiting, "photo")


def _again(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], done: datetime) -> Outbound:
    """It is finished; UBAH opens it."""
    tx.sessions.keep(who.address_id, TOPIC, {**waiting, "step": "check"}, OPEN_FOR)
    meeting, kelompok, _ = opened(tx, waiting)
    closed = done.astimezone(meeting.zone)
    at = f"{spoken.short_date(closed.date())} {spoken.clock(closed)}"
    return say(msg, "reports.again", kelompok=kelompok.name, closed=at)


def on_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """One line, or one tap, while a report is open."""
    if waiting["kelompok"] not in {k.id for k in scope.mine(who, tx)} or who.role is not Role.PENDAMPING:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    meeting, kelompok, told = opened(tx, waiting)
    step, word = waiting["step"], (msg.button or " ".join(msg.text.split()).lower().rstrip(".!"))
    if word in LATER:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "reports.later", kelompok=kelompok.name)] if told.done is None else []
    if step == "check":
        return _decide(msg, who, tx, waiting, word, meeting, kelompok)
    if told.done is not None:  # finished on the page in the meantime
        return [_again(msg, who, tx, waiting, told.done)]
    if word not in NEXT and not _keep(msg, who, tx, waiting, step, word):
        return None if msg.button else [say(msg, "reports.unclear"), *ask(msg, who, tx, waiting, step)]
    return ask(msg, who, tx, waiting, after(step))


def _decide(
    msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], word: str, meeting: Meeting, kelompok: Kelompok
) -> list[Outbound] | None:
    if who.staff is None:
        return None
    if word in CHANGE:
        open_report(tx, who.staff, meeting, kelompok)
        return ask(msg, who, tx, waiting, "photo")
    if word not in DONE:
        return None
    finish(tx, who.staff, meeting, kelompok)
    tx.sessions.end(who.address_id, TOPIC)
    return _papers(msg, tx, meeting, kelompok)


def _papers(msg: Inbound, tx: Tx, meeting: Meeting, kelompok: Kelompok) -> list[Outbound]:
    params = {"kelompok": kelompok.name, "when": when(meeting)}
    paper = activity_report(tx, meeting, kelompok)
    return [written(msg, tx, meeting, kelompok), Outbound(msg.sender, "reports.done", params, attachment=paper)]


def _keep(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], step: str, word: str) -> bool:
    """Write down one answer; False when it is none."""
    if step == "venue":
        lacking = _lacking(word)
        if lacking is None:
            return False
        tx.reports.tell(waiting["meeting"], waiting["kelompok"], venue=lacking)
        return True
    if step not in FREE_TEXT:
        return False
    said = plain(msg.text, SPEAKER if step == "speaker" else TOLD)
    if step == "speaker":
        said = f"{who.staff.name}, Pendamping Sosial PKH" if word in ME and who.staff is not None else said
    elif word in NONE:
        said = "tidak ada"
    if not said or msg.button not in {None, "report.me", "report.none"}:
        return False
    tx.reports.tell(waiting["meeting"], waiting["kelompok"], **{step: said})
    return True


def _lacking(word: str) -> list[int] | None:
    """'semua' → [], '3 dan 4', 'tidak 3' → [3, 4]; None for anything else."""
    if word in ALL:
        return []
    if re.fullmatch(r"(?:(?:tidak|tdk|kecuali|kurang|belum|nomor)\s+)*\d(?:[\s,;&]+(?:dan\s+)?\d|\s*dan\s*\d)*", word):
        numbers = {int(number) for number in re.findall(r"\d", word)}
        if numbers <= set(range(1, len(VENUE) + 1)):
            return sorted(numbers)
    return None


def on_media(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound]:
    """A photo or a place while a report is open."""
    if waiting["kelompok"] not in {k.id for k in scope.mine(who, tx)}:
        tx.sessions.end(who.address_id, TOPIC)
        return []
    meeting, kelompok, told = opened(tx, waiting)
    if msg.kind is Kind.LOCATION and msg.location and told.done is None:
        tx.reports.tell(meeting.id, kelompok.id, location=msg.location)
        return [say(msg, "reports.located")]
    count = tx.reports.count_photos(meeting.id, kelompok.id)
    if msg.kind is not Kind.IMAGE or told.done is not None:
        return [say(msg, "reports.only_photos")]
    if count >= MOST_PHOTOS:
        return [say(msg, "reports.enough", most=str(MOST_PHOTOS))]
    tx.reports.add_photo(meeting.id, kelompok.id, msg.sender.channel, msg.media)
    return [say(msg, "reports.photo", count=str(count + 1), most=str(MOST_PHOTOS))]
