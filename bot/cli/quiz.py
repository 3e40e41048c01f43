"""`quiz`: what was understood, and how does each question behave?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from bot.exports.sheets import table_sheet
from data.store import Tx
from handlers.quiz.results import item_rows, result_rows

app = typer.Typer(help="Hasil kuis.", no_args_is_help=True)

Kelompok = Annotated[str | None, typer.Option(help="Nama kelompok; bawaan semua.")]
Session = Annotated[str | None, typer.Option(help="Kode sesi, misalnya P2 atau HK.")]
Format = Annotated[str, typer.Option(help="table, json, atau xlsx")]
Out = Annotated[Path | None, typer.Option("--out", help="Tulis ke berkas ini (xlsx).")]
Json = Annotated[bool, typer.Option("--json", help="Sama dengan --format json.")]


@app.command("results")
def results(
    kelompok: Kelompok = None,
    session: Session = None,
    format: Format = "table",
    out_file: Out = None,
    json: Json = False,
) -> None:
    """Keikutsertaan, rata-rata, dan kenaikan per kelompok dan sesi.

    Contoh: like-pkh quiz results --kelompok "Melati 3" --session P2
    """
    with opened() as store:
        rows = store.run(lambda tx: result_rows(tx, _groups(tx, kelompok), session.upper() if session else None))
    _show(rows, "json" if json else format, out_file, "Hasil kuis")


@app.command("items")
def items(
    kelompok: Kelompok = None,
    session: Session = None,
    format: Format = "table",
    out_file: Out = None,
    json: Json = False,
) -> None:
    """Tiap pertanyaan: bagian yang benar, pilihan yang menarik, daya beda, tanda tinjau.

    Contoh: like-pkh quiz items --session P2 --json
    """
    with opened() as store:
        rows = store.run(lambda tx: item_rows(tx, _groups(tx, kelompok), session.upper() if session else None))
    _show(rows, "json" if json else format, out_file, "Pertanyaan kuis")


def _groups(tx: Tx, name: str | None) -> list[tuple[int, str]]:
    every = [(k.id, k.name) for k in tx.people.every_kelompok()]
    if name is None:
        return every
    found = [(i, n) for i, n in every if n.lower() == name.strip().lower()]
    if not found:
        raise WrongInput(f"Kelompok '{name}' tidak ada.")
    return found


def _show(rows: list[dict[str, Any]], form: str, file: Path | None, title: str) -> None:
    if form == "json":
        show_json({"rows": rows})
    elif form == "table":
        titles = list(rows[0]) if rows else ["(belum ada kuis)"]
        show_table(titles, [[_cell(row[t]) for t in titles] for row in rows], title)
    elif form == "xlsx" and file is not None:
        file.write_bytes(table_sheet(title, rows))
        out.print(f"Ditulis: {file}", highlight=False)
    else:
        raise WrongInput("--format table, json, atau xlsx; xlsx perlu --out.")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
