"""`quiz`: what was understood and tried, and how does each question behave?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from bot.exports import make_file
from bot.exports.sheets import table_sheet
from data.store import Tx
from handlers.quiz.results import BY, groups, item_rows, practice_rows, result_rows
from handlers.rules.quiz_statistics import ENOUGH
from messages.envelope import Attachment

R = TypeVar("R")

app = typer.Typer(help="Hasil kuis.", no_args_is_help=True)

Group = Annotated[str | None, typer.Option("--kelompok", help="Nama kelompok; bawaan semua.")]
Session = Annotated[str | None, typer.Option(help="Kode sesi, misalnya P2 atau HK.")]
By = Annotated[str, typer.Option(help="kelompok atau desa")]
Format = Annotated[str, typer.Option(help="table, json, xlsx, atau png (hanya results)")]
Out = Annotated[Path | None, typer.Option("--out", help="Tulis ke berkas ini (xlsx, png).")]
Json = Annotated[bool, typer.Option("--json", help="Sama dengan --format json.")]


@app.command("results")
def results(
    kelompok: Group = None,
    session: Session = None,
    by: By = "kelompok",
    format: Format = "table",
    out_file: Out = None,
    json: Json = False,
) -> None:
    """Keikutsertaan, rata-rata, dan kenaikan. Tanpa --kelompok, rata-rata hanya dari lima keluarga atau lebih.

    Contoh: like-pkh quiz results --kelompok "Melati 3" --session P2
    """
    code, least = _code(session), 1 if kelompok else ENOUGH
    rows = _looked_up(
        "results", out_file, lambda tx: result_rows(tx, _lines(tx, kelompok, by), code, by=by, least=least)
    )
    if format == "png" and not json:
        chart = Attachment(
            "quiz_chart", {"session": code or "", "by": by, "rows": [_bar(row, by, code) for row in rows]}
        )
        _write(out_file, asyncio.run(make_file(chart)).content)
        return
    _show(rows, "json" if json else format, out_file, "Hasil kuis")


@app.command("items")
def items(
    kelompok: Group = None, session: Session = None, format: Format = "table", out_file: Out = None, json: Json = False
) -> None:
    """Tiap pertanyaan: bagian yang benar, pilihan yang menarik, daya beda, tanda tinjau.

    Contoh: like-pkh quiz items --session P2 --json
    """
    rows = _looked_up(
        "items",
        out_file,
        lambda tx: item_rows(tx, [i for ids in _lines(tx, kelompok, "kelompok").values() for i in ids], _code(session)),
    )
    _show(rows, "json" if json else format, out_file, "Pertanyaan kuis")


@app.command("practices")
def practices(
    kelompok: Group = None,
    session: Session = None,
    by: By = "kelompok",
    format: Format = "table",
    out_file: Out = None,
    json: Json = False,
) -> None:
    """Praktik di rumah: dikirim, ditanya, sudah dan belum dicoba menurut ibu.

    Contoh: like-pkh quiz practices --by desa --session P2
    """
    rows = _looked_up(
        "practices", out_file, lambda tx: practice_rows(tx, _lines(tx, kelompok, by), _code(session), by=by)
    )
    _show(rows, "json" if json else format, out_file, "Praktik di rumah")


def _looked_up(what: str, file: Path | None, look: Callable[[Tx], list[R]]) -> list[R]:
    """The rows; that they leave the house in a file stands in the audit."""

    def work(tx: Tx) -> list[R]:
        if file is not None:
            tx.audit.write("cli", "quiz.export", f"quiz:{what}")
        return look(tx)

    with opened() as store:
        return store.run(work)


def _code(session: str | None) -> str | None:
    return session.strip().upper() if session else None


def _lines(tx: Tx, name: str | None, by: str) -> Mapping[str, Sequence[int]]:
    if by not in BY:
        raise WrongInput(f"--by salah satu dari {', '.join(BY)}.")
    every = tx.people.every_kelompok()
    if name is None:
        return groups(every, by)
    wanted = name.strip().lower()
    found = [k for k in every if wanted in {k.name.lower(), f"{k.name} {k.desa}".lower()}]
    if not found:
        raise WrongInput(f"Kelompok '{name}' tidak ada.")
    if len(found) > 1:
        raise WrongInput(f"Ada {len(found)} kelompok '{name}'. Tulis desanya: {found[0].name} {found[0].desa}.")
    return {found[0].name: [found[0].id]} if by == "kelompok" else {found[0].desa: [found[0].id]}


def _bar(row: Mapping[str, Any], by: str, code: str | None) -> dict[str, Any]:
    return {**row, "name": row[by] if code else f"{row[by]}, {row['session']}"}


def _show(rows: list[dict[str, Any]], form: str, file: Path | None, title: str) -> None:
    if form == "json":
        show_json({"rows": rows})
    elif form == "table":
        titles = list(rows[0]) if rows else ["(belum ada kuis)"]
        show_table(titles, [[_cell(row[t]) for t in titles] for row in rows], title)
    elif form == "xlsx":
        _write(file, table_sheet(title, [_flat(row) for row in rows]))
    else:
        raise WrongInput("--format table, json, atau xlsx; png hanya untuk quiz results.")


def _write(file: Path | None, content: bytes) -> None:
    if file is None:
        raise WrongInput("Format ini perlu --out, misalnya --out kuis.xlsx.")
    file.write_bytes(content)
    out.print(f"Ditulis: {file}", highlight=False)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A column of its own for every option."""
    options = {f"pilihan_{letter}": n for letter, n in row["options"].items()} if "options" in row else {}
    return {**{name: value for name, value in row.items() if name != "options"}, **options}


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {n}" for name, n in value.items())
    if value is None:
        return "-"
    return f"{value:.2f}".replace(".", ",") if isinstance(value, float) else str(value)
