"""`export letter`: the agenda letter of a meeting with its running number, and the register of all letters."""

from __future__ import annotations

import csv
import io
from typing import Annotated

import typer

from bot.channels.base import File
from bot.cli.export.common import Day, Group, Number, Out, make, meant, put
from bot.cli.speaking import WrongInput, opened
from bot.exports.sheets import XLSX, tables_book
from data.store import Tx
from handlers.reports import agenda_letter, letter_rows
from messages.envelope import Attachment

NAME = "Daftar Surat LIKE-PKH"


def add_to(app: typer.Typer) -> None:
    app.command("letter")(letter)


def letter(
    kelompok: Group = None,
    date: Day = None,
    meeting: Number = None,
    register: Annotated[bool, typer.Option("--register", help="Daftar semua surat (.xlsx atau .csv).")] = False,
    out_file: Out = None,
) -> None:
    """Surat agenda (PDF) dengan nomor urut; surat yang sama tetap bernomor sama.

    Contoh: like-pkh export letter --kelompok "Melati 3" --date 2026-11-28

    Contoh: like-pkh export letter --register --out daftar-surat.xlsx
    """
    if register:
        with opened() as store:
            rows = store.run(letter_rows)
        put([_register(rows, bool(out_file and out_file.suffix.lower() == ".csv"))], out_file)
        return

    def gather(tx: Tx) -> Attachment:
        which, _ = meant(tx, kelompok, date, meeting)[0]
        if which.cancelled:
            raise WrongInput("Pertemuan itu dibatalkan; untuknya tidak dibuat surat lagi.")
        tx.audit.write("cli", "export.letter", f"meeting:{which.id}")
        return agenda_letter(tx, which)

    with opened() as store:
        found = store.run(gather)
    put(make(found), out_file)


def _register(rows: list[dict[str, object]], as_csv: bool) -> File:
    if not as_csv:
        return File(f"{NAME}.xlsx", XLSX, tables_book([("Surat", NAME, rows)]))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["No Surat", "Tanggal", "Tentang", "Dokumen"])
    writer.writeheader()
    writer.writerows({key: _plain(str(value)) for key, value in row.items()} for row in rows)
    return File(f"{NAME}.csv", "text/csv", text.getvalue().encode("utf-8-sig"))


def _plain(value: str) -> str:
    return f"'{value}" if value[:1] in {"=", "+", "-", "@"} else value
