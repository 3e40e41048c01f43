"""Which papers can be taken from a page? The same that `like-pkh export` makes, inside the scope of who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from starlette.responses import Response

from bot.channels.base import File
from bot.dashboard.door import Ask, Missing
from bot.dashboard.groups import chosen
from bot.dashboard.paper import PRIVATE
from bot.dashboard.period import read
from bot.exports import make_file
from bot.exports.gathering import gathered
from bot.exports.naming import file_name
from bot.exports.sheets import XLSX, tables_book
from data.records import Kelompok, Meeting, Role, Staff
from data.store import Tx
from handlers.obligations import Verkom, collect
from handlers.reports import (
    activity_report,
    activity_rows,
    agenda_letter,
    attendance_sheet,
    participant_rows,
    recap_rows,
)
from handlers.rules.verkom import Quarter
from messages.envelope import Attachment
from messages.spoken import clock_zone, long_date, month_name

Paper = Callable[[Tx, Meeting, Kelompok], Attachment]


async def attendance(ask: Ask) -> Response:
    return await _paper(ask, lambda tx, meeting, kelompok: attendance_sheet(tx, meeting, kelompok))


async def blank(ask: Ask) -> Response:
    return await _paper(ask, lambda tx, meeting, kelompok: attendance_sheet(tx, meeting, kelompok, blank=True))


async def report(ask: Ask) -> Response:
    return await _paper(ask, lambda tx, meeting, kelompok: activity_report(tx, meeting, kelompok, pictures=True))


async def letter(ask: Ask) -> Response:
    """A form, for it gives a number."""
    return await _paper(ask, _letter, writes=True)


def _letter(tx: Tx, meeting: Meeting, kelompok: Kelompok) -> Attachment:
    if meeting.cancelled:
        raise Missing
    return agenda_letter(tx, meeting)


async def siks(ask: Ask) -> Response:
    def work(tx: Tx) -> File:
        meeting, kelompok = _meant(tx, ask.who, ask)
        chosen = [(meeting, kelompok)]
        name = file_name("SIKS-NG", kelompok.name, kelompok.desa, f"{meeting.local:%Y-%m-%d}")
        sheets = [("Kegiatan", name, activity_rows(tx, chosen)), ("Peserta", name, participant_rows(tx, chosen))]
        return File(f"{name}.xlsx", XLSX, tables_book(sheets))

    file = await ask.look(work)
    await _noted(ask, "export.siks", f"meeting:{ask.number('meeting')}:kelompok:{ask.number('kelompok')}")
    return download(file)


async def recap(ask: Ask) -> Response:
    """The Rekap kecamatan of a month, of the groups that she looks after."""

    def gather(tx: Tx) -> tuple[str, list[tuple[str, str, list[dict[str, object]]]]]:
        groups = tx.people.kelompok_in_scope(ask.who)
        if not groups:
            raise Missing
        now = tx.now.astimezone(groups[0].zone)
        month = read(ask.query("waktu"), now).month
        as_of = f"keadaan {long_date(now.date())} {clock_zone(now)}"
        names = sorted({k.kecamatan for k in groups})
        return month, [
            (
                name,
                f"Rekap P2K2 Kecamatan {name}, {month_name(month)}, {as_of}",
                recap_rows(tx, month, [k for k in groups if k.kecamatan == name]),
            )
            for name in names
        ]

    month, sheets = await ask.look(gather)
    await _noted(ask, "export.recap", f"month:{month}")
    content = await asyncio.to_thread(tables_book, sheets)
    return download(File(f"{file_name('Rekap P2K2', month)}.xlsx", XLSX, content))


async def verkom(ask: Ask) -> Response:
    """The list of a kelompok for a triwulan, on paper or as a sheet."""
    from bot.exports.verkom import verkom_pdf, verkom_sheet  # slow to import: only when a paper is asked for

    form = _form(ask)

    def gather(tx: Tx) -> tuple[Kelompok, Verkom]:
        kelompok, _ = chosen(tx, ask)
        now = tx.now.astimezone(kelompok.zone)
        key = read(ask.query("waktu"), now).as_quarter
        return kelompok, collect(tx, [kelompok], Quarter(int(key[:4]), int(key[6])), now.date())

    kelompok, found = await ask.look(gather)
    await _noted(ask, "export.verkom", f"kelompok:{kelompok.id}:{found.quarter}")
    name = file_name("Verkom", kelompok.name, kelompok.desa, str(found.quarter))
    made, mime = (verkom_pdf, "application/pdf") if form == "pdf" else (verkom_sheet, XLSX)
    return download(File(f"{name}.{form}", mime, await asyncio.to_thread(made, found)))


async def evidence(ask: Ask) -> Response:
    """For the innovation index: its numbers are of everything there is, so it is for who may see everything."""
    form = _form(ask)

    def gather(tx: Tx) -> Attachment:
        home = tx.people.kabupaten()
        if home is None or len(tx.people.kelompok_in_scope(ask.who)) < len(tx.people.every_kelompok()):
            raise Missing
        month = read(ask.query("waktu"), tx.now.astimezone(home.zone)).month
        return gathered(tx, home, int(month[:4]), form)

    found = await ask.look(gather)
    await _noted(ask, "export.innovation", f"year:{found.params['year']}")
    return download(await make_file(found))


def _form(ask: Ask) -> str:
    form = str(ask.request.path_params["form"])
    if form not in {"pdf", "xlsx"}:
        raise Missing
    return form


def whole(who: Staff) -> bool:
    """Whether somebody answers for a whole kabupaten."""
    return who.role is Role.ADMIN or who.scope_level == "kabupaten"


async def _paper(ask: Ask, made: Paper, *, writes: bool = False) -> Response:
    """What is only read holds up no reply."""

    def work(tx: Tx) -> Attachment:
        return made(tx, *_meant(tx, ask.who, ask))

    found = await (ask.write(work) if writes else ask.look(work))
    await _noted(ask, f"export.{found.kind}", f"meeting:{ask.number('meeting')}:kelompok:{ask.number('kelompok')}")
    return download(await make_file(found))


async def _noted(ask: Ask, act: str, subject: str) -> None:
    """Who took what away."""
    await ask.write(lambda tx: tx.audit.write(f"staff:{ask.who.id}", act, subject))


def _meant(tx: Tx, who: Staff, ask: Ask) -> tuple[Meeting, Kelompok]:
    """Raises Missing for whatever lies outside her scope."""
    kelompok_id, meeting_id = ask.number("kelompok"), ask.number("meeting")
    kelompok = tx.scoped.kelompok(who, kelompok_id)
    meeting = tx.meetings.get(meeting_id) if tx.scoped.meets(who, meeting_id, kelompok_id) else None
    if kelompok is None or meeting is None:
        raise Missing
    return meeting, kelompok


def download(file: File) -> Response:
    plain = file.name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "-")
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"
    return Response(file.content, media_type=file.mime, headers={**PRIVATE, "Content-Disposition": named})
