"""`read`: how is a reply understood? Step by step, or a whole file as a table. Needs no database."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.speaking import WrongInput, out, show_json, show_table
from messages.reading import Expecting, Reading, explain, read

CONTEXTS = [context.value for context in Expecting]


def add_to(app: typer.Typer) -> None:
    app.command("read")(read_reply)


def read_reply(
    text: Annotated[str | None, typer.Argument(help="Balasan yang dibaca.")] = None,
    expecting: Annotated[str, typer.Option(help=", ".join(CONTEXTS))] = "rsvp",
    file: Annotated[Path | None, typer.Option(help="CSV dengan kolom text,context.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Bagaimana sebuah balasan dipahami?

    Contoh: like-pkh read "kada kawa, anak garing" --expecting rsvp
    """
    if (text is None) == (file is None):
        raise WrongInput("Tulis satu balasan, atau --file sebuah CSV; salah satu saja.")
    if file is not None:
        _file(file, json)
        return
    words = text or ""
    reading, steps = explain(words, _context(expecting, "--expecting"))
    if json:
        show_json([_packed(words, expecting, reading)])
        return
    for step in steps:
        out.print(f"  {step}", markup=False, highlight=False)
    sure = "yakin" if reading.sure else "belum yakin"
    details = ", ".join(f"{k}={v}" for k, v in reading.details.items())
    out.print(f"{reading.meaning} ({sure}){'; ' + details if details else ''}", style="bold", markup=False)


def _file(file: Path, as_json: bool) -> None:
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as fault:
        raise WrongInput(f"Berkas {file} tidak bisa dibaca: {fault}") from fault
    if rows and not {"text", "context"} <= set(rows[0]):
        raise WrongInput(f"Berkas {file} harus punya kolom text dan context.")
    found = []
    for number, row in enumerate(rows, 2):
        context = (row["context"] or "").strip()
        reading = read(row["text"] or "", _context(context, f"{file}, baris {number}, kolom context"))
        found.append(_packed(row["text"] or "", context, reading))
    if as_json:
        show_json(found)
        return
    columns = ["text", "context", "meaning", "sure", "details"]
    show_table(columns, [[str(row[c]) for c in columns] for row in found])


def _context(word: str, where: str) -> Expecting:
    if word not in CONTEXTS:
        raise WrongInput(f"{where}: '{word}' bukan konteks. Pilih {', '.join(CONTEXTS)}.")
    return Expecting(word)


def _packed(text: str, context: str, reading: Reading) -> dict[str, object]:
    return {
        "text": text,
        "context": context,
        "meaning": str(reading.meaning),
        "sure": reading.sure,
        "details": dict(reading.details),
    }
