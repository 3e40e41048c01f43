"""`export verkom`: the commitment check of a quarter, by name or in numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.obligations import groups_named
from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from data.store import Tx
from handlers.obligations.collecting import Verkom, collect
from handlers.rules.verkom import STATES, quarter_of, read_quarter

PLACES = ("kelompok", "desa", "kecamatan")


def add_to(app: typer.Typer) -> None:
    app.command("verkom")(verkom)


def verkom(
    kelompok: Annotated[str | None, typer.Option(help="Nama kelompok; wajib untuk daftar bernama.")] = None,
    quarter: Annotated[str | None, typer.Option(help="Triwulan, misalnya 2026-T4; bawaan triwulan ini.")] = None,
    by: Annotated[str | None, typer.Option(help="kelompok, desa, atau kecamatan: hanya angka, tanpa nama.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Berkas .xlsx, .pdf, atau .csv.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Angka sebagai JSON.")] = False,
) -> None:
    """Daftar verifikasi komitmen satu triwulan, tanpa NIK; dengan --by hanya jumlah, angka di bawah lima disamarkan.

    Contoh: like-pkh export verkom --kelompok "Melati 3" --quarter 2026-T4 --out verkom.pdf
    """
    if by is not None and by not in PLACES:
        raise WrongInput(f"--by salah satu dari {', '.join(PLACES)}.")
    if by is None and (kelompok is None or out_file is None or out_file.suffix not in {".xlsx", ".pdf"}):
        raise WrongInput(
            "Daftar bernama perlu --kelompok dan --out berkas.xlsx atau berkas.pdf; angka saja: --by desa."
        )
    if by is not None and out_file is not None and out_file.suffix != ".csv":
        raise WrongInput("Angka per wilayah ditulis sebagai .csv.")
    with opened() as store:
        found = store.run(lambda tx: _collect(tx, kelompok, quarter))
    if by is not None:
        _numbers(found, by, out_file, json)
        return
    assert out_file is not None  # noqa: S101  checked above
    from bot.exports.verkom import verkom_pdf, verkom_sheet  # slow to import: only when a paper is asked for

    out_file.write_bytes(verkom_pdf(found) if out_file.suffix == ".pdf" else verkom_sheet(found))
    out.print(f"Ditulis: {out_file}", highlight=False)


def _collect(tx: Tx, name: str | None, quarter: str | None) -> Verkom:
    groups = groups_named(tx, name)
    if not groups:
        raise WrongInput("Belum ada kelompok di data.")
    today = tx.now.astimezone(groups[0].zone).date()
    wanted = read_quarter(quarter, today) if quarter else quarter_of(today)
    if wanted is None:
        raise WrongInput(f"Triwulan '{quarter}' tidak terbaca. Contoh: 2026-T4.")
    tx.audit.write("cli", "verkom.export", f"kelompok:{groups[0].id}" if name else "kelompok:*", None, str(wanted))
    return collect(tx, groups, wanted, today)


def _numbers(found: Verkom, by: str, file: Path | None, json: bool) -> None:
    from bot.exports.verkom import STATE_TITLES, coverage_rows  # as above

    rows = coverage_rows(found, by)
    if json:
        names = (by, "form", *STATES)
        show_json({"quarter": str(found.quarter), "rows": [dict(zip(names, row, strict=True)) for row in rows]})
    elif file is not None:
        text = io.StringIO()
        csv.writer(text).writerows([[by, "form", *STATES], *rows])
        file.write_text(text.getvalue(), encoding="utf-8")
        out.print(f"Ditulis: {file}", highlight=False)
    else:
        show_table([by.capitalize(), "Daftar", *STATE_TITLES.values()], rows)
