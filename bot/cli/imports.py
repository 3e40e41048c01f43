"""`import roster`: families, members, kelompok and phones from a file; findings row by row; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import Progress

from bot.cli import obligation_imports
from bot.cli.speaking import Failed, WrongInput, err, opened, out, settings_of_start, show_json
from data.intake.roster import (
    WRONG,
    Applied,
    Finding,
    Plan,
    Roster,
    RosterError,
    apply,
    plan,
    read_roster,
    write_template,
)
from data.store import Tx

app = typer.Typer(help="Masukkan data dari berkas.", no_args_is_help=True)
obligation_imports.add_to(app)


@app.callback()
def _group() -> None:
    """Masukkan data dari berkas."""


@app.command("roster")
def roster(
    file: Annotated[Path, typer.Argument(help="Berkas .xlsx atau .csv.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hanya periksa; tidak ada yang diubah.")] = False,
    missing: Annotated[str | None, typer.Option(help="'nonaktif': keluarga yang tidak ada lagi di berkas.")] = None,
    template: Annotated[bool, typer.Option("--template", help="Tulis berkas contoh untuk diisi.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Masukkan keluarga, anggota, kelompok, dan nomor HP.

    Contoh: like-pkh import roster data-kpm.xlsx --dry-run
    """
    if template:
        _write_template(file)
        return
    if missing not in {None, "nonaktif"}:
        raise WrongInput("--missing hanya menerima nonaktif.")
    if not file.is_file():
        raise WrongInput(f"Berkas {file} tidak ada.")
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        with settings_of_start() as settings:
            seal = settings.seal
        found = read_roster(file, progress=_progress(bar, "Membaca"), seal=seal)
        with opened() as store:
            planned, applied, faults = store.run(lambda tx: _work(tx, found, dry_run, missing, bar))
    _report(planned, applied, dry_run, json)
    if faults:
        raise Failed(faults)


def _work(
    tx: Tx, found: Roster, dry_run: bool, missing: str | None, bar: Progress
) -> tuple[Plan, Applied | None, str | None]:
    planned = plan(tx, found)
    if dry_run:
        return planned, None, None if planned.ok else "Perbaiki yang salah, lalu periksa lagi."
    try:
        wanted: Literal["nonaktif"] | None = "nonaktif" if missing else None
        return planned, apply(tx, planned, wanted, actor="cli", progress=_progress(bar, "Menyimpan")), None
    except RosterError as fault:
        return planned, None, str(fault)


def _progress(bar: Progress, title: str) -> Callable[[int, int], None]:
    task = bar.add_task(title, total=None)
    return lambda done, total: bar.update(task, completed=done, total=total)


def _write_template(file: Path) -> None:
    try:
        write_template(file)
    except (ValueError, OSError) as fault:
        raise WrongInput(str(fault)) from fault
    out.print(f"Ditulis: {file}. Isi, lalu jalankan: like-pkh import roster {file} --dry-run", highlight=False)


def _report(planned: Plan, applied: Applied | None, dry_run: bool, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "dry_run": dry_run,
                "imported": applied is not None,
                "new": len(planned.new),
                "changed": len(planned.changed),
                "unchanged": len(planned.unchanged),
                "missing": [m.name for m in planned.missing],
                "findings": [_packed(f) for f in planned.findings],
            }
        )
        return
    for finding in planned.findings:
        style = "red" if finding.level == WRONG else "yellow"
        out.print(f"[{style}]{finding.level}[/{style}]", end=" ")
        out.print(str(finding), markup=False, highlight=False)
    for one in planned.missing:
        out.print(f"tidak ada lagi di berkas: {one.name}", markup=False, highlight=False)
    new, changed, same, gone = (len(x) for x in (planned.new, planned.changed, planned.unchanged, planned.missing))
    words = f"Keluarga baru {new}, berubah {changed}, tetap {same}, tidak ada lagi {gone}."
    out.print(words, highlight=False)
    if applied is not None:
        out.print("Tersimpan." if planned.new or planned.changed or applied.deactivated else "Tidak ada yang berubah.")
    elif dry_run:
        out.print("Hanya diperiksa; tidak ada yang diubah.")


def _packed(finding: Finding) -> dict[str, object]:
    return {
        "level": finding.level,
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "what": finding.what,
        "todo": finding.todo,
        "kind": finding.kind,
    }
