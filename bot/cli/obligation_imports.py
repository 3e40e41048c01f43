"""`import school` and `import posyandu`: findings row by row, and all or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.speaking import Failed, WrongInput, opened, out, show_json
from bot.inbox import post
from data.intake import posyandu as posyandu_file
from data.intake import school as school_file
from data.intake.findings import WRONG, Finding
from data.store import Tx
from handlers.obligations.school import keep
from handlers.rules.obligation_reminders import AHEAD
from handlers.rules.obligations import DAY
from handlers.rules.posyandu import days, read_pattern

DryRun = Annotated[bool, typer.Option("--dry-run", help="Hanya periksa; tidak ada yang diubah.")]
AsJson = Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")]


def add_to(app: typer.Typer) -> None:
    app.command("school")(school)
    app.command("posyandu")(posyandu)


def school(
    file: Annotated[Path, typer.Argument(help="Form Verifikasi Komitmen Pendidikan dari e-PKH (.csv atau .xlsx).")],
    dry_run: DryRun = False,
    quarter: Annotated[str | None, typer.Option(help="Triwulan bila berkas tidak menyebut bulan: 2026-T4.")] = None,
    json: AsJson = False,
) -> None:
    """Masukkan kehadiran sekolah per anak dan bulan.

    Contoh: like-pkh import school verkom-sdn1.csv --dry-run
    """
    named = re.fullmatch(r"(20\d\d)-T([1-4])", quarter or "")
    if quarter and named is None:
        raise WrongInput(f"Triwulan '{quarter}' tidak terbaca. Contoh: 2026-T4.")
    _must_exist(file)
    found = school_file.read_school(file, file.name, (int(named[1]), int(named[2])) if named else None)

    def work(tx: Tx) -> int:
        months = school_file.match(tx, found)
        if found.ok and not dry_run:
            post(tx, keep(tx, months))
        return len(months)

    with opened() as store:
        months = store.run(work)
    facts = {"school": found.school, "children": found.children, "months": months}
    words = f"{found.children} anak, {months} bulan anak."
    _report(found.findings, facts, words, saved=found.ok and not dry_run, dry_run=dry_run, json=json)


def posyandu(
    file: Annotated[Path, typer.Argument(help="Tabel desa, posyandu, tempat, hari (.csv atau .xlsx).")],
    dry_run: DryRun = False,
    json: AsJson = False,
) -> None:
    """Masukkan hari posyandu per desa.

    Contoh: like-pkh import posyandu posyandu.csv
    """
    _must_exist(file)
    found = posyandu_file.read_posyandu(file, file.name, read_pattern)

    def work(tx: Tx) -> int:
        rows = posyandu_file.match(tx, found)
        if found.ok and not dry_run:
            posyandu_file.keep(tx, rows)
            _look_in_time(tx, rows)
            tx.audit.write("cli", "posyandu.import", "posyandu", None, f"{len(rows)} posyandu")
        return len(rows)

    with opened() as store:
        rows = store.run(work)
    _report(
        found.findings,
        {"posyandu": rows},
        f"{rows} posyandu.",
        saved=found.ok and not dry_run,
        dry_run=dry_run,
        json=json,
    )


def _look_in_time(tx: Tx, rows: Sequence[dict[str, object]]) -> None:
    """The evening before the next day of each posyandu is not missed."""
    here = tx.people.kabupaten()
    today = tx.now.astimezone(here.zone).date() if here else tx.now.date()
    for row in rows:
        coming = days(str(row["pattern"]), today + DAY, today + AHEAD)
        if coming and isinstance(row["desa_id"], int):
            tx.obligations.queue.look_by(row["desa_id"], coming[0] - DAY)


def _must_exist(file: Path) -> None:
    if not file.is_file():
        raise WrongInput(f"Berkas {file} tidak ada.")


def _report(
    findings: Sequence[Finding], facts: dict[str, object], words: str, *, saved: bool, dry_run: bool, json: bool
) -> None:
    wrong = sum(one.level == WRONG for one in findings)
    if json:
        told = [
            {name: getattr(f, name) for name in ("level", "sheet", "row", "column", "what", "todo", "kind")}
            for f in findings
        ]
        show_json({**facts, "dry_run": dry_run, "imported": saved, "findings": told})
    else:
        for one in findings:
            style = "red" if one.level == WRONG else "yellow"
            out.print(f"[{style}]{one.level}[/{style}]", end=" ")
            out.print(str(one), markup=False, highlight=False)
        out.print(words, highlight=False)
        out.print("Tersimpan." if saved else "Tidak ada yang diubah.", highlight=False)
    if wrong:
        raise Failed(f"{wrong} hal di berkas ini harus diperbaiki dulu; tidak ada yang diubah.")
