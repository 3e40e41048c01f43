"""`content export/import`: questions to a spreadsheet and back, with the same checks, without touching code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.speaking import Failed, WrongInput, opened, out
from bot.exports.sheets import table_sheet
from data.intake.questions import COLUMNS, QuestionFault, plan_questions, read_questions
from data.store import Tx

Session = Annotated[str | None, typer.Option(help="Hanya sesi ini, misalnya P2.")]


def add_to(app: typer.Typer) -> None:
    app.command("export")(export)
    app.command("import")(import_questions)


def export(file: Annotated[Path, typer.Argument(help="Berkas .xlsx.")], session: Session = None) -> None:
    """Tulis semua pertanyaan ke lembar kerja, untuk ditinjau atau diubah.

    Contoh: like-pkh content export kuis.xlsx --session P2
    """
    if file.suffix.lower() != ".xlsx":
        raise WrongInput(f"{file.name}: nama berkas harus berakhir .xlsx.")
    with opened() as store:
        bank = store.run(lambda tx: tx.quiz.bank(session.upper() if session else None))
    rows = []
    for item in bank:
        row = dict.fromkeys(COLUMNS, "")
        row |= {"id": item.id, "pertanyaan": item.question, "benar": item.right, "penjelasan": item.explanation}
        row |= dict(zip(("a", "b", "c"), item.options, strict=False))
        row |= {"sumber": item.source, "tinjauan": item.review, "bentuk": item.form or ""}
        rows.append(row)
    file.write_bytes(table_sheet("Pertanyaan", rows))
    out.print(f"Ditulis: {file}, {len(rows)} pertanyaan.", highlight=False)


def import_questions(
    file: Annotated[Path, typer.Argument(help="Berkas .xlsx.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hanya periksa; tidak ada yang diubah.")] = False,
) -> None:
    """Masukkan pertanyaan baru atau yang diubah; yang sama dibiarkan, yang berubah menjadi versi baru.

    Contoh: like-pkh content import kuis.xlsx --dry-run
    """
    if not file.is_file():
        raise WrongInput(f"Berkas {file} tidak ada.")
    try:
        rows = read_questions(file)
    except QuestionFault as fault:
        raise WrongInput(str(fault)) from fault
    with opened() as store:
        new, changed, faults = store.run(lambda tx: _work(tx, rows, dry_run))
    for one in faults:
        out.print(one, style="red", markup=False, highlight=False)
    if faults:
        raise Failed(f"{len(faults)} hal perlu diperbaiki; tidak ada yang diubah.")
    verb = "akan masuk" if dry_run else "masuk"
    out.print(f"Pertanyaan baru {verb}: {new}; berubah: {changed}.", highlight=False)


def _work(tx: Tx, rows: list[tuple[int, dict[str, str]]], dry_run: bool) -> tuple[int, int, list[str]]:
    planned = plan_questions(tx.quiz.bank(), rows)
    if not planned.faults and not dry_run:
        for item in planned.items:
            tx.quiz.keep_item(item)
            tx.audit.write("cli", "quiz.item", f"item:{item.id}", item.version - 1 or None, item.version)
    return planned.new, planned.changed, planned.faults
