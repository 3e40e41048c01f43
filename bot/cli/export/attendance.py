"""`export attendance`: the daftar hadir, blank to be signed or with the marks."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.export.common import Day, Group, Number, Out, make, meant, put
from bot.cli.speaking import opened
from data.store import Tx
from handlers.reports import attendance_sheet
from messages.envelope import Attachment


def add_to(app: typer.Typer) -> None:
    app.command("attendance")(attendance)


def attendance(
    kelompok: Group = None,
    date: Day = None,
    meeting: Number = None,
    blank: Annotated[bool, typer.Option("--blank", help="Kosong, juga sesudah pertemuan.")] = False,
    out_file: Out = None,
) -> None:
    """Daftar hadir A4 (PDF): kosong sebelum pertemuan, terisi sesudahnya. Tanpa NIK.

    Contoh: like-pkh export attendance --kelompok "Melati 3" --date 2026-11-28
    """

    def gather(tx: Tx) -> list[Attachment]:
        chosen = meant(tx, kelompok, date, meeting)
        for which, group in chosen:
            tx.audit.write("cli", "export.attendance", f"meeting:{which.id}:kelompok:{group.id}")
        return [attendance_sheet(tx, which, group, blank=blank) for which, group in chosen]

    with opened() as store:
        found = store.run(gather)
    put(make(*found), out_file)
