"""What do the exports share? Which meeting is meant, and where the files go."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.channels.base import File
from bot.cli.speaking import Failed, WrongInput, out
from bot.exports import make_file
from data.records import Kelompok, Meeting
from data.store import Tx
from messages.envelope import Attachment
from messages.spoken import listed, long_date

Group = Annotated[str | None, typer.Option("--kelompok", help="Nama kelompok.")]
Day = Annotated[str | None, typer.Option("--date", help="Tanggal pertemuan, misalnya 2026-11-28.")]
Number = Annotated[int | None, typer.Option("--meeting", help="Nomor pertemuan dari like-pkh meetings list.")]
Out = Annotated[Path | None, typer.Option("--out", help="Berkas atau folder; bawaan: folder ini, nama yang terbaca.")]
Month = Annotated[str | None, typer.Option(help="Bulan, misalnya 2026-11; bawaan bulan ini.")]


def meant(tx: Tx, name: str | None, day: str | None, number: int | None) -> list[tuple[Meeting, Kelompok]]:
    """The meeting with every kelompok of it, or with the one that was named."""
    if number is not None:
        meeting = tx.meetings.get(number)
        if meeting is None:
            raise WrongInput(f"Pertemuan {number} tidak ada. Lihat nomornya: like-pkh meetings list.")
        every = [tx.people.kelompok(k) for k in meeting.kelompok_ids]
        chosen = [k for k in every if name is None or _is(k, name)]
        if not chosen:
            raise WrongInput(f"Kelompok '{name}' tidak ikut pertemuan {number}.")
        return [(meeting, k) for k in chosen]
    if name is None:
        raise WrongInput('Tulis --kelompok, misalnya --kelompok "Melati 3", atau --meeting dengan nomornya.')
    kelompok = named(tx, name)
    return [(_of(tx, kelompok, day), kelompok)]


def named(tx: Tx, name: str) -> Kelompok:
    found = [k for k in tx.people.every_kelompok() if _is(k, name)]
    if not found:
        raise WrongInput(f"Kelompok '{name}' tidak ada.")
    if len(found) > 1:
        raise WrongInput(f"Ada {len(found)} kelompok '{name}'. Tulis desanya: {found[0].name} {found[0].desa}.")
    return found[0]


def _is(kelompok: Kelompok, name: str) -> bool:
    return " ".join(name.lower().split()) in {kelompok.name.lower(), f"{kelompok.name} {kelompok.desa}".lower()}


def _of(tx: Tx, kelompok: Kelompok, day: str | None) -> Meeting:
    if day is None:
        meeting = tx.meetings.of_the_day(kelompok.id, tx.now, kelompok.zone)
        if meeting is None:
            raise WrongInput(f"{kelompok.name} belum punya pertemuan.")
        return meeting
    begins = datetime.combine(_date(day), datetime.min.time(), kelompok.zone)
    found = tx.meetings.of_kelompok([kelompok.id], begins, begins + timedelta(days=1))
    standing = [meeting for meeting in found if not meeting.cancelled]
    if not standing:
        raise WrongInput(f"{kelompok.name} tidak punya pertemuan pada {long_date(begins.date())}.")
    if len(standing) > 1:
        numbers = listed([str(meeting.id) for meeting in standing])
        raise WrongInput(f"{kelompok.name} punya {len(standing)} pertemuan hari itu. Tulis --meeting: {numbers}.")
    return standing[0]


def _date(words: str) -> date:
    for pattern in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            return datetime.strptime(words, pattern).date()
        except ValueError:
            continue
    raise WrongInput(f"Tanggal '{words}' tidak terbaca. Contoh: 2026-11-28.")


def month_of(tx: Tx, words: str | None) -> str:
    """'2026-11'; without one the month it is in the kabupaten."""
    if words is not None:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", words):
            raise WrongInput(f"Bulan '{words}' tidak terbaca. Contoh: 2026-11.")
        return words
    home = tx.people.kabupaten()
    return f"{tx.now.astimezone(home.zone) if home else tx.now:%Y-%m}"


def make(*attachments: Attachment) -> list[File]:
    async def each() -> list[File]:
        return [await make_file(one) for one in attachments]

    return asyncio.run(each())


def put(files: Sequence[File], where: Path | None) -> None:
    """Into a folder under names that people read, or into the one file that was named."""
    if where is not None and not where.is_dir() and len(files) > 1:
        raise WrongInput(f"Ada {len(files)} berkas. Tulis --out dengan folder yang sudah ada.")
    for file in files:
        path = where / file.name if where is not None and where.is_dir() else where or Path(file.name)
        try:
            path.write_bytes(file.content)
        except OSError as fault:
            raise Failed(f"{path} tidak bisa ditulis: {fault.strerror}.") from fault
        out.print(f"Ditulis: {path}", highlight=False, markup=False)
