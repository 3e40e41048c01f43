"""LAPORAN on a page: photos, speaker, venue, obstacles and follow-up of a meeting, with the functions of the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.dashboard import period, report_form
from bot.dashboard.door import Ask, Missing, Refused
from bot.dashboard.paper import PRIVATE
from bot.exports.pictures import place, small
from data.records import Kelompok, Meeting, Staff
from data.reports import MOST_TRIES, Report
from data.store import Tx
from handlers import reports
from handlers.rules.attendance import begun
from handlers.rules.reports import TOLD, VENUE, Text, siks_text, venue_words
from handlers.speech import when

LOCATED = {**PRIVATE, "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)"}
"""Only here may a page ask the phone where it is, and only when somebody taps for it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`state` of one from the chat: it is fetched a little later."""

    id: int
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Sheet:
    kelompok: Kelompok
    meeting: Meeting
    told: Report | None
    pictures: Sequence[Picture]
    text: Text
    now: datetime

    @property
    def done(self) -> datetime | None:
        at = self.told.done if self.told else None
        return at.astimezone(self.meeting.zone) if at else None

    @property
    def lacking(self) -> list[str]:
        return [*self.text.missing, *([] if self.pictures else ["foto"])]


async def every(ask: Ask) -> Response:
    """The meetings of a month, each with the state of its report."""

    def look(tx: Tx) -> tuple[period.Period, list[Any], datetime]:
        now = tx.now.astimezone(tx.scoped.zone(ask.who))
        found = period.read(ask.query("waktu"), now)
        return found, tx.reported.of_month(ask.who, found.month), now

    month, lines, now = await ask.look(look)
    return ask.page("laporan-semua.html", title="Laporan", month=month, lines=lines, now=now)


async def page(ask: Ask) -> Response:
    return await _page(ask)


async def save(ask: Ask) -> Response:
    """What the form says replaces what was told before; "selesai" finishes it."""
    try:
        told = report_form.told(ask.sent)
    except ValueError as fault:
        return await _page(ask, str(fault))
    finished = ask.sent.get("aksi") == "selesai"
    at = report_form.place(ask.sent)

    def work(tx: Tx) -> None:
        kelompok, meeting = _writable(tx, ask)
        reports.tell(tx, meeting, kelompok, **told)
        if at:
            tx.reports.tell(meeting.id, kelompok.id, location=at)
        if finished:
            reports.finish(tx, ask.who, meeting, kelompok)

    await ask.write(work)
    return _back(ask, "selesai" if finished else "konsep")


async def reopen(ask: Ask) -> Response:
    def work(tx: Tx) -> None:
        kelompok, meeting = _meant(tx, ask)
        reports.open_report(tx, ask.who, meeting, kelompok)

    await ask.write(work)
    return _back(ask, "dibuka")


async def add_photos(ask: Ask) -> Response:
    """Made small outside the writer; where the camera was is read before it is left out."""
    files = [content for content in ask.sent.get("file:foto", ()) if content and isinstance(content, bytes)]
    made = [(await asyncio.to_thread(small, content), await asyncio.to_thread(place, content)) for content in files]
    pictures = [(picture, at) for picture, at in made if picture]
    if not pictures:
        return await _page(ask, "Berkas itu bukan foto yang bisa dibaca. Pilih foto JPEG atau PNG.")

    def work(tx: Tx) -> int:
        kelompok, meeting = _writable(tx, ask)
        return sum(reports.add_picture(tx, meeting, kelompok, picture, at) for picture, at in pictures)

    kept = await ask.write(work)
    if kept < len(files):
        return await _page(ask, f"{kept} dari {len(files)} foto tersimpan: paling banyak {reports.MOST_PHOTOS} foto.")
    return _back(ask, "foto")


async def drop_photo(ask: Ask) -> Response:
    photo = ask.number("photo")

    def work(tx: Tx) -> None:
        kelompok, meeting = _writable(tx, ask)
        if not reports.drop_picture(tx, ask.who, meeting, kelompok, photo):
            raise Missing

    await ask.write(work)
    return _back(ask, "dihapus")


async def photo(ask: Ask) -> Response:
    def look(tx: Tx) -> bytes | None:
        kelompok, meeting = _meant(tx, ask)
        return tx.reports.picture(meeting.id, kelompok.id, ask.number("photo"))

    content = await ask.look(look)
    if content is None:
        raise Missing
    return Response(content, media_type="image/jpeg", headers=PRIVATE)


async def _page(ask: Ask, fault: str = "") -> Response:
    """With a `fault` the form keeps what was typed."""
    sheet = await ask.look(lambda tx: _sheet(tx, ask))
    answer = ask.page(
        "laporan.html",
        title=f"Laporan {sheet.kelompok.name}",
        d=sheet,
        when=when(sheet.meeting),
        f=report_form.fields(ask.sent if fault and "hambatan" in ask.sent else {}, sheet.told),
        fault=fault,
        saved="" if fault else ask.query("tersimpan"),
        venue=venue_words(sheet.told.venue) if sheet.told else None,
        VENUE=VENUE,
        MOST=reports.MOST_PHOTOS,
        LONGEST={"pemateri": reports.SPEAKER, "hambatan": TOLD, "tindak_lanjut": TOLD},
        me=f"{ask.who.name}, Pendamping Sosial PKH",
    )
    answer.headers.update(LOCATED)
    answer.status_code = 422 if fault else 200
    return answer


def _sheet(tx: Tx, ask: Ask) -> Sheet:
    kelompok, meeting = _meant(tx, ask)
    pictures = [
        Picture(one.id, one.at.astimezone(meeting.zone), _state(one))
        for one in tx.reports.photos(meeting.id, kelompok.id)
    ]
    told = tx.reports.get(meeting.id, kelompok.id)
    text = siks_text(reports.facts_of(tx, meeting, kelompok))
    return Sheet(kelompok, meeting, told, pictures, text, tx.now.astimezone(meeting.zone))


def _state(one: Any) -> str:
    if one.content is not None:
        return "here"
    return "coming" if one.tries < MOST_TRIES else "lost"


def _meant(tx: Tx, ask: Ask) -> tuple[Kelompok, Meeting]:
    """Raises Missing for whatever lies outside her scope, and Refused before the meeting."""
    found = _found(tx, ask.who, ask.number("kelompok"), ask.number("meeting"))
    if found is None:
        raise Missing
    if not begun(found[1].starts, found[1].cancelled, tx.now):
        raise Refused(409, "Laporan baru bisa diisi setelah pertemuan dimulai.")
    return found


def _found(tx: Tx, who: Staff, kelompok_id: int, meeting_id: int) -> tuple[Kelompok, Meeting] | None:
    kelompok = tx.scoped.kelompok(who, kelompok_id)
    meeting = tx.meetings.get(meeting_id) if tx.scoped.meets(who, meeting_id, kelompok_id) else None
    return (kelompok, meeting) if kelompok and meeting else None


def _writable(tx: Tx, ask: Ask) -> tuple[Kelompok, Meeting]:
    """The draft is begun with the first change. Raises Refused when it was finished in the meantime."""
    kelompok, meeting = _meant(tx, ask)
    told = tx.reports.get(meeting.id, kelompok.id)
    if told is not None and told.finished:
        raise Refused(409, "Laporan ini sudah selesai. Buka lagi dengan Ubah, lalu simpan.")
    if told is None:
        reports.open_report(tx, ask.who, meeting, kelompok)
    return kelompok, meeting


def _back(ask: Ask, saved: str) -> Response:
    here = f"/dasbor/kelompok/{ask.number('kelompok')}/pertemuan/{ask.number('meeting')}/laporan"
    return RedirectResponse(f"{here}?tersimpan={saved}", 303, headers=PRIVATE)
