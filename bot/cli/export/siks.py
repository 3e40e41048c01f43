"""`export siks`, `export report` and `export recap`: what is typed into SIKS-NG, and what goes to the kecamatan."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot.channels.base import File
from bot.cli.export.common import Day, Group, Month, Number, Out, make, meant, month_of, named, put
from bot.cli.speaking import WrongInput, opened
from bot.exports.naming import file_name
from bot.exports.sheets import XLSX, tables_book
from data.records import Kelompok, Kind, Meeting
from data.store import Tx
from data.summary import NUMBERS, heading
from handlers.reports import activity_report, activity_rows, participant_rows, recap_rows
from messages.envelope import Attachment
from messages.spoken import clock_zone, long_date, month_name

Kecamatan = Annotated[str | None, typer.Option(help="Nama kecamatan; bawaan semua.")]


def add_to(app: typer.Typer) -> None:
    app.command("report")(report)
    app.command("siks")(siks)
    app.command("recap")(recap)


def report(kelompok: Group = None, date: Day = None, meeting: Number = None, out_file: Out = None) -> None:
    """Laporan kegiatan P2K2 bagian A-E (PDF), dengan teks untuk SIKS-NG dan foto.

    Contoh: like-pkh export report --kelompok "Melati 3" --date 2026-11-28
    """

    def gather(tx: Tx) -> list[Attachment]:
        chosen = meant(tx, kelompok, date, meeting)
        for which, group in chosen:
            tx.audit.write("cli", "export.report", f"meeting:{which.id}:kelompok:{group.id}")
        return [activity_report(tx, which, group, pictures=True) for which, group in chosen]

    with opened() as store:
        found = store.run(gather)
    put(make(*found), out_file)


def siks(
    kelompok: Group = None, date: Day = None, meeting: Number = None, month: Month = None, out_file: Out = None
) -> None:
    """Baris SIKS-NG (XLSX): kegiatan dengan nama dan uraian, peserta menurut nama; kolom NIK kosong.

    Contoh: like-pkh export siks --kelompok "Melati 3" --month 2026-11
    """

    def gather(tx: Tx) -> File:
        wanted = month_of(tx, month)
        whole = date is None and meeting is None
        chosen = _of_month(tx, kelompok, wanted) if whole else meant(tx, kelompok, date, meeting)
        tx.audit.write("cli", "export.siks", "siks", None, f"{len(chosen)} pertemuan")
        name = file_name("SIKS-NG P2K2", kelompok or "", wanted if whole else f"{chosen[0][0].local:%Y-%m-%d}")
        sheets = [("Kegiatan", name, activity_rows(tx, chosen)), ("Peserta", name, participant_rows(tx, chosen))]
        return File(f"{name}.xlsx", XLSX, tables_book(sheets))

    with opened() as store:
        found = store.run(gather)
    put([found], out_file)


def _of_month(tx: Tx, name: str | None, month: str) -> list[tuple[Meeting, Kelompok]]:
    """Every P2K2 that was held in a month."""
    groups = {k.id: k for k in ([named(tx, name)] if name else tx.people.every_kelompok())}
    if not groups:
        return []
    begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=next(iter(groups.values())).zone)
    meetings = tx.meetings.of_kelompok(list(groups), begins, (begins + timedelta(days=32)).replace(day=1))
    every = [(m, groups[i]) for m in meetings if m.kind is Kind.P2K2 for i in m.kelompok_ids if i in groups]
    return [(m, k) for m, k in every if (state := tx.meetings.register(m.id, k.id)) is not None and state.held]


def recap(month: Month = None, kecamatan: Kecamatan = None, out_file: Out = None) -> None:
    """Rekap kecamatan (XLSX): sebaris per kelompok, lembar per kecamatan, dan jumlah semua pertemuan.

    Contoh: like-pkh export recap --month 2026-11 --kecamatan Batumandi
    """

    def gather(tx: Tx) -> File:
        wanted = month_of(tx, month)
        groups = _by_kecamatan(tx, kecamatan)
        home = tx.people.kabupaten()
        now = tx.now.astimezone(home.zone) if home else tx.now
        as_of = f"keadaan {long_date(now.date())} {clock_zone(now)}"
        sheets = [
            (name, f"Rekap P2K2 Kecamatan {name}, {month_name(wanted)}, {as_of}", recap_rows(tx, wanted, kelompoks))
            for name, kelompoks in groups.items()
        ]
        every = f"Semua pertemuan {month_name(wanted)} (dua pertemuan sebulan dihitung dua kali), {as_of}"
        sheets.append(("Semua pertemuan", every, _lines(tx, wanted)))
        tx.audit.write("cli", "export.recap", f"month:{wanted}")
        return File(f"{file_name('Rekap P2K2', kecamatan or '', wanted)}.xlsx", XLSX, tables_book(sheets))

    with opened() as store:
        found = store.run(gather)
    put([found], out_file)


def _by_kecamatan(tx: Tx, name: str | None) -> dict[str, list[Kelompok]]:
    found: dict[str, list[Kelompok]] = {}
    for kelompok in tx.people.every_kelompok():
        if name is None or kelompok.kecamatan.lower() == name.strip().lower():
            found.setdefault(kelompok.kecamatan, []).append(kelompok)
    if not found:
        raise WrongInput(f"Kecamatan '{name}' tidak ada." if name else "Belum ada kelompok.")
    return dict(sorted(found.items()))


def _lines(tx: Tx, month: str) -> list[dict[str, object]]:
    recap = tx.summary.recap(month, "kelompok", None)
    return [
        {"Kelompok": line.name, **{heading(n).capitalize(): getattr(line, n) for n in NUMBERS}}
        for line in (*recap.rows, recap.total)
    ]
