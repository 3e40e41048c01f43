"""The register of one kelompok at one meeting: see what was said, mark it, hand it in, take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from starlette.responses import JSONResponse, Response

from bot.dashboard.door import LARGEST_NUMBER, Ask, Missing, Refused
from bot.dashboard.paper import PRIVATE
from data.meetings import Register
from data.records import Answer, Entry, Kelompok, KpmId, Mark, Meeting, Staff, StaffId
from data.store import Tx
from handlers import attendance
from handlers.attendance import Saved, Wish
from handlers.rules.attendance import begun
from handlers.speech import when
from messages import spoken

MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows of it."""

    kelompok: Kelompok
    meeting: Meeting
    state: Register
    entries: Sequence[Entry]
    names: Mapping[StaffId, str]
    now: datetime

    @property
    def may_mark(self) -> bool:
        return begun(self.meeting.starts, self.meeting.cancelled, self.now)


async def page(ask: Ask) -> Response:
    sheet = await ask.look(lambda tx: _sheet(tx, ask.who, ask.number("kelompok"), ask.number("meeting")))
    return ask.page(
        "register.html",
        title=f"Daftar hadir {sheet.kelompok.name}",
        d=sheet,
        lines=_lines(sheet),
        when=when(sheet.meeting),
        closed=_closed(sheet),
        local=sheet.now.astimezone(sheet.meeting.zone),
    )


async def rows(ask: Ask) -> Response:
    """The same as JSON, for a page that stays open: what others marked, and claims that came in."""
    sheet = await ask.look(lambda tx: _sheet(tx, ask.who, ask.number("kelompok"), ask.number("meeting")))
    answer = _json(sheet)
    if ask.request.headers.get("if-none-match") == answer.headers["etag"]:
        return Response(status_code=304, headers={**PRIVATE, "etag": answer.headers["etag"]})
    return answer


async def save(ask: Ask) -> Response:
    wishes = _wishes(ask.sent)

    def work(tx: Tx) -> tuple[Saved, Sheet]:
        sheet = _markable(tx, ask)
        if not wishes:
            raise Refused(422, "Belum ada tanda yang disimpan.")
        saved = attendance.save(tx, sheet.meeting, sheet.kelompok.id, wishes, ask.who.id)
        return saved, _sheet(tx, ask.who, sheet.kelompok.id, sheet.meeting.id)

    saved, sheet = await ask.write(work)
    return _json(sheet, saved)


async def take_back(ask: Ask) -> Response:
    wishes = _wishes(ask.sent)

    def work(tx: Tx) -> tuple[Saved, Sheet]:
        sheet = _markable(tx, ask)
        reopen = ask.sent.get("reopen") is True
        saved = attendance.take_back(tx, sheet.meeting, sheet.kelompok.id, wishes, ask.who.id, reopen=reopen)
        return saved, _sheet(tx, ask.who, sheet.kelompok.id, sheet.meeting.id)

    saved, sheet = await ask.write(work)
    return _json(sheet, saved)


# --- inside


def _sheet(tx: Tx, who: Staff, kelompok_id: int, meeting_id: int) -> Sheet:
    """Raises Missing for whatever lies outside the scope of `who`."""
    kelompok = tx.scoped.kelompok(who, kelompok_id)
    meeting = tx.meetings.get(meeting_id) if tx.scoped.meets(who, meeting_id, kelompok_id) else None
    state = tx.meetings.register(meeting_id, kelompok_id) if meeting else None
    if kelompok is None or meeting is None or state is None:
        raise Missing
    entries = tx.attendance.register(meeting, kelompok_id)
    marking = {entry.marked_by for entry in entries if entry.marked_by}
    names = {one: found.name for one in marking if (found := tx.people.staff(one)) is not None}
    return Sheet(kelompok, meeting, state, entries, names, tx.now)


def _markable(tx: Tx, ask: Ask) -> Sheet:
    """Raises Refused when nothing may be written now, or the meeting was moved while the page lay open."""
    sheet = _sheet(tx, ask.who, ask.number("kelompok"), ask.number("meeting"))
    if ask.sent.get("revision") != sheet.meeting.revision:
        raise Refused(409, "Jadwal pertemuan ini sudah dipindah. Muat ulang halaman.")
    if not sheet.may_mark:
        raise Refused(409, "Daftar hadir baru bisa diisi setelah pertemuan dimulai.")
    return sheet


def _wishes(sent: Mapping[str, Any]) -> dict[KpmId, Wish]:
    """{"marks": {"7": {"mark": "hadir", "seen": null}}}. Raises Refused for anything else."""
    marks = sent.get("marks")
    if not isinstance(marks, dict) or len(marks) > MOST_LINES:
        raise Refused(400, "Kiriman tidak terbaca.")
    wishes = {}
    for key, wish in marks.items():
        if not (key.isascii() and key.isdigit() and int(key[:20]) < LARGEST_NUMBER and isinstance(wish, dict)):
            raise Refused(400, "Kiriman tidak terbaca.")
        wishes[KpmId(int(key))] = Wish(_mark(wish.get("mark")), _mark(wish.get("seen")))
    return wishes


def _mark(word: object) -> Mark | None:
    if word is None:
        return None
    try:
        return Mark(str(word))
    except ValueError:
        raise Refused(400, "Tanda hanya hadir, izin, sakit, atau alpa.") from None


PROOF = {
    Answer.CLAIMED: "claimed",
    Answer.PROMISED: "promised",
    Answer.DECLINED: "declined",
    Answer.MAYBE: "silent",
    Answer.UNKNOWN: "silent",
}


def _lines(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.kpm.id,
            "name": entry.kpm.name,
            "said": attendance.said_of(entry),
            "proof": "code" if entry.code and entry.answer is Answer.CLAIMED else PROOF[entry.answer],
            "mark": entry.mark.value if entry.mark else None,
            "by": sheet.names.get(entry.marked_by, "") if entry.marked_by else "",
        }
        for entry in sheet.entries
    ]


def _closed(sheet: Sheet) -> str:
    """'Sabtu 28 Nov 12.30 WITA', or nothing while the register is open."""
    if sheet.state.closed is None:
        return ""
    local = sheet.state.closed.astimezone(sheet.meeting.zone)
    return f"{spoken.short_date(local.date())} {spoken.clock_zone(local)}"


def _json(sheet: Sheet, saved: Saved | None = None) -> JSONResponse:
    what: dict[str, Any] = {
        "rows": _lines(sheet),
        "revision": sheet.meeting.revision,
        "closed": _closed(sheet),
        "open": sheet.may_mark,
    }
    if saved is not None:
        what["saved"] = {"changed": saved.changed, "first": saved.first, "others": sorted(saved.others)}
    answer = JSONResponse(what, headers=PRIVATE)
    answer.headers["etag"] = f'"{sha256(bytes(answer.body)).hexdigest()[:24]}"'
    return answer
